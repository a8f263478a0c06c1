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
  double limit = 0;  // a probability as a fraction; money in the currency's unit
};

// The form only; whether the subject exists is for `check`.
Checked<Gate> parse_gate(std::string_view text, const Place& place);

// The measures that a subject has.
const std::vector<std::string>& measures_of_system();
const std::vector<std::string>& measures_of_organisation();

}  // namespace shortfall
