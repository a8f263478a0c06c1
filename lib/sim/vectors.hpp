// A few values side by side (the compilers' own vectors, in registers of whatever width the machine has): for the rare loop whose lanes are not
// trials, or that the compiler does not vectorise.
#pragma once

#include <cstdint>

namespace shortfall {

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


}  // namespace shortfall
