// Plans simulated: chances in [0, 1], money finite, intervals that hold their value, and the same bytes from one thread and from three, in any order
// of files.
#include <algorithm>

#include "estimates.hpp"
#include "model/soundness.hpp"
#include "report/json.hpp"
#include "report/tables.hpp"
#include "report/views.hpp"

using namespace shortfall;

namespace {

void holds(const RunResult& r) {
  for (const OrganisationResult& o : r.organisations) {
    fuzz::must_be_chance(o.alone, "alone");
    fuzz::must_be_chance(o.together, "together");
    for (const Estimate& e : o.alone_by_year) fuzz::must_be_chance(e, "alone by year");
    for (const Estimate& e : o.together_by_year) fuzz::must_be_chance(e, "together by year");
    const double sum = o.swims.value + o.rescued.value + o.dragged_under.value + o.sinks.value;
    fuzz::must(std::abs(sum - 1) < 1e-6, "fates that do not sum to 1", std::to_string(sum));
    for (const Estimate* e : {&o.shortfall.mean, &o.shortfall.p50, &o.shortfall.p95, &o.shortfall.es95, &o.contingency.p80, &o.saving.mean})
      fuzz::must_hold(*e, "money");
  }
  fuzz::must_be_chance(r.system_fails, "the system");
  fuzz::must_be_chance(r.joint.any, "any");
  fuzz::must_be_chance(r.joint.all, "all");
  fuzz::must(r.joint.all.value <= r.joint.any.value + 1e-9, "all fail more often than any");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Sources sources = fuzz::sources_of({reinterpret_cast<const char*>(data), size});
  const Checked<Plans> plans = assemble(sources);
  if (!plans || !fuzz::small(*plans)) return 0;
  RunOptions options;
  options.trials = options.max_trials = 1024 + size % 300;
  options.threads = 1;
  options.seed = size;
  options.sampling = size % 2 == 0 ? SamplingChoice::automatic : SamplingChoice::plain;
  try {
    const RunResult one = run(*plans, options);
    holds(one);
    const std::string document = json(one, {}, {});
    fuzz::must(document.find("null") == std::string::npos || document.find("nan") == std::string::npos, "a number that is none in JSON");
    csv(one, {});
    text(view_run(one, {}, grounds_of(*plans), {}), {});
    options.threads = 3;
    fuzz::must(json(run(*plans, options), {}, {}) == document, "three threads give another result");
    std::reverse(sources.organisations.begin(), sources.organisations.end());
    const Checked<Plans> turned = assemble(sources);
    fuzz::must(turned && json(run(*turned, options), {}, {}) == document, "another order of files gives another result");
  } catch (const Unsound& error) {
    for (const Problem& problem : error.problems) fuzz::must_be_message(problem);
  }
  return 0;
}
