// A block of trials, one column a quantity: what every stage of a trial works on. A column is an Eigen array of a length known at compile time, and a
// stage is a free function of Eigen expressions over whole columns.
//
// Eigen's own packets are off and the compiler's vectoriser does the work (see the flags of CMakeLists.txt): Eigen's loops of known length are then
// plain loops, which GCC vectorises anew in each version of a stage. With packets on, every version would keep to the 16 bytes of SSE2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <Eigen/Core>

namespace shortfall {

inline constexpr std::size_t block_trials = 256;

template <class T>
using Column = Eigen::Array<T, static_cast<int>(block_trials), 1>;
using Floats = Column<float>;
using Doubles = Column<double>;
using Integers = Column<std::int32_t>;
using Flags = Column<std::uint8_t>;  // 0 or 1

// f(a[i], b[i], …) for each trial i, as an expression: for columns of different types, and for what arrays have no operator for. Nothing that f does
// may depend on another trial.
template <class F, class First, class... Rest>
[[gnu::always_inline]] inline auto of_each(F f, const First& first, const Rest&... rest) {
  using Value = decltype(f(first[0], rest[0]...));
  return Eigen::Array<Value, First::SizeAtCompileTime, 1>::NullaryExpr([f, &first, &rest...](Eigen::Index i) -> Value { return f(first[i], rest[i]...); });
}

// A stage is compiled three times, for any x86-64, for those with AVX2 and for those with AVX-512, and the machine chooses at start. Nothing is
// contracted (-ffp-contract=off) and no stage calls the C library, so all give the same bits. `flatten` brings all that a stage calls into each
// version, and `noinline` keeps a version from being merged into a caller that was compiled for any x86-64. Sanitizers start before the choice can be
// made, and clang 14 cannot make it.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(SHORTFALL_BASELINE)
#define SHORTFALL_STAGE __attribute__((noinline, flatten, target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SHORTFALL_STAGE
#endif

}  // namespace shortfall
