// A block of trials, one column a quantity: what every stage of a trial works on. Stages are short loops over whole columns of a length known at
// compile time, so that the compiler vectorises them; a column is padded by a cache line, so that columns side by side do not collide in L1.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shortfall {

inline constexpr std::size_t block_trials = 256;

template <class T>
struct Column {
  alignas(64) T at[block_trials];
  T padding[64 / sizeof(T)];
};
using Floats = Column<float>;
using Doubles = Column<double>;
using Integers = Column<std::int32_t>;
using Flags = Column<std::uint8_t>;  // 0 or 1

// A few values side by side (the compilers' own vectors, in registers of whatever width the machine has): for the rare loop whose lanes are not
// trials.
using FourDoubles = double __attribute__((vector_size(32)));
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

// table[index[k]] for each k, of indices within the table: a shuffle of registers where the compiler has one.
#if defined(__GNUC__) && !defined(__clang__)
[[gnu::always_inline]] inline void pick(const EightFloats& table, const EightIntegers& index, EightFloats& out) {
  out = __builtin_shuffle(table, index);
}
[[gnu::always_inline]] inline void pick(const SixteenBytes& table, const SixteenBytes& index, SixteenBytes& out) {
  out = __builtin_shuffle(table, index);
}
#else
inline void pick(const EightFloats& table, const EightIntegers& index, EightFloats& out) {
  for (int k = 0; k < 8; ++k) out[k] = table[index[k]];
}
inline void pick(const SixteenBytes& table, const SixteenBytes& index, SixteenBytes& out) {
  for (int k = 0; k < 16; ++k) out[k] = table[index[k]];
}
#endif

// A stage is compiled three times, for any x86-64, for those with AVX2 and for those with AVX-512, and the machine chooses at start. Nothing is
// contracted (-ffp-contract=off) and no stage calls the C library, so all give the same bits. Sanitizers start before such a choice can be made, and
// clang 14 cannot make it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(SHORTFALL_BASELINE)
#define SHORTFALL_STAGE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SHORTFALL_STAGE
#endif

}  // namespace shortfall
