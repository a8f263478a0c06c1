// What the JSON of several answers has in common.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "study/bridge.hpp"
#include "study/measures.hpp"
#include "study/provenance.hpp"
#include "study/setting.hpp"

namespace shortfall::json_parts {

using Json = nlohmann::ordered_json;

// "schema" to "organisations".
Json head(const std::string& schema, const Setting& setting, const Provenance& provenance);

Json inputs(const Provenance& provenance);
Json given(const std::vector<Given>& given);
Json seen(const Seen& seen);
Json chance(const Estimate& e);  // {"p", "low", "high"}
Json money(const Estimate& e);   // {"value", "low", "high"}, an end that is not known null; of changes too
Json gates(const std::vector<GateResult>& gates);
Json ids(const Setting& setting, const std::vector<std::uint32_t>& organisations);
// {"low", "high"}: what is known of it, from the 5th to the 95th percentile.
Json known(const KnownRange& known);
// {"fails": …, "contingency": {"p80": …}}, as the table of measures names them.
Json fails_and_contingency(const Json& fails, const Json& contingency);
// Where a measure's name leads: "contingency.p80" is out["contingency"]["p80"].
Json& at(Json& out, const Measure& measure);

Json bridge(const Bridge& bridge, const std::vector<std::string>& organisations);

std::string text_of(const Json& json);  // ends with a line end

}  // namespace shortfall::json_parts
