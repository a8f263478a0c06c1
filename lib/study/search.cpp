#include "study/search.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace shortfall {
namespace {

// A bracket this small a part of the range, with the chances at its ends on either side of the level and apart, is a jump.
constexpr double jump = 1e-5;

}  // namespace

Search::Search(DialRange range, const std::vector<DialPoint>& scan, double level) : range_(range), level_(level) {
  const auto above = [&](const DialPoint& p) { return p.chance.value > level; };
  std::size_t k = 0;
  while (k + 1 < scan.size() && above(scan[k]) == above(scan[k + 1])) ++k;
  const bool passes = k + 1 < scan.size();
  const DialPoint& before = scan[passes ? k : 0];
  const DialPoint& after = passes ? scan[k + 1] : scan.back();
  direction_ = after.chance.value >= before.chance.value ? 1 : -1;
  lowest_ = std::min(direction_ * range.from, direction_ * range.to);
  highest_ = std::max(direction_ * range.from, direction_ * range.to);
  if (!passes) {
    want(lowest_);
    want(highest_);
    return;
  }
  // On either side of where the scan passes the level, by three of its standard errors.
  const double slope = (after.chance.value - before.chance.value) / (after.x - before.x), at = before.x + (level - before.chance.value) / slope;
  const double reach = std::min(std::abs(after.x - before.x), 3 * after.chance.half_width() / score95 / std::abs(slope));
  want(direction_ * at - reach);
  want(direction_ * at + reach);
}

void Search::want(double u) {
  if (range_.whole) u = std::round(u);
  u = std::clamp(u, lowest_, highest_);
  if (known_.contains(u)) return;
  const double x = direction_ * u;
  if (std::find(wanted_.begin(), wanted_.end(), x) == wanted_.end()) wanted_.push_back(x);
}

void Search::learn(const std::vector<DialPoint>& points) {
  for (const DialPoint& p : points) known_[direction_ * p.x] = p.chance;
  wanted_.clear();
  if (outcome_ == Outcome::searching) next();
}

void Search::next() {
  // The last value below the level before the first above it.
  const auto above = std::find_if(known_.begin(), known_.end(), [&](const auto& p) { return p.second.value > level_; });
  const double step = std::max({std::prev(known_.end())->first - known_.begin()->first, (highest_ - lowest_) / 64, range_.whole ? 1.0 : 0.0});
  if (above == known_.begin()) {
    if (above->first <= lowest_)
      outcome_ = Outcome::always_above, chance_ = above->second;
    else
      want(above->first - 2 * step);
    return;
  }
  if (above == known_.end()) {
    if (std::prev(above)->first >= highest_)
      outcome_ = Outcome::always_below, chance_ = std::prev(above)->second;
    else
      want(std::prev(above)->first + 2 * step);
    return;
  }
  const auto below = std::prev(above);
  const double low = below->first, high = above->first, width = high - low;
  const bool apart = below->second.high < level_ || above->second.low > level_;
  if (apart && !at_ends_ && !(range_.whole && width <= 1) && width > jump * (highest_ - lowest_)) {
    const double share = (level_ - below->second.value) / (above->second.value - below->second.value);
    // Halved where the line through the ends has not done as well.
    const bool halve = last_width_ > 0 && width > last_width_ / 2;
    last_width_ = width;
    const double u = low + width * (halve ? 0.5 : std::clamp(share, 0.02, 0.98));
    want(range_.whole ? std::clamp(std::round(u), low + 1, high - 1) : u);
    return;
  }
  // Outwards, to where the chance can be told from the level.
  const double rise = above->second.value - below->second.value;
  if (!at_ends_) {
    at_ends_ = true;
    step_ = range_.whole ? 1 : apart ? width : 1.1 * width * below->second.half_width() / rise;
    if (!range_.whole && !apart) want(low + width * (level_ - below->second.value) / rise);
  }
  double outermost = range_.whole ? low : known_.begin()->first;
  while (known_.contains(outermost) && known_[outermost].high >= level_ && outermost > lowest_) outermost = std::max(lowest_, outermost - step_);
  want(outermost);
  outermost = range_.whole ? high : std::prev(known_.end())->first;
  while (known_.contains(outermost) && known_[outermost].low <= level_ && outermost < highest_) outermost = std::min(highest_, outermost + step_);
  want(outermost);
  if (!range_.whole) step_ *= 2;
  if (!wanted_.empty()) return;
  finish();
}

double Search::crossing(double (*of)(const Estimate&), double otherwise) const {
  for (auto p = known_.begin(); p != known_.end(); ++p) {
    if (of(p->second) < level_) continue;
    if (p == known_.begin()) return p->first;
    const auto before = std::prev(p);
    if (range_.whole) return before->first;
    return before->first + (p->first - before->first) * (level_ - of(before->second)) / (of(p->second) - of(before->second));
  }
  return otherwise;
}

void Search::finish() {
  outcome_ = Outcome::found;
  const auto above = std::find_if(known_.begin(), known_.end(), [&](const auto& p) { return p.second.value > level_; });
  auto at = std::prev(above);
  // The nearest to the level of all that have been simulated; on the side below where only that keeps to it.
  const bool jumps = range_.whole || at->second.high < level_ || above->second.low > level_;
  if (!jumps)
    for (auto p = known_.begin(); p != known_.end(); ++p)
      if (std::abs(p->second.value - level_) < std::abs(at->second.value - level_)) at = p;
  chance_ = at->second;
  const double low = std::min(at->first, crossing([](const Estimate& e) { return e.high; }, at->first));
  const double high = std::max(at->first, crossing([](const Estimate& e) { return e.low; }, highest_));
  const double a = direction_ * low, b = direction_ * high;
  answer_ = {direction_ * at->first, std::min(a, b), std::max(a, b), at->second.trials};
}

}  // namespace shortfall
