#include "history/tracked.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/compile.hpp"
#include "sim/update.hpp"

namespace shortfall {

namespace {

constexpr double least_draws = 20;  // that fit equally well: of fewer, how far an answer is known cannot be told

Problems refused(std::string why) { return {{whole_file("--actuals"), Code::command_line, std::move(why)}}; }

Checked<Tracked> trustworthy(Tracked tracked) {
  const WeightsQuality& quality = tracked.quality;
  if (!quality.trustworthy())
    return tl::make_unexpected(refused(
        fmt::format("the futures that are left cannot be reached from those of the plan: Pareto's k is {:.2f}, and above {:.2f} a mean of so few "
                    "telling futures is not to be trusted (actuals far from all that the plan holds for possible?); check the actuals, or ask "
                    "for more --trials",
                    quality.pareto_k, quality.most_k)));
  if (tracked.draws.count > 0 && tracked.effective_draws < least_draws)
    return tl::make_unexpected(refused(
        fmt::format("how far the answer is known cannot be told: of {} draws of what the reference classes may truly be, those that fit what was "
                    "seen are worth {:.0f}, and fewer than {:.0f} are too few (actuals far from all that the plan holds for possible?); check "
                    "the actuals, or ask with --knowledge off",
                    tracked.draws.count, tracked.effective_draws, least_draws)));
  return tracked;
}

bool draws_anything(const Model& model) {
  const auto drawn = [](const auto& table) { return table != nullptr; };
  return std::any_of(model.drawn_marginals.begin(), model.drawn_marginals.end(), drawn) ||
         std::any_of(model.drawn_months.begin(), model.drawn_months.end(), drawn);
}

}  // namespace

Checked<Tracked> tracked(const Plans& plans, const Model& model, const Actuals& actuals, int as_at, const RunOptions& options) {
  if (draws_anything(model)) {
    auto luck = KnownLuck::of({plans, actuals, as_at, options.optimism, options.given, options.seed, options.threads}, model.draws);
    if (!luck) return tl::make_unexpected(std::move(luck.error()));
    const KnownLuck& known = **luck;
    return trustworthy({*luck, known.as_written().schemes_seen(), known.as_written().pressures_seen(), known.quality().both(), known.draws(),
                        known.quality().draws.effective});
  }
  auto luck = TrackedLuck::of(plans, model, actuals, as_at, options.optimism, options.threads);
  if (!luck) return tl::make_unexpected(luck.error());
  const WeightsQuality quality = (*luck)->quality(options.seed, whole_blocks(options.trials) / block_trials, options.threads);
  return trustworthy({*luck, (*luck)->schemes_seen(), (*luck)->pressures_seen(), quality});
}

Checked<MaybeSeen> seen_of(const Plans& plans, const Actuals& actuals, std::optional<int> as_at, const RunOptions& options) {
  if (actuals.months.empty()) return MaybeSeen();
  const int month = as_at.value_or(actuals.months.back());
  auto known = tracked(plans, compile(plans, compile_options(options)), actuals, month, options);
  if (!known) return tl::make_unexpected(std::move(known.error()));
  auto out = std::make_shared<Seen>();
  out->file = actuals.file, out->as_at = month;
  out->schemes = known->schemes.size(), out->pressures = known->pressures;
  if (known->quality.proposals > 0) out->effective = known->quality.effective / static_cast<double>(known->quality.proposals);
  out->pareto_k = known->quality.pareto_k;
  out->draws = std::move(known->draws), out->effective_draws = known->effective_draws;
  out->luck = std::move(known->luck);
  return MaybeSeen(std::move(out));
}

Checked<LearntLuck> learnt(const Plans& plans, const Actuals& actuals, const RunOptions& options, const Model& model, double optimism) {
  const TrackedLuck* known = optimism == options.optimism ? dynamic_cast<const TrackedLuck*>(options.seen->luck.get()) : nullptr;
  const bool same = known != nullptr &&
                    std::none_of(model.factors.begin(), model.factors.end(), [&](const Factor& f) { return f.held_at && known->tells_of(f.stream); });
  if (same) return options.seen->luck;
  auto luck = TrackedLuck::of(plans, model, actuals, options.seen->as_at, optimism, options.threads, known);
  if (!luck) return tl::make_unexpected(std::move(luck.error()));
  constexpr std::uint64_t judged_blocks = 25;
  const std::uint64_t blocks = std::min(judged_blocks, whole_blocks(options.trials) / block_trials);
  if (!(*luck)->quality(options.seed, blocks, options.threads).trustworthy()) return LearntLuck();
  return LearntLuck(std::move(*luck));
}

}  // namespace shortfall
