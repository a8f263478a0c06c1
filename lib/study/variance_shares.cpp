#include "study/variance_shares.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "study/student_t.hpp"

namespace shortfall {
namespace {

double correlated(const PairSums& s) {
  const double mean = (s.x + s.y) / 2 / s.trials, variance = (s.xx + s.yy) / 2 / s.trials - mean * mean;
  return variance > 0 ? (s.xy / s.trials - mean * mean) / variance : 0;
}

double differenced(const PairSums& s) {
  const double mean = s.x / s.trials, variance = s.xx / s.trials - mean * mean;
  return variance > 0 ? ((s.xy - s.xz) / s.trials - mean * (s.y - s.z) / s.trials) / variance : 0;
}

// Of what both samples have in common though all luck is drawn anew.
double in_common(const PairSums& s) {
  const double mean = s.x / s.trials, variance = s.xx / s.trials - mean * mean;
  return variance > 0 ? (s.xz / s.trials - mean * s.z / s.trials) / variance : 0;
}

using Sections = std::vector<std::vector<PairSums>>;

template <class Value>
Estimate jackknifed(const Sections& sections, const std::vector<PairSums>& all, Value value) {
  const double n = static_cast<double>(sections.size()), whole = value(all);
  std::vector<double> without;
  std::vector<PairSums> rest(all.size());
  for (const std::vector<PairSums>& s : sections) {
    for (std::size_t k = 0; k < all.size(); ++k) rest[k] = all[k] - s[k];
    without.push_back(n > 1 ? value(rest) : 0);
  }
  double mean = 0, squares = 0;
  for (const double w : without) mean += w / n;
  for (const double w : without) squares += (w - mean) * (w - mean);
  const double reach = n < 2 ? std::numeric_limits<double>::infinity() : student_t_reach95(n - 1) * std::sqrt(squares * (n - 1) / n);
  return {whole, whole - reach, whole + reach, static_cast<std::uint64_t>(all.front().trials)};
}

}  // namespace

std::string_view name_of(DriverKind kind) {
  static constexpr std::string_view names[driver_kinds] = {"shared factors", "scheme factors", "shares",    "delays",
                                                           "overruns",       "staffing",       "pressures", "substitutes"};
  return names[static_cast<std::size_t>(kind)];
}

void PairSums::add(const Doubles& quantity, const Doubles& all_but_one, const Doubles& all, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) {
    const double a = quantity[i], b = all_but_one[i], c = all[i];
    x += a;
    y += b;
    z += c;
    xx += a * a;
    yy += b * b;
    xy += a * b;
    xz += a * c;
  }
  trials += static_cast<double>(rows);
}

PairSums PairSums::operator+(const PairSums& o) const {
  return {trials + o.trials, x + o.x, y + o.y, z + o.z, xx + o.xx, yy + o.yy, xy + o.xy, xz + o.xz};
}
PairSums PairSums::operator-(const PairSums& o) const {
  return {trials - o.trials, x - o.x, y - o.y, z - o.z, xx - o.xx, yy - o.yy, xy - o.xy, xz - o.xz};
}

VarianceShares variance_shares(const Sections& sections, bool knowledge) {
  VarianceShares out;
  if (sections.empty()) return out;
  std::vector<PairSums> all(sections.front().size());
  for (const std::vector<PairSums>& s : sections)
    for (std::size_t k = 0; k < all.size(); ++k) all[k] = all[k] + s[k];
  const PairSums& first = all.front();
  out.variance = std::max(0.0, first.xx / first.trials - (first.x / first.trials) * (first.x / first.trials));
  if (out.variance <= 1e-12 * first.xx / first.trials) return out;
  std::vector<double (*)(const PairSums&)> way;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const auto by = [&](double (*share)(const PairSums&)) {
      return jackknifed(sections, all, [&](const std::vector<PairSums>& s) { return share(s[k]); });
    };
    const Estimate one = by(correlated), other = by(differenced);
    const bool surer = knowledge || other.half_width() < one.half_width();
    way.push_back(surer ? differenced : correlated);
    out.shares.push_back(surer ? other : one);
  }
  if (knowledge) out.knowledge = jackknifed(sections, all, [](const std::vector<PairSums>& s) { return in_common(s.front()); });
  out.interactions = jackknifed(sections, all, [&](const std::vector<PairSums>& s) {
    double left = knowledge ? 1 - in_common(s.front()) : 1;
    for (std::size_t k = 0; k < s.size(); ++k) left -= way[k](s[k]);
    return left;
  });
  return out;
}

}  // namespace shortfall
