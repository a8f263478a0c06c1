// From the text of each file to what it says. Form only: whether names refer to something is for `check`.
#pragma once

#include "plan/document.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// Each appends what is wrong to `problems` and returns what could be read. Years of an organisation come from its own file, or else from `shared`.
System read_system(const Node& document, Problems& problems);
Organisation read_organisation(const Node& document, const std::vector<Year>& shared, Problems& problems);
// `gates:` of a system, or of a plan by itself: a list of limits, or a map of limits and of limits on change. Adds them to the system's.
void read_gates(const Node* node, System& system, Problems& problems);
Reference read_reference(const Node& document, Problems& problems);

// `records:` of a class or stage: a number, or {all: 15, went_ahead: 12, prior: 20}.
std::optional<RecordsBehind> read_records_behind(const Node* node, Problems& problems);
// A stage's chance of dropping out: a fraction, or {chance: 5%, grade: judgement, records: 40}.
void read_stage(const Node* node, std::size_t stage, Reference& reference, Problems& problems);
const std::vector<std::string>& grades();

// `outcome:` of an organisation or of a system: one map, or a list of them. `years` are the plan's, none where they are not known.
enum class OutturnOf { organisation, system };
std::vector<Outturn> read_outturns(const Node* node, OutturnOf whose, const std::vector<Year>& years, Problems& problems);

// A distribution wherever one is expected: `support` is what its values must lie within ("a delay is never negative").
PlacedDistribution read_distribution(const Node& node, std::string_view what, Support support, Problems& problems);

// The rate at which what schemes miss is found elsewhere, from 0 to 1; without a node 0.
Distribution read_rate(const Node* node, Problems& problems);

// Reports a drop-out in a distribution that is not `owner`'s share.
void refuse_drops_out(const Node& node, std::string_view what, std::string_view owner, Problems& problems);

}  // namespace shortfall
