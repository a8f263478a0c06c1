// Own normals, drawn by their prior, moved to where the posterior has the same probability. All of this is done for every scheme of every trial, so
// it goes column by column.
#include <algorithm>
#include <bit>
#include <cmath>

#include "history/scheme_evidence.hpp"
#include "model/marginal.hpp"
#include "sim/logarithm.hpp"
#include "sim/outcome.hpp"

namespace shortfall {
namespace {

// ln x of x above 0.
[[gnu::always_inline]] inline float logarithm(float x) {
  const std::int32_t bits = std::bit_cast<std::int32_t>(x) - 0x3f3504f3;
  return static_cast<float>(bits >> 23) * 0.693147181f + log_near_1(std::bit_cast<float>((bits & 0x7fffff) + 0x3f3504f3) - 1.0f);
}

// Φ⁻¹ of a chance from 2e-11 to 1/2 (Wichura 1988, algorithm AS 241, PPND7: seven digits): at or below 0.
[[gnu::always_inline]] inline float score_below(float p) {
  const float q = p - 0.5f, r = 0.180625f - q * q;
  const float near = q * (((59.109374720f * r + 159.29113202f) * r + 50.434271938f) * r + 3.3871327179f) /
                     (((67.187563600f * r + 78.757757664f) * r + 17.895169469f) * r + 1.0f);
  const float far = 1.6f - std::sqrt(-logarithm(p));
  const float tail = (((-0.17023821103f * far + 1.3067284816f) * far - 2.7568153900f) * far + 1.4234372777f) /
                     ((0.12021132975f * far - 0.73700164250f) * far + 1.0f);
  return q >= -0.425f ? near : -tail;
}

constexpr float least_chance = 2e-11f;

// The normal of each chance of less, of which the complement is given too: whichever is the smaller has the digits.
SHORTFALL_STAGE void to_scores(const Floats& below, const Floats& above, Floats& score) {
  score = of_each(
      [](float b, float a) {
        const float small = b < a ? b : a, s = score_below(small > least_chance ? small : least_chance);
        return b < a ? s : -s;
      },
      below, above);
}

// The last edge at which the distribution function, of two neighbouring rows mixed, has not passed `below`: by halves, all trials a half at a time.
SHORTFALL_STAGE void find_edges(const float* cumulative, std::int32_t edges, const Integers& row, const Floats& part, const Floats& below,
                                Integers& edge) {
  std::int32_t widest = 1;
  while (2 * widest < edges) widest *= 2;
  const std::int32_t last = edges - 1;
  const float* next_row = cumulative + edges;
  Integers at = row * edges;
  const Integers most = at + last;
  for (std::int32_t half = widest; half > 0; half /= 2)
    for (std::size_t i = 0; i < block_trials; ++i) {
      const std::int32_t next = at[i] + half < most[i] ? at[i] + half : most[i];
      const float low = cumulative[next], mixed = low + part[i] * (next_row[next] - low);
      at[i] = mixed <= below[i] ? next : at[i];
    }
  edge = at.min(most - 1) - row * edges;
}

// Which two rows of a table each c lies between, and how far along.
SHORTFALL_STAGE void find_rows(const Floats& c, float first, float rows_per_unit, float last, Integers& row, Floats& part) {
  const Floats place = of_each(
      [=](float x) {
        const float p = (x - first) * rows_per_unit, at_least = p > 0.0f ? p : 0.0f;
        return at_least < last ? at_least : last;
      },
      c);
  row = of_each([=](float p) { return static_cast<std::int32_t>(p < last - 1.0f ? p : last - 1.0f); }, place);
  part = of_each([](float p, std::int32_t r) { return p - static_cast<float>(r); }, place, row);
}

// How far along its cell each trial lies, by the distribution function at the cell's two edges.
SHORTFALL_STAGE void find_within(const float* cumulative, std::int32_t edges, const Integers& row, const Floats& part, const Floats& below,
                                 const Integers& edge, Floats& within) {
  const float* next_row = cumulative + edges;
  for (std::size_t i = 0; i < block_trials; ++i) {
    const std::int32_t at = row[i] * edges + edge[i];
    const float from = cumulative[at] + part[i] * (next_row[at] - cumulative[at]);
    const float to = cumulative[at + 1] + part[i] * (next_row[at + 1] - cumulative[at + 1]);
    const float x = to > from ? (below[i] - from) / (to - from) : 0.5f, at_least = x > 0.0f ? x : 0.0f;
    within[i] = at_least < 1.0f ? at_least : 1.0f;
  }
}

}  // namespace

// Where the posterior's distribution function, between two points of the table that of both mixed, comes to `below`.
void SchemeEvidence::move_share(const Floats& c, const Floats& below, Floats& score, Integers& cell, Floats& within) const {
  const auto edges = static_cast<std::int32_t>(edges_.size());
  Integers row;
  Floats part;
  // A table of one row is read as if a second, equal to it, came after.
  find_rows(c, static_cast<float>(scheme_.common_mean + first_), static_cast<float>(1 / step_),
            static_cast<float>(std::max<std::size_t>(points_, 2) - 1), row, part);
  if (edges > 1) {
    find_edges(cumulative_.data(), edges, row, part, below, cell);
    find_within(cumulative_.data(), edges, row, part, below, cell, within);
    for (std::size_t i = 0; i < block_trials; ++i) {
      const auto edge = static_cast<std::size_t>(cell[i]);
      score[i] = static_cast<float>(edges_[edge] + static_cast<double>(within[i]) * (edges_[edge + 1] - edges_[edge]));
    }
  } else {
    within.setZero();
  }
  if (!closed_) return;
  Floats dropped;
  for (std::size_t i = 0; i < block_trials; ++i) {
    const float* low = cumulative_.data() + static_cast<std::ptrdiff_t>(row[i]) * edges;
    dropped[i] = low[0] + part[i] * (low[edges] - low[0]);
  }
  const Floats of_dropped = (dropped > 0).select(below / dropped, 0.5f);
  for (std::size_t i = 0; i < block_trials; ++i)
    if (below[i] < dropped[i] || edges == 1) cell[i] = -1;
  move_dropped(c, of_dropped, score, cell);
}

// Drop-outs lie below their score as they did before, `part` of them lower.
void SchemeEvidence::move_dropped(const Floats& c, const Floats& part, Floats& score, Integers& cell) const {
  const auto weight = static_cast<float>(scheme_.share_weight), threshold = static_cast<float>(*scheme_.drop_threshold);
  Floats chance = Floats::Ones(), normal;
  if (threshold < 1e29f) look_up(normal_curve(), (threshold - c) / weight, chance);
  chance *= part.min(1.0f);
  to_scores(chance, 1 - chance, normal);
  const float below_threshold = threshold < 1e29f ? std::nextafter(threshold, -HUGE_VALF) : threshold;
  score = (cell < 0).select((c + weight * normal).min(below_threshold), score);
}

void SchemeEvidence::move(const Floats& c, Floats& share_normal, Floats& delay_normal) const {
  Floats below, score, within;
  Integers cell;
  look_up(normal_curve(), share_normal, below);
  move_share(c, below, score, cell, within);
  share_normal = (score - c) / static_cast<float>(scheme_.share_weight);
  if (months_ > 1 && scheme_.delay_weight > 0) move_delay(c, share_normal, cell, within, delay_normal);
}

// Between the nodes of a cell along a straight line: [months](trial).
void SchemeEvidence::likelihoods_of_months(const Integers& cell, const Floats& within, std::vector<Floats>& out) const {
  out.resize(months_);
  const auto first = static_cast<float>(first_node), apart = static_cast<float>(0.5 - first_node);
  for (Eigen::Index i = 0; i < cell.size(); ++i) {
    const bool upper = within[i] >= 0.5f;
    const float t = std::clamp((within[i] - (upper ? 0.5f : first)) / apart, 0.0f, 1.0f);
    const float *a = moving_likelihood_.data() + (static_cast<std::size_t>(std::max(cell[i], 0)) * nodes_per_cell + upper) * months_,
                *b = a + months_;
    for (std::size_t m = 0; m < months_; ++m) out[m][i] = a[m] + t * (b[m] - a[m]);
  }
}

namespace {

// `part` of each trial's masses, from the latest month on (a delay's normal is low where it is late): which month it falls to, as the prior's chance
// of less than the normal that lies as deep within that month; 1 in `none` where all masses are 0. `mass` comes in as likelihoods.
SHORTFALL_STAGE void choose_months(const std::vector<Floats>& at_least, const Floats& part, std::vector<Floats>& mass, Floats& chance, Flags& none) {
  const std::size_t months = mass.size();
  Floats all = Floats::Zero();
  for (std::size_t m = 0; m < months; ++m) {
    mass[m] = of_each(
        [](float more, float less, float likelihood) {
          const float x = (more - less) * likelihood;
          return x > 0.0f ? x : 0.0f;
        },
        at_least[m], at_least[m + 1], mass[m]);
    all += mass[m];
  }
  none = of_each([](float a) { return static_cast<std::uint8_t>(!(a > 0.0f)); }, all);
  Floats left = part * all;
  Floats low = at_least[months], high = at_least[months - 1], within = mass[months - 1];
  for (std::size_t m = months - 1; m > 0; --m) {
    // 1 where it lies earlier than in month m, as then it does in all later ones.
    const Floats earlier = of_each([](float l, float w) { return l >= w ? 1.0f : 0.0f; }, left, within);
    left -= earlier * within;
    low = of_each([](float e, float now, float next) { return e > 0.0f ? next : now; }, earlier, low, at_least[m]);
    high = of_each([](float e, float now, float next) { return e > 0.0f ? next : now; }, earlier, high, at_least[m - 1]);
    within = of_each([](float e, float now, float next) { return e > 0.0f ? next : now; }, earlier, within, mass[m - 1]);
  }
  chance = of_each(
      [](float from, float to, float l, float w) {
        const float x = w > 0.0f ? l / w : 0.5f;
        return from + (x < 1.0f ? x : 1.0f) * (to - from);
      },
      low, high, left, within);
}

}  // namespace

void SchemeEvidence::move_delay(const Floats& c, const Floats& share_normal, const Integers& cell, const Floats& within, Floats& delay_normal) const {
  std::vector<Floats> at_least(months_ + 1), mass;  // the prior's chance of so many months or more
  at_least[0].setOnes();
  at_least[months_].setZero();
  const float inverse = static_cast<float>(1 / scheme_.delay_weight);
  for (std::size_t m = 1; m < months_; ++m) {
    const Floats off = (static_cast<float>(scheme_.late[m - 1]) - c - static_cast<float>(scheme_.delay_by_share) * share_normal) * inverse;
    look_up(normal_curve(), off, at_least[m]);
  }
  likelihoods_of_months(cell, within, mass);
  Floats below, chance, moved;
  Flags stays;
  look_up(normal_curve(), delay_normal, below);
  choose_months(at_least, below, mass, chance, stays);
  to_scores(chance, 1 - chance, moved);
  delay_normal = of_each([](std::int32_t of, std::uint8_t none, float before, float after) { return of < 0 || none != 0 ? before : after; }, cell,
                         stays, delay_normal, moved);
}

}  // namespace shortfall
