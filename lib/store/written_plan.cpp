#include "store/written_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "plan/yaml.hpp"
#include "store/failure.hpp"

namespace shortfall {
namespace {

std::string base_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

// Names of their own within one folder.
std::string free_name(const std::string& wanted, std::map<std::string, int>& taken) {
  const std::filesystem::path path(wanted);
  for (int n = taken[wanted]++;; ++n)
    if (const std::string name = n == 0 ? wanted : fmt::format("{}-{}{}", path.stem().string(), n + 1, path.extension().string());
        n == 0 || taken.count(name) == 0) {
      taken[name] = std::max(taken[name], 1);
      return name;
    }
}

// The paths that a system's file names, as they are within the folder.
std::string with_names(const std::string& text, const std::string& name, const std::vector<std::string>& organisations,
                       const std::string& reference) {
  Checked<Node> tree = parse_document(text, name);
  bool changed = false;
  const auto set = [&](Node& node, const std::string& to) {
    changed = changed || node.text != to;
    node.text = to;
  };
  if (Node* list = tree->find("organisations"))
    for (std::size_t i = 0; i < list->items.size() && i < organisations.size(); ++i) set(list->items[i], organisations[i]);
  if (Node* path = tree->find("reference")) set(*path, reference);
  return changed ? yaml_of(*tree) : text;
}

}  // namespace

std::vector<Source> written_plan(const Sources& sources, const Documents& documents, const std::vector<Edit>& edits, const std::string& what) {
  Checked<Sources> edited = documents.edited(sources, edits);
  if (!edited) throw BadInput(std::move(edited.error()));
  std::vector<Source> out;
  std::map<std::string, int> taken = {{"system.yaml", 1}};
  std::vector<std::string> names;
  const auto commented = [&](const Source& now, const std::string* before) {
    const bool changed = before == nullptr || now.text != *before;
    return changed ? fmt::format("# {}\n{}", what, now.text) : now.text;
  };
  for (std::size_t i = 0; i < edited->organisations.size(); ++i) {
    names.push_back(free_name(sources.organisations[i].name == "standard input" ? "plan.yaml" : base_name(sources.organisations[i].name), taken));
    out.push_back({names.back(), commented(edited->organisations[i], &sources.organisations[i].text)});
  }
  if (!edited->system) return out;
  const bool own_reference = sources.reference.name != built_in_reference().name;
  const std::string reference = free_name(base_name(sources.reference.name), taken);
  if (own_reference) out.push_back({reference, edited->reference.text});
  Source system{"system.yaml", with_names(edited->system->text, edited->system->name, names, reference)};
  system.text = commented(system, sources.system ? &sources.system->text : nullptr);
  out.push_back(std::move(system));
  return out;
}

}  // namespace shortfall
