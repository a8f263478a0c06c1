#include "study/vary.hpp"

#include <algorithm>
#include <cmath>

namespace shortfall {
namespace {

void count(const Flags& base, const Flags& variant, std::size_t rows, Paired& paired) {
  std::uint32_t both = 0, base_only = 0, variant_only = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    both += base.at[i] & variant.at[i];
    base_only += base.at[i] & (variant.at[i] ^ 1);
    variant_only += (base.at[i] ^ 1) & variant.at[i];
  }
  paired.both += both;
  paired.base_only += base_only;
  paired.variant_only += variant_only;
}

void merge(Paired& ours, const Paired& theirs) {
  ours.both += theirs.both;
  ours.base_only += theirs.base_only;
  ours.variant_only += theirs.variant_only;
}

class Comparison : public Worker {
 public:
  Comparison(const Model& base, const std::vector<Model>& variants, std::uint64_t seed) : base_(base), draws_(seed, Draws::Keep::yes) {
    const std::size_t n = base.organisations.size();
    for (const Model& v : variants) variants_.emplace_back(v);
    variations.assign(variants.size(), {0, {}, std::vector<Paired>(n), std::vector<Paired>(n)});
  }

  void work(std::uint64_t block, std::size_t rows) override {
    draws_.start(block);
    const BlockResult& base = base_.simulate(draws_);
    for (std::size_t v = 0; v < variants_.size(); ++v) {
      const BlockResult& variant = variants_[v].simulate(draws_);
      Variation& out = variations[v];
      out.trials += rows;
      count(base.system_fails, variant.system_fails, rows, out.system);
      for (std::size_t o = 0; o < base.organisations; ++o) {
        const std::size_t last = (o + 1) * base.years - 1;
        count(base.alone_by_year[last], variant.alone_by_year[last], rows, out.alone[o]);
        count(base.together_by_year[last], variant.together_by_year[last], rows, out.together[o]);
      }
    }
  }

  std::vector<Variation> variations;

 private:
  BlockSimulator base_;
  std::vector<BlockSimulator> variants_;
  Draws draws_;
};

}  // namespace

Estimate difference(const Paired& paired, std::uint64_t trials) {
  if (trials == 0) return {0, -1, 1, 0};
  const double n = static_cast<double>(trials);
  const double b = static_cast<double>(paired.base_only) / n, v = static_cast<double>(paired.variant_only) / n, d = v - b;
  const double reach = score95 * std::sqrt(std::max(0.0, b + v - d * d) / n);
  return {d, d - reach, d + reach, trials};
}

std::vector<Variation> simulate_together(const Model& base, const std::vector<Model>& variants, Trials trials, const SimulateOptions& options) {
  std::vector<Variation> total;
  for_each_block(
      trials, options, [&] { return std::make_unique<Comparison>(base, variants, options.seed); },
      [&](Worker& worker) {
        std::vector<Variation>& part = static_cast<Comparison&>(worker).variations;
        if (total.empty()) {
          total = std::move(part);
          return;
        }
        for (std::size_t v = 0; v < total.size(); ++v) {
          total[v].trials += part[v].trials;
          merge(total[v].system, part[v].system);
          for (std::size_t o = 0; o < total[v].alone.size(); ++o) {
            merge(total[v].alone[o], part[v].alone[o]);
            merge(total[v].together[o], part[v].together[o]);
          }
        }
      });
  return total;
}

}  // namespace shortfall
