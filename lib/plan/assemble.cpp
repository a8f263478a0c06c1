#include "plan/assemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "plan/check.hpp"
#include "plan/fields.hpp"
#include "plan/read.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

std::optional<Node> parse(const Source& source, Problems& problems) {
  Checked<Node> document = parse_document(source.text, source.name);
  if (document && document->kind == Node::Kind::map && document->entries.empty()) {
    report(problems, whole_file(source.name), "empty (there is not one key in it)");
    return {};
  }
  if (document) return std::move(*document);
  std::move(document.error().begin(), document.error().end(), std::back_inserter(problems));
  return {};
}

const std::vector<std::string>& system_keys() {
  static const std::vector<std::string> keys = {"title",      "currency", "years",         "target",    "agreement",
                                                "dependence", "teams",    "opportunities", "blackouts", "gates"};
  return keys;
}

std::string id_of(const Node& organisation) {
  const Node* id = organisation.find("organisation");
  return id == nullptr ? std::string() : id->text;
}

// With a file that cannot be parsed, an edit of its organisation is no mistake.
void apply_edits(const std::vector<Placed<std::string>>& edits, bool all_parsed, Node& system, std::vector<Node>& organisations, Problems& problems) {
  for (const auto& [text, place] : edits) {
    const Checked<Edit> edit = parse_edit(text, place);
    if (!edit) {
      problems.insert(problems.end(), edit.error().begin(), edit.error().end());
      continue;
    }
    const std::string& first = edit->path.front();
    const auto owner = std::find_if(organisations.begin(), organisations.end(), [&](const Node& o) { return id_of(o) == first; });
    if (owner != organisations.end()) {
      if (edit->path.size() == 1)
        report(problems, edit->place, fmt::format("'{}' is a whole organisation; name one of its keys, as in {}.reserves=5", first, first));
      else
        apply(*edit, 1, *owner, problems);
    } else if (std::find(system_keys().begin(), system_keys().end(), first) != system_keys().end()) {
      apply(*edit, 0, system, problems);
    } else if (all_parsed) {
      std::vector<std::string> names = system_keys();
      for (const Node& o : organisations) names.push_back(id_of(o));
      report(problems, edit->place,
             fmt::format("'{}' is neither an organisation here nor a key of system.yaml{}", first, did_you_mean(first, names)));
    }
  }
}

void add_places(const Node& node, const std::string& path, KeyPlaces& places) {
  for (const Entry& entry : node.entries) {
    const std::string here = path.empty() ? entry.key : path + "." + entry.key;
    places.emplace(here, entry.place);
    add_places(entry.value, here, places);
  }
}

template <class Named>
void sort_by_id(std::vector<Named>& list) {
  std::sort(list.begin(), list.end(), [](const Named& a, const Named& b) { return a.id.value < b.id.value; });
}

// So that no result depends, to the last bit, on the order in which the files name things.
void put_in_order(Plans& plans) {
  sort_by_id(plans.organisations);
  for (Organisation& o : plans.organisations) {
    sort_by_id(o.schemes);
    sort_by_id(o.teams);
  }
  sort_by_id(plans.system.teams);
  sort_by_id(plans.system.opportunities);
  std::vector<NamedFactor>& factors = plans.system.dependence.factors;
  std::sort(factors.begin(), factors.end(), [](const NamedFactor& a, const NamedFactor& b) { return a.name.value < b.name.value; });
}

}  // namespace

Checked<SystemFiles> files_of_system(const Source& source) {
  Problems problems;
  const auto document = parse(source, problems);
  if (!document) return tl::make_unexpected(std::move(problems));
  // Only these two keys now; `assemble` reads, and complains of, the rest.
  Problems ignored;
  SystemFiles files;
  if (const Node* list = document->find("organisations"))
    for (const Node& item : list->items)
      if (auto name = read_text(item, "an organisation's file", ignored)) files.organisations.push_back({*name, item.place});
  if (const Node* reference = document->find("reference"))
    if (auto name = read_text(*reference, "reference", ignored)) files.reference = Id{*name, reference->place};
  return files;
}

struct Documents::Parsed {
  bool has_system = false;
  std::optional<Node> system, reference;
  std::vector<Node> organisations;
  std::size_t organisation_files = 0;
  std::vector<Placed<std::string>> edits;
  Problems problems;
};

Documents::Documents(const Sources& sources) {
  auto parsed = std::make_shared<Parsed>();
  parsed->has_system = sources.system.has_value();
  parsed->system = Node{Node::Kind::map, {}, {}, false, {}, {}};
  if (sources.system) parsed->system = parse(*sources.system, parsed->problems);
  for (const Source& source : sources.organisations)
    if (auto document = parse(source, parsed->problems)) parsed->organisations.push_back(std::move(*document));
  parsed->organisation_files = sources.organisations.size();
  parsed->reference = parse(sources.reference, parsed->problems);
  for (const std::string& edit : sources.edits) parsed->edits.push_back({edit, whole_file("--set " + edit)});
  parsed_ = std::move(parsed);
}

Checked<Plans> assemble(const Sources& sources) { return Documents(sources).assemble({}); }

Checked<Plans> Documents::assemble(const std::vector<Placed<std::string>>& more) const {
  Problems problems = parsed_->problems;
  std::vector<Placed<std::string>> edits = parsed_->edits;
  edits.insert(edits.end(), more.begin(), more.end());
  std::optional<Node> system = parsed_->system;
  std::vector<Node> edited;
  if (!edits.empty()) edited = parsed_->organisations;
  if (!edits.empty() && system) apply_edits(edits, problems.empty(), *system, edited, problems);
  const std::vector<Node>& organisations = edits.empty() ? parsed_->organisations : edited;
  const std::optional<Node>& reference = parsed_->reference;

  Plans plans;
  if (system && (parsed_->has_system || !system->entries.empty())) {
    // Bare plan files have no system.yaml; what --set adds to the system is read as if they had.
    if (!parsed_->has_system) system->entries.push_back({"system", {}, Node{Node::Kind::scalar, {}, "plans", false, {}, {}}});
    plans.system = read_system(*system, problems);
  } else if (!parsed_->has_system) {
    plans.system.id.value = "plans";
  }
  if (!parsed_->has_system && system && system->find("title") == nullptr) plans.system.title.clear();
  for (const Node& document : organisations) plans.organisations.push_back(read_organisation(document, plans.system.years, problems));
  if (plans.system.years.empty() && !plans.organisations.empty()) {
    const auto with_years =
        std::find_if(plans.organisations.begin(), plans.organisations.end(), [](const Organisation& o) { return !o.years.empty(); });
    if (with_years != plans.organisations.end()) plans.system.years = with_years->years;
  }
  const std::size_t before_reference = problems.size();
  if (reference) plans.reference = read_reference(*reference, problems);

  // Every error of every file at once; but where a whole file or a class could not be read, its names would seem to be missing.
  const bool all_parsed = system && reference && problems.size() == before_reference && organisations.size() == parsed_->organisation_files;
  if (all_parsed) check(plans, problems);
  if (has_errors(problems)) {
    problems = sorted(std::move(problems));
    if (problems.size() >= most_problems)
      problems.push_back({whole_file(problems.back().place.file ? *problems.back().place.file : "(input)"), Severity::error,
                          "and more like these; at most 1,000 are shown, so mend some and run again"});
    return tl::make_unexpected(std::move(problems));
  }
  put_in_order(plans);
  auto places = std::make_shared<KeyPlaces>();
  add_places(*system, "", *places);
  for (const Node& document : organisations) add_places(document, id_of(document), *places);
  add_places(*reference, "reference", *places);
  plans.places = std::move(places);
  return plans;
}

}  // namespace shortfall
