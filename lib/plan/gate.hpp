// A limit on a result, as a plan's `gates:` write it: "midshire-acute.fails.together <= 40%".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/checked.hpp"

namespace shortfall {

enum class Comparison { at_most, below, at_least, above };

// subject: "system", "any", "all" or an organisation's id. measure: "fails", "fails.alone", "fails.together", "shortfall.p80", "contingency.p80",
// "saving.mean", …
struct Gate {
  Place place;
  std::string expression;
  std::string subject, measure;
  Comparison comparison = Comparison::at_most;
  double limit = 0;    // a probability as a fraction; money in the currency's unit
  bool known = false;  // the limit holds for all that is known of the reference classes: "system.fails <= 30% known"
};

// A limit on how far a measure may move from one revision of the plans to the next, as `gates: changes:` and --allow write it: "system.fails +2pp",
// "midshire-acute.contingency.p80 +0.5". Chances, shortfalls and contingencies may rise by at most the limit (a negative one asks for a fall); a
// saving must change by at least it ("midshire-acute.saving.mean -0.5": it may fall by half a unit).
struct ChangeLimit {
  Place place;
  std::string expression;
  std::string subject, measure;
  double limit = 0;  // of new − old: of a chance as a fraction (+2pp is 0.02); money in the currency's unit
};

// The chance that `shortfall reverse` is to meet: "system.fails = 20%".
struct ChanceTarget {
  Place place;
  std::string expression;
  std::string subject, measure;
  double level = 0;  // above 0, below 1
};

// What `shortfall recover` is to make as safe as the money allows: "system.fails", or "es95" for the system's.
struct Aim {
  Place place;
  std::string expression;
  std::string subject = "system", measure = "fails";
};

// The form only; whether the subject exists is for `check`.
Checked<Gate> parse_gate(std::string_view text, const Place& place);
Checked<ChangeLimit> parse_change_limit(std::string_view text, const Place& place);
// Of these subjects: "system", "any", "all" and the organisations.
Checked<ChanceTarget> parse_chance_target(std::string_view text, const Place& place, const std::vector<std::string>& subjects);

// Of these subjects likewise: a chance to fail, a shortfall, reserves to add or a saving.
Checked<Aim> parse_aim(std::string_view text, const Place& place, const std::vector<std::string>& subjects);

// Of gates' measures: savings are better when higher, everything else when lower.
bool higher_is_better(std::string_view measure);

// The measures that a subject has.
const std::vector<std::string>& measures_of_system();
const std::vector<std::string>& measures_of_organisation();

}  // namespace shortfall
