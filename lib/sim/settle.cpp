#include "sim/settle.hpp"

namespace shortfall {
namespace {

#define EACH_TRIAL for (std::size_t i = 0; i < block_trials; ++i)

SHORTFALL_STAGE void pressure_kernel(const float* __restrict luck, float sd, float persistence, double spend, float* __restrict pressure,
                                     double* __restrict before) {
  EACH_TRIAL {
    pressure[i] = persistence * pressure[i] - sd * luck[i];
    before[i] -= spend * static_cast<double>(pressure[i]);
  }
}

[[gnu::always_inline]] inline double used_one_offs(double before, const YearRules& r) {
  const double gap = -r.conditional_funding - before;
  const double wanted = gap > 0 ? gap : 0.0;
  return wanted < r.one_offs ? wanted : r.one_offs;
}

SHORTFALL_STAGE void before_funding_kernel(const double* __restrict before, const YearRules& rules, double* __restrict sum) {
  const YearRules r = rules;
  EACH_TRIAL sum[i] += before[i] + used_one_offs(before[i], r);
}

SHORTFALL_STAGE void on_target_kernel(const double* __restrict sum, double target, std::uint8_t* __restrict reached) {
  EACH_TRIAL reached[i] = sum[i] >= target - grace ? 1 : 0;
}

SHORTFALL_STAGE void settle_kernel(const YearRules& rules, const std::uint8_t* __restrict system_reached, double* __restrict margin) {
  const YearRules r = rules;
  EACH_TRIAL {
    const double before = margin[i];
    const bool own = before + used_one_offs(before, r) >= -r.conditional_funding - grace;
    const double earned = (own ? r.tied_to_organisation : 0.0) + (system_reached[i] ? r.tied_to_system : 0.0);
    const double m = before + r.conditional_funding * earned;
    const double helped = m + r.one_offs < 0 ? m + r.one_offs : 0.0;
    margin[i] = m >= 0 ? m : helped;
  }
}

SHORTFALL_STAGE void carry_kernel(const double* __restrict margin, double* __restrict gap, double* __restrict worst) {
  EACH_TRIAL {
    const double r = gap[i] - margin[i];
    gap[i] = r > 0 ? r : 0.0;
    worst[i] = gap[i] > worst[i] ? gap[i] : worst[i];
  }
}

SHORTFALL_STAGE void fails_kernel(const double* __restrict worst, double limit, std::uint8_t* __restrict failed) {
  EACH_TRIAL failed[i] = worst[i] > limit ? 1 : 0;
}

SHORTFALL_STAGE void offers_kernel(const double* __restrict margin, double aid, double* __restrict offered, double* __restrict gaps) {
  EACH_TRIAL {
    const double surplus = margin[i] > 0 ? margin[i] : 0.0;
    offered[i] += surplus < aid ? surplus : aid;
    gaps[i] += margin[i] < 0 ? -margin[i] : 0.0;
  }
}

SHORTFALL_STAGE void transfer_kernel(double* __restrict margin, double aid, const double* __restrict offered, const double* __restrict gaps) {
  EACH_TRIAL {
    const double given = offered[i] < gaps[i] ? offered[i] : gaps[i];
    const double surplus = margin[i] > 0 ? margin[i] : 0.0;
    const double offer = surplus < aid ? surplus : aid;
    const double pays = offered[i] > 0 ? offer * given / offered[i] : 0.0;
    const double gets = gaps[i] > 0 && margin[i] < 0 ? -margin[i] * given / gaps[i] : 0.0;
    margin[i] += gets - pays;
  }
}

}  // namespace

void add_pressure(const Floats& luck, float sd, float persistence, double spend, Floats& pressure, Doubles& before) {
  pressure_kernel(luck.data(), sd, persistence, spend, pressure.data(), before.data());
}
void add_before_funding(const Doubles& margin, const YearRules& rules, Doubles& sum) { before_funding_kernel(margin.data(), rules, sum.data()); }
void on_target(const Doubles& sum, double target, Flags& reached) { on_target_kernel(sum.data(), target, reached.data()); }
void settle(const YearRules& rules, const Flags& system_reached, Doubles& margin) { settle_kernel(rules, system_reached.data(), margin.data()); }
void carry(const Doubles& margin, Doubles& gap, Doubles& worst) { carry_kernel(margin.data(), gap.data(), worst.data()); }
void fails(const Doubles& worst, double reserves, Flags& failed) { fails_kernel(worst.data(), reserves + grace, failed.data()); }

void give_aid(double aid, Doubles* const* margins, std::size_t members) {
  Doubles offered = Doubles::Zero(), gaps = Doubles::Zero();
  for (std::size_t k = 0; k < members; ++k) offers_kernel(margins[k]->data(), aid, offered.data(), gaps.data());
  for (std::size_t k = 0; k < members; ++k) transfer_kernel(margins[k]->data(), aid, offered.data(), gaps.data());
}

#undef EACH_TRIAL

}  // namespace shortfall
