#include "report/sarif.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

// A path as the URI reference that SARIF asks for (RFC 3986): relative to where the program was run, or file://.
std::string uri(const std::string& path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~/").find(c) != std::string_view::npos;
    out += kept ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Json location(const Place& place) {
  Json physical = {{"artifactLocation", {{"uri", uri(*place.file)}}}};
  if (place.line > 0) physical["region"] = {{"startLine", place.line}, {"startColumn", place.column}};
  return {{"physicalLocation", std::move(physical)}};
}

}  // namespace

std::string sarif(const Problems& problems, const std::string& program, const std::string& version) {
  Json results = Json::array();
  for (const Problem& p : problems) {
    const bool error = p.severity == Severity::error;
    Json result = {{"ruleId", error ? "malformed-plan" : "visible-optimism"},
                   {"ruleIndex", error ? 0 : 1},
                   {"level", error ? "error" : "warning"},
                   {"message", {{"text", printable(p.message, 2000)}}}};
    // An option of the command line is no file.
    if (p.place.file && !p.place.file->starts_with("--")) result["locations"] = Json::array({location(p.place)});
    results.push_back(std::move(result));
  }
  const auto rule = [](const char* id, const char* text, const char* level) {
    return Json{{"id", id}, {"shortDescription", {{"text", text}}}, {"defaultConfiguration", {{"level", level}}}};
  };
  const Json out = {
      {"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", Json::array({{{"tool",
                              {{"driver",
                                {{"name", program},
                                 {"version", version},
                                 {"rules", Json::array({rule("malformed-plan", "The plan cannot be read, or does not fit together.", "error"),
                                                        rule("visible-optimism", "Optimism that can be seen without simulating.", "warning")})}}}}},
                             {"columnKind", "unicodeCodePoints"},
                             {"results", std::move(results)}}})}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shortfall
