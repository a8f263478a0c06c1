// What the months so far say of the year and the plan: the question of `shortfall track`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/actuals.hpp"
#include "history/factor_posterior.hpp"
#include "history/tracked.hpp"
#include "history/year_path.hpp"
#include "study/run.hpp"

namespace shortfall {

// What one would say of the year without a model. A scheme that was dropped is worth what it has saved, and of its plan nothing is to come.
struct NaiveOutturns {
  double straight_line = 0;     // to date, carried on at the same rate
  double phased_index = 0;      // to date over planned to date, times the year's plan
  double plan_to_go = 0;        // to date, and all that was planned for the rest
  std::optional<double> owner;  // their own forecast, where they give one
};
// `months` of the year are seen. Where nothing was planned to date, the index has nothing to go by: plan-to-go.
NaiveOutturns naive_outturns(double to_date, double planned_to_date, double planned, int months);

// Of a scheme, of an organisation's schemes, or of all of them: savings of the year, wherever they land.
struct TrackedSaving {
  std::string id, title;
  double planned = 0, planned_to_date = 0;
  std::optional<double> to_date;
  OutturnRange before, now;
  std::optional<OutturnRange> last;  // by what was known a month earlier
  NaiveOutturns naive;
};
struct TrackedSchemeResult : TrackedSaving {
  std::string organisation;
  bool seen = false;  // whether anything was seen of it that says something
  double drops_out_before = 0, drops_out = 0;
};
struct TrackedTotal : TrackedSaving {
  double plan = 0;  // over all years
  OutturnRange plan_before, plan_now;
};

// What has been saved by now of all schemes that were seen, beside what a forecast had expected of them by then.
struct SavedByNow {
  double amount = 0;
  OutturnRange expected;
  double at_most = 0;  // the share of the forecast's futures that come to no more
};

struct TrackResult {
  int as_at = 0;
  std::optional<int> last_as_at;  // the month that the file told of before
  std::string year;               // that it falls in
  int months = 0;                 // of it that are seen
  bool agreement_stated = true;   // whether the plans say who stands with whom
  RunResult before, now;
  std::optional<RunResult> last;
  std::vector<TrackedSchemeResult> schemes;
  std::vector<TrackedTotal> organisations;
  TrackedTotal system;
  // [month of the year]: savings of the year so far, of all schemes.
  std::vector<double> planned_by_month;
  std::vector<OutturnRange> path_before, path;
  std::vector<std::pair<int, double>> saved;               // months of the year that the file told of, and what all its schemes had saved by then
  std::optional<SavedByNow> to_date_before, to_date_last;  // by the plan's forecast; by that of the month before
  std::size_t seen = 0;                                    // schemes of which something was seen
  WeightsQuality quality;
  double effective_draws = 0;  // of what is not known of the reference classes, those that fit equally well; 0: none was drawn
};

struct TrackOptions {
  RunOptions run;
  std::optional<int> as_at;    // none: the latest month of the file
  std::vector<double> levels;  // quantiles of each outturn by what is known now, beside P10, P50 and P90
};

// Errors: those of the tracked luck; a posterior that the proposals do not reach.
Checked<TrackResult> track(const Plans& plans, const Actuals& actuals, const TrackOptions& options);

}  // namespace shortfall
