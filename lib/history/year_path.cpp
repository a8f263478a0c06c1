#include "history/year_path.hpp"

#include <algorithm>
#include <array>

#include "base/for_each.hpp"
#include "history/scores.hpp"
#include "plan/profile.hpp"
#include "sim/side_by_side.hpp"

namespace shortfall {
namespace {

constexpr std::uint64_t path_blocks = 40;
constexpr int months_of_year = 12;

// [months]: by months late.
using SavedByMonth = std::array<std::vector<double>, months_of_year + 1>;

OutturnRange range_of(std::vector<double> values) {
  const Ensemble sample(std::move(values));
  return {sample.mean(), sample.quantile(0.1), sample.quantile(0.5), sample.quantile(0.9), {}};
}

// One block's futures: the sums of all schemes by month, and of what was seen.
struct PathBlock {
  std::array<Doubles, months_of_year + 1> all;
  Doubles seen = Doubles::Zero();
};

class PathBlocks {
 public:
  PathBlocks(const Plans& plans, const Model& model, const std::vector<SeenMonth>& seen, const YearPathOptions& options)
      : model_(model), year_(options.year), seen_months_(model.schemes.size(), 0) {
    for (const Organisation& o : plans.organisations)
      for (const Scheme& s : o.schemes) {
        SavedByMonth& saved = saved_.emplace_back();
        for (int m = 0; m <= months_of_year; ++m)
          saved[static_cast<std::size_t>(m)] = saved_by_lateness(plans, o, s, options.optimism, options.year, m);
      }
    for (const SeenMonth& s : seen) seen_months_[s.scheme] = static_cast<std::size_t>(s.months);
    for (std::size_t i = 0; i < model.schemes.size(); ++i) schemes_.push_back(i);
  }

  PathBlock block(Draws& draws, BlockSimulator& simulator) const {
    std::vector<SchemeOutcome> outcomes;
    BlockSimulator::SchemeSavings savings;
    simulator.sample(draws, schemes_, outcomes);
    simulator.savings(draws, year_, savings);
    PathBlock out;
    out.all.fill(Doubles::Zero());
    for (const std::size_t i : schemes_)
      for (Eigen::Index t = 0; t < static_cast<Eigen::Index>(block_trials); ++t) add(i, t, outcomes[i], savings.of_year[i][t], out);
    return out;
  }

 private:
  void add(std::size_t i, Eigen::Index t, const SchemeOutcome& outcome, double of_year, PathBlock& out) const {
    const auto late = static_cast<std::size_t>(outcome.months[t]);
    const auto at = [&](std::size_t months) {
      const std::vector<double>& saved = saved_[i][months];
      return saved[std::min(late, saved.size() - 1)];
    };
    const auto share = static_cast<double>(outcome.share[t]);
    const double year = share * at(months_of_year);
    if (year == 0) return;
    // What others claim of an opportunity is taken off every month alike.
    const double kept = model_.schemes[i].opportunity < 0 ? share : share * of_year / year;
    for (std::size_t m = 1; m <= months_of_year; ++m) out.all[m][t] += kept * at(m);
    if (seen_months_[i] > 0) out.seen[t] += kept * at(seen_months_[i]);
  }

  const Model& model_;
  std::size_t year_;
  std::vector<SavedByMonth> saved_;  // [scheme]
  std::vector<std::size_t> seen_months_, schemes_;
};

}  // namespace

std::vector<double> saved_by_lateness(const Plans& plans, const Organisation& owner, const Scheme& scheme, double optimism, std::size_t year,
                                      int months) {
  const CumulativeSaving saved = cumulative_saving(scheme, plans.system.years);
  const double lapses = std::min(1.0, optimism * lapses_of(scheme, owner.id.value, plans.reference));
  const int from = 12 * static_cast<int>(year), to = from + months;
  std::vector<double> out;
  for (int late = 0; late <= to - saved.first; ++late) {
    const double flow = saved(to - late) - saved(from - late);
    const double before = from > 0 || saved.first < 0 ? saved(to - 12 - late) - saved(from - 12 - late) : 0;
    out.push_back(lapses == 0 ? flow : std::max(0.0, flow - lapses * std::min(before, flow)));
  }
  return out;
}

OutturnRange YearPath::expected_seen() const { return range_of(seen); }

double YearPath::at_most(double amount) const {
  return static_cast<double>(std::upper_bound(seen.begin(), seen.end(), amount) - seen.begin()) / static_cast<double>(seen.size());
}

YearPath year_path(const Plans& plans, const Model& model, const std::vector<SeenMonth>& seen, const YearPathOptions& options, const Update* update) {
  const PathBlocks blocks(plans, model, seen, options);
  std::vector<PathBlock> found(path_blocks);
  for_each(path_blocks, options.threads, [&](std::uint64_t b, unsigned) {
    SideBySide alone({&model});
    Draws draws(options.seed, Draws::Keep::yes, Sampling::plain, update);
    draws.start(b);
    found[b] = blocks.block(draws, alone.first());
  });
  YearPath out;
  const auto together = [&](const auto& column) {
    std::vector<double> values;
    for (const PathBlock& b : found) values.insert(values.end(), column(b).begin(), column(b).end());
    return values;
  };
  for (std::size_t m = 1; m <= months_of_year; ++m)
    out.by_month.push_back(range_of(together([m](const PathBlock& b) -> const Doubles& { return b.all[m]; })));
  out.seen = together([](const PathBlock& b) -> const Doubles& { return b.seen; });
  std::sort(out.seen.begin(), out.seen.end());
  return out;
}

}  // namespace shortfall
