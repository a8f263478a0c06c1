// The same integrals as in scheme_evidence.cpp, in single precision and a column of nodes at a time: for the evidence of one of many draws of the
// reference classes.
#include <algorithm>
#include <cmath>

#include "history/scheme_evidence.hpp"
#include "model/exponential.hpp"
#include "model/marginal.hpp"
#include "sim/outcome.hpp"

namespace shortfall {
namespace {

SHORTFALL_STAGE void lines(const Floats& score, float at_0, float slope, Floats& line) { line = at_0 + slope * score; }
SHORTFALL_STAGE void add_product(const Floats& a, const Floats& b, Floats& sum) { sum += a * b; }
// value · weight · e^(−z²/2), z from c in own sds.
SHORTFALL_STAGE void weigh(const Floats& score, const Floats& weight, float c, float inverse, Floats& value) {
  value = of_each(
      [=](float s, float w, float v) {
        const float z = (s - c) * inverse;
        return v * w * exponential(-0.5f * z * z);
      },
      score, weight, value);
}
SHORTFALL_STAGE void add_column(const Floats& a, Floats& sum) { sum += a; }

constexpr double surely = 6;  // a score beyond which Φ is 0 or 1

// product · (1 + off²/2), off the difference of what a share saves and what was seen, in standard deviations: for Student's t of 4 degrees of
// freedom.
SHORTFALL_STAGE void multiply(const Doubles& share, double planned, double amount, double inverse_sd, Doubles& product) {
  product = of_each(
      [=](double s, double p) {
        const double off = (amount - s * planned) * inverse_sd;
        return p * (1 + off * off / 2);
      },
      share, product);
}
SHORTFALL_STAGE void to_densities(const Doubles& product, Doubles& density) {
  density = of_each([](double p) { return 1 / (p * p * std::sqrt(p)); }, product);
}
SHORTFALL_STAGE void where_below_0(const Doubles& share, const Doubles& at_once, Doubles& density) {
  density = of_each([](double s, double now, double d) { return s < 0 ? now : d; }, share, at_once, density);
}
SHORTFALL_STAGE void scale_above_0(const Doubles& share, double by, Doubles& scaled) {
  scaled = of_each([=](double s) { return s > 0 ? s * by : s; }, share);
}
SHORTFALL_STAGE void add_part(const Doubles& values, double part, Doubles& sum) { sum += part * values; }

}  // namespace

// What was seen, over its density at no difference at all; months are those of a share above 0.
void SchemeEvidence::densities(const Doubles& share, std::size_t months, Doubles& density) const {
  Doubles scaled, product, at_once;
  scale_above_0(share, scheme_.stretch, scaled);
  const auto of = [&](std::size_t late, Doubles& out) {
    product.setOnes();
    for (const SeenAmount& a : scheme_.seen) multiply(scaled, a.planned[std::min(late, a.planned.size() - 1)], a.amount, 1 / a.error_sd, product);
    to_densities(product, out);
  };
  of(scheme_.wait.empty() ? months : static_cast<std::size_t>(scheme_.wait[std::min(months, scheme_.wait.size() - 1)]), density);
  if (!scheme_.harm_at_once) return;
  of(0, at_once);
  where_below_0(share, at_once, density);
}

void SchemeEvidence::densities_by_needs(const Doubles& share, std::size_t months, Doubles& density) const {
  if (scheme_.needed.empty()) return densities(share, months, density);
  Doubles scaled, one;
  density.setZero();
  for (const NeededOutcome& n : scheme_.needed) {
    scale_above_0(share, n.share, scaled);
    densities(scaled, std::max(months, n.months), one);
    add_part(one, 1 / static_cast<double>(scheme_.needed.size()), density);
  }
}

void SchemeEvidence::fill_columns(const std::vector<double>& shares) {
  const bool known = scheme_.known_dropped.has_value(), dropped = known && *scheme_.known_dropped;
  const std::size_t columns = (score_.size() + block_trials - 1) / block_trials;
  score_columns_.assign(columns, Floats::Zero()), weight_columns_.assign(columns, Floats::Zero());
  std::vector<Doubles> density(columns * months_, Doubles::Zero());
  Doubles share, of_dropped = Doubles::Zero();
  if (closed_ && !known) densities_by_needs(Doubles::Zero(), 0, of_dropped);
  dropped_likelihood_ = known ? (dropped ? 1 : 0) : of_dropped[0];
  double most = dropped_likelihood_;
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t first = column * block_trials, rows = std::min(block_trials, score_.size() - first);
    share.setConstant(shares[first]);
    for (std::size_t j = 0; j < rows; ++j) {
      const auto row = static_cast<Eigen::Index>(j);
      score_columns_[column][row] = static_cast<float>(score_[first + j]), weight_columns_[column][row] = static_cast<float>(weight_[first + j]);
      share[row] = shares[first + j];
    }
    for (std::size_t m = 0; m < months_ && !dropped; ++m) {
      Doubles& d = density[column * months_ + m];
      densities_by_needs(share, scheme_.late.empty() ? scheme_.certain_months : m, d);
      most = std::max(most, d.maxCoeff());
    }
  }
  most = std::max(most, 1e-300);
  log_scale_ = std::log(most);
  if (!dropped)
    for (const SeenAmount& a : scheme_.seen) log_scale_ += log_error(0, a.error_sd);
  dropped_likelihood_ /= most;
  likelihood_steps_.assign(columns * months_, Floats::Zero());
  for (std::size_t j = 0; j < score_.size(); ++j) {
    const auto row = static_cast<Eigen::Index>(j % block_trials);
    double before = 0;
    for (std::size_t m = 0; m < months_; ++m) {
      const std::size_t at = j / block_trials * months_ + m;
      const double l = density[at][row] / most;
      likelihood_[j * months_ + m] = l, likelihood_steps_[at][row] = static_cast<float>(l - before);
      before = l;
    }
  }
}

void SchemeEvidence::forget_integrals() {
  score_ = {}, weight_ = {}, likelihood_ = {};
  score_columns_ = {}, weight_columns_ = {}, likelihood_steps_ = {};
}

// L, averaged over months, is the sum over months of P(so late or later) times what it is more than a month earlier.
double SchemeEvidence::integral_by_columns(double c, std::vector<double>* cumulative) const {
  double sum = dropped_chance(c) * dropped_likelihood_;
  if (cumulative != nullptr) cumulative->assign(1, sum);
  const double by_score = -scheme_.delay_by_share / (scheme_.share_weight * scheme_.delay_weight);
  const double by_c = -(1 - scheme_.delay_by_share / scheme_.share_weight) * c / scheme_.delay_weight;
  Floats of_months, score, at_least;
  for (std::size_t column = 0; column < score_columns_.size(); ++column) {
    const std::size_t first = column * block_trials, end = std::min(score_.size(), first + block_trials);
    of_months = likelihood_steps_[column * months_];
    for (std::size_t m = 1; m < months_; ++m) {
      const double at_0 = scheme_.late[m - 1] / scheme_.delay_weight + by_c;
      const double most = at_0 + by_score * score_[first], least = at_0 + by_score * score_[end - 1];
      if (std::max(most, least) < -surely) break;
      const Floats& step = likelihood_steps_[column * months_ + m];
      if (std::min(most, least) > surely) {
        add_column(step, of_months);
        continue;
      }
      lines(score_columns_[column], static_cast<float>(at_0), static_cast<float>(by_score), score);
      look_up(normal_curve(), score, at_least);
      add_product(at_least, step, of_months);
    }
    weigh(score_columns_[column], weight_columns_[column], static_cast<float>(c), static_cast<float>(1 / scheme_.share_weight), of_months);
    for (std::size_t j = first; j < end; ++j) {
      sum += static_cast<double>(of_months[static_cast<Eigen::Index>(j - first)]);
      if (cumulative != nullptr && j % nodes_per_cell + 1 == nodes_per_cell) cumulative->push_back(sum);
    }
  }
  return sum;
}

}  // namespace shortfall
