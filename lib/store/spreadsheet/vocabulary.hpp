// The words of savings trackers: what a heading heads, what a status or a category says of a scheme. Every choice made here stands in the mapping,
// where it may be changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"

namespace shortfall {

// What a column holds.
enum class Role {
  none,
  ref,
  title,
  description,
  organisation,
  directorate,
  category,
  owner,
  stage,
  qia,
  recurrent,
  starts,
  ends,
  delay,
  full_year,
  part_year,
  saving,
  cost,
  forecast,
  not_plan,  // variances, actuals, what is to date: never imported
  notes
};

// By the words of a heading, and whether the column beneath holds numbers.
Role role_of(std::string_view heading, bool numbers);

// The stage that a status says: "Amber", "A/G", "Gateway 2", "On track", "Fully developed". Of two colours the worse. `risk`: the heading asks for
// the risk, so that "High" is bad.
std::optional<Stage> stage_of(std::string_view status, bool risk);

// Words of a status that take the row out of the plan: cancelled, rejected, withdrawn.
bool is_cancelled(std::string_view status);

struct ClassGuess {
  std::string reference_class, word;  // the word that it goes by; one that ends in * is the beginning of one
};
std::optional<ClassGuess> class_of(std::string_view words);

// "R", "Non-recurrent", "NR", "One-off", "Yes"; nothing where it says neither.
std::optional<bool> recurrent_of(std::string_view text, bool heading_is_non_recurrent);

// "Total", "Sub-total", "Grand total", "Sum of above".
const std::vector<std::string>& words_of_totals();

// How near a saving's heading is to what a plan is: approved before proposed, net before gross.
int preference_of(std::string_view heading);

}  // namespace shortfall
