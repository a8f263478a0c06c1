// How likely is failure, for each and for all? The question of `shortfall run`.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ranks.hpp"
#include "plan/dependence.hpp"
#include "plan/plan.hpp"
#include "sim/timings.hpp"
#include "study/estimate.hpp"
#include "study/seen.hpp"

namespace shortfall {

struct Model;
struct SimulateOptions;
struct CompileOptions;

// automatic: the most precise that the plan allows; plain: independent trials of everything.
enum class SamplingChoice { automatic, plain };
constexpr std::string_view name_of(SamplingChoice choice) { return choice == SamplingChoice::plain ? "plain" : "auto"; }
// Of variants on the same draws: pressures are sampled, so that trials can be paired. Their intervals are those of independent trials, which a Latin
// hypercube's never much exceed (Owen 1997: by n/(n − 1) at most).
Method paired_method(SamplingChoice choice);
// Of a run by itself.
Method own_method(const Model& model, SamplingChoice choice, const Update* update = nullptr);

// Where the time went: the clock's seconds of the parts of a run, and all threads' time by the stages of a trial.
struct RunTimings {
  double compile = 0, pilot = 0, simulate = 0;
  Timings stages;
};

// Trials are simulated in whole blocks of 256: so many, or the next more.
std::uint64_t whole_blocks(std::uint64_t trials);

struct RunOptions {
  std::uint64_t trials = 100'096;        // whole blocks of 256
  std::uint64_t trials_asked = 0;        // before they were made whole blocks; 0: as many
  std::uint64_t max_trials = 1'000'192;  // where gates or precision ask for more
  std::optional<double> precision;       // stop when every probability's half-width is at most this
  std::uint64_t seed = 1;
  unsigned threads = 0;  // 0: as many as the machine has
  double optimism = 1;
  std::vector<Given> given;  // factors held at a quantile: a stress
  SamplingChoice sampling = SamplingChoice::automatic;
  bool knowledge = false;  // whether what is not known of the reference classes is drawn; else they are taken as they are written
  std::optional<std::uint64_t> knowledge_trials = {};  // by which draws are counted, where more were simulated than first asked for
  MaybeSeen seen = nullptr;                            // what was seen of the plans as they stand, and the luck that it leaves
  RunTimings* timings = nullptr;
  Ranks* ranks = nullptr;  // processes that share the work; none: this one alone
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
};

// The draws of what is not known: one to two blocks or more, at most 256, by the trials first asked for, so that more of them only add to it. Fewer
// than 8 blocks have none: so few draws are not alike in the mean, and tell nothing of how much they differ.
// Where something was seen of the plans, they are those that its luck is of.
KnowledgeDraws knowledge_draws(const RunOptions& options);
CompileOptions compile_options(const RunOptions& options);

// How variants are simulated on the same draws.
SimulateOptions paired_options(const RunOptions& options);

struct ShortfallResult {
  Estimate mean, p50, p80, p90, p95, es95;  // es95: the mean of the worst 5 % of futures
};
struct ContingencyResult {
  Estimate p50, p80, p90, p95;  // extra reserves to be so sure
};

struct MoneyResult {
  Estimate mean, p10, p50, p90;
};

struct OrganisationResult {
  std::string id, title;
  double reserves = 0;
  Estimate alone, together;
  std::vector<Estimate> alone_by_year, together_by_year;  // has failed by the end of the year
  Estimate swims, rescued, dragged_under, sinks;
  ShortfallResult shortfall;
  ContingencyResult contingency;
  struct {
    double planned = 0, planned_last_year = 0;
    Estimate mean, p10, p50, p90;
    double mean_last_year = 0;
  } saving;  // of its own schemes, wherever it lands
  struct : MoneyResult {
    std::vector<double> by_year;  // expected
  } found;                        // elsewhere, once, in place of what schemes missed
  bool finds = false;             // whether anything may be
  MoneyResult delivered_and_found;
  double carry = 1;  // how much of a gap goes into the next year
  struct {
    std::vector<double> planned, mean, p10, p90;
  } position;  // by year
  bool little_known() const { return alone.little_known() || together.little_known(); }
};

struct PoolResult {
  std::vector<std::string> members;
  std::optional<double> aid;
  double reserves = 0;  // its own, beside its members'
  Estimate fails;
  ShortfallResult shortfall;
  ContingencyResult contingency;
};

struct JointResult {
  Estimate any, all;
  std::vector<Estimate> count;  // [k]: exactly k organisations fail
};

enum class Verdict { passed, crossed, unclear };
std::string_view name_of(Verdict verdict);

struct GateResult {
  Gate gate;
  Estimate value;
  Verdict verdict = Verdict::unclear;
  bool would_tell() const { return verdict == Verdict::unclear && !gate.known; }  // more futures would
};

// What the answer rests on, for the reader to judge.
struct ClassUsed {
  std::string id, grade, source;  // an empty id: schemes with a delivery of their own
  std::size_t schemes = 0;
  double planned = 0;  // their saving over all years
};

// What was asked, and how it was answered.
struct RunSetting {
  std::string system, title, currency;
  std::vector<std::string> years;
  std::uint64_t trials = 0, trials_asked = 0, seed = 0;
  double optimism = 1;
  std::vector<Given> given;
  std::size_t knowledge_draws = 0;  // 0: the classes were taken as they are written
  MaybeSeen seen = nullptr;
  std::string sampling, pressure;   // "plain" or "latin-hypercube"; "sampled" or "integrated"
  std::optional<double> precision;  // asked for
};

// What the plans say, and what they rest on.
struct PlansSummary {
  double reserves = 0, planned_saving = 0;
  std::size_t schemes = 0;
  bool one_pool_of_all = true;
  std::string reference;
  std::vector<ClassUsed> classes;
  Dependence dependence;
};

struct RunResult : RunSetting, PlansSummary {
  std::vector<OrganisationResult> organisations;
  std::vector<PoolResult> pools;
  Estimate system_fails;
  ShortfallResult system_shortfall;
  ContingencyResult system_contingency;
  double contingency_alone_p80 = 0;   // Σ over the organisations, each by itself
  double contingency_agreed_p80 = 0;  // Σ over the pools, and those in none by themselves
  double pooling_benefit_p80 = 0;     // what the agreement saves: the first less the second
  JointResult joint, joint_together;
  std::vector<std::vector<double>> pairs_joint, pairs_given;  // [i][j]: P(i and j fail), P(i fails | j fails); NaN where j never fails
  std::vector<GateResult> gates;                              // intervals widened so that they hold over all looks at more and more trials
  double widest = 0;                                          // the half-width of the least certain probability
  // Whether of any organisation's chance, or the system's, more is not known than the futures tell.
  bool little_known() const {
    return system_fails.little_known() ||
           std::any_of(organisations.begin(), organisations.end(), [](const OrganisationResult& o) { return o.little_known(); });
  }
};

RunResult run(const Plans& plans, const RunOptions& options);

// The answer that a tally of the plans' model holds.
RunResult result_of(const Plans& plans, const Model& model, const Tally& tally, const RunOptions& options);

// How a gate's measure stands in a result. The gate's subject and measure have been checked.
Estimate measure(const RunResult& result, const Gate& gate);
Verdict judge(const Gate& gate, const Estimate& value);

// How many times gates may be looked at, trials doubling up to the most; and how much wider a 95 % interval must be to hold over so many looks at
// once (Bonferroni): to look again and again until chance has its way is no test.
std::size_t looks(std::uint64_t trials, std::uint64_t most);
double widening(std::size_t looks);
Estimate widened(const Estimate& e, double by, bool chance);

}  // namespace shortfall
