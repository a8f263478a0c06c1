#include "report/backtest_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/money.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

std::string p_text(double p) { return p < 0.001 ? "p < 0.001" : fmt::format("p = {:.{}f}", p, p < 0.1 ? 3 : 2); }

std::string coverage_sentence(const Coverage& c, std::size_t n, const char* range) {
  const double count = static_cast<double>(n);
  return fmt::format(
      "{} of {} fell within {}; {:.1f} were to be expected: nine times in ten {:.0f} to {:.0f}, as outcomes of one system share luck ({}), or {} to "
      "{} if all were independent.",
      c.within, n, range, c.nominal * count, c.tested.low * count, c.tested.high * count, p_text(c.tested.p), c.binomial.first, c.binomial.second);
}

// Of how few systems an average says nothing.
constexpr std::size_t few = 5;

std::string skill_sentence(const Skill& s, const char* name) {
  const bool open = s.systems < few || (s.low <= 0 && s.high >= 0);
  return fmt::format("Against {}: our CRPS is {:.4f}, its {:.4f} ({:.0f} % {} error, over {}): {}.", name, s.crps, s.naive, 100 * std::abs(s.skill),
                     s.skill >= 0 ? "less" : "more", counted(s.count, "outcome"),
                     open         ? "too few to tell which is better"
                     : s.high < 0 ? "ours is better"
                                  : "ours is worse");
}

std::string shape_of(const AmountSummary& s) {
  if (s.pit_variance.value < s.pit_variance.low) return "ranges are too wide";
  if (s.pit_variance.value > s.pit_variance.high) return "ranges are too narrow";
  return "ranges are neither too wide nor too narrow, as far as so few can tell";
}

std::string lean_of(const AmountSummary& s) {
  if (s.pit_mean.value < s.pit_mean.low) return "less was delivered than forecast";
  if (s.pit_mean.value > s.pit_mean.high) return "more was delivered than forecast";
  return "forecasts lean neither way";
}

}  // namespace

std::string share_text(double share) { return decimal(share, 2); }

std::string marks_of(const AmountScore& s) {
  std::string out;
  if (!s.seen.empty()) out += s.left_out ? "*" : "**";
  if (s.in_year) out += "+";
  if (s.measured.kind == Measured::Kind::position) out += "=";
  return out;
}

std::string title_of(const AmountSummary& s) {
  return s.name + (s.name.starts_with("organisations") ? ", as shares of all organisations" : ", as shares of plan");
}

std::string headline(const BacktestResult& r) {
  const std::size_t outcomes = r.amounts.size() + r.failures.size();
  std::vector<std::size_t> systems;
  for (const AmountScore& s : r.amounts) systems.push_back(s.case_index);
  for (const FailureScore& f : r.failures) systems.push_back(f.case_index);
  std::sort(systems.begin(), systems.end());
  systems.erase(std::unique(systems.begin(), systems.end()), systems.end());
  return fmt::format("{} of {}, each forecast by {} futures of its plan as it stood beforehand", counted(outcomes, "outcome"),
                     counted(systems.size(), "system"), grouped(r.futures));
}

std::vector<std::string> sentences(const AmountSummary& s, const BacktestResult& r) {
  std::vector<std::string> out;
  const std::size_t n = s.scores.size();
  if (s.systems < few)
    out.push_back(fmt::format("{} {} too few to tell good forecasts from bad: read the rows, not the averages.", counted(s.systems, "system"),
                              s.systems == 1 ? "is" : "are"));
  out.push_back(coverage_sentence(s.p10_p90, n, "P10 to P90"));
  if (s.systems >= few) out.push_back(coverage_sentence(s.p5_p95, n, "P5 to P95"));
  out.push_back(
      fmt::format("The CRPS (the distance of forecast and outcome, in shares of plan; less is better) is {:.4f}; it is {:.4f} to {:.4f} nine "
                  "times in ten if the forecasts are right ({} of one so large). Compared with simpler forecasts:",
                  s.crps.value, s.crps.low, s.crps.high, p_text(s.crps.p)));
  static constexpr const char* names[] = {"the plan as stated", "the share of the year before", "the mean of the plan's classes",
                                          "0.90 ± 0.126, as the sector goes"};
  for (std::size_t k = 0; k < naive_count; ++k)
    if (s.skills[k].count > 0) out.push_back(skill_sentence(s.skills[k], names[k]));
  if (s.systems >= few)
    out.push_back(fmt::format("Outcomes stood at P{:.0f} of their forecasts on average, {:.0f} to {:.0f} if the forecasts are right ({}): {}.",
                              100 * s.pit_mean.value, 100 * s.pit_mean.low, 100 * s.pit_mean.high, p_text(s.pit_mean.p), lean_of(s)));
  if (s.systems >= few)
    out.push_back(
        fmt::format("The variance of where they stood is {:.3f} (evenly spread: 0.083), {:.3f} to {:.3f} if the forecasts are right ({}): {}.",
                    s.pit_variance.value, s.pit_variance.low, s.pit_variance.high, p_text(s.pit_variance.p), shape_of(s)));
  if (s.systems >= few) out.push_back(fmt::format("Where they stood, by fifths from the worst: {}", pit_picture(s, r)));
  return out;
}

std::string pit_picture(const AmountSummary& summary, const BacktestResult& result) {
  std::array<std::size_t, 5> counts{};
  for (const std::size_t i : summary.scores) ++counts[std::min<std::size_t>(4, static_cast<std::size_t>(result.amounts[i].pit * 5))];
  static constexpr const char* bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const double most = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
  std::string picture, numbers;
  for (const std::size_t c : counts) {
    picture += bars[static_cast<std::size_t>(std::lround(7 * static_cast<double>(c) / most))];
    numbers += (numbers.empty() ? "" : ", ") + fmt::format("{}", c);
  }
  return fmt::format("{} ({})", picture, numbers);
}

std::vector<std::string> failure_sentences(const BacktestResult& r) {
  if (r.failures.empty()) return {};
  const BrierScore& b = r.brier;
  std::size_t failed = 0;
  double expected = 0;
  for (const FailureScore& f : r.failures) failed += f.failed, expected += f.chance;
  return {fmt::format("{} of {} {}; {:.1f} were to be expected.", failed, counted(r.failures.size(), "outcome"),
                      failed == 1 ? "was a failure" : "were failures", expected),
          fmt::format("Brier's score is {:.3f} = {:.3f} of miscalibration − {:.3f} of discrimination + {:.3f} of uncertainty; {:.3f} to {:.3f} if "
                      "the forecasts are right ({} of one so large). A plan that says it cannot fail scores {:.3f}.",
                      b.score, b.miscalibration, b.discrimination, b.uncertainty, r.brier_tested.low, r.brier_tested.high, p_text(r.brier_tested.p),
                      static_cast<double>(failed) / static_cast<double>(r.failures.size()))};
}

std::vector<std::string> joint_sentences(const BacktestResult& r) {
  std::vector<std::string> out;
  for (const EnergyScore& e : r.energy)
    out.push_back(fmt::format("{}: the energy score of its {} outcomes together is {:.4f} ({} of one so large if the forecast is right).", e.system,
                              e.outcomes, e.score, p_text(e.p)));
  return out;
}

std::vector<std::string> legend(const BacktestResult& r) {
  bool left_out = false, seen = false, in_year = false, position = false;
  for (const AmountScore& s : r.amounts) {
    left_out |= s.left_out, seen |= !s.seen.empty() && !s.left_out;
    in_year |= s.in_year, position |= s.measured.kind == Measured::Kind::position;
  }
  std::vector<std::string> out;
  if (left_out) out.push_back("*  A reference class rests on this case; the forecast is of that class without one such record.");
  if (seen) out.push_back("** What the forecast rests on has seen this case, and it could not be left out: no test of the forecast.");
  if (in_year) out.push_back("+  A figure of before the year's end, not an outturn.");
  if (position) out.push_back("=  A position: 1 is as planned, less is how much was missing as a share of the planned saving.");
  return out;
}

}  // namespace shortfall
