#include "study/bridge.hpp"

#include "model/compile.hpp"
#include "sim/record.hpp"

namespace shortfall {
namespace {

constexpr BridgeStepName names[waterfall_steps] = {
    {"dropped_out", "dropped out"},
    {"in_part", "delivered in part"},
    {"late", "late"},
    {"short_of_staff", "short of staff"},
    {"needs", "waiting for what it needs"},
    {"consultation", "waiting for a consultation"},
    {"lapses", "not lasting"},
    {"counted_twice", "counted twice"},
};

void add(const BridgeOf& part, BridgeOf& whole) {
  whole.planned += part.planned;
  for (std::size_t k = 0; k < waterfall_steps; ++k) whole.steps[k] += part.steps[k];
  whole.expected += part.expected;
  whole.dearer += part.dearer;
  whole.found += part.found;
}

}  // namespace

std::span<const BridgeStepName> bridge_steps() { return names; }

Bridge bridge(const Plans& plans, const RunOptions& options) {
  const Model model = compile(plans, compile_options(options));
  const Update* luck = luck_of(options.seen);
  const SimulateOptions simulate_options{
      .seed = options.seed, .method = own_method(model, options.sampling, luck), .threads = options.threads, .ranks = options.ranks, .update = luck};
  const Waterfall sums = record({&model}, {.first = 0, .count = options.trials}, simulate_options, Waterfall(model));
  const double n = static_cast<double>(sums.trials);
  const std::vector<double> planned = sums.planned();
  Bridge out;
  for (std::size_t o = 0; o < planned.size(); ++o) {
    const WaterfallSums& s = sums.sums[o];
    BridgeOf of;
    of.planned = planned[o];
    for (std::size_t k = 0; k < waterfall_steps; ++k) of.steps[k] = s.steps[k].value() / n;
    of.expected = s.delivered.value() / n;
    of.dearer = s.dearer.value() / n;
    of.found = s.found.value() / n;
    add(of, out.system);
    out.organisations.push_back(of);
  }
  return out;
}

}  // namespace shortfall
