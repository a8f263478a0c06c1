#include "sim/integrate.hpp"

#include <algorithm>
#include <cmath>
#include <Eigen/Eigenvalues>

#include "sim/outcome.hpp"
#include "sim/settle.hpp"

namespace shortfall {
namespace {

constexpr double far = 8;  // Φ beyond is 0 or 1

SHORTFALL_STAGE void add_weighted(double weight, const Floats& normal, Doubles& sum) { sum += weight * normal.cast<double>(); }

// For each year that a fall may end in: the largest of (fall − limit)/reach over all falls until then, by the year they begin in. per_reach: of each
// end, the beginnings backwards. A part of the block at a time, so that its falls and thresholds stay in registers or beside them while the years go
// by: whole columns take twice the time.
SHORTFALL_STAGE void raise_thresholds(std::span<const Doubles> margins, double limit, const double* per_reach, double least, const Doubles& normal,
                                      std::span<Doubles> score) {
  constexpr int part = 32;
  for (Eigen::Index i = 0; i < normal.size(); i += part) {
    Eigen::Array<double, part, 1> threshold, fall;
    threshold.setConstant(least);
    const double* next = per_reach;
    for (std::size_t end = 0; end < margins.size(); ++end) {
      fall.setZero();
      for (std::size_t y = end + 1; y-- > 0; ++next) {
        fall -= margins[y].segment<part>(i);
        threshold = threshold.max((fall - limit) * *next);
      }
      score[end].segment<part>(i) = threshold + normal.segment<part>(i);
    }
  }
}

SHORTFALL_STAGE void to_floats(const Doubles& score, Floats& out) { out = score.max(-far).min(far).cast<float>(); }

SHORTFALL_STAGE void to_chance(const Doubles& score, const Floats& below, Doubles& chance) {
  chance = of_each(
      [](double x, float p) {
        const double within = p > 0.0f ? (p < 1.0f ? static_cast<double>(p) : 1.0) : 0.0;
        return x > -far ? (x < far ? within : 1.0) : 0.0;
      },
      score, below);
}

void chance_below(const Doubles& score, Doubles& chance) {
  Floats at, below;
  to_floats(score, at);
  look_up(normal_curve(), at, below);
  to_chance(score, below, chance);
}

// What one unit of the own normal of year k adds to the margin of year y: spend · sd · weight · persistence^(y − k).
double effect(const OrganisationModel& o, std::size_t k, std::size_t y) {
  if (y < k) return 0;
  return o.spend[y] * o.pressure_sd * static_cast<double>(o.pressure_luck[k].own_weight) * std::pow(o.persistence, static_cast<double>(y - k));
}

// The first principal direction of the path of cumulative margins: of all directions it moves that path the most. With P the path's response,
// [year × member · years + normal's year], it is Pᵀ v for the first eigenvector v of P Pᵀ; as no response is negative, neither is any component of v
// (Perron 1907). Any direction of no negative component is right; the best only spares trials.
PressureDirection principal_direction(const Model& model, std::vector<std::uint32_t> organisations) {
  const auto years = static_cast<Eigen::Index>(model.years.size()), normals = years * static_cast<Eigen::Index>(organisations.size());
  // What one unit of each normal adds to the margin of each year, and to the years' sum so far.
  Eigen::MatrixXd response = Eigen::MatrixXd::Zero(years, normals);
  for (Eigen::Index m = 0; m < normals; m += years)
    for (Eigen::Index k = 0; k < years; ++k)
      for (Eigen::Index y = k; y < years; ++y)
        response(y, m + k) =
            effect(model.organisations[organisations[static_cast<std::size_t>(m / years)]], static_cast<std::size_t>(k), static_cast<std::size_t>(y));
  Eigen::MatrixXd path = response;
  for (Eigen::Index y = 1; y < years; ++y) path.row(y) += path.row(y - 1);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(path * path.transpose());
  Eigen::VectorXd weight = path.transpose() * solver.eigenvectors().col(years - 1).cwiseAbs();
  if (const double length = weight.norm(); length > 0) weight /= length;

  PressureDirection out;
  for (const double w : weight) out.weight.push_back(static_cast<float>(w));
  const Eigen::VectorXd rounded = Eigen::Map<const Eigen::VectorXf>(out.weight.data(), normals).cast<double>();
  out.total.assign(model.years.size(), 0.0);
  for (Eigen::Index m = 0; m < normals; m += years) {
    const Eigen::VectorXd reach = response.middleCols(m, years) * rounded.segment(m, years);
    for (Eigen::Index y = 0; y < years; ++y) {
      out.reach.push_back(reach[y]);
      out.total[static_cast<std::size_t>(y)] += reach[y];
    }
  }
  out.organisations = std::move(organisations);
  return out;
}

}  // namespace

bool PressureIntegral::allowed(const Model& model) {
  if (model.student_t) return false;
  if (std::any_of(model.pools.begin(), model.pools.end(), [](const PoolModel& p) { return p.aid.has_value(); })) return false;
  const auto any = [](const std::vector<double>& years, auto test) { return std::any_of(years.begin(), years.end(), test); };
  const auto not_0 = [](double x) { return x != 0; };
  bool pressed = false;
  for (const OrganisationModel& o : model.organisations) {
    if (any(o.conditional_funding, not_0) || any(o.one_offs, not_0) || any(o.spend, [](double x) { return x < 0; }) || o.persistence < 0 ||
        o.carry != 1)
      return false;
    pressed = pressed || (o.pressure_sd > 0 && o.pressure_luck.front().own_weight > 0);
  }
  return pressed;
}

PressureIntegral::PressureIntegral(const Model& model)
    : years_(model.years.size()), organisations_(model.organisations.size()), pools_(model.pools.size()), parts_(organisations_), threshold_(years_) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t o = 0; o < organisations_; ++o) {
    all.push_back(o);
    units_.push_back({principal_direction(model, {o}), Doubles::Zero()});
  }
  for (const PoolModel& pool : model.pools) units_.push_back({principal_direction(model, pool.members), Doubles::Zero()});
  const auto whole = std::find_if(units_.begin() + static_cast<std::ptrdiff_t>(organisations_), units_.end(),
                                  [&](const Unit& u) { return u.direction.organisations.size() == organisations_; });
  system_ = static_cast<std::size_t>(whole - units_.begin());
  if (whole == units_.end()) units_.push_back({principal_direction(model, all), Doubles::Zero()});
  for (std::size_t u = 0; u < units_.size(); ++u)
    for (std::size_t m = 0; m < units_[u].direction.organisations.size(); ++m) parts_[units_[u].direction.organisations[m]].push_back({u, m});
}

void PressureIntegral::start() {
  for (Unit& unit : units_) unit.normal.setZero();
}

void PressureIntegral::see(std::size_t organisation, std::size_t year, const Floats& normal) {
  for (const Part& part : parts_[organisation]) {
    Unit& unit = units_[part.unit];
    add_weighted(static_cast<double>(unit.direction.weight[part.member * years_ + year]), normal, unit.normal);
  }
}

void PressureIntegral::thresholds(const Unit& unit, const double* reach, std::span<const Doubles> margins, double reserves, std::span<Doubles> out) {
  constexpr double none = 1e30;  // 1/reach of what no pressure moves: its threshold is then as good as infinite
  per_reach_.clear();
  for (std::size_t end = 0; end < years_; ++end) {
    double together = 0;
    for (std::size_t y = end + 1; y-- > 0;) {
      together += reach[y];
      per_reach_.push_back(together > 1 / none ? 1 / together : none);
    }
  }
  raise_thresholds(margins.first(years_), reserves + grace, per_reach_.data(), -none, unit.normal, out);
}

void PressureIntegral::organisation_fails(std::size_t organisation, std::span<const Doubles> margins, double reserves, std::span<Doubles> chances) {
  const Unit& unit = units_[organisation];
  thresholds(unit, unit.direction.reach.data(), margins, reserves, threshold_);
  for (std::size_t y = 0; y < years_; ++y) chance_below(threshold_[y], chances[y]);
}

void PressureIntegral::pool_fails(std::size_t pool, std::span<const Doubles> margins, double reserves, std::span<Doubles> chances) {
  const Unit& unit = units_[organisations_ + pool];
  thresholds(unit, unit.direction.total.data(), margins, reserves, threshold_);
  for (std::size_t y = 0; y < years_; ++y) chance_below(threshold_[y], chances[y]);
  pool_threshold_ = threshold_[years_ - 1];
}

void PressureIntegral::system_fails(std::span<const Doubles> margins, double reserves, Doubles& chance) {
  const Unit& unit = units_[system_];
  thresholds(unit, unit.direction.total.data(), margins, reserves, threshold_);
  chance_below(threshold_[years_ - 1], chance);
}

void PressureIntegral::both_fail(std::size_t pool, std::size_t member, std::span<const Doubles> margins, double reserves, Doubles& chance) {
  const Unit& unit = units_[organisations_ + pool];
  thresholds(unit, &unit.direction.reach[member * years_], margins, reserves, threshold_);
  threshold_[years_ - 1] = threshold_[years_ - 1].min(pool_threshold_);
  chance_below(threshold_[years_ - 1], chance);
}

}  // namespace shortfall
