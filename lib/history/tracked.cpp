#include "history/tracked.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/compile.hpp"
#include "sim/update.hpp"

namespace shortfall {

Checked<Tracked> tracked(const Plans& plans, const Model& model, const Actuals& actuals, int as_at, const RunOptions& options) {
  auto luck = TrackedLuck::of(plans, model, actuals, as_at, options.optimism, options.threads);
  if (!luck) return tl::make_unexpected(luck.error());
  const WeightsQuality quality = (*luck)->quality(options.seed, whole_blocks(options.trials) / block_trials, options.threads);
  if (!quality.trustworthy())
    return tl::make_unexpected(Problems{
        {whole_file("--actuals"), Code::command_line,
         fmt::format("the futures that are left cannot be reached from those of the plan: Pareto's k is {:.2f}, and above {:.2f} a mean of so few "
                     "telling futures is not to be trusted (actuals far from all that the plan holds for possible?); check the actuals, or ask for "
                     "more --trials",
                     quality.pareto_k, quality.most_k)}});
  return Tracked{std::move(*luck), quality};
}

Checked<MaybeSeen> seen_of(const Plans& plans, const Actuals& actuals, std::optional<int> as_at, const RunOptions& options) {
  if (actuals.months.empty()) return MaybeSeen();
  const int month = as_at.value_or(actuals.months.back());
  auto known = tracked(plans, compile(plans, compile_options(options)), actuals, month, options);
  if (!known) return tl::make_unexpected(std::move(known.error()));
  auto out = std::make_shared<Seen>();
  out->file = actuals.file, out->as_at = month;
  out->schemes = known->luck->schemes_seen(), out->pressures = known->luck->pressures_seen();
  if (known->quality.proposals > 0) out->effective = known->quality.effective / static_cast<double>(known->quality.proposals);
  out->pareto_k = known->quality.pareto_k;
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
