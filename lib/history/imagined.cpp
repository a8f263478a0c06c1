#include "history/imagined.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "history/backtest.hpp"

namespace shortfall {

void ImaginedScores::add_amount(std::size_t case_index, const Eigen::ArrayXd& shares, const Ensemble& ensemble, std::mt19937_64& random) {
  Amount out{case_index, {}, {}, {}, {}};
  const double p5 = ensemble.quantile(0.05), p10 = ensemble.quantile(0.1), p90 = ensemble.quantile(0.9), p95 = ensemble.quantile(0.95);
  for (const double share : shares) {
    out.crps.push_back(static_cast<float>(ensemble.crps(share)));
    out.pit.push_back(static_cast<float>(ensemble.pit(share).at(uniform(random))));
    out.within_80.push_back(share >= p10 && share <= p90);
    out.within_90.push_back(share >= p5 && share <= p95);
  }
  amounts_.push_back(std::move(out));
}

void ImaginedScores::add_failure(std::size_t case_index, const Eigen::ArrayXd& failed) {
  Failure out{case_index, failed.mean(), {}};
  for (const double f : failed) out.failed.push_back(f > 0);
  failures_.push_back(std::move(out));
}

namespace {

constexpr std::size_t draws = 4000;

struct Figures {
  double crps = 0, pit_mean = 0, pit_variance = 0, within_80 = 0, within_90 = 0;
};

// From the scores of single outcomes: `of(i)` gives the i-th's.
struct OneScore {
  double crps, pit;
  bool within_80, within_90;
};
template <class Of>
Figures figures(std::size_t count, Of of) {
  Figures out;
  double squares = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const OneScore s = of(i);
    out.crps += s.crps, out.pit_mean += s.pit, squares += s.pit * s.pit;
    out.within_80 += s.within_80, out.within_90 += s.within_90;
  }
  const double n = static_cast<double>(count);
  for (double* mean : {&out.crps, &out.pit_mean, &out.within_80, &out.within_90}) *mean /= n;
  out.pit_variance = count < 2 ? 0 : (squares - n * out.pit_mean * out.pit_mean) / (n - 1);
  return out;
}

double at_level(const std::vector<double>& sorted, double level) {
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(level * static_cast<double>(sorted.size())))];
}

enum class Sides { both, large };  // which values are as far out as the one seen
Tested tested(double value, std::vector<double> imagined, Sides sides) {
  std::sort(imagined.begin(), imagined.end());
  constexpr double hair = 1e-12;
  const double n = static_cast<double>(imagined.size());
  const double at_most = static_cast<double>(std::upper_bound(imagined.begin(), imagined.end(), value + hair) - imagined.begin());
  const double at_least = n - static_cast<double>(std::lower_bound(imagined.begin(), imagined.end(), value - hair) - imagined.begin());
  const double large = (at_least + 1) / (n + 1), small = (at_most + 1) / (n + 1);
  return {value, at_level(imagined, 0.05), at_level(imagined, 0.95), sides == Sides::large ? large : std::min(1.0, 2 * std::min(large, small))};
}

// One future for each system.
class Fates {
 public:
  Fates(std::size_t cases, std::uint64_t seed) : random_(seed ^ 0x5851f42d4c957f2dULL), at_(cases) {}
  void draw() {
    for (double& at : at_) at = uniform(random_);
  }
  std::size_t of(std::size_t case_index, std::size_t futures) const {
    return static_cast<std::size_t>(at_[case_index] * static_cast<double>(futures));
  }

 private:
  std::mt19937_64 random_;
  std::vector<double> at_;
};

Skill skill_over(const BacktestResult& result, const std::vector<std::size_t>& scores, std::size_t naive, std::uint64_t seed) {
  Skill out;
  std::map<std::size_t, std::pair<double, double>> by_case;  // the sum of differences, and how many
  for (const std::size_t i : scores) {
    const AmountScore& s = result.amounts[i];
    if (!s.naive_crps[naive]) continue;
    ++out.count, out.crps += s.crps, out.naive += *s.naive_crps[naive];
    by_case[s.case_index].first += s.crps - *s.naive_crps[naive], by_case[s.case_index].second += 1;
  }
  if (out.count == 0) return out;
  out.crps /= static_cast<double>(out.count), out.naive /= static_cast<double>(out.count);
  out.skill = out.naive > 0 ? 1 - out.crps / out.naive : 0;
  std::vector<std::pair<double, double>> systems;
  for (const auto& [index, sums] : by_case) systems.push_back(sums);
  out.systems = systems.size();
  std::mt19937_64 random(seed ^ 0x14057b7ef767814fULL);
  std::vector<double> means;
  for (std::size_t r = 0; r < draws; ++r) {
    double sum = 0, count = 0;
    for (std::size_t k = 0; k < systems.size(); ++k) {
      const auto& [difference, outcomes] = systems[static_cast<std::size_t>(uniform(random) * static_cast<double>(systems.size()))];
      sum += difference, count += outcomes;
    }
    means.push_back(sum / count);
  }
  std::sort(means.begin(), means.end());
  out.low = at_level(means, 0.025), out.high = at_level(means, 0.975);
  return out;
}

AmountSummary summary_of(std::string name, std::vector<std::size_t> scores, const ImaginedScores& imagined, std::size_t cases, std::uint64_t seed,
                         const BacktestResult& result) {
  AmountSummary out;
  out.name = std::move(name), out.scores = std::move(scores);
  std::set<std::size_t> systems;
  for (const std::size_t i : out.scores) systems.insert(result.amounts[i].case_index);
  out.systems = systems.size();
  const std::size_t n = out.scores.size();
  const Figures seen = figures(n, [&](std::size_t k) {
    const AmountScore& s = result.amounts[out.scores[k]];
    return OneScore{s.crps, s.pit, s.within(s.p10, s.p90), s.within(s.p5, s.p95)};
  });
  Fates fates(cases, seed);
  std::vector<double> crps, pit_mean, pit_variance, within_80, within_90;
  for (std::size_t r = 0; r < draws; ++r) {
    fates.draw();
    const Figures f = figures(n, [&](std::size_t k) {
      const ImaginedScores::Amount& a = imagined.amounts()[out.scores[k]];
      const std::size_t j = fates.of(a.case_index, a.crps.size());
      return OneScore{static_cast<double>(a.crps[j]), static_cast<double>(a.pit[j]), a.within_80[j], a.within_90[j]};
    });
    crps.push_back(f.crps), pit_mean.push_back(f.pit_mean), pit_variance.push_back(f.pit_variance);
    within_80.push_back(f.within_80), within_90.push_back(f.within_90);
  }
  out.crps = tested(seen.crps, std::move(crps), Sides::large);
  out.pit_mean = tested(seen.pit_mean, std::move(pit_mean), Sides::both);
  out.pit_variance = tested(seen.pit_variance, std::move(pit_variance), Sides::both);
  const auto coverage = [&](double share, double nominal, std::vector<double> of) {
    return Coverage{static_cast<std::size_t>(share * static_cast<double>(n) + 0.5), nominal, binomial_range(n, nominal, 0.9),
                    tested(share, std::move(of), Sides::both)};
  };
  out.p10_p90 = coverage(seen.within_80, 0.8, std::move(within_80));
  out.p5_p95 = coverage(seen.within_90, 0.9, std::move(within_90));
  for (std::size_t naive = 0; naive < naive_count; ++naive) out.skills[naive] = skill_over(result, out.scores, naive, seed);
  return out;
}

void summarise_failures(const ImaginedScores& imagined, std::size_t cases, std::uint64_t seed, BacktestResult& result) {
  if (result.failures.empty()) return;
  std::vector<ChanceAndOutcome> forecasts;
  for (const FailureScore& f : result.failures) forecasts.push_back({f.chance, f.failed});
  result.brier = brier(forecasts);
  Fates fates(cases, seed);
  std::vector<double> scores;
  for (std::size_t r = 0; r < draws; ++r) {
    fates.draw();
    double sum = 0;
    for (const ImaginedScores::Failure& f : imagined.failures()) {
      const double outcome = f.failed[fates.of(f.case_index, f.failed.size())] ? 1 : 0;
      sum += (f.chance - outcome) * (f.chance - outcome) / static_cast<double>(imagined.failures().size());
    }
    scores.push_back(sum);
  }
  result.brier_tested = tested(result.brier.score, std::move(scores), Sides::large);
}

}  // namespace

void summarise(const ImaginedScores& imagined, std::size_t cases, std::uint64_t seed, BacktestResult& result) {
  using Kind = Measured::Kind;
  std::vector<std::size_t> outturns, in_year, positions, counts;
  for (std::size_t i = 0; i < result.amounts.size(); ++i) {
    const AmountScore& s = result.amounts[i];
    (s.measured.kind == Kind::organisations_failed ? counts
     : s.measured.kind == Kind::position           ? positions
     : s.in_year                                   ? in_year
                                                   : outturns)
        .push_back(i);
  }
  const auto add = [&](const char* name, const std::vector<std::size_t>& scores) {
    if (!scores.empty()) result.summaries.push_back(summary_of(name, scores, imagined, cases, seed, result));
  };
  add("savings, outturns", outturns);
  add("savings, before the year's end", in_year);
  add("positions", positions);
  add("organisations that failed", counts);
  summarise_failures(imagined, cases, seed, result);
}

}  // namespace shortfall
