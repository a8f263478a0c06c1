// What could be done about a plan: the options of `shortfall recover`, as a file whose first key is `options:` says them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/assemble.hpp"
#include "plan/edit.hpp"
#include "plan/gate.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// Out of whose money an option is paid: its owner's margin, where the cost can make the shortfall larger, or a budget that no plan counts.
enum class PaidFrom { margin, budget };

struct RecoveryOption {
  Id id;
  std::string title, why;
  std::string owner;  // an organisation's id; empty where nobody's margin pays
  Yearly cost;        // in the system's unit
  PaidFrom paid_from = PaidFrom::margin;
  std::vector<Edit> edits;                                 // that take hold only where the option succeeds
  std::vector<Edit> schemes;                               // added whether it succeeds or not: they have their own delivery risk
  std::vector<std::pair<std::string, std::string>> added;  // the same as (organisation, scheme)
  Yearly scheme_cost;                                      // what those are planned to cost, in the system's unit
  double succeeds = 1;
  std::vector<Id> excludes, needs;
  std::optional<int> by;  // the last month in which it can be decided

  double total_cost() const;  // over the plan's years, what its schemes are planned to cost included
};

struct Recovery {
  std::string name;  // of the file
  std::vector<RecoveryOption> options;
  std::optional<double> budget;  // over the plan's years
  Aim aim;
  std::optional<int> decide;        // the month of the decision
  std::optional<double> per_point;  // money that a percentage point of the aim is worth

  bool too_late(std::size_t option) const;
  // Bit i of what must be, and must not be, in a set with option i.
  std::vector<std::uint64_t> needs_mask, excludes_mask;
  bool allows(std::uint64_t set) const;  // by needs, exclusions and deadlines; not by the budget
  double cost_of(std::uint64_t set) const;
};

inline constexpr std::size_t most_options = 60;

// `plans` are those that `documents` make without an option. Beside its form, that every option by itself, with what it needs, leaves well-formed
// plans of the same organisations and years, and that no two that may be chosen together set the same value.
Checked<Recovery> read_recovery(std::string_view text, const std::string& name, const Plans& plans, const Documents& documents);

// The edits of those options, in the order of the file: `paid` add their schemes, `succeeding` ones of them make their edits.
std::vector<Edit> edits_of(const Recovery& recovery, std::uint64_t paid, std::uint64_t succeeding);
// The same, and their costs as adjustments of their owners' plans: what a plan must say that has these options in it.
std::vector<Edit> edits_to_write(const Recovery& recovery, std::uint64_t set, const Plans& plans, const Sources& sources);

}  // namespace shortfall
