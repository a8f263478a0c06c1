#include "history/draw_choice.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/for_each.hpp"
#include "base/random.hpp"
#include "history/factor_posterior.hpp"
#include "history/tracked_luck.hpp"
#include "model/compile.hpp"
#include "sim/drawn_tables.hpp"

namespace shortfall {
namespace {

constexpr std::size_t draw_count = most_knowledge_draws;
// What was seen of one class is told by its schemes, and by what they share with others: a little less than all of it is taken as the class's, and
// one draw in twenty is taken by the prior, so that no draw that fits is too rare among those that are chosen.
constexpr double part_taken = 0.9, by_prior = 0.05;

// A class, or a stage: by draw, the log of how likely what was seen of its schemes is, and what these deliver.
struct Part {
  std::vector<double> log_likelihood = std::vector<double>(draw_count), delivers = std::vector<double>(draw_count);
};

struct Parts {
  std::map<std::string, Part> classes;
  std::map<Stage, Part> stages;
};

// [scheme of the model]: its class, where it delivers as that does.
std::vector<const ReferenceClass*> classes_of(const Plans& plans) {
  std::vector<const ReferenceClass*> out;
  for (const Organisation& o : plans.organisations)
    for (const Scheme& s : o.schemes) out.push_back(s.reference_class ? plans.reference.find(s.reference_class->value, o.id.value) : nullptr);
  return out;
}
std::vector<Stage> stages_of(const Plans& plans) {
  std::vector<Stage> out;
  for (const Organisation& o : plans.organisations)
    for (const Scheme& s : o.schemes) out.push_back(s.stage.value);
  return out;
}

// What one draw of all classes, or of all stages, says of each scheme.
struct OfSchemes {
  std::vector<double> log_likelihood, delivers;
};
OfSchemes of_schemes(const ActualsSeen& seen, const Model& model, const std::vector<double>& common) {
  OfSchemes out;
  auto told = TrackedLuck::log_likelihoods(seen.plans, model, seen.actuals, seen.as_at, seen.optimism, common);
  // By such a draw what was seen is impossible.
  out.log_likelihood = told ? std::move(*told) : std::vector<double>(common.size(), -1e3);
  const std::vector<double> means = mean_outcomes(model);
  for (const SchemeModel& s : model.schemes) out.delivers.push_back(means[s.share]);
  return out;
}

// How often each draw is taken over how often it is drawn, as a log.
std::vector<double> log_proposal_over_prior(const Part& part) {
  const double most = *std::max_element(part.log_likelihood.begin(), part.log_likelihood.end());
  std::vector<double> out;
  double sum = 0;
  for (const double l : part.log_likelihood) out.push_back(std::exp(part_taken * (l - most))), sum += out.back();
  for (double& w : out) w = std::log((1 - by_prior) * w * static_cast<double>(draw_count) / sum + by_prior);
  return out;
}

// Which draws are taken, in an order of their own; what they come oftener is added up.
std::vector<std::uint32_t> take(const Part& part, std::mt19937_64& random, std::vector<double>& sum) {
  const std::vector<double> ratio = log_proposal_over_prior(part);
  std::vector<std::uint32_t> out = resample_in_order(ratio, part.delivers, draw_count);
  shuffle(out, random);
  for (std::size_t k = 0; k < draw_count; ++k) sum[k] += ratio[out[k]];
  return out;
}

}  // namespace

DrawChoice choose_draws(const ActualsSeen& seen, const std::vector<double>& common) {
  const std::vector<const ReferenceClass*> class_of = classes_of(seen.plans);
  const std::vector<Stage> stage_of = stages_of(seen.plans);
  std::vector<std::uint32_t> whole(draw_count);
  std::iota(whole.begin(), whole.end(), 0u);
  Parts parts;
  auto by_class = std::make_shared<KnowledgeDraws::Choice>(), by_stage = std::make_shared<KnowledgeDraws::Choice>();
  by_class->of = by_stage->of = draw_count;
  for (std::size_t i = 0; i < class_of.size(); ++i) {
    if (class_of[i] == nullptr) continue;
    by_class->classes[class_of[i]->id.value] = by_stage->stages[stage_of[i]] = whole;
    parts.classes[class_of[i]->id.value], parts.stages[stage_of[i]];
  }
  const auto compiled = [&](std::shared_ptr<const KnowledgeDraws::Choice> choice) {
    return compile(seen.plans,
                   {.optimism = seen.optimism, .given = seen.given, .knowledge = {draw_count, seen.seed, std::move(choice)}, .threads = seen.threads});
  };
  const Model of_classes = compiled(by_class), of_stages = compiled(by_stage);
  std::vector<OfSchemes> told(2 * draw_count);
  std::vector<DrawnTables> class_tables(threads_for(told.size(), seen.threads)), stage_tables(class_tables.size());
  for_each(told.size(), seen.threads, [&](std::uint64_t unit, unsigned thread) {
    told[unit] = unit < draw_count ? of_schemes(seen, in_draw(of_classes, unit, class_tables[thread]), common)
                              : of_schemes(seen, in_draw(of_stages, unit - draw_count, stage_tables[thread]), common);
  });
  for (std::size_t k = 0; k < draw_count; ++k)
    for (std::size_t i = 0; i < class_of.size(); ++i) {
      if (class_of[i] == nullptr) continue;
      Part &of_class = parts.classes[class_of[i]->id.value], &of_stage = parts.stages[stage_of[i]];
      of_class.log_likelihood[k] += told[k].log_likelihood[i], of_class.delivers[k] += told[k].delivers[i];
      of_stage.log_likelihood[k] += told[draw_count + k].log_likelihood[i], of_stage.delivers[k] += told[draw_count + k].delivers[i];
    }
  DrawChoice out;
  out.log_proposal_over_prior.assign(draw_count, 0);
  auto choice = std::make_shared<KnowledgeDraws::Choice>();
  choice->of = draw_count;
  for (const auto& [id, part] : parts.classes) {
    std::mt19937_64 random(seen.seed ^ stream_of("choice:class/" + id));
    choice->classes[id] = take(part, random, out.log_proposal_over_prior);
  }
  for (const auto& [stage, part] : parts.stages) {
    std::mt19937_64 random(seen.seed ^ stream_of("choice:stage/" + std::string(name_of(stage))));
    choice->stages[stage] = take(part, random, out.log_proposal_over_prior);
  }
  out.choice = std::move(choice);
  return out;
}

}  // namespace shortfall
