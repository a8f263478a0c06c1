// One table of keys: what the reader asks for, help explains and schemas allow.
#include "plan/keys.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>

#include "plan/plan.hpp"
#include "report/markup.hpp"
#include "report/schema.hpp"
#include "report/views.hpp"

namespace {

using namespace shortfall;
namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream stream(fs::path(SHORTFALL_SOURCE) / path, std::ios::binary);
  REQUIRE_MESSAGE(stream, path.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

const char* const readers[] = {"lib/plan/read.cpp",           "lib/plan/read_outcome.cpp",
                               "lib/plan/read_reference.cpp", "lib/plan/read_calibrated.cpp",
                               "lib/plan/recovery.cpp",       "lib/store/spreadsheet/mapping_read.cpp"};

}  // namespace

TEST_CASE("every key that a reader asks for stands in the table") {
  std::set<std::string> known;
  for (const PlanKey& k : plan_keys()) known.insert(std::string(k.key));
  // `fixed` and its like are forms of a distribution.
  const std::regex asks("\\.(?:optional|required|text|number|fraction|boolean|yearly|required_yearly|id|required_id|word)\\(\"([a-z_0-9]+)\"");
  std::size_t asked = 0;
  for (const char* file : readers) {
    const std::string source = text_of(file);
    for (std::sregex_iterator at(source.begin(), source.end(), asks), end; at != end; ++at) {
      ++asked;
      CHECK_MESSAGE(known.contains((*at)[1].str()), (*at)[1].str() << " of " << file);
    }
  }
  CHECK(asked > 100);
}

TEST_CASE("every key of the table is one that a reader knows") {
  std::string sources;
  for (const char* file : readers) sources += text_of(file);
  for (const PlanKey& k : plan_keys()) CHECK_MESSAGE(sources.find(fmt::format("\"{}\"", k.key)) != std::string::npos, k.scope << "." << k.key);
}

TEST_CASE("a key stands once in its scope, and every scope that a key leads to has keys") {
  std::set<std::string> seen, scopes;
  for (const PlanKey& k : plan_keys()) scopes.insert(std::string(k.scope));
  for (const PlanKey& k : plan_keys()) {
    CHECK_MESSAGE(seen.insert(fmt::format("{}.{}", k.scope, k.key)).second, k.scope << "." << k.key);
    if (!k.inner.empty() && k.shape != KeyShape::word) CHECK_MESSAGE(scopes.contains(std::string(k.inner)), k.inner);
  }
}

TEST_CASE("the table tells the defaults that a plan gets") {
  const Shared usual;
  const std::pair<const char*, double> shares[] = {{"system", usual.system},
                                                   {"organisation", usual.organisation},
                                                   {"class", usual.reference_class},
                                                   {"scheme", usual.scheme},
                                                   {"year", usual.year}};
  for (const auto& [key, share] : shares)
    for (const PlanKey& k : plan_keys())
      if (k.scope == "shared" && k.key == key) CHECK(k.unless_said == fmt::format("{:g}%", 100 * share));
  const Pressure pressure;
  for (const PlanKey& k : plan_keys()) {
    if (k.scope == "pressure" && k.key == "sd") CHECK(k.unless_said == fmt::format("{:g}%", 100 * pressure.sd));
    if (k.scope == "pressure" && k.key == "persistence") CHECK(k.unless_said == fmt::format("{:g}%", 100 * pressure.persistence));
    if (k.scope == "scheme" && k.key == "stage") CHECK(k.unless_said == name_of(Scheme().stage.value));
  }
}

TEST_CASE("the schemas have every key of their files, and help every key of all") {
  std::string all;
  for (const std::string& name : schema_names()) {
    const auto text = schema(name);
    REQUIRE(text);
    CHECK(nlohmann::json::parse(*text)["$schema"] == "https://json-schema.org/draft/2020-12/schema");
    all += *text;
  }
  const std::string help = html(*view_help("plan")) + html(*view_help("mapping"));
  for (const PlanKey& k : plan_keys()) {
    CHECK_MESSAGE(all.find(fmt::format("\"{}\": {{", k.key)) != std::string::npos, k.scope << "." << k.key);
    CHECK_MESSAGE(help.find(html_text(k.words)) != std::string::npos, k.scope << "." << k.key);
  }
  CHECK_FALSE(schema("no such"));
}
