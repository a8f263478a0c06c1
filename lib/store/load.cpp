#include "store/load.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "plan/assemble.hpp"
#include "plan/document.hpp"
#include "store/failure.hpp"
#include "store/output.hpp"

namespace shortfall {

std::string sha256(const std::string& bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) throw MachineFailed("cannot compute a SHA-256");
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

namespace {

namespace fs = std::filesystem;

bool is_system_file(const fs::path& path) { return path.filename() == "system.yaml" || path.filename() == "system.yml"; }

// A name that is no file here may be that of a scenario that came with the program: "midshire".
std::string installed(const std::string& name) {
  std::error_code code;
  if (name.empty() || name.find('/') != std::string::npos || name.find('.') != std::string::npos || fs::exists(name, code)) return name;
  const fs::path share = fs::read_symlink("/proc/self/exe", code).parent_path() / SHORTFALL_SHARE_FOLDER / "scenarios";
  for (const char* folder : {"", "mechanisms", "games", "published", "revisions"})
    for (const char* end : {"", ".yaml"})
      if (const fs::path path = share / folder / (name + end); fs::exists(path, code)) return path.lexically_normal().string();
  return name;
}

std::string no_such_file(const std::string& path) {
  const std::string name = fs::path(path).stem().string();
  if (name == path || installed(name) == name) return "no such file";
  return fmt::format("no such file; the scenario that came with the program goes by its name alone: {}", name);
}

constexpr std::uintmax_t largest_file = 8u << 20;

class Loader {
 public:
  explicit Loader(Outside outside) : outside_(outside) {}

  // In place of what the system names.
  void give_reference(const std::string& path) {
    reference_given_ = true;
    given_reference_ = path;
    if (auto source = read(path, whole_file(path))) sources_.reference = *source;
  }

  void paths(const std::vector<std::string>& given) {
    for (const std::string& path : given) argument(path);
    if (sources_.system && sources_.organisations.empty() && problems_.empty()) organisations_of_system();
    if (sources_.organisations.empty() && problems_.empty())
      error(Code::unreadable_file, whole_file(given.empty() ? "(no plan)" : given.front()),
            "no plan here (a plan is a .yaml file with an organisation:)");
  }

  Files files() {
    if (!reference_given_) sources_.reference = built_in_reference();
    std::sort(inputs_.begin(), inputs_.end(), [](const Input& a, const Input& b) { return a.path < b.path; });
    return {std::move(sources_), std::move(inputs_), std::move(notes_)};
  }

  void stop_if_unreadable() {
    if (!problems_.empty()) throw BadInput(std::move(problems_));
  }

 private:
  void error(Code code, const Place& place, std::string message) { problems_.push_back({place, code, std::move(message)}); }

  // The file's text, or nothing and a problem at `place`, where something asked for it.
  std::optional<Source> read(const std::string& path, const Place& place) {
    const bool asked_elsewhere = place.line != 0;
    const auto fail = [&](std::string_view why) {
      error(Code::unreadable_file, place, asked_elsewhere ? fmt::format("names '{}', which cannot be read ({})", path, why) : std::string(why));
      return std::nullopt;
    };
    if (path == "-" && !asked_elsewhere) return standard_input();
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (status.type() == fs::file_type::not_found) return fail(no_such_file(path));
    if (code) return fail(code.message());
    if (status.type() == fs::file_type::directory) return fail("a folder where a file is needed");
    if (status.type() != fs::file_type::regular) return fail("not a file but a pipe or device; save the plan as a file, so that results can name it");
    if (fs::file_size(path, code) > largest_file) return fail("larger than 8 MiB; a plan is a text of some kilobytes");
    spare(path);
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return fail(std::strerror(errno));
    std::ostringstream whole;
    if (stream.peek() != std::ifstream::traits_type::eof()) whole << stream.rdbuf();
    if (stream.bad()) return fail(std::strerror(errno));
    std::string text = std::move(whole).str();
    inputs_.push_back({path, sha256(text)});
    return Source{path, std::move(text)};
  }

  std::optional<Source> standard_input() {
    std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    if (text.size() > largest_file) {
      error(Code::unreadable_file, whole_file("standard input"), "larger than 8 MiB; a plan is a text of some kilobytes");
      return std::nullopt;
    }
    inputs_.push_back({"-", sha256(text)});
    return Source{"standard input", std::move(text)};
  }

  static bool is_yaml(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

  static bool is_system(const std::string& path, const std::string& text) {
    return is_system_file(path) || text.starts_with("system:") || text.find("\nsystem:") != std::string::npos;
  }

  void system(Source source) {
    if (sources_.system)
      return error(Code::several_systems, whole_file(source.name),
                   fmt::format("a second system beside {}; run one system at a time", sources_.system->name));
    folder_ = fs::path(source.name).parent_path();
    sources_.system = std::move(source);
    const Checked<SystemFiles> files = files_of_system(*sources_.system);
    if (!files) return;  // assemble reports it
    files_ = *files;
    if (!files_.reference || reference_given_) return;
    const auto reference = read((folder_ / files_.reference->value).lexically_normal().string(), files_.reference->place);
    reference_given_ = true;
    if (!reference) return;
    if (!shows_its_classes(*reference))
      return error(Code::bad_reference, files_.reference->place,
                   fmt::format("names '{}', which is no file of reference classes (it lies outside the system's folder, so "
                               "what it says is not shown)",
                               reference->name));
    sources_.reference = *reference;
  }

  void argument(const std::string& given) {
    const std::string path = installed(given);
    const Place place = whole_file(path);
    std::error_code code;
    if (fs::is_directory(path, code)) {
      for (const char* name : {"system.yaml", "system.yml"})
        if (const fs::path system_file = fs::path(path) / name; fs::exists(system_file, code)) return argument(system_file.string());
      const std::vector<std::string> plans = yaml_files(path, place);
      if (plans.empty()) error(Code::unreadable_file, place, "a folder without a system.yaml or any other .yaml or .yml file");
      for (const std::string& plan : plans)
        if (auto source = read_from_folder(plan)) take(std::move(*source));
      return;
    }
    if (auto source = read(path, place)) take(std::move(*source));
  }

  // Of a folder's files, those that say what they are and are no plans are passed over, and that is said.
  std::optional<Source> read_from_folder(const std::string& path) {
    auto source = read(path, whole_file(path));
    const std::string_view key = source ? first_key(source->text) : std::string_view();
    static constexpr std::array<std::string_view, 6> others = {"mapping", "options", "actuals", "outcomes", "records", "forecast"};
    if (std::find(others.begin(), others.end(), key) == others.end()) return source;
    inputs_.pop_back();
    notes_.push_back(fmt::format("{} begins with {}:, so it is no plan and is passed over", printable(path), key));
    return {};
  }

  static std::string_view first_key(std::string_view text) {
    while (!text.empty()) {
      const std::string_view line = text.substr(0, text.find('\n'));
      if (!line.empty() && line.front() >= 'a' && line.front() <= 'z') return line.substr(0, line.find(':'));
      text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return {};
  }

  void take(Source source) {
    const std::string path = source.name;
    if (is_system(path, source.text))
      system(std::move(source));
    else
      sources_.organisations.push_back(std::move(source));
  }

  std::vector<std::string> yaml_files(const fs::path& folder, const Place& place) {
    std::vector<std::string> out;
    std::error_code code;
    for (fs::directory_iterator entry(folder.empty() ? "." : folder, code), end; !code && entry != end; entry.increment(code))
      if (is_yaml(entry->path())) out.push_back((folder / entry->path().filename()).string());
    if (code) error(Code::unreadable_file, place, fmt::format("cannot list the folder ({})", code.message()));
    std::sort(out.begin(), out.end());
    return out;
  }

  void organisations_of_system() {
    if (!files_.organisations.empty()) {
      for (const Id& file : files_.organisations) organisation((folder_ / file.value).string(), file.place);
      return;
    }
    std::error_code code;
    for (const std::string& path : yaml_files(folder_, whole_file(sources_.system->name))) {
      const bool is_reference = (files_.reference && fs::equivalent(path, folder_ / files_.reference->value, code)) ||
                                (!given_reference_.empty() && fs::equivalent(path, given_reference_, code));
      if (fs::equivalent(path, sources_.system->name, code) || is_reference) continue;
      organisation(path, whole_file(path));
    }
  }

  // Links are followed: where a file really lies.
  bool is_outside(const std::string& path) const {
    std::error_code code;
    const fs::path folder = fs::canonical(folder_.empty() ? "." : folder_, code), file = code ? fs::path() : fs::canonical(path, code);
    if (code) return false;  // there is no such file
    return std::mismatch(folder.begin(), folder.end(), file.begin(), file.end()).first != folder.end();
  }

  // Of the files that a system names, or that lie in its folder: nothing from elsewhere, unless it is asked for.
  void organisation(const std::string& path, const Place& place) {
    if (outside_ == Outside::refused && is_outside(path))
      return error(Code::outside_folder, place,
                   fmt::format("{} outside the system's folder (of a system that somebody else wrote, messages would show what stands there); "
                               "copy the plan into the folder, or allow it by --allow-outside",
                               place.line == 0 ? std::string("leads") : fmt::format("names '{}', which lies", path)));
    if (auto source = place.line == 0 ? read_from_folder(path) : read(path, place)) sources_.organisations.push_back(std::move(*source));
  }

  // Classes are often shared by systems, so they may lie outside; but what is no file of classes is not shown.
  bool shows_its_classes(const Source& source) const {
    if (outside_ == Outside::allowed || !is_outside(source.name)) return true;
    const Checked<Node> document = parse_document(source.text, source.name);
    return document && document->find("classes") != nullptr;
  }

  Outside outside_;
  Sources sources_;
  SystemFiles files_;
  fs::path folder_;
  bool reference_given_ = false;
  std::string given_reference_;  // on the command line
  std::vector<Input> inputs_;
  std::vector<std::string> notes_;
  Problems problems_;
};

}  // namespace

Files read_files(const std::vector<std::string>& paths, Outside outside, const std::string& reference) {
  Loader loader(outside);
  if (!reference.empty()) loader.give_reference(reference);
  loader.paths(paths);
  loader.stop_if_unreadable();
  return loader.files();
}

Loaded load(const std::vector<std::string>& paths, const std::vector<std::string>& edits, Outside outside, KeyPlacesAre key_places,
            const std::string& reference) {
  Files files = read_files(paths, outside, reference);
  files.sources.edits = edits;
  files.sources.key_places = key_places;
  return load(std::move(files));
}

Loaded load(Files files) {
  Checked<Plans> plans = assemble(files.sources);
  std::vector<Source> texts = std::move(files.sources.organisations);
  if (files.sources.system) texts.push_back(std::move(*files.sources.system));
  texts.push_back(std::move(files.sources.reference));
  if (!plans) throw BadInput(std::move(plans.error()), std::move(texts));
  return {std::move(*plans),
          {"shortfall " SHORTFALL_VERSION, std::move(files.inputs), std::move(files.sources.edits)},
          std::move(files.notes),
          std::move(texts)};
}

std::vector<std::vector<std::string>> by_system(const std::vector<std::string>& paths) {
  std::error_code code;
  const auto is_whole = [&](const std::string& path) { return fs::is_directory(path, code) || is_system_file(path); };
  const auto whole = std::count_if(paths.begin(), paths.end(), is_whole);
  if (whole <= 1) return {paths};
  std::vector<std::vector<std::string>> out;
  for (const std::string& path : paths) {
    if (!is_whole(path))
      throw BadInput(
          {{whole_file(path), Code::several_systems, "a plan file beside several systems (which is it part of?); give its system's folder"}});
    out.push_back({path});
  }
  return out;
}

std::string text_of_file(const std::string& path, std::uintmax_t most) {
  const auto refuse = [&](const std::string& why) { throw BadInput({{whole_file(path), Code::unreadable_file, why}}); };
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (status.type() == fs::file_type::not_found) refuse("no such file");
  if (code) refuse(code.message());
  if (status.type() != fs::file_type::regular) refuse("not a file");
  if (fs::file_size(path, code) > most) refuse(fmt::format("larger than {} MiB", most >> 20));
  spare(path);
  std::ifstream stream(path, std::ios::binary);
  if (!stream) refuse(std::strerror(errno));
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) refuse(std::strerror(errno));
  return text;
}

}  // namespace shortfall
