#include "study/vary.hpp"

#include <algorithm>
#include <cmath>

#include "sim/block.hpp"

namespace shortfall {
namespace {

struct Variations {
  std::vector<Variation> of;  // [variant]

  Variations(std::size_t organisations, std::size_t variants)
      : of(variants, {0, {}, std::vector<Paired>(organisations), std::vector<Paired>(organisations)}) {}

  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    const BlockResult& base = *results.front();
    for (std::size_t v = 0; v < of.size(); ++v) {
      const BlockResult& variant = *results[v + 1];
      of[v].trials += rows;
      count(base.system_fails, variant.system_fails, rows, of[v].system);
      for (std::size_t o = 0; o < base.organisations; ++o) {
        const std::size_t last = (o + 1) * base.years - 1;
        count(base.alone_by_year[last], variant.alone_by_year[last], rows, of[v].alone[o]);
        count(base.together_by_year[last], variant.together_by_year[last], rows, of[v].together[o]);
      }
    }
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.of);
  }
};

}  // namespace

void count(const Flags& base, const Flags& variant, std::size_t rows, Paired& paired) {
  std::uint32_t both = 0, base_only = 0, variant_only = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    both += base[i] & variant[i];
    base_only += base[i] & (variant[i] ^ 1);
    variant_only += (base[i] ^ 1) & variant[i];
  }
  paired.both += both;
  paired.base_only += base_only;
  paired.variant_only += variant_only;
}

Estimate difference(const Paired& paired, std::uint64_t trials) {
  if (trials == 0) return {0, -1, 1, 0};
  const double n = static_cast<double>(trials);
  const double b = static_cast<double>(paired.base_only) / n, v = static_cast<double>(paired.variant_only) / n, d = v - b;
  const double reach = score95 * std::sqrt(std::max(0.0, b + v - d * d) / n);
  return {d, d - reach, d + reach, trials};
}

Estimate cautious_difference(const Paired& paired, std::uint64_t trials) {
  if (trials == 0) return {0, -1, 1, 0};
  const double n = static_cast<double>(trials), all = n + 2;
  const double b = (static_cast<double>(paired.base_only) + 0.5) / all, v = (static_cast<double>(paired.variant_only) + 0.5) / all, d = v - b;
  const double reach = score95 * std::sqrt(std::max(0.0, b + v - d * d) / all);
  const double value = (static_cast<double>(paired.variant_only) - static_cast<double>(paired.base_only)) / n;
  return {value, std::max(-1.0, std::min(value, d - reach)), std::min(1.0, std::max(value, d + reach)), trials};
}

std::vector<const Model*> pointers_to(const std::vector<Model>& models) {
  std::vector<const Model*> out;
  for (const Model& m : models) out.push_back(&m);
  return out;
}

std::vector<Variation> simulate_together(const Model& base, const std::vector<Model>& variants, Trials trials, const SimulateOptions& options) {
  std::vector<const Model*> models = pointers_to(variants);
  models.insert(models.begin(), &base);
  return record(models, trials, options, Variations(base.organisations.size(), variants.size())).of;
}

}  // namespace shortfall
