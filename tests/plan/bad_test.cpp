// Bad input: a folder of files with one mistake each and the whole expected message beside it.
//
//   NAME.yaml, NAME.txt        a plan; or a system, with the organisations that it names (from beside/); or reference classes, with
//   beside/hospital.yaml NAME/…, NAME/expected.txt  a system's folder, where the mistake needs several files
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "plan/assemble.hpp"

namespace {

using namespace shortfall;
namespace fs = std::filesystem;

const fs::path corpus = fs::path(SHORTFALL_SOURCE) / "tests/plan/bad";
constexpr const char* beside = "beside";

std::string text_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return "(no file " + path.filename().string() + ")";
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool has_key_at_top(const std::string& text, const std::string& key) { return text.starts_with(key) || text.find("\n" + key) != std::string::npos; }

std::string messages(const Sources& sources) {
  const Checked<Plans> plans = assemble(sources);
  std::string out;
  if (!plans)
    for (const Problem& problem : plans.error()) out += to_text(problem) + "\n";
  return out;
}

void add_system(Sources& sources, const fs::path& folder, const std::string& name) {
  const auto read = [&](const std::string& file) { return Source{file, text_of(folder / file)}; };
  sources.system = read(name);
  const Checked<SystemFiles> files = files_of_system(*sources.system);
  if (!files) return;
  if (files->reference) sources.reference = read(files->reference->value);
  for (const Id& file : files->organisations)
    if (fs::is_regular_file(folder / file.value)) sources.organisations.push_back(read(file.value));
}

std::string messages_of_file(const fs::path& file) {
  const std::string name = file.filename().string(), text = text_of(file), hospital = "beside/hospital.yaml";
  Sources sources;
  sources.reference = built_in_reference();
  if (has_key_at_top(text, "system:")) {
    add_system(sources, file.parent_path(), name);
  } else if (has_key_at_top(text, "classes:") || has_key_at_top(text, "stages:")) {
    sources.reference = {name, text};
    sources.organisations.push_back({hospital, text_of(file.parent_path() / hospital)});
  } else {
    sources.organisations.push_back({name, text});
  }
  return messages(sources);
}

std::string messages_of_folder(const fs::path& folder) {
  Sources sources;
  sources.reference = built_in_reference();
  add_system(sources, folder, "system.yaml");
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".yaml" && name != "system.yaml" && name != sources.reference.name) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) sources.organisations.push_back({name, text_of(folder / name)});
  return messages(sources);
}

std::vector<fs::path> sorted_entries() {
  std::vector<fs::path> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(corpus))
    if (entry.path().filename() != beside) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace

TEST_CASE("each mistake in a plan is met with the message written beside it") {
  std::size_t cases = 0;
  for (const fs::path& path : sorted_entries()) {
    const std::string name = path.filename().string();
    INFO(name);
    if (fs::is_directory(path)) {
      CHECK(messages_of_folder(path) == text_of(path / "expected.txt"));
      ++cases;
    } else if (path.extension() == ".yaml") {
      CHECK(messages_of_file(path) == text_of(fs::path(path).replace_extension(".txt")));
      ++cases;
    } else {
      CHECK_MESSAGE(path.extension() == ".txt", "neither a case nor its message");
      CHECK_MESSAGE(fs::exists(fs::path(path).replace_extension(".yaml")), "a message without its case");
    }
  }
  CHECK(cases >= 50);
}

TEST_CASE("the files beside the cases are well formed, so each case's mistake is its own") {
  Sources sources;
  sources.reference = built_in_reference();
  for (const char* name : {"hospital.yaml", "council.yaml"}) sources.organisations.push_back({name, text_of(corpus / beside / name)});
  CHECK(messages(sources) == "");
}

TEST_CASE("every mistake of every file comes out in one run: by file, then line, then column") {
  Sources sources;
  sources.reference = {"classes.yaml", "classes:\n  workforce: {share: 1, grade: guess, source: none}\nstages: {delivered: 1%}\n"};
  sources.system = Source{"system.yaml", "system: midshire\nyears: [2017/18]\ncurrancy: £m\ngates: [system.fails, any.fails <= 200%]\n"};
  sources.organisations = {{"b.yaml", "{organisation: b, target: x, income: 1, spend: [1, 2]}\n"},
                           {"broken.yaml", "organisation: [c\n"},
                           {"a.yaml", "organisation: A\nincome: 1\nspend: -1\ntarget: 0\nschemes: {s: {saving: .nan, cost: 1%, stage: done}}\n"}};
  sources.edits = {"b.reserve=1", "c.reserves=1"};  // the second is of broken.yaml, for all one can tell
  // A file that cannot be read at all is met before what the others say.
  CHECK(messages(sources) == R"(broken.yaml:1:1: error: a [ before this is not closed; close it with ]
system.yaml:3:1: error: the system has no key 'currancy'; did you mean 'currency'?
system.yaml:4:9: error: gate 'system.fails': needs <=, <, >= or > and a limit, as in 'system.fails <= 30%'
system.yaml:4:23: error: gate 'any.fails <= 200%': the limit 200% is not a chance from 0 to 100%
b.yaml:1:27: error: target is 'x', not a number
b.yaml:1:48: error: spend has 2 numbers, but the plan has 1 year; give one a year
--set b.reserve=1: error: the plan has no key 'reserve'; did you mean 'reserves'?
a.yaml:1:15: error: organisation is 'A', not an id (ids are up to 100 small letters, digits and hyphens)
a.yaml:3:8: error: spend is -1, but must be at least 0
a.yaml:5:23: error: saving is '.nan', not a number (a plan holds finite numbers only)
a.yaml:5:35: error: cost is '1%', not a number (a percentage has no meaning here)
a.yaml:5:46: error: stage is 'done', not one of delivered, developed, in-progress, opportunity, unidentified
classes.yaml:2:32: error: grade is 'guess', not one of evidence, derived, judgement, calibrated
classes.yaml:3:9: error: a delivered scheme is banked: its chance of dropping out is 0
)");
}

TEST_CASE("of thousands of mistakes the first thousand are reported, and that there are more") {
  std::string text = "organisation: hospital\nyears: [2017/18]\nincome: 1\nspend: 1\ntarget: 1\n";
  for (int i = 0; i < 3000; ++i) text += "key-" + std::to_string(i) + ": 1\n";
  Sources sources;
  sources.reference = built_in_reference();
  sources.organisations = {{"hospital.yaml", text}};
  const std::string lines = messages(sources);
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 1001);
  CHECK(lines.ends_with("\nhospital.yaml: error: and more like these; at most 1,000 are shown, so mend some and run again\n"));
}
