#include "sim/settle.hpp"

#include <cassert>

namespace shortfall {
namespace {

// Of a margin before funding: the one-offs that it would use.
double used_one_offs(double before, const YearRules& rules) {
  const double gap = -rules.conditional_funding - before;
  const double wanted = gap > 0 ? gap : 0.0;
  return wanted < rules.one_offs ? wanted : rules.one_offs;
}

}  // namespace

SHORTFALL_STAGE void add_pressure(const Floats& luck, float sd, float persistence, double spend, Floats& pressure, Doubles& before) {
  assert(luck.allFinite());
  pressure = persistence * pressure - sd * luck;
  before -= spend * pressure.cast<double>();
}

SHORTFALL_STAGE void add_before_funding(const Doubles& margin, const YearRules& rules, Doubles& sum) {
  const YearRules of_year = rules;
  sum += of_each([of_year](double before) { return before + used_one_offs(before, of_year); }, margin);
}

SHORTFALL_STAGE void on_target(const Doubles& sum, double target, Flags& reached) { reached = (sum >= target - grace).cast<std::uint8_t>(); }

SHORTFALL_STAGE void settle(const YearRules& rules, const Flags& system_reached, Doubles& margin) {
  const YearRules r = rules;
  margin = of_each(
      [r](double before, std::uint8_t system) {
        const bool own = before + used_one_offs(before, r) >= -r.conditional_funding - grace;
        const double earned = (own ? r.tied_to_organisation : 0.0) + (system ? r.tied_to_system : 0.0);
        const double funded = before + r.conditional_funding * earned;
        const double helped = funded + r.one_offs < 0 ? funded + r.one_offs : 0.0;
        return funded >= 0 ? funded : helped;
      },
      margin, system_reached);
}

SHORTFALL_STAGE void carry(const Doubles& margin, double carried, Doubles& gap, Doubles& worst) {
  assert(!margin.hasNaN());
  gap = carried * gap - margin;
  worst = worst.max(gap);
  gap = gap.max(0.0);
}

SHORTFALL_STAGE void substitute(const Floats& rate, double planned, const Doubles& landed, double most, const YearRules& rules, Doubles& margin,
                                Doubles& found) {
  const YearRules r = rules;
  found = (rate.cast<double>() * (planned - landed).max(0.0)).min(most);
  if (r.one_offs > 0)
    found = of_each([r](double f, double before) { return f > used_one_offs(before, r) ? f - used_one_offs(before, r) : 0.0; }, found, margin);
  margin += found;
}

SHORTFALL_STAGE void fails(const Doubles& worst, double reserves, Flags& failed) { failed = (worst > reserves + grace).cast<std::uint8_t>(); }

SHORTFALL_STAGE void offer_aid(double aid, const Doubles& margin, Doubles& offered, Doubles& gaps) {
  offered += margin.max(0.0).min(aid);
  gaps += (margin < 0.0).select(-margin, 0.0);
}

SHORTFALL_STAGE void transfer_aid(double aid, const Doubles& offered, const Doubles& gaps, Doubles& margin) {
  margin += of_each(
      [aid](double own, double offers, double gap) {
        const double given = offers < gap ? offers : gap;
        const double surplus = own > 0 ? own : 0.0;
        const double offer = surplus < aid ? surplus : aid;
        const double pays = offers > 0 ? offer * given / offers : 0.0;
        const double gets = gap > 0 && own < 0 ? -own * given / gap : 0.0;
        return gets - pays;
      },
      margin, offered, gaps);
}

void give_aid(double aid, std::span<Doubles> margins) {
  Doubles offered = Doubles::Zero(), gaps = Doubles::Zero();
  for (const Doubles& margin : margins) offer_aid(aid, margin, offered, gaps);
  for (Doubles& margin : margins) transfer_aid(aid, offered, gaps, margin);
}

}  // namespace shortfall
