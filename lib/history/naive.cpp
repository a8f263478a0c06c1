#include "history/naive.hpp"

#include <algorithm>
#include <cmath>

#include "model/metalog_fit.hpp"
#include "model/posterior.hpp"
#include "model/quantile.hpp"
#include "plan/profile.hpp"

namespace shortfall {

double mean_of(const Shape& shape) {
  const QuantileFunction quantile = quantile_function(shape);
  constexpr int points = 2000;
  double sum = 0;
  for (int i = 0; i < points; ++i) {
    const double level = (i + 0.5) / points;
    sum += quantile({level, 1 - level});
  }
  return sum / points;
}

namespace {

struct Weighted {
  double planned = 0, delivered = 0;
};

double mean_share(const Plans& plans, std::string_view organisation, const Scheme& scheme) {
  if (scheme.stage.value == Stage::delivered && !scheme.delivery) return 1;
  if (scheme.delivery) return (1 - scheme.delivery->distribution.drops_out) * mean_of(scheme.delivery->distribution.shape);
  const ReferenceClass* of = scheme.reference_class ? plans.reference.find(scheme.reference_class->value, organisation) : nullptr;
  if (of == nullptr) return 1;
  // What a whole programme's lines dropped is in its class's share.
  const double stage = of->programme ? 0.0 : plans.reference.drops_out[static_cast<std::size_t>(scheme.stage.value)];
  return (1 - stage) * (1 - of->share.drops_out) * mean_of(of->share.shape);
}

template <class Share>
Weighted weighted(const Plans& plans, const Measured& measured, Share share) {
  Weighted sum;
  for (std::size_t o = 0; o < plans.organisations.size(); ++o) {
    if (measured.organisation && *measured.organisation != o) continue;
    for (const Scheme& scheme : plans.organisations[o].schemes) {
      const Yearly planned = planned_saving(scheme, plans.system.years);
      double amount = 0;
      for (std::size_t y = 0; y < planned.size(); ++y)
        if (!measured.year || *measured.year == y) amount += planned[y];
      if (amount == 0) continue;
      sum.planned += amount;
      sum.delivered += amount * share(plans.organisations[o].id.value, scheme);
    }
  }
  return sum;
}

}  // namespace

double planned_saving_of(const Plans& plans, const Measured& measured) {
  return weighted(plans, measured, [](const std::string&, const Scheme&) { return 1.0; }).planned;
}

double mean_of_classes(const Plans& plans, const Measured& measured) {
  const Weighted sum =
      weighted(plans, measured, [&](const std::string& organisation, const Scheme& scheme) { return mean_share(plans, organisation, scheme); });
  return sum.planned == 0 ? 1 : sum.delivered / sum.planned;
}

ReferenceClass without(const ReferenceClass& of, double share) {
  const QuantileFunction quantile = quantile_function(of.share.shape);
  const double n = prior_weight(of.grade);
  std::vector<double> records;
  for (double i = 0.5; i < n; ++i) records.push_back(quantile({i / n, 1 - i / n}));
  const auto nearest =
      std::min_element(records.begin(), records.end(), [&](double a, double b) { return std::abs(a - share) < std::abs(b - share); });
  records.erase(nearest);
  const Bounds bounds = bounds_of(of.share.shape);
  ReferenceClass out = of;
  if (records.back() - records.front() > 1e-9) out.share.shape = as_metalog(nearest_feasible(fit_metalog(records, bounds)), bounds);
  return out;
}

}  // namespace shortfall
