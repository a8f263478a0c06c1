// Reference classes from an organisation's own records: what such schemes delivered, as far as the records say, and a prior for the rest.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "history/credibility.hpp"
#include "history/records.hpp"
#include "model/metalog_fit.hpp"
#include "plan/document.hpp"

namespace shortfall {

struct CalibrateOptions {
  std::optional<double> prior_weight;  // n₀ of every class; none: by its grade
  std::uint64_t seed = 1;              // of permutations and of posterior draws
};

struct ShareFigures {
  double p10 = 0, p50 = 0, p90 = 0, mean = 0;  // of what goes ahead
};
ShareFigures figures_of(const Coefficients& a, const Bounds& bounds);

struct Range {
  double low = 0, high = 0;
};

// Delay in months, or overrun as actual over planned cost.
struct SideCalibration {
  std::size_t ended = 0, at_least = 0;  // records that say what it was, and those that say what it is at least
  bool held = true;                     // the prior's, for want of records or of a prior that could be blended
  ShareFigures before, after;
  Distribution distribution;
};

// An organisation's own line of a class, where its record is worth believing beyond the others'.
struct OrganisationLine {
  std::string organisation;
  std::size_t records = 0;
  double factor = 0;  // credibility, from 0 to 1
  double own_mean = 0, estimate = 0;
  Distribution share;
};

struct LeftOutScores {
  std::size_t records = 0;
  double crps = 0, prior_crps = 0;
  double pit_mean = 0;
  std::array<std::size_t, 5> pit_fifths{};
  bool by_parts = false;  // twentieths left out instead of single records
};

struct ClassCalibration {
  std::string id, prior_grade;
  double prior_weight = 0;
  std::size_t records = 0, dropped = 0, went_ahead = 0, running = 0;
  std::size_t not_begun = 0;  // that came too late to show a share in the year
  std::size_t shares = 0;     // that the share is fitted to

  // The chance of dropping out, of all stages as they stood in the records.
  double prior_chance = 0, stages_chance = 0, drops_out = 0;  // drops_out: the class's own, beyond the stages'
  BetaPosterior chance;

  Bounds bounds;
  Coefficients prior, data, blended;
  bool fitted = false, mended = false, shifted_only = false;
  ShareFigures before, after, half_prior, twice_prior;
  Range p50_range, mean_range, chance_range;  // 90 % of the posterior
  double disagreement = 0;
  Distribution share;

  double by_count = 0, by_value = 0;  // delivered over planned of all that ended, those that dropped out among them
  std::size_t audited = 0, claimed = 0;
  double audited_mean = 0, claimed_mean = 0;
  std::size_t exactly_planned = 0, beyond_bounds = 0;
  std::optional<double> groups_p;  // of a permutation test whether organisations differ
  std::size_t groups = 0;
  Credibility credibility;
  std::vector<OrganisationLine> lines;
  SideCalibration delay, overrun;
  LeftOutScores scores;
  std::vector<std::string> warnings, collect;
};

struct StageCalibration {
  Stage stage = Stage::delivered;
  std::size_t records = 0, dropped = 0;
  double before = 0;
  BetaPosterior chance;
};

struct Calibration {
  std::size_t records = 0, organisations = 0;
  std::string first_year, last_year, prior_name;
  int as_at = 0;
  std::vector<StageCalibration> stages;   // all but delivered
  std::vector<ClassCalibration> classes;  // that have records, in the prior's order
  std::vector<std::string> warnings;
  Reference reference;  // the prior with these in it
};

Calibration calibrate(const Records& records, const Reference& prior, const CalibrateOptions& options);

// The share of its planned saving that a record's scheme can still make in its year if it starts `months_late` months later than planned: 1 is all of
// it (also where it was planned to start after the year), 0 is none. A saving is taken to be even over the months from the planned start on, or over
// all twelve where that lies before the year or is not recorded.
double left_of_plan(const Record& record, double months_late);

// As a file that plans can name as their `reference:`: the prior's, with what was calibrated in its place. `prior` is the document that the prior was
// read from; whatever else it says is kept, its comments aside. `records_sha256` is of the records as they were read.
std::string to_yaml(const Calibration& calibration, const Node& prior, const std::string& records_name, const std::string& records_sha256);

}  // namespace shortfall
