#include "sim/tally.hpp"

#include <algorithm>
#include <bit>

namespace shortfall {
namespace {

// The trials of a block in which something is so, a bit each.
using Mask = std::array<std::uint64_t, block_trials / 64>;

Mask mask_of(const Flags& flags, std::size_t rows) {
  Mask mask{};
  for (std::size_t i = 0; i < rows; ++i) mask[i / 64] |= std::uint64_t{flags.at[i]} << (i % 64);
  return mask;
}

template <class Combine>
std::uint64_t count_of(const Mask& a, const Mask& b, Combine combine) {
  std::uint64_t n = 0;
  for (std::size_t w = 0; w < a.size(); ++w) n += static_cast<std::uint64_t>(std::popcount(combine(a[w], b[w])));
  return n;
}

std::uint64_t count_rows(const Flags& flags, std::size_t rows) {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < rows; ++i) n += flags.at[i];
  return n;
}

void add_joint(Joint& joint, const std::vector<Mask>& masks, const Column<std::uint16_t>& failing, std::size_t rows) {
  const std::size_t n = masks.size();
  for (std::size_t i = 0; i < rows; ++i) ++joint.count[failing.at[i]];
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j)
      joint.pairs[i * n + j] += count_of(masks[i], masks[j], [](std::uint64_t a, std::uint64_t b) { return a & b; });
}

void add_flags(Column<std::uint16_t>& sum, const Flags& flags) {
  for (std::size_t i = 0; i < block_trials; ++i) sum.at[i] = static_cast<std::uint16_t>(sum.at[i] + flags.at[i]);
}

template <class T>
void add_all(std::vector<T>& ours, const std::vector<T>& theirs) {
  for (std::size_t i = 0; i < ours.size(); ++i) ours[i] += theirs[i];
}

void merge_all(std::vector<Histogram>& ours, const std::vector<Histogram>& theirs) {
  for (std::size_t i = 0; i < ours.size(); ++i) ours[i].merge(theirs[i]);
}

std::vector<Histogram> histograms(const std::vector<Scale>& scales, Atoms atoms) {
  std::vector<Histogram> out;
  for (const Scale& scale : scales) out.emplace_back(scale, atoms);
  return out;
}

struct Range {
  double least = 1e300, most = -1e300;
  void add(const Doubles& column) {
    for (const double x : column.at) {
      least = std::min(least, x);
      most = std::max(most, x);
    }
  }
  // Half as wide again on either side, so that but few of millions of trials lie beyond.
  Scale around() const {
    const double margin = std::max((most - least) / 2, 1e-6 * std::max({1.0, std::abs(least), std::abs(most)}));
    return {least - margin, most + margin};
  }
  // Of a shortfall: from exactly 0, which is a value by itself.
  Scale from_zero(double at_least) const { return {0, std::max(1.5 * most, at_least)}; }
};

}  // namespace

Scales pilot(const Model& model, std::uint64_t seed) {
  BlockSimulator simulator(model);
  Draws draws(seed, Draws::Keep::no);
  return pilot(model, [&](std::size_t block) -> const BlockResult& {
    draws.start(block);
    return simulator.simulate(draws);
  });
}

Scales pilot(const Model& model, const std::function<const BlockResult&(std::size_t block)>& simulate) {
  const std::size_t n = model.organisations.size(), by_year = n * model.years.size();
  std::vector<Range> shortfall(n), saving(n), margin(by_year), pool_shortfall(model.pools.size()), pool_excess(model.pools.size());
  Range system;
  for (std::size_t b = 0; b < pilot_blocks; ++b) {
    const BlockResult& r = simulate(b);
    for (std::size_t o = 0; o < n; ++o) shortfall[o].add(r.shortfall[o]), saving[o].add(r.saving[o]);
    for (std::size_t i = 0; i < by_year; ++i) margin[i].add(r.margin[i]);
    for (std::size_t p = 0; p < model.pools.size(); ++p) pool_shortfall[p].add(r.pool_shortfall[p]), pool_excess[p].add(r.pool_excess[p]);
    system.add(r.system_shortfall);
  }
  constexpr double smallest = 1e-3;  // a shortfall that no pilot trial met
  Scales scales;
  for (std::size_t o = 0; o < n; ++o) {
    scales.shortfall.push_back(shortfall[o].from_zero(smallest));
    scales.saving.push_back(saving[o].around());
    for (std::size_t y = 0; y < model.years.size(); ++y) {
      Scale position = margin[o * model.years.size() + y].around();
      position.low += model.organisations[o].target[y];
      position.high += model.organisations[o].target[y];
      scales.position.push_back(position);
    }
  }
  for (std::size_t p = 0; p < model.pools.size(); ++p) {
    scales.pool_shortfall.push_back(pool_shortfall[p].from_zero(smallest));
    scales.pool_excess.push_back(pool_excess[p].from_zero(smallest));
  }
  scales.system_shortfall = system.from_zero(smallest);
  return scales;
}

Tally::Tally(const Model& model, const Scales& scales)
    : organisations(model.organisations.size()),
      years(model.years.size()),
      alone_by_year(organisations * years),
      together_by_year(organisations * years),
      cells(organisations),
      alone{std::vector<std::uint64_t>(organisations + 1), std::vector<std::uint64_t>(organisations * organisations)},
      together(alone),
      pool_fails(model.pools.size()),
      shortfall(histograms(scales.shortfall, Atoms::exact)),
      saving(histograms(scales.saving, Atoms::exact)),
      position(histograms(scales.position, Atoms::within_a_bin)),
      pool_shortfall(histograms(scales.pool_shortfall, Atoms::exact)),
      pool_excess(histograms(scales.pool_excess, Atoms::exact)),
      system_shortfall(scales.system_shortfall, Atoms::exact),
      last_year_saving(organisations) {
  for (const OrganisationModel& o : model.organisations) target_.insert(target_.end(), o.target.begin(), o.target.end());
}

void Tally::add(const BlockResult& block, std::size_t rows) {
  trials += rows;
  std::vector<Mask> alone_masks, together_masks;
  Column<std::uint16_t> alone_count{}, together_count{};
  for (std::size_t o = 0; o < organisations; ++o) {
    for (std::size_t y = 0; y < years; ++y) {
      const std::size_t i = o * years + y;
      alone_by_year[i] += count_rows(block.alone_by_year[i], rows);
      together_by_year[i] += count_rows(block.together_by_year[i], rows);
      position[i].add(block.margin[i], rows, target_[i]);
    }
    const Flags& fails_alone = block.alone_by_year[o * years + years - 1];
    const Flags& fails_together = block.together_by_year[o * years + years - 1];
    const Mask a = mask_of(fails_alone, rows), t = mask_of(fails_together, rows);
    const std::uint64_t sinks = count_of(a, t, [](std::uint64_t x, std::uint64_t y) { return x & y; });
    const std::uint64_t rescued = count_of(a, t, [](std::uint64_t x, std::uint64_t y) { return x & ~y; });
    const std::uint64_t dragged = count_of(a, t, [](std::uint64_t x, std::uint64_t y) { return ~x & y; });
    cells[o].sinks += sinks;
    cells[o].rescued += rescued;
    cells[o].dragged_under += dragged;
    cells[o].swims += rows - sinks - rescued - dragged;
    add_flags(alone_count, fails_alone);
    add_flags(together_count, fails_together);
    alone_masks.push_back(a);
    together_masks.push_back(t);
    shortfall[o].add(block.shortfall[o], rows);
    saving[o].add(block.saving[o], rows);
    last_year_saving[o].add(sum_of(block.last_year_saving[o], rows));
  }
  add_joint(alone, alone_masks, alone_count, rows);
  add_joint(together, together_masks, together_count, rows);
  for (std::size_t p = 0; p < pool_fails.size(); ++p) {
    pool_fails[p] += count_rows(block.pool_fails[p], rows);
    pool_shortfall[p].add(block.pool_shortfall[p], rows);
    pool_excess[p].add(block.pool_excess[p], rows);
  }
  system_fails += count_rows(block.system_fails, rows);
  system_shortfall.add(block.system_shortfall, rows);
}

void Tally::merge(const Tally& other) {
  trials += other.trials;
  add_all(alone_by_year, other.alone_by_year);
  add_all(together_by_year, other.together_by_year);
  for (std::size_t o = 0; o < organisations; ++o) {
    cells[o].swims += other.cells[o].swims;
    cells[o].rescued += other.cells[o].rescued;
    cells[o].dragged_under += other.cells[o].dragged_under;
    cells[o].sinks += other.cells[o].sinks;
    last_year_saving[o].merge(other.last_year_saving[o]);
  }
  for (auto [ours, theirs] : {std::pair(&alone, &other.alone), std::pair(&together, &other.together)}) {
    add_all(ours->count, theirs->count);
    add_all(ours->pairs, theirs->pairs);
  }
  add_all(pool_fails, other.pool_fails);
  system_fails += other.system_fails;
  merge_all(shortfall, other.shortfall);
  merge_all(saving, other.saving);
  merge_all(position, other.position);
  merge_all(pool_shortfall, other.pool_shortfall);
  merge_all(pool_excess, other.pool_excess);
  system_shortfall.merge(other.system_shortfall);
}

}  // namespace shortfall
