#include "cli/freeze.hpp"

#include <fmt/format.h>

#include <ctime>

#include "cli/options.hpp"
#include "cli/ranks.hpp"
#include "history/frozen.hpp"
#include "store/failure.hpp"
#include "store/load.hpp"
#include "store/output.hpp"

namespace shortfall {
namespace {

int this_month() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  return (utc.tm_year + 1900) * 12 + utc.tm_mon;
}

}  // namespace

void freeze_forecast(Sources sources, const std::vector<std::string>& edits, const Plans& plans, const RunOptions& run, const std::string& as_at,
                     const std::string& file) {
  const auto refuse = [](const char* option, const std::string& why) { throw bad_input(option, why); };
  if (!run.given.empty()) refuse("--freeze", "keeps a forecast, and with --given it is a stress; leave --given out");
  const int month = as_at.empty() ? this_month() : month_of("--as-at", as_at);
  sources.edits = edits;
  FuturesOptions futures;
  futures.seed = run.seed, futures.threads = run.threads, futures.optimism = run.optimism, futures.knowledge = run.knowledge;
  write_output(to_text(freeze(plans, sources, futures, month, "shortfall " SHORTFALL_VERSION)), file, is_first());
}

}  // namespace shortfall
