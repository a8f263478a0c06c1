#include "report/schema.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "plan/keys.hpp"
#include "plan/plan.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view id_pattern = "^[a-z0-9-]{1,100}$";

Json any_of(std::vector<Json> choices) { return {{"anyOf", std::move(choices)}}; }
Json list_of(Json item) { return {{"type", "array"}, {"items", std::move(item)}}; }
Json by_key(Json value, bool ids) {
  Json out = {{"type", "object"}};
  if (ids) out["propertyNames"] = {{"pattern", id_pattern}};
  out["additionalProperties"] = std::move(value);
  return out;
}
// Text that YAML may take for a number, a date or a truth.
Json text() { return {{"type", {"string", "number", "boolean"}}}; }
// Also as people write amounts: £1.2m, (3.4), 1,329.
Json number() { return {{"type", {"number", "string"}}}; }
Json id() { return any_of({{{"type", "string"}, {"pattern", id_pattern}}, {{"type", "integer"}, {"minimum", 0}}}); }
Json yearly() { return any_of({number(), list_of(number())}); }
Json reference_to(std::string_view scope) { return {{"$ref", fmt::format("#/$defs/{}", scope)}}; }
Json word(std::string_view words) {
  Json list = Json::array();
  while (!words.empty()) {
    const std::string_view one = words.substr(0, words.find('|'));
    list.push_back(one);
    words.remove_prefix(std::min(one.size() + 1, words.size()));
  }
  return {{"enum", std::move(list)}};
}
// A number, or a map with one of the forms; the reader says what each needs.
Json distribution() {
  const auto needs = [](const char* first, const char* second) -> Json { return {{"type", "object"}, {"required", {first, second}}}; };
  const Json forms = {{"beta", needs("mean", "sd")}, {"normal", needs("mean", "sd")}, {"lognormal", needs("median", "p90")}};
  return any_of({number(), {{"type", "object"}, {"minProperties", 1}, {"properties", forms}}});
}
Json by_word(const std::vector<std::string>& words, const Json& value) {
  Json properties = Json::object();
  for (const std::string& one : words) properties[one] = value;
  return {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

Json value_of(const PlanKey& k) {
  const Json inner = reference_to(k.inner);
  switch (k.shape) {
    case KeyShape::any:
      return Json::object();
    case KeyShape::text:
      return text();
    case KeyShape::texts:
      return list_of(text());
    case KeyShape::text_by_key:
      return by_key(text(), false);
    case KeyShape::id:
      return id();
    case KeyShape::earlier_ids:
      return any_of({text(), list_of(text())});
    case KeyShape::ids:
      return list_of(id());
    case KeyShape::number:
    case KeyShape::share:
      return number();
    case KeyShape::numbers:
      return list_of(number());
    case KeyShape::yearly:
      return yearly();
    case KeyShape::yearly_by_id:
      return by_key(yearly(), true);
    case KeyShape::yearly_by_key:
      return by_key(yearly(), false);
    case KeyShape::share_by_id:
      return by_key(number(), true);
    case KeyShape::boolean:
      return {{"type", "boolean"}};
    case KeyShape::month:
      return {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}$"}};
    case KeyShape::years:
      return {{"type", "array"}, {"minItems", 1}, {"items", {{"type", {"string", "integer"}}}}};
    case KeyShape::word:
      return word(k.inner);
    case KeyShape::distribution:
      return distribution();
    case KeyShape::map:
      return inner;
    case KeyShape::each:
      return by_key(inner, true);
    case KeyShape::list:
      return list_of(inner);
    case KeyShape::gates:
      return any_of({list_of(text()), inner});
    case KeyShape::pools:
      return list_of(any_of({list_of(id()), inner}));
    case KeyShape::none_or_map:
      return any_of({{{"const", "none"}}, inner});
    case KeyShape::saving:
      return any_of({yearly(), inner});
    case KeyShape::outcome:
      return any_of({reference_to("outcome"), list_of(reference_to("outcome"))});
    case KeyShape::records:
      return any_of({number(), inner});
    case KeyShape::stages:
      return by_word(stage_names(), any_of({number(), inner}));
    case KeyShape::rates:
      return by_word(organisation_kind_names(), inner);
    case KeyShape::columns_by_year:
      return by_key(any_of({text(), list_of(text())}), false);
  }
  return Json::object();
}

bool has_scope(const PlanKey& k) { return !k.inner.empty() && k.shape != KeyShape::word; }

// A map of the scope, with its keys' words; and which scopes its keys lead to.
Json scope_of(std::string_view scope, std::set<std::string_view>& next) {
  Json properties = Json::object(), required = Json::array();
  for (const PlanKey& k : plan_keys()) {
    if (k.scope != scope) continue;
    Json value = value_of(k);
    value["description"] =
        k.unless_said.empty() || k.unless_said == "required" ? std::string(k.words) : fmt::format("{} (unless said: {})", k.words, k.unless_said);
    properties[std::string(k.key)] = std::move(value);
    if (k.unless_said == "required") required.push_back(k.key);
    if (has_scope(k)) next.insert(k.inner);
    if (k.shape == KeyShape::outcome) next.insert("outcome");
  }
  Json out = {{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) out["required"] = std::move(required);
  out["additionalProperties"] = false;
  // Of the forms of a saving, one.
  if (scope == "saving") out["anyOf"] = {{{"required", {"full_year", "starts"}}}, {{"required", {"monthly"}}}, {{"required", {"quarterly"}}}};
  return out;
}

}  // namespace

const std::vector<std::string>& schema_names() {
  static const std::vector<std::string> names = {"plan", "system", "reference", "mapping", "options"};
  return names;
}

std::optional<std::string> schema(std::string_view name) {
  static constexpr std::string_view titles[] = {"A savings plan of one organisation", "A system of several plans", "Reference classes",
                                                "What the columns and words of a savings tracker stand for",
                                                "What could be done, for recover to choose from"};
  std::size_t at = 0;
  while (at < schema_names().size() && schema_names()[at] != name) ++at;
  if (at == schema_names().size()) return {};
  std::set<std::string_view> known, next;
  Json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", titles[at]}};
  const std::string_view root = name == "plan" ? "organisation" : name;
  out.update(scope_of(root, next));
  Json scopes = Json::object();
  known.insert(root);
  while (!next.empty()) {
    const std::string_view scope = *next.begin();
    next.erase(next.begin());
    if (known.insert(scope).second && scope != root) scopes[std::string(scope)] = scope_of(scope, next);
  }
  if (!scopes.empty()) out["$defs"] = std::move(scopes);
  return out.dump(2) + "\n";
}

}  // namespace shortfall
