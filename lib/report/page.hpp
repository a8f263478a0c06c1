// The page for a board: what `shortfall report` asks of the plans, and its answers on one page.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/backtest.hpp"
#include "report/charts.hpp"
#include "report/document.hpp"
#include "study/compare.hpp"
#include "study/explain.hpp"
#include "study/grounds.hpp"
#include "study/pooling.hpp"
#include "study/portray.hpp"
#include "study/provenance.hpp"
#include "study/recover.hpp"
#include "study/reverse.hpp"

namespace shortfall {

// Each answer from futures of the same seed; of some fewer, which the page says.
struct BoardAnswers {
  RunResult run;
  Pictures pictures;
  std::optional<BridgeSteps> bridge;
  std::optional<ExplainResult> explained;  // none of plans without schemes, or of too many
  std::optional<ReverseResult> reversed;
  std::optional<PoolingResult> pooled;  // none of a single organisation, or of too many
  std::optional<BacktestResult> backtested;
  Provenance backtested_from;
  std::optional<CompareResult> compared;  // with the revision before
  Provenance before;
  std::optional<RecoverResult> recovered;  // with a file of options
};

Document view_page(const BoardAnswers& answers, const Grounds& grounds, const Provenance& provenance);
// {"schema": "shortfall/report/1", "run": …, "explain": …}: each answer as its own command's JSON has it, and what pictures alone show.
std::string json(const BoardAnswers& answers, const Provenance& provenance);

// Words that such a page uses, for those who do not.
PageTable glossary(bool several);
// What the answer assumes, in two sentences.
std::string assumed_words(const RunResult& run, const Grounds& grounds);

}  // namespace shortfall
