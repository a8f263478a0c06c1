// The counter-based generator Threefry4x32 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011): four words that
// are a pure function of a key and a counter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace shortfall {

using Words = std::array<std::uint32_t, 4>;

// `rounds` 12 is the fewest that the authors found to pass BigCrush; 13 and 20 have published known answers. Each of the chains holds a counter,
// which becomes its words; chains by each other hide one another's waiting. A Word may be a vector of such words, each by itself.
template <int rounds, class Word, std::size_t chains>
[[gnu::always_inline]] constexpr inline void threefry(Word (&state)[chains][4], const Words& key) {
  constexpr int rotation[8][2] = {{10, 26}, {11, 21}, {13, 27}, {23, 5}, {6, 20}, {17, 11}, {25, 10}, {18, 20}};
  const std::uint32_t schedule[5] = {key[0], key[1], key[2], key[3], 0x1BD11BDAu ^ key[0] ^ key[1] ^ key[2] ^ key[3]};
  for (auto& chain : state)
    for (std::size_t k = 0; k < 4; ++k) chain[k] += schedule[k];
#pragma GCC unroll 20
  for (int r = 0; r < rounds; ++r) {
    const int left = rotation[r % 8][0], right = rotation[r % 8][1];
#pragma GCC unroll 4
    for (auto& [a, b, c, d] : state) {
      // Even rounds mix (a, b) and (c, d), odd ones (a, d) and (c, b).
      Word& first = r % 2 == 0 ? b : d;
      Word& second = r % 2 == 0 ? d : b;
      a += first;
      first = (first << left | first >> (32 - left)) ^ a;
      c += second;
      second = (second << right | second >> (32 - right)) ^ c;
      if (r % 4 == 3) {
        const int s = r / 4 + 1;
        a += schedule[s % 5], b += schedule[(s + 1) % 5], c += schedule[(s + 2) % 5], d += schedule[(s + 3) % 5] + static_cast<std::uint32_t>(s);
      }
    }
  }
}

template <int rounds>
[[gnu::always_inline]] constexpr inline Words threefry(const Words& counter, const Words& key) {
  std::uint32_t state[1][4] = {{counter[0], counter[1], counter[2], counter[3]}};
  threefry<rounds>(state, key);
  return {state[0][0], state[0][1], state[0][2], state[0][3]};
}

}  // namespace shortfall
