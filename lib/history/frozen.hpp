// A forecast as a file, for the day when what it is of has happened: its futures as they were simulated, so that no later version of the program can
// change them, and the texts of the plans and classes that it was made from.
#pragma once

#include <string>
#include <vector>

#include "base/checked.hpp"
#include "history/forecast.hpp"
#include "plan/assemble.hpp"

namespace shortfall {

struct FrozenForecast {
  std::string program;  // "shortfall 0.1.0"
  int as_at = 0;        // the month in which it was made
  std::uint64_t seed = 1;
  double optimism = 1;
  bool knowledge = false;  // whether it knows no more of the classes than their records tell
  std::string system, title, currency;
  std::vector<Year> years;
  struct Subject {
    std::string id, title;
  };
  std::vector<Subject> organisations;
  Futures futures;
  std::vector<double> planned_saving;  // [measured]: that what is measured is about
  std::vector<double> class_means;     // [measured]: the share that its classes deliver on average
  std::vector<Source> files;           // as they were read, edits not among them
  std::vector<std::string> edits;
};

inline constexpr std::uint64_t most_frozen_numbers = 600'000;  // so that the file stays one of some megabytes

FrozenForecast freeze(const Plans& plans, const Sources& sources, const FuturesOptions& options, int as_at, std::string program);

// YAML whose first key is `forecast:`, so that it is never taken for a plan. Six digits of each number are kept.
std::string to_text(const FrozenForecast& forecast);
bool is_frozen_forecast(std::string_view text);
Checked<FrozenForecast> read_frozen_forecast(std::string_view text, const std::string& name);

}  // namespace shortfall
