// The plans as flat arrays: all that a trial needs, and nothing else. Organisations stand in order of id, schemes in order of organisation and
// id, so that sums are made in one order whatever the order of files. The symbols of lib/README.md stand behind the fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/marginal.hpp"

namespace shortfall {

// A random stream: the 64-bit FNV-1a hash of its driver's name ("share:midshire-acute/theatres").
using Stream = std::uint64_t;
Stream stream_of(std::string_view driver);

// A factor that several drivers have in common: a standard normal, or held at one score for all trials (a stress).
struct Factor {
  std::string name;  // "system", "organisation/midshire-acute", "class/workforce", "year/2017/18", or a name of the plan's own
  Stream stream = 0;
  std::optional<float> held_at;
};

// One term sqrt(w_f) F_f of a luck score.
struct Loading {
  std::uint32_t factor = 0;
  float weight = 0;  // sqrt(w_f)
  bool operator==(const Loading&) const = default;
};

// What a luck score is made of: the loadings and sqrt(1 − Σ w_f) of its own normal.
struct Luck {
  std::vector<Loading> loadings;
  float own_weight = 1;
};

struct Landing {
  std::uint32_t organisation = 0;
  double share = 1;
  bool operator==(const Landing&) const = default;
};

struct TeamEffort {
  std::uint32_t team = 0;
  std::vector<double> wte;  // [years]
  bool operator==(const TeamEffort&) const = default;
};

struct SchemeModel {
  std::uint32_t organisation = 0;
  Luck luck;                // of its share, delay and overrun, less the scheme factor
  float scheme_weight = 0;  // sqrt of the scheme factor's share
  std::optional<float> scheme_held_at;
  Stream scheme_stream = 0;  // of the scheme factor, to draw it by itself; 0: within the normals of share, delay and overrun
  Stream share_stream = 0, delay_stream = 0, overrun_stream = 0;
  std::uint32_t share = 0, overrun = 0;       // index into marginals
  std::uint32_t delay = 0;                    // index into months
  std::vector<double> saving;                 // by months late, less what lapses: see SavingTable
  std::vector<double> saving_without_lapses;  // the same did nothing lapse; empty where nothing does
  std::vector<Landing> lands;                 // whose position it improves, by organisation
  bool programme = false;                     // a whole programme: what is found elsewhere is in its share
  int start = 0;                              // months after the plan's first
  bool consults = false;
  bool may_harm = true;  // false: its share is never below 0
  // By organisation, what it adds to the margin there in each year, [lanes]: minus its planned cost, before any overrun.
  std::vector<std::pair<std::uint32_t, std::vector<double>>> cost_rows;
  std::vector<std::uint32_t> needs;
  // What it asks of its teams: where they are short, it delivers less; what is spared is asked for likewise, and no shortage reduces it.
  std::vector<TeamEffort> effort, effort_spared;
  std::int32_t opportunity = -1;
};

struct TeamModel {
  std::string name;  // "pmo" of the system, "midshire-acute/pmo" of an organisation
  Luck luck;
  Stream stream = 0;
  Marginal staffing;
  std::vector<double> wte, effort;  // [years]; effort: the sum over the schemes that ask for it
};

struct OrganisationModel {
  std::string id, title;
  double reserves = 0;
  std::vector<double> before_pressure;  // margin without pressure, savings, funding: income − spend (1 + mean) − target, [years]
  std::vector<double> spend, target, conditional_funding, one_offs;  // [years]
  double tied_to_organisation = 1, tied_to_system = 0;
  double pressure_sd = 0, persistence = 0;
  double carry = 1;  // how much of a gap goes into the next year
  // Substitutes: a share `substitute_rate` of what its schemes miss of `planned_landing`, at most `substitutes_most`, is found elsewhere.
  std::vector<double> planned_landing, substitutes_most;  // [years]; empty: nothing is ever found
  std::uint32_t substitute_rate = 0;                      // index into marginals
  Luck substitute_luck;
  std::vector<Stream> substitute_stream;  // [years]
  bool finds() const { return !planned_landing.empty(); }
  std::vector<Luck> pressure_luck;      // [years]
  std::vector<Stream> pressure_stream;  // [years]
};

// How the organisations stand together. A pool without aid is joint and several.
struct PoolModel {
  std::vector<std::uint32_t> members;
  std::optional<double> aid;
  double reserves = 0;  // its own, beside its members'
  double carry = 1;     // the least of its members'
};

struct BlackoutModel {
  int from = 0, to = 0;  // months after the plan's first
  bool operator==(const BlackoutModel&) const = default;
};

// Savings are kept by trial, a row of lanes each: the years, padded to whole vectors of four, but for five, which are a vector and one.
constexpr std::size_t lanes_for(std::size_t years) { return years == 5 ? 5 : (years + 3) / 4 * 4; }

// What a scheme delivered in full saves in each year, by months late T = 12 q + r: S(12 (y + 1) − T) − S(12 y − T) is what row r has q years earlier.
// So there are twelve rows, each of what the years before the plan would save (zeros, but of a scheme that starts before it), then the years' savings
// when r months late; a window of `lanes` values that starts q before the first of them is the saving in each year. What a window shows beyond the
// last year means nothing. `before`: the years by which the model's earliest scheme starts before the plan; nothing is later than the years and
// these.
struct SavingTable {
  std::size_t years, before = 0;
  constexpr std::size_t lead() const { return years + before; }
  constexpr std::size_t row() const { return lead() + lanes_for(years); }
  constexpr std::size_t window(std::size_t late) const { return late % 12 * row() + lead() - late / 12; }
  constexpr std::size_t size() const { return 12 * row(); }
  constexpr int latest() const { return static_cast<int>(12 * lead()); }
};

struct Model {
  std::string id, title, currency;
  std::vector<std::string> years;
  std::vector<OrganisationModel> organisations;
  std::vector<SchemeModel> schemes;
  std::vector<Marginal> marginals;
  std::vector<Months> months;
  // Where what is not known of reference classes is drawn: block b looks up draw b mod `draws`, or the one that an update (sim/update) says, of the
  // tables that differ between draws, which stand at the places of those above; null, and beyond the end, those above (sim/drawn_tables).
  std::size_t draws = 0;
  bool draws_chosen = false;  // whether those that fit what was seen come more often than others
  std::vector<std::shared_ptr<const DrawnMarginal>> drawn_marginals;
  std::vector<std::shared_ptr<const Drawn<Months>>> drawn_months;
  std::vector<Factor> factors;
  std::vector<TeamModel> teams;
  std::vector<std::vector<double>> opportunities;  // [opportunity][years]
  std::vector<BlackoutModel> blackouts;
  std::vector<PoolModel> pools;
  std::size_t years_before = 0;  // by which the earliest scheme starts before the plan
  SavingTable table() const { return {years.size(), years_before}; }
  double pooled_reserves = 0;              // the pools' own, which the system as a whole has whatever becomes of the agreement
  bool harm_waits = false;                 // whether a share below 0 comes as late as a saving would
  double carry = 1;                        // the system's: the least of all organisations'
  std::vector<double> system_excess;       // the system's own target less the sum of targets, where above 0, [years]
  std::vector<std::uint32_t> needs_order;  // the schemes that need or are needed, each after all that it needs
  // The student-t copula: every score is multiplied by sqrt(ν/W), then brought back to a normal score.
  struct StudentT {
    float degrees_of_freedom = 0;
    Stream stream = 0;
    Curve mixing, to_normal;
  };
  std::shared_ptr<const StudentT> student_t;
};

// The schemes that need or are needed, each after all that it needs; needs have no circle.
std::vector<std::uint32_t> order_of_needs(const std::vector<SchemeModel>& schemes);
// The least of the carries of some organisations: that of a pool of them.
double least_carry(const std::vector<OrganisationModel>& organisations, const std::vector<std::uint32_t>& members);

}  // namespace shortfall
