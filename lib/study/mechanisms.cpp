#include "study/mechanisms.hpp"

#include "model/alter.hpp"
#include "model/compile.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

struct Words {
  Mechanism mechanism;
  const char *name, *without;
};

// In the order of the model.
const Words all_mechanisms[] = {
    {Mechanism::needs, "needs", "were no scheme to wait for another"},
    {Mechanism::shared_staff, "shared_staff", "were the teams never short of people"},
    {Mechanism::double_counting, "double_counting", "were every claim on an opportunity met in full"},
    {Mechanism::blackouts, "blackouts", "could consultations begin at any time"},
    {Mechanism::harm_at_once, "harm_waits", "were harm as late as a saving would be"},
    {Mechanism::lapses, "lapses", "were all recurrent savings to last"},
    {Mechanism::substitutes, "substitutes", "were nothing found elsewhere for what schemes miss"},
    {Mechanism::conditional_funding, "conditional_funding", "were conditional funding paid whatever happens"},
    {Mechanism::dependence, "dependence", "were all luck independent"},
    {Mechanism::agreement, "agreement", "did each stand alone"},
};

}  // namespace

std::vector<MechanismResult> mechanisms(const Plans& plans, const RunOptions& options) {
  const Model base = compile(plans, compile_options(options));
  std::vector<Model> variants;
  std::vector<MechanismResult> out;
  for (const Words& words : all_mechanisms) {
    if (!uses(base, words.mechanism)) continue;
    variants.push_back(base);
    remove(variants.back(), words.mechanism);
    out.push_back({words.name, words.without, {}, {}, {}});
  }
  const std::vector<Variation> variations = simulate_together(base, variants, {.first = 0, .count = options.trials}, paired_options(options));
  for (std::size_t v = 0; v < out.size(); ++v) {
    const Variation& variation = variations[v];
    out[v].system = difference(variation.system, variation.trials);
    for (const Paired& p : variation.alone) out[v].alone.push_back(difference(p, variation.trials));
    for (const Paired& p : variation.together) out[v].together.push_back(difference(p, variation.trials));
  }
  return out;
}

}  // namespace shortfall
