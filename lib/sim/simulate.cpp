#include "sim/simulate.hpp"

#include <algorithm>

#include "sim/record.hpp"

namespace shortfall {

Method method_for(const Model& model, const Update* update) {
  const bool integrated = PressureIntegral::allowed(model) && (update == nullptr || update->leaves_pressures());
  return {Sampling::latin_hypercube, integrated ? PressureMethod::integrated : PressureMethod::sampled};
}

Units part_of(std::uint64_t units, std::uint64_t index, std::uint64_t parts) {
  const std::uint64_t each = units / parts, over = units % parts;
  return {index * each + std::min(index, over), each + (index < over ? 1 : 0)};
}

Trials part_of(Trials all, std::uint64_t index, std::uint64_t parts) {
  const Units blocks = part_of((all.count + block_trials - 1) / block_trials, index, parts);
  const std::uint64_t before = blocks.first * block_trials;
  return {all.first + before, before < all.count ? std::min(blocks.count * block_trials, all.count - before) : 0};
}

Tally simulate(const Model& model, const Scales& scales, Trials trials, const SimulateOptions& options) {
  Tallies empty;
  empty.of.emplace_back(model, scales, options.method);
  return std::move(record({&model}, trials, options, empty).of.front());
}

}  // namespace shortfall
