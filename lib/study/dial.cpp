#include "study/dial.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include "model/alter.hpp"
#include "model/compile.hpp"
#include "model/quantile.hpp"
#include "plan/profile.hpp"

namespace shortfall {
namespace {

Model all_alike(Model model, double share, int months) {
  make_all_alike(model, share, months);
  return model;
}

}  // namespace

std::vector<Dial> dials(const Plans& plans, const RunOptions& options, const std::string& factor, const Learn& learn) {
  const auto tables = std::make_shared<Tables>();
  const auto compiled = [&plans, options, tables](double optimism, const std::vector<Given>& given) {
    CompileOptions how = compile_options(options);
    how.optimism = optimism;
    if (optimism == 0) how.knowledge.count = 0;
    how.given = given;
    how.tables = tables.get();
    return compile(plans, how);
  };
  const auto base = std::make_shared<const Model>(compiled(options.optimism, options.given));
  const double months = 12.0 * static_cast<double>(plans.system.years.size());
  std::vector<Dial> out;
  const bool saves = !base->schemes.empty();
  if (saves) out.push_back({"optimism", {0, 3, false}, [compiled, options](double x) { return compiled(x, options.given); }});
  if (saves) out.push_back({"share", {0, 1.5, false}, [base](double x) { return all_alike(*base, x, 0); }});
  if (saves) out.push_back({"delay", {0, months, true}, [base](double x) { return all_alike(*base, 1, static_cast<int>(x)); }});
  const bool held = std::any_of(options.given.begin(), options.given.end(), [&](const Given& g) { return g.factor == factor; });
  if (!factor.empty() && !held)
    out.push_back({"luck",
                   {-4, 4, false},
                   [compiled, options, factor](double x) {
                     std::vector<Given> given = options.given;
                     given.push_back({factor, normal_chance(x).below});
                     return compiled(options.optimism, given);
                   },
                   learn ? [learn, optimism = options.optimism](const Model& model, double) { return learn(model, optimism); }
                         : std::function<LearntLuck(const Model&, double)>()});
  return out;
}

double expected_delay(const Plans& plans, const RunOptions& options) {
  const Model model = compile(plans, {.optimism = options.optimism, .threads = options.threads});
  double weights = 0, sum = 0;
  std::size_t i = 0;
  for (const Organisation& o : plans.organisations)
    for (const Scheme& s : o.schemes) {
      const Yearly saving = planned_saving(s, plans.system.years);
      const double weight = std::max(0.0, std::accumulate(saving.begin(), saving.end(), 0.0));
      const Months& late = model.months[model.schemes[i++].delay];
      double mean = late.certain();
      for (const float threshold : late.thresholds()) mean += normal_chance(static_cast<double>(threshold)).below;
      weights += weight;
      sum += weight * mean;
    }
  return weights > 0 ? sum / weights : 0;
}

}  // namespace shortfall
