// The few loops of the simulation that stay in the compilers' own vectors, since neither Eigen nor the compiler's vectoriser makes good code of them:
// each says what it was measured at beside the plain loop. Everything here takes pointers to a block's trials and is inlined into the stages that use
// it, so that each version of a stage has its own.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "model/marginal.hpp"
#include "sim/column.hpp"
#include "sim/threefry.hpp"

namespace shortfall::vectors {

using FourFloats = float __attribute__((vector_size(16)));
using SixteenBytes = std::uint8_t __attribute__((vector_size(16)));
using EightFloats = float __attribute__((vector_size(32)));
using EightWords = std::uint32_t __attribute__((vector_size(32)));
using EightIntegers = std::int32_t __attribute__((vector_size(32)));

// Such a vector where it stands in memory, at any address. A struct says so, as clang forgets the alignment that a type's name carries wherever the
// type is deduced or a template's.
template <class Vector>
struct __attribute__((packed, may_alias)) InMemory {
  Vector value;
};
template <class Vector>
[[gnu::always_inline]] inline const InMemory<Vector>& vector_at(const void* first) {
  return *static_cast<const InMemory<Vector>*>(first);
}
template <class Vector>
[[gnu::always_inline]] inline InMemory<Vector>& vector_at(void* first) {
  return *static_cast<InMemory<Vector>*>(first);
}

// out[k] = table[index[k]] for each k, of indices within the table: a shuffle of registers where the compiler has one.
template <class Table, class Index>
[[gnu::always_inline]] inline void pick(const Table& table, const Index& index, Table& out) {
#if defined(__GNUC__) && !defined(__clang__)
  out = __builtin_shuffle(table, index);
#else
  for (std::size_t k = 0; k < sizeof(Index) / sizeof index[0]; ++k) out[k] = table[index[k]];
#endif
}

// value[i] = the cubic of row cell[i] at t[i], eight trials at a time: each row is one load, and the rows are turned into columns of coefficients.
// 0.44 ns a trial, against 0.55 to 0.94 ns of plain loops, whose four loads a trial are gathered one by one.
[[gnu::always_inline]] inline void cubics(const Cubic* __restrict rows, const std::int32_t* __restrict cell, const float* __restrict t,
                                          float* __restrict value) {
  for (std::size_t i = 0; i < block_trials; i += 8) {
    FourFloats row[8];
    for (std::size_t k = 0; k < 8; ++k) row[k] = vector_at<FourFloats>(rows[cell[i + k]].of).value;
    const EightFloats a = __builtin_shufflevector(row[0], row[4], 0, 1, 2, 3, 4, 5, 6, 7),
                      b = __builtin_shufflevector(row[1], row[5], 0, 1, 2, 3, 4, 5, 6, 7);
    const EightFloats c = __builtin_shufflevector(row[2], row[6], 0, 1, 2, 3, 4, 5, 6, 7),
                      d = __builtin_shufflevector(row[3], row[7], 0, 1, 2, 3, 4, 5, 6, 7);
    const EightFloats ab01 = __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13), cd01 = __builtin_shufflevector(c, d, 0, 8, 1, 9, 4, 12, 5, 13);
    const EightFloats ab23 = __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15),
                      cd23 = __builtin_shufflevector(c, d, 2, 10, 3, 11, 6, 14, 7, 15);
    const EightFloats c0 = __builtin_shufflevector(ab01, cd01, 0, 1, 8, 9, 4, 5, 12, 13),
                      c1 = __builtin_shufflevector(ab01, cd01, 2, 3, 10, 11, 6, 7, 14, 15);
    const EightFloats c2 = __builtin_shufflevector(ab23, cd23, 0, 1, 8, 9, 4, 5, 12, 13),
                      c3 = __builtin_shufflevector(ab23, cd23, 2, 3, 10, 11, 6, 7, 14, 15);
    const EightFloats x = vector_at<EightFloats>(t + i).value;
    vector_at<EightFloats>(value + i).value = ((c3 * x + c2) * x + c1) * x + c0;
  }
}

// count[i] = how many falling thresholds lie above score[i]: first which of eight groups the score falls to, by the thresholds that part them, then
// how many of its group's. The counts of 16 trials stay in registers while the thresholds go by. 0.25 ns a trial and threshold, against 0.48 ns of
// the plain loop.
[[gnu::always_inline]] inline void count_missed(const Months::Groups& groups, const float* __restrict score, std::int32_t* __restrict count) {
  const auto each = static_cast<std::int32_t>(groups.within.size());
  const std::array<float, 7> parts = groups.part;
  for (std::size_t i = 0; i < block_trials; i += 16) {
    const EightFloats low = vector_at<EightFloats>(score + i).value, high = vector_at<EightFloats>(score + i + 8).value;
    EightIntegers low_group{}, high_group{};
#pragma GCC unroll 7
    for (std::size_t g = 0; g < 7; ++g) {
      const EightFloats part = parts[g] - EightFloats{};
      low_group -= low < part;  // a comparison that holds is −1
      high_group -= high < part;
    }
    EightIntegers low_count = low_group * (each + 1), high_count = high_group * (each + 1);
    for (std::int32_t j = 0; j < each; ++j) {
      const EightFloats within = vector_at<EightFloats>(&groups.within[static_cast<std::size_t>(j)]).value;
      EightFloats low_threshold, high_threshold;
      pick(within, low_group, low_threshold);
      pick(within, high_group, high_threshold);
      low_count -= low < low_threshold;
      high_count -= high < high_threshold;
    }
    vector_at<EightIntegers>(count + i).value = low_count;
    vector_at<EightIntegers>(count + i + 8).value = high_count;
  }
}

// The words of so many counters from a first one on, a multiple of their number (so that the counters' low words never carry): out[k · counters + j]
// is word k of counter first_counter + j. Eight counters a vector and two vectors at a time, whose rounds hide one another's waiting.
template <std::size_t counters>
[[gnu::always_inline]] inline void threefry_words(const Words& key, std::uint64_t first_counter, std::uint32_t* __restrict out) {
  const auto low = static_cast<std::uint32_t>(first_counter), high = static_cast<std::uint32_t>(first_counter >> 32);
  const EightWords lane = {0, 1, 2, 3, 4, 5, 6, 7};
  for (std::uint32_t i = 0; i < counters; i += 16) {
    EightWords state[2][4] = {};
    for (std::uint32_t chain = 0; chain < 2; ++chain) state[chain][0] += lane + (low + i + 8 * chain), state[chain][1] += high;
    threefry<12>(state, key);
    for (std::size_t chain = 0; chain < 2; ++chain)
      for (std::size_t k = 0; k < 4; ++k) vector_at<EightWords>(out + k * counters + i + 8 * chain).value = state[chain][k];
  }
}

// The order of a Latin hypercube's trials, of 16 slices of 16 (sim/draw says what for): within[c] is a permutation of the slices for sixteenth c,
// order[s] one of the sixteenths for slice s; trial 16 s + j then has stratum 16 c + within[c][s], where c = order[s][j]. 60 ns a block, against
// 355 ns of the plain loop.
[[gnu::always_inline]] inline void order_strata(const std::uint8_t* const (&within)[16], const std::uint8_t* const (&order)[16],
                                                std::uint8_t* __restrict stratum) {
  SixteenBytes rows[16];
  for (std::size_t c = 0; c < 16; ++c) rows[c] = vector_at<SixteenBytes>(within[c]).value;
  // By slice instead of by sixteenth: rows 16 apart interleaved, four times over, transpose the square.
  for (int round = 0; round < 4; ++round) {
    SixteenBytes next[16];
    for (std::size_t k = 0; k < 8; ++k) {
      next[2 * k] = __builtin_shufflevector(rows[k], rows[k + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * k + 1] = __builtin_shufflevector(rows[k], rows[k + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    for (std::size_t k = 0; k < 16; ++k) rows[k] = next[k];
  }
  const SixteenBytes first_stratum = {0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240};
  for (std::size_t s = 0; s < 16; ++s) {
    // A copy, since a reference to a value in memory would take it for aligned.
    const SixteenBytes chosen = vector_at<SixteenBytes>(order[s]).value;
    SixteenBytes strata;
    pick(rows[s] + first_stratum, chosen, strata);
    vector_at<SixteenBytes>(stratum + 16 * s).value = strata;
  }
}

// The trials of a block in which something is so, a bit each. Eight flags are eight bytes of 0 or 1: each is multiplied to a bit of its own of the
// product's first byte. A mask is 32 bytes where flags are 256, and two masks are counted together in four instructions.
using Mask = std::array<std::uint64_t, block_trials / 64>;
inline Mask mask_of(const Flags& flags, std::size_t rows = block_trials) {
  Mask mask{};
  for (std::size_t byte = 0; 8 * byte < rows; ++byte) {
    std::uint64_t eight;
    std::memcpy(&eight, flags.data() + 8 * byte, sizeof eight);
    std::uint64_t bits = eight * 0x0102040810204080 >> 56;
    if (8 * byte + 8 > rows) bits &= (1u << rows % 8) - 1;
    mask[byte / 8] |= bits << 8 * (byte % 8);
  }
  return mask;
}
[[gnu::always_inline]] inline int count_of(const Mask& mask) {
  int count = 0;
  for (const std::uint64_t word : mask) count += std::popcount(word);
  return count;
}
[[gnu::always_inline]] inline Mask both(const Mask& a, const Mask& b) {
  Mask out;
  for (std::size_t w = 0; w < out.size(); ++w) out[w] = a[w] & b[w];
  return out;
}

}  // namespace shortfall::vectors
