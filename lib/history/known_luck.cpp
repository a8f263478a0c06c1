#include "history/known_luck.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <set>

#include "base/for_each.hpp"
#include "model/compile.hpp"
#include "plan/profile.hpp"
#include "sim/drawn_tables.hpp"

namespace shortfall {
namespace {

constexpr std::uint64_t weighing_blocks = 4;  // of proposals, by which a draw is weighed
constexpr double impossible = -1e6;           // the log of a chance that is none

double log_of_mean(const std::vector<double>& logs) {
  const double most = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double l : logs) sum += std::exp(l - most);
  return most + std::log(sum / static_cast<double>(logs.size()));
}

// What all schemes together are to deliver in a draw.
double mean_delivered(const Plans& plans, const Model& model) {
  const std::vector<double> means = mean_outcomes(model);
  double out = 0;
  std::size_t i = 0;
  for (const Organisation& o : plans.organisations)
    for (const Scheme& s : o.schemes) {
      const Yearly planned = planned_saving(s, plans.system.years);
      out += std::accumulate(planned.begin(), planned.end(), 0.0) * means[model.schemes[i++].share];
    }
  return out;
}

}  // namespace

std::vector<std::size_t> golden_section_order(std::size_t n) {
  std::vector<double> part(n);
  for (std::size_t k = 0; k < n; ++k) part[k] = std::fmod(0.6180339887498949 * static_cast<double>(k), 1.0);
  std::vector<std::size_t> rising(n), out(n);
  std::iota(rising.begin(), rising.end(), std::size_t{0});
  std::sort(rising.begin(), rising.end(), [&](std::size_t a, std::size_t b) { return part[a] < part[b]; });
  for (std::size_t place = 0; place < n; ++place) out[rising[place]] = place;
  return out;
}

class KnownBlock : public UpdatedBlock {
 public:
  KnownBlock(const KnownLuck& luck, std::uint64_t seed) : luck_(luck), seed_(seed) {}

  void start(std::uint64_t block) override {
    const std::size_t draw = luck_.places_[block % luck_.places_.size()];
    if (of_draw_ == nullptr || draw != draw_) of_draw_ = luck_.lucks_[draw]->blocks(seed_);
    draw_ = draw;
    of_draw_->start(block);
  }
  const Floats* normals(Stream stream, const DrawnNormals& drawn) override { return of_draw_->normals(stream, drawn); }

 private:
  const KnownLuck& luck_;
  std::uint64_t seed_;
  std::size_t draw_ = 0;
  std::unique_ptr<UpdatedBlock> of_draw_;
};

WeightsQuality DrawsQuality::both() const {
  WeightsQuality out = joint;
  out.pareto_k = std::max(joint.pareto_k, draws.pareto_k);
  return out;
}

std::unique_ptr<UpdatedBlock> KnownLuck::blocks(std::uint64_t seed) const { return std::make_unique<KnownBlock>(*this, seed); }

std::size_t KnownLuck::draw(std::uint64_t block, [[maybe_unused]] std::size_t draws) const {
  assert(draws == lucks_.size());
  return places_[block % places_.size()];
}

std::size_t KnownLuck::draws_chosen() const { return std::set<std::uint32_t>(places_.begin(), places_.end()).size(); }

// The log of the chance of what was seen in each draw, over how much oftener the draw is proposed than drawn; and what it delivers.
KnownLuck::Weighed KnownLuck::weigh(const ActualsSeen& seen, const Model& model, const std::vector<double>& log_proposal_over_prior) {
  Weighed out{std::vector<double>(model.draws, impossible), std::vector<double>(model.draws)};
  std::vector<std::vector<double>> log_weights(model.draws);
  std::vector<DrawnTables> tables(threads_for(model.draws, seen.threads));
  for_each(model.draws, seen.threads, [&](std::uint64_t k, unsigned thread) {
    const Model of_draw = in_draw(model, k, tables[thread]);
    out.delivers[k] = mean_delivered(seen.plans, of_draw);
    const auto luck = TrackedLuck::of(seen.plans, of_draw, seen.actuals, seen.as_at, seen.optimism, 1, nullptr, EvidenceFor::weighing);
    if (!luck) return;
    log_weights[k] = (*luck)->log_weights(seen.seed, weighing_blocks);
    for (double& w : log_weights[k]) w -= log_proposal_over_prior[k];
    out.log_chances[k] = log_of_mean(log_weights[k]);
  });
  std::vector<double> all;
  for (const std::vector<double>& of_draw : log_weights) all.insert(all.end(), of_draw.begin(), of_draw.end());
  quality_ = {quality_of(std::move(all)), quality_of(out.log_chances)};
  return out;
}

Checked<std::shared_ptr<const KnownLuck>> KnownLuck::of(const ActualsSeen& seen, std::size_t places) {
  const auto compiled = [&](const KnowledgeDraws& knowledge) {
    return compile(seen.plans, {.optimism = seen.optimism, .given = seen.given, .knowledge = knowledge, .threads = seen.threads});
  };
  auto written = TrackedLuck::of(seen.plans, compiled({}), seen.actuals, seen.as_at, seen.optimism, seen.threads, nullptr, EvidenceFor::weighing);
  if (!written) return tl::make_unexpected(std::move(written.error()));
  auto out = std::make_shared<KnownLuck>();
  out->written_ = std::move(*written);
  const DrawChoice choice = choose_draws(seen, out->written_->likeliest());
  out->draws_ = {most_knowledge_draws, seen.seed, choice.choice};
  const Model model = compiled(out->draws_);
  const Weighed weighed = out->weigh(seen, model, choice.log_proposal_over_prior);
  if (*std::max_element(weighed.log_chances.begin(), weighed.log_chances.end()) <= impossible)
    return tl::make_unexpected(Problems{{whole_file("--actuals"), Code::command_line,
                                         "what was seen cannot be by any draw of what is not known of the reference classes; check the actuals, or "
                                         "leave --knowledge on out"}});
  const std::vector<std::uint32_t> taken = resample_in_order(weighed.log_chances, weighed.delivers, places);
  for (const std::size_t place : golden_section_order(places)) out->places_.push_back(taken[place]);
  const std::set<std::uint32_t> chosen(out->places_.begin(), out->places_.end());
  const std::vector<std::uint32_t> all(chosen.begin(), chosen.end());
  out->lucks_.resize(model.draws);
  std::vector<DrawnTables> tables(threads_for(all.size(), seen.threads));
  for_each(all.size(), seen.threads, [&](std::uint64_t k, unsigned thread) {
    const auto luck = TrackedLuck::of(seen.plans, in_draw(model, all[k], tables[thread]), seen.actuals, seen.as_at, seen.optimism, 1, nullptr,
                                      EvidenceFor::moving_in_draw);
    out->lucks_[all[k]] = *luck;  // as it was weighed, it can be
  });
  return std::shared_ptr<const KnownLuck>(std::move(out));
}

}  // namespace shortfall
