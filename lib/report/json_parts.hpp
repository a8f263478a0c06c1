// What the JSON of several answers has in common.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "report/provenance.hpp"
#include "study/setting.hpp"

namespace shortfall::json_parts {

using Json = nlohmann::ordered_json;

// "schema" to "organisations".
Json head(const std::string& schema, const Setting& setting, const Provenance& provenance);

Json chance(const Estimate& e);  // {"p", "low", "high"}
Json money(const Estimate& e);   // {"value", "low", "high"}, an end that is not known null; of changes too
Json ids(const Setting& setting, const std::vector<std::uint32_t>& organisations);

std::string text_of(const Json& json);  // ends with a line end

}  // namespace shortfall::json_parts
