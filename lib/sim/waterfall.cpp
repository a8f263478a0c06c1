#include "sim/waterfall.hpp"

#include <algorithm>

#include "sim/scheme.hpp"

namespace shortfall {
namespace {

std::vector<double> by_months_late(const std::vector<double>& table, const SavingTable& shape) {
  std::vector<double> out;
  for (std::size_t late = 0; late <= static_cast<std::size_t>(shape.latest()); ++late) {
    const double* row = table.data() + shape.window(late);
    double total = 0;
    for (std::size_t y = 0; y < shape.years; ++y) total += row[y];
    out.push_back(total);
  }
  return out;
}

Doubles saved(const std::vector<double>& by_months, const Floats& share, const Integers& months) {
  return of_each([&](float s, std::int32_t late) { return static_cast<double>(s) * by_months[static_cast<std::size_t>(late)]; }, share, months);
}

}  // namespace

Waterfall::Waterfall(const Model& model) : sums(model.organisations.size()), model_(&model), schedule_(model) {
  for (const SchemeModel& s : model.schemes) {
    Totals t{{}, by_months_late(s.saving, model.table()), 0};
    t.lasting = s.saving_without_lapses.empty() ? t.all : by_months_late(s.saving_without_lapses, model.table());
    // Money out is below 0.
    for (const auto& [where, row] : s.cost_rows)
      for (std::size_t y = 0; y < schedule_.years; ++y) t.cost -= row[y];
    totals_.push_back(std::move(t));
  }
  order_ = model.needs_order;
  std::vector<bool> in_order(model.schemes.size());
  for (const std::uint32_t i : order_) in_order[i] = true;
  for (std::uint32_t i = 0; i < model.schemes.size(); ++i)
    if (!in_order[i]) order_.push_back(i);
}

std::vector<double> Waterfall::planned() const {
  std::vector<double> out(sums.size(), 0.0);
  for (std::size_t i = 0; i < totals_.size(); ++i) out[model_->schemes[i].organisation] += totals_[i].lasting.front();
  return out;
}

void Waterfall::step(std::size_t organisation, WaterfallStep which, const Doubles& change) {
  steps_[organisation][static_cast<std::size_t>(which)] += change;
}

void Waterfall::prepare(BlockSimulator&, Draws& draws) {
  const std::size_t n = sums.size();
  draw_factors(*model_, schedule_, draws, luck_);
  staff_teams(*model_, schedule_, draws, luck_, stretch_);
  outcomes_.resize(totals_.size());
  before_.assign(n, Doubles::Zero());
  dearer_.assign(n, Doubles::Zero());
  std::array<Doubles, waterfall_steps> none;
  none.fill(Doubles::Zero());
  steps_.assign(n, none);
  for (const std::uint32_t i : order_) {
    const SchemeModel& s = model_->schemes[i];
    const Totals& t = totals_[i];
    SchemeOutcome& out = outcomes_[i];
    const bool at_once = s.may_harm && !model_->harm_waits;
    Flags dropped;
    draw_outcome(*model_, schedule_, i, draws, luck_, nullptr, out, &dropped);
    Doubles last = Doubles::Constant(t.lasting.front());
    const auto take = [&](WaterfallStep which, const std::vector<double>& totals, const Floats& share, const Integers& months) {
      Integers due = months;
      if (at_once) come_at_once(share, due);
      const Doubles now = saved(totals, share, due);
      step(s.organisation, which, now - last);
      last = now;
    };
    const Integers on_time = Integers::Zero();
    const float if_dropped = model_->marginals[s.share].dropped;
    const Floats whole = of_each([=](std::uint8_t d) { return d != 0 ? if_dropped : 1.0f; }, dropped);
    take(WaterfallStep::dropped_out, t.lasting, whole, on_time);
    take(WaterfallStep::in_part, t.lasting, out.share, on_time);
    take(WaterfallStep::late, t.lasting, out.share, out.months);
    bind_staff(schedule_, s, stretch_, out);
    take(WaterfallStep::short_of_staff, t.lasting, out.share, out.months);
    bind_needs(
        s, [&](std::uint32_t j) -> const SchemeOutcome& { return outcomes_[j]; }, out);
    take(WaterfallStep::needs, t.lasting, out.share, out.months);
    bind_consultation(*model_, schedule_, i, out);
    take(WaterfallStep::consultation, t.lasting, out.share, out.months);
    take(WaterfallStep::lapses, t.all, out.share, out.months);
    before_[s.organisation] += last;
    if (t.cost != 0) dearer_[s.organisation] += t.cost * (out.overrun.cast<double>() - 1.0);
  }
}

void Waterfall::add(const std::vector<const BlockResult*>& results, std::size_t rows) {
  const BlockResult& result = *results.front();
  trials += rows;
  for (std::size_t o = 0; o < sums.size(); ++o) {
    step(o, WaterfallStep::counted_twice, result.saving[o] - before_[o]);
    for (std::size_t k = 0; k < waterfall_steps; ++k) sums[o].steps[k].add(sum_of(steps_[o][k], rows));
    sums[o].delivered.add(sum_of(result.saving[o], rows));
    sums[o].dearer.add(sum_of(dearer_[o], rows));
    if (result.found.empty()) continue;
    for (std::size_t y = 0; y < result.years; ++y) sums[o].found.add(sum_of(result.found[o * result.years + y], rows));
  }
}

}  // namespace shortfall
