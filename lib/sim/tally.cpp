#include "sim/tally.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include "sim/side_by_side.hpp"
#include "sim/vectors.hpp"

namespace shortfall {
namespace {

using vectors::count_of, vectors::Mask, vectors::mask_of;

// Eight counters side by side in a word, each of at most 32.
SHORTFALL_STAGE std::uint64_t sum_flags(const Flags& flags) {
  std::uint64_t sum = 0;
  for (std::size_t byte = 0; byte < block_trials; byte += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, flags.data() + byte, sizeof eight);
    sum += eight;
  }
  // The counters by two, then all added up in the first.
  sum = (sum & 0x00ff00ff00ff00ff) + (sum >> 8 & 0x00ff00ff00ff00ff);
  return sum * 0x0001000100010001 >> 48;
}
double count_rows(const Flags& flags, std::size_t rows) {
  return rows == block_trials ? static_cast<double>(sum_flags(flags)) : count_of(mask_of(flags, rows));
}

// count[pair] of all pairs i <= j, in order of i.
SHORTFALL_STAGE void count_pairs(const Mask* masks, std::size_t n, std::int32_t* __restrict count) {
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j) {
      int together = 0;
      for (std::size_t w = 0; w < std::tuple_size_v<Mask>; ++w) together += std::popcount(masks[i][w] & masks[j][w]);
      *count++ = together;
    }
}

void add_failures(FailureTally& failures, const std::vector<Mask>& masks, const Column<std::uint16_t>& failing, std::size_t rows, std::size_t draw) {
  const std::size_t n = masks.size();
  std::vector<std::uint32_t> count(n + 1);
  for (std::size_t i = 0; i < rows; ++i) ++count[failing[i]];
  for (std::size_t k = 0; k <= n; ++k) failures.count[k].add(count[k], rows, draw);
  std::vector<std::int32_t> pairs(n * (n + 1) / 2);
  count_pairs(masks.data(), n, pairs.data());
  const std::int32_t* next = pairs.data();
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j) failures.pairs[i * n + j].add(*next++);
}

// Chances that are independent of each other in every trial: how many of the things happen, each counting for so many organisations.
class Convolution {
 public:
  explicit Convolution(std::size_t most) : chance_(most + 1, Doubles::Zero()) { chance_[0].setOnes(); }
  void add(const Doubles& chance, std::size_t weight) {
    reached_ += weight;
    for (std::size_t k = reached_ + 1; k-- > 0;) {
      if (k >= weight)
        happens_or_not(chance, chance_[k - weight], chance_[k]);
      else
        does_not_happen(chance, chance_[k]);
    }
  }
  const Doubles& exactly(std::size_t k) const { return chance_[k]; }

 private:
  static void happens_or_not(const Doubles& chance, const Doubles& if_it_does, Doubles& now);
  static void does_not_happen(const Doubles& chance, Doubles& now);
  std::vector<Doubles> chance_;  // [k]
  std::size_t reached_ = 0;
};

SHORTFALL_STAGE void Convolution::happens_or_not(const Doubles& chance, const Doubles& if_it_does, Doubles& now) {
  now = now * (1 - chance) + if_it_does * chance;
}
SHORTFALL_STAGE void Convolution::does_not_happen(const Doubles& chance, Doubles& now) { now *= 1 - chance; }

// Σ a b of the first `rows` trials, in eight lanes, in a fixed order.
SHORTFALL_STAGE double sum_of_products(const Doubles& a, const Doubles& b, std::size_t rows) {
  Eigen::Array<double, 8, 1> sum = Eigen::Array<double, 8, 1>::Zero();
  const auto n = static_cast<Eigen::Index>(rows);
  Eigen::Index i = 0;
  for (; i + 8 <= n; i += 8) sum += a.segment<8>(i) * b.segment<8>(i);
  for (Eigen::Index k = 0; i < n; ++i, ++k) sum[k] += a[i] * b[i];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

void add_count(FailureTally& failures, const Convolution& convolution, std::size_t rows, std::size_t draw) {
  for (std::size_t k = 0; k < failures.count.size(); ++k) failures.count[k].add(sum_of(convolution.exactly(k), rows), rows, draw);
}

// Blocks differ by more or less than independent trials would only where sampling is not plain.
Histogram histogram(Scale scale, Method method, const Model& model) {
  if (method.plain() && model.draws == 0) scale.levels.reset();
  return Histogram(scale, scale.levels ? model.draws : 0, model.draws_chosen);
}
// What an organisation finds elsewhere over all years.
Doubles found_in(const BlockResult& block, std::size_t organisation) {
  Doubles sum = block.found[organisation * block.years];
  for (std::size_t y = 1; y < block.years; ++y) sum += block.found[organisation * block.years + y];
  return sum;
}

std::vector<std::size_t> finders_of(const Model& model) {
  std::vector<std::size_t> out;
  for (std::size_t o = 0; o < model.organisations.size(); ++o)
    if (model.organisations[o].finds()) out.push_back(o);
  return out;
}

class Range {
 public:
  void add(const Doubles& column) { values_.insert(values_.end(), column.begin(), column.end()); }
  Scale scale(double size) { return scale_of(values_, size); }
  // Levels, and whether one value is that of many trials: then it shows in more than one of these. The least of all stands by itself anyway.
  Scale with_levels(double size) {
    Scale scale = scale_of(values_, size);
    std::sort(values_.begin(), values_.end());
    scale.levels.emplace();
    for (std::size_t l = 0; l < level_shares.size(); ++l)
      (*scale.levels)[l] = values_[static_cast<std::size_t>(level_shares[l] * static_cast<double>(values_.size()))];
    const auto within = std::upper_bound(values_.begin(), values_.end(), values_.front());
    scale.atoms = std::adjacent_find(within, values_.end()) == values_.end() ? Atoms::within_a_bin : Atoms::exact;
    return scale;
  }
  // Of a shortfall that says how far it was from one where there is none.
  Scale of_gaps(double size) {
    Scale scale = with_levels(size);
    scale.floor = 0;
    return scale;
  }

 private:
  std::vector<double> values_;
};

}  // namespace

Scales pilot(const Model& model, std::uint64_t seed, const Update* update) {
  SideBySide alone({&model});
  BlockSimulator& simulator = alone.first();
  Draws draws(seed, Draws::Keep::no, Sampling::plain, update);
  return pilot(model, [&](std::size_t block) -> const BlockResult& {
    draws.start(block);
    return simulator.simulate(draws);
  });
}

Scales pilot(const Model& model, const std::function<const BlockResult&(std::size_t block)>& simulate) {
  const std::size_t n = model.organisations.size(), by_year = n * model.years.size();
  std::vector<Range> shortfall(n), saving(n), margin(by_year), pool_shortfall(model.pools.size()), pool_excess(model.pools.size());
  Range system;
  const std::vector<std::size_t> finders = finders_of(model);
  std::vector<Range> found(finders.size()), delivered(finders.size());
  for (std::size_t b = 0; b < pilot_blocks; ++b) {
    const BlockResult& r = simulate(b);
    for (std::size_t o = 0; o < n; ++o) shortfall[o].add(r.worst_gap[o]), saving[o].add(r.saving[o]);
    for (std::size_t k = 0; k < finders.size(); ++k) {
      const Doubles all = found_in(r, finders[k]);
      found[k].add(all), delivered[k].add(all + r.saving[finders[k]]);
    }
    for (std::size_t i = 0; i < by_year; ++i) margin[i].add(r.margin[i]);
    for (std::size_t p = 0; p < model.pools.size(); ++p)
      pool_shortfall[p].add(model.pools[p].aid ? r.pool_shortfall[p] : r.pool_worst_gap[p]), pool_excess[p].add(r.pool_excess[p]);
    system.add(r.system_worst_gap);
  }
  const auto size_of = [](const OrganisationModel& o) { return *std::max_element(o.spend.begin(), o.spend.end()); };
  double all = 0;
  for (const OrganisationModel& o : model.organisations) all += size_of(o);
  Scales scales;
  for (std::size_t o = 0; o < n; ++o) {
    const double size = size_of(model.organisations[o]);
    scales.shortfall.push_back(shortfall[o].of_gaps(size));
    scales.saving.push_back(saving[o].with_levels(size));
    for (std::size_t y = 0; y < model.years.size(); ++y) {
      Scale position = margin[o * model.years.size() + y].scale(size);
      position.middle += model.organisations[o].target[y];
      position.atoms = Atoms::within_a_bin;
      scales.position.push_back(position);
    }
  }
  for (std::size_t p = 0; p < model.pools.size(); ++p) {
    scales.pool_shortfall.push_back(pool_shortfall[p].of_gaps(all));
    scales.pool_excess.push_back(pool_excess[p].of_gaps(all));
  }
  for (std::size_t k = 0; k < finders.size(); ++k) {
    const double size = size_of(model.organisations[finders[k]]);
    scales.found.push_back(found[k].with_levels(size));
    scales.delivered_and_found.push_back(delivered[k].with_levels(size));
  }
  scales.system_shortfall = system.of_gaps(all);
  return scales;
}

template <class F>
void Tally::each_frequency(F&& f) {
  for (std::vector<Frequency>* all : {&alone.by_year, &together.by_year, &alone.count, &together.count})
    for (Frequency& each : *all) f(each);
  for (OrganisationTally& o : organisation) f(o.cells.swims), f(o.cells.rescued), f(o.cells.dragged_under), f(o.cells.sinks);
  for (PoolTally& p : pools) f(p.fails);
  f(system.fails);
}

Tally::Tally(const Model& model, const Scales& scales, Method how)
    : method(how),
      organisations(model.organisations.size()),
      years(model.years.size()),
      draw_trials(model.draws),
      draws_chosen(model.draws_chosen),
      alone{std::vector<Frequency>(organisations * years), std::vector<Frequency>(organisations + 1),
            std::vector<Sum>(organisations * organisations)},
      together(alone),
      system{{}, histogram(scales.system_shortfall, how, model)},
      layout_{{}, {}, {}, std::vector<std::int32_t>(organisations, -1), finders_of(model)} {
  for (std::size_t o = 0; o < organisations; ++o) {
    const std::vector<double>& target = model.organisations[o].target;
    layout_.target.insert(layout_.target.end(), target.begin(), target.end());
    organisation.push_back({{}, histogram(scales.shortfall[o], how, model), histogram(scales.saving[o], how, model), {}, {}});
    for (std::size_t y = 0; y < years; ++y) organisation[o].position.push_back(histogram(scales.position[o * years + y], how, model));
  }
  for (std::size_t k = 0; k < layout_.finders.size(); ++k)
    found.push_back(
        {histogram(scales.found[k], how, model), histogram(scales.delivered_and_found[k], how, model), std::vector<Sum>(years)});
  for (std::size_t p = 0; p < model.pools.size(); ++p) {
    pools.push_back({{}, histogram(scales.pool_shortfall[p], how, model), histogram(scales.pool_excess[p], how, model)});
    for (const std::uint32_t o : model.pools[p].members) layout_.pool[o] = static_cast<std::int32_t>(p);
    layout_.members.push_back(model.pools[p].members);
    layout_.shares_fate.push_back(!model.pools[p].aid);
  }
  each_frequency([&](Frequency& f) { f.by_draw.resize(model.draws); });
}

std::optional<std::size_t> Tally::place_of_finder(std::size_t o) const {
  const auto place = std::lower_bound(layout_.finders.begin(), layout_.finders.end(), o);
  if (place == layout_.finders.end() || *place != o) return std::nullopt;
  return static_cast<std::size_t>(place - layout_.finders.begin());
}

void Tally::add(const BlockResult& block, std::size_t rows) {
  trials += rows;
  ++blocks;
  if (!draw_trials.empty()) draw_trials[block.draw] += rows;
  if (block.chances)
    sum_chances(block, rows);
  else
    count_flags(block, rows);
  add_money(block, rows);
}

void Tally::add_money(const BlockResult& block, std::size_t rows) {
  for (std::size_t o = 0; o < organisations; ++o) {
    OrganisationTally& tally = organisation[o];
    for (std::size_t y = 0; y < years; ++y) tally.position[y].add(block.margin[o * years + y], rows, layout_.target[o * years + y], block.draw);
    tally.shortfall.add(block.worst_gap[o], rows, 0, block.draw);
    tally.saving.add(block.saving[o], rows, 0, block.draw);
    tally.last_year_saving.add(sum_of(block.last_year_saving[o], rows));
  }
  for (std::size_t p = 0; p < pools.size(); ++p) {
    pools[p].shortfall.add(layout_.shares_fate[p] ? block.pool_worst_gap[p] : block.pool_shortfall[p], rows, 0, block.draw);
    pools[p].excess.add(block.pool_excess[p], rows, 0, block.draw);
  }
  system.shortfall.add(block.system_worst_gap, rows, 0, block.draw);
  for (std::size_t k = 0; k < found.size(); ++k) {
    const std::size_t o = layout_.finders[k];
    const Doubles all = found_in(block, o);
    found[k].found.add(all, rows, 0, block.draw);
    found[k].delivered_and_found.add(all + block.saving[o], rows, 0, block.draw);
    for (std::size_t y = 0; y < years; ++y) found[k].by_year[y].add(sum_of(block.found[o * years + y], rows));
  }
}

void Tally::count_flags(const BlockResult& block, std::size_t rows) {
  std::vector<Mask> alone_masks, together_masks;
  Column<std::uint16_t> alone_count = Column<std::uint16_t>::Zero(), together_count = alone_count;
  for (std::size_t o = 0; o < organisations; ++o) {
    for (std::size_t i = o * years; i < (o + 1) * years; ++i) {
      alone.by_year[i].add(count_rows(block.alone_by_year[i], rows), rows, block.draw);
      together.by_year[i].add(count_rows(block.together_by_year[i], rows), rows, block.draw);
    }
    const Flags& fails_alone = block.alone_by_year[o * years + years - 1];
    const Flags& fails_together = block.together_by_year[o * years + years - 1];
    const Mask a = mask_of(fails_alone, rows), t = mask_of(fails_together, rows);
    const double sinks = count_of(vectors::both(a, t)), rescued = count_of(a) - sinks, dragged = count_of(t) - sinks;
    Cells& cells = organisation[o].cells;
    cells.sinks.add(sinks, rows, block.draw);
    cells.rescued.add(rescued, rows, block.draw);
    cells.dragged_under.add(dragged, rows, block.draw);
    cells.swims.add(static_cast<double>(rows) - sinks - rescued - dragged, rows, block.draw);
    alone_count += fails_alone.cast<std::uint16_t>();
    together_count += fails_together.cast<std::uint16_t>();
    alone_masks.push_back(a);
    together_masks.push_back(t);
  }
  add_failures(alone, alone_masks, alone_count, rows, block.draw);
  add_failures(together, together_masks, together_count, rows, block.draw);
  for (std::size_t p = 0; p < pools.size(); ++p) pools[p].fails.add(count_rows(block.pool_fails[p], rows), rows, block.draw);
  system.fails.add(count_rows(block.system_fails, rows), rows, block.draw);
}

void Tally::sum_chances(const BlockResult& block, std::size_t rows) {
  const auto alone_at = [&](std::size_t o) -> const Doubles& { return block.chances->alone[o * years + years - 1]; };
  const auto pool_at = [&](std::size_t p) -> const Doubles& { return block.chances->pool[p * years + years - 1]; };
  Convolution alone_count(organisations), together_count(organisations);
  std::vector<double> by_alone(organisations), by_together(organisations);  // by the end of the last year
  for (std::size_t o = 0; o < organisations; ++o) {
    for (std::size_t y = 0; y < years; ++y) {
      by_alone[o] = sum_of(block.chances->alone[o * years + y], rows);
      alone.by_year[o * years + y].add(by_alone[o], rows, block.draw);
      by_together[o] = layout_.pool[o] < 0 ? by_alone[o] : sum_of(block.chances->pool[static_cast<std::size_t>(layout_.pool[o]) * years + y], rows);
      together.by_year[o * years + y].add(by_together[o], rows, block.draw);
    }
    const double sinks = layout_.pool[o] < 0 ? by_alone[o] : sum_of(block.chances->both[o], rows);
    Cells& cells = organisation[o].cells;
    cells.sinks.add(sinks, rows, block.draw);
    cells.rescued.add(by_alone[o] - sinks, rows, block.draw);
    cells.dragged_under.add(by_together[o] - sinks, rows, block.draw);
    cells.swims.add(static_cast<double>(rows) - by_alone[o] - by_together[o] + sinks, rows, block.draw);
    alone_count.add(alone_at(o), 1);
    if (layout_.pool[o] < 0) together_count.add(alone_at(o), 1);
  }
  for (std::size_t p = 0; p < layout_.members.size(); ++p) {
    together_count.add(pool_at(p), layout_.members[p].size());
    pools[p].fails.add(sum_of(pool_at(p), rows), rows, block.draw);
  }
  add_count(alone, alone_count, rows, block.draw);
  add_count(together, together_count, rows, block.draw);
  const auto together_at = [&](std::size_t o) -> const Doubles& {
    return layout_.pool[o] < 0 ? alone_at(o) : pool_at(static_cast<std::size_t>(layout_.pool[o]));
  };
  for (std::size_t i = 0; i < organisations; ++i)
    for (std::size_t j = i; j < organisations; ++j) {
      alone.pairs[i * organisations + j].add(i == j ? by_alone[i] : sum_of_products(alone_at(i), alone_at(j), rows));
      const bool one_fate = i == j || (layout_.pool[i] >= 0 && layout_.pool[i] == layout_.pool[j]);
      together.pairs[i * organisations + j].add(one_fate ? by_together[i] : sum_of_products(together_at(i), together_at(j), rows));
    }
  system.fails.add(sum_of(block.chances->system, rows), rows, block.draw);
}

}  // namespace shortfall
