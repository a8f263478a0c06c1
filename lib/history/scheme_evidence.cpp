#include "history/scheme_evidence.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "model/quantile.hpp"
#include "sim/outcome.hpp"

namespace shortfall {
namespace evidence {

constexpr double highest_score = 7.5;
constexpr double widest_cell = 0.25, widest_of_map = 0.125, narrowest_cell = 1.0 / 64;
// Of log L, from cells of one width to those of half of it.
constexpr double tolerance(EvidenceFor purpose) { return purpose == EvidenceFor::moving ? 1e-5 : 1e-3; }
constexpr std::size_t points(EvidenceFor purpose) { return purpose == EvidenceFor::weighing ? 15 : purpose == EvidenceFor::moving_in_draw ? 29 : 57; }
constexpr bool moves(EvidenceFor purpose) { return purpose == EvidenceFor::moving || purpose == EvidenceFor::moving_in_draw; }
constexpr double root_two_pi = 2.5066282746310002;
// Gauss and Legendre's, on the unit interval: at first_node, 1/2 and 1 − first_node.
constexpr double node_weight[3] = {5.0 / 18, 8.0 / 18, 5.0 / 18};

double below(double score) { return std::erfc(-score * M_SQRT1_2) / 2; }

}  // namespace evidence

SchemeEvidence::SchemeEvidence(SeenScheme scheme, EvidenceFor purpose)
    : scheme_(std::move(scheme)), by_columns_(purpose != EvidenceFor::moving && scheme_.error == ErrorShape::student_t && scheme_.delay_weight > 0) {
  assert(scheme_.share_weight > 0);
  const bool drops = scheme_.drop_threshold && *scheme_.drop_threshold > -1e29;
  closed_ = drops && (scheme_.dropped_share == 0 || scheme_.known_dropped.has_value());
  count_months();
  const auto values = [&] {
    std::vector<double> out;
    for (const double sds : {-2.0, -1.0, 0.0, 1.0, 2.0}) out.push_back(log_likelihood_at(scheme_.common_mean + sds * scheme_.common_sd));
    return out;
  };
  set_cells(evidence::widest_cell);
  if (scheme_.only_at) {
    log_likelihood_ = Spline(0, 1, {log_likelihood_at(*scheme_.only_at)});
    scheme_.share = {};
    return;
  }
  std::vector<double> before = values();
  for (double width = evidence::widest_of_map; width >= evidence::narrowest_cell; width /= 2) {
    set_cells(width);
    const std::vector<double> after = values();
    double change = 0;
    for (std::size_t k = 0; k < after.size(); ++k) change = std::max(change, std::abs(after[k] - before[k]));
    if (change < evidence::tolerance(purpose)) break;
    before = after;
  }
  tabulate(purpose);
  if (by_columns_) forget_integrals();
  scheme_.share = {};  // of a model that need not last as long
}

// Months beyond which nothing more changes in what was seen are one.
void SchemeEvidence::count_months() {
  const std::size_t most = scheme_.late.size() + 1;
  months_ = 1;
  const auto planned = [&](const SeenAmount& a, std::size_t months) {
    if (!scheme_.wait.empty()) months = static_cast<std::size_t>(scheme_.wait[std::min(months, scheme_.wait.size() - 1)]);
    return a.planned[std::min(months, a.planned.size() - 1)];
  };
  for (const SeenAmount& a : scheme_.seen)
    for (std::size_t m = most - 1; m > 0; --m)
      if (planned(a, m) != planned(a, m - 1)) {
        months_ = std::max(months_, m + 1);
        break;
      }
}

void SchemeEvidence::set_cells(double widest) {
  edges_.clear();
  std::vector<double> breaks;
  const double first = closed_ ? std::clamp(*scheme_.drop_threshold, -evidence::highest_score, evidence::highest_score) : -evidence::highest_score;
  breaks.push_back(first);
  for (const double b : scheme_.breaks)
    if (b > breaks.back() && b < evidence::highest_score) breaks.push_back(b);
  if (breaks.back() < evidence::highest_score) breaks.push_back(evidence::highest_score);
  edges_.push_back(first);
  for (std::size_t k = 0; k + 1 < breaks.size(); ++k) {
    const double length = breaks[k + 1] - breaks[k];
    const auto cells = static_cast<std::size_t>(std::ceil(length / widest));
    // Just above the drop-outs the share rises from its least within a thousandth of a score.
    if (closed_ && k == 0)
      for (double part = length / static_cast<double>(cells) * 0x1p-14; part < length / static_cast<double>(cells) * 0.9; part *= 4)
        edges_.push_back(first + part);
    for (std::size_t c = 1; c <= cells; ++c) edges_.push_back(breaks[k] + length * static_cast<double>(c) / static_cast<double>(cells));
  }
  score_.clear(), weight_.clear();
  for (std::size_t k = 0; k + 1 < edges_.size(); ++k)
    for (std::size_t j = 0; j < nodes_per_cell; ++j) {
      const double length = edges_[k + 1] - edges_[k];
      score_.push_back(edges_[k] + (first_node + static_cast<double>(j) * (0.5 - first_node)) * length);
      weight_.push_back(evidence::node_weight[j] * length / (scheme_.share_weight * evidence::root_two_pi));
    }
  fill_likelihoods();
}

double SchemeEvidence::log_error(double off, double sd) const {
  if (scheme_.error == ErrorShape::normal) {
    const double z = off / sd;
    return -z * z / 2 - std::log(sd * evidence::root_two_pi);
  }
  const double z = off * M_SQRT2 / sd;  // in scales: Student's t of 4 degrees of freedom has twice its scale's variance
  return -2.5 * std::log1p(z * z / 4) - std::log(sd * M_SQRT1_2 * (8.0 / 3));
}

double SchemeEvidence::needed_and_seen(double share, std::size_t months) const {
  if (share < 0 && scheme_.harm_at_once)
    months = 0;
  else if (!scheme_.wait.empty())
    months = static_cast<std::size_t>(scheme_.wait[std::min(months, scheme_.wait.size() - 1)]);
  if (share > 0) share *= scheme_.stretch;
  double out = 0;
  for (const SeenAmount& a : scheme_.seen) out += log_error(a.amount - share * a.planned[std::min(months, a.planned.size() - 1)], a.error_sd);
  return out;
}

double SchemeEvidence::log_likelihood_of(double share, std::size_t months) const {
  if (scheme_.needed.empty()) return needed_and_seen(share, months);
  double sum = 0;
  for (const NeededOutcome& n : scheme_.needed) sum += std::exp(needed_and_seen(share > 0 ? share * n.share : share, std::max(months, n.months)));
  return std::log(std::max(sum / static_cast<double>(scheme_.needed.size()), 1e-300));
}

void SchemeEvidence::fill_likelihoods() {
  std::vector<double> shares(score_.size());
  if (!score_.empty()) scheme_.share(score_, shares);
  likelihood_.resize(score_.size() * months_);
  if (by_columns_) return fill_columns(shares);
  const bool known = scheme_.known_dropped.has_value();
  const double excluded = -HUGE_VAL;
  double dropped = known ? (*scheme_.known_dropped ? 0 : excluded) : closed_ ? log_likelihood_of(0, 0) : excluded;
  double most = dropped;
  for (std::size_t j = 0; j < score_.size(); ++j)
    for (std::size_t m = 0; m < months_; ++m) {
      double& l = likelihood_[j * months_ + m];
      l = known && *scheme_.known_dropped ? excluded : log_likelihood_of(shares[j], scheme_.late.empty() ? scheme_.certain_months : m);
      most = std::max(most, l);
    }
  log_scale_ = most;
  dropped_likelihood_ = std::exp(dropped - most);
  for (double& l : likelihood_) l = std::exp(l - most);
}

// P(m months late), the last being all later ones, given the share's score.
void SchemeEvidence::chances_of_months(double score, double c, std::vector<double>& chances) const {
  chances.resize(months_);
  double at_least = 1;
  const double about = c + scheme_.delay_by_share * (score - c) / scheme_.share_weight;
  for (std::size_t m = 0; m + 1 < months_; ++m) {
    const double off = scheme_.late[m] - about;
    const double next = scheme_.delay_weight > 0 ? evidence::below(off / scheme_.delay_weight) : off > 0 ? 1.0 : 0.0;
    chances[m] = std::max(0.0, at_least - next);
    at_least = next;
  }
  chances[months_ - 1] = at_least;
}

double SchemeEvidence::dropped_chance(double c) const {
  if (!closed_) return 0;
  if (*scheme_.drop_threshold > 1e29) return 1;
  return evidence::below((*scheme_.drop_threshold - c) / scheme_.share_weight);
}

// L(c) over e^log_scale; and what of it lies below each edge.
double SchemeEvidence::integral(double c, std::vector<double>* cumulative) const {
  if (by_columns_) return integral_by_columns(c, cumulative);
  double sum = dropped_chance(c) * dropped_likelihood_;
  std::vector<double> chances;
  if (cumulative != nullptr) cumulative->assign(1, sum);
  for (std::size_t j = 0; j < score_.size(); ++j) {
    const double z = (score_[j] - c) / scheme_.share_weight;
    if (std::abs(z) < 9) {
      double of_months = likelihood_[j * months_];
      if (months_ > 1) {
        chances_of_months(score_[j], c, chances);
        of_months = 0;
        for (std::size_t m = 0; m < months_; ++m) of_months += chances[m] * likelihood_[j * months_ + m];
      }
      sum += weight_[j] * std::exp(-z * z / 2) * of_months;
    }
    if (cumulative != nullptr && j % nodes_per_cell + 1 == nodes_per_cell) cumulative->push_back(sum);
  }
  return sum;
}

double SchemeEvidence::log_likelihood_at(double c) const { return log_scale_ + std::log(std::max(integral(c, nullptr), 1e-300)); }

double SchemeEvidence::chance_of_dropping(double c) const {
  std::vector<double> cumulative;
  const double all = integral(c, &cumulative);
  if (!scheme_.drop_threshold) return 0;
  const auto edge = std::lower_bound(edges_.begin(), edges_.end(), *scheme_.drop_threshold) - edges_.begin();
  return cumulative[std::min(static_cast<std::size_t>(edge), cumulative.size() - 1)] / all;
}

bool SchemeEvidence::serves(double mean, double sd) const {
  if (mean == scheme_.common_mean && sd == scheme_.common_sd) return true;
  return std::abs(mean - scheme_.common_mean) + served_reach * sd <= reach * scheme_.common_sd;
}

void SchemeEvidence::tabulate(EvidenceFor purpose) {
  const bool moves = evidence::moves(purpose);
  points_ = scheme_.common_sd > 0 ? evidence::points(purpose) : 1;
  first_ = points_ > 1 ? -reach * scheme_.common_sd : 0;
  step_ = points_ > 1 ? -2 * first_ / static_cast<double>(points_ - 1) : 1;
  std::vector<double> values, cumulative;
  if (moves) cumulative_.reserve((points_ + 1) * edges_.size());
  for (std::size_t k = 0; k < points_; ++k) {
    const double all = std::max(integral(scheme_.common_mean + first_ + step_ * static_cast<double>(k), moves ? &cumulative : nullptr), 1e-300);
    values.push_back(log_scale_ + std::log(all));
    for (const double part : cumulative) cumulative_.push_back(static_cast<float>(part / all));
  }
  log_likelihood_ = Spline(first_, step_, std::move(values));
  if (!moves) return;
  moving_likelihood_.assign(likelihood_.begin(), likelihood_.end());
  for (std::size_t edge = 0; edge < edges_.size(); ++edge) cumulative_.push_back(cumulative_[(points_ - 1) * edges_.size() + edge]);
}

}  // namespace shortfall
