// Questions beyond a run, of plans and of two revisions: compare with its effects, reverse, explain and pool. Chances in [0, 1], and nothing ends but
// with an answer or a problem.
#include "estimates.hpp"
#include "model/soundness.hpp"
#include "report/json.hpp"
#include "report/views.hpp"

using namespace shortfall;

namespace {

RunOptions run_options(std::uint64_t trials) {
  RunOptions out;
  out.trials = out.max_trials = trials;
  out.threads = 1;
  return out;
}

void written(const Document& document) {
  text(document, {});
  text(document, {narrowest_page, true, true});
  markdown(document);
  html(document);
}

void compared(const Plans& before, const Plans& after) {
  CompareOptions options;
  options.run = run_options(least_compared);
  const CompareResult r = compare(before, after, options);
  json(r, {}, {});
  written(view_compare(r, {}));
  if (!r.effects) return;
  for (const Effect& e : r.effects->list) fuzz::must(std::abs(e.system.value) <= 1, "an effect beyond a chance", e.name);
}

void reversed(const Plans& plans) {
  ReverseOptions options;
  options.run = run_options(2048);
  options.until = {{}, "system.fails = 20%", "system", "fails", 0.2};
  const ReverseResult r = reverse(plans, options);
  json(r, {});
  written(view_reverse(r, grounds_of(plans), {}));
}

void explained(const Plans& plans) {
  const ExplainResult r = explain(plans, run_options(2048));
  fuzz::must_be_chance(r.system_fails, "the system");
  json(r, {});
  written(view_explain(r, grounds_of(plans), {}));
}

void pooled(const Plans& plans) {
  PoolingOptions options;
  options.run = run_options(2048);
  const PoolingResult r = pooling(plans, options);
  json(r, {});
  written(view_pool(r, grounds_of(plans), {}));
}

// Few enough that all questions are answered in seconds, instrumented and with sanitizers: of twenty schemes they take fifteen.
constexpr std::size_t most_schemes = 12;

}  // namespace

// Two revisions are parted by a line of "===".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr std::string_view parting = "\n===\n";
  const std::size_t at = bytes.find(parting);
  const Checked<Plans> plans = assemble(fuzz::sources_of(bytes.substr(0, at)));
  if (!plans || !fuzz::small(*plans, most_schemes)) return 0;
  try {
    if (at != std::string_view::npos) {
      const Checked<Plans> after = assemble(fuzz::sources_of(bytes.substr(at + parting.size())));
      if (after && fuzz::small(*after, most_schemes)) compared(*plans, *after);
      return 0;
    }
    reversed(*plans);
    explained(*plans);
    if (plans->organisations.size() > 1) pooled(*plans);
  } catch (const Unsound& error) {
    for (const Problem& problem : error.problems) fuzz::must_be_message(problem);
  }
  return 0;
}
