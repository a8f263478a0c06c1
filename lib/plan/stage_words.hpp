// The stage that a tracker's status stands for: colours, gateways, words.
#pragma once

#include <optional>
#include <string_view>

#include "plan/plan.hpp"

namespace shortfall {

// Whether `phrase` stands in `text` as whole words, both of small letters and digits with single blanks; a phrase that ends in '*' may go on:
// "procur*".
bool has_phrase(std::string_view text, std::string_view phrase);

// Of "amber", "a g", "gateway 2", "on track", "fully developed": the stage; of two colours the worse. `risk`: it rates a risk, so that "high" is bad.
std::optional<Stage> stage_of_words(std::string_view status, bool risk);

// "; 'green' stands for 'developed'", of what people write in the place of a stage; nothing where it says none.
std::string stage_hint(std::string_view written);

}  // namespace shortfall
