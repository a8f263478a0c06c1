// What anybody could have forecast without a model, and what a reference class would be without a case that it was made from.
#pragma once

#include <optional>
#include <vector>

#include "history/forecast.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// As shares of plan. The sector's is normal: whole programmes of 144 acute trusts in 2010/11 and of foundation trusts in 2012/13 (see the reference
// file).
inline constexpr double sector_mean = 0.90, sector_sd = 0.126;

// The planned saving that what is measured is about.
double planned_saving_of(const Plans& plans, const Measured& measured);

// What the plans' own classes and stages deliver on average, by planned saving, timing and rules between schemes left aside.
double mean_of_classes(const Plans& plans, const Measured& measured);

// The mean of a distribution's shape.
double mean_of(const Shape& shape);

// The class as it would be without one record of that share: of n₀ records at its quantiles (i − 1/2)/n₀ the one nearest to it is left out, and a
// three-term metalog of the same bounds fitted to the rest.
ReferenceClass without(const ReferenceClass& of, double share);

}  // namespace shortfall
