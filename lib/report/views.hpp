// Results in words and tables: a view for each question, which writers turn into text, Markdown or HTML.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/problem.hpp"
#include "plan/assemble.hpp"
#include "plan/plan.hpp"
#include "report/document.hpp"
#include "study/compare.hpp"
#include "study/explain.hpp"
#include "study/extras.hpp"
#include "study/grounds.hpp"
#include "study/pooling.hpp"
#include "study/provenance.hpp"
#include "study/recover.hpp"
#include "study/reverse.hpp"

namespace shortfall {

Document view_run(const RunResult& result, const Extras& extras, const Grounds& grounds, const Provenance& provenance);
// Did the revision make it better or worse: the verdict first, then the edits that did it.
Document view_compare(const CompareResult& result, const Provenance& provenance);
// What drives the failures: a tornado of schemes, shared luck, what is missing, whose the worst futures are.
Document view_explain(const ExplainResult& result, const Grounds& grounds, const Provenance& provenance);
// Its advice in a few sentences: which scheme would help most if it were certain, which would hurt most if it were lost; empty where nothing can be
// told.
std::string what_matters_most(const ExplainResult& result, const Grounds& grounds, const Provenance& provenance);
// Whether to pool: who would break ranks, what pooling saves, who swims and who sinks.
Document view_pool(const PoolingResult& result, const Grounds& grounds, const Provenance& provenance);
// How far each dial may be turned.
Document view_reverse(const ReverseResult& result, const Grounds& grounds, const Provenance& provenance);
// What to do about it: the options that buy the most safety for the money, and what to find out first.
Document view_recover(const RecoverResult& result, const Provenance& provenance);
// The choice in its three sentences, and the frontier as a picture, as a part of another page.
void add_recover(const RecoverResult& result, Section& section);
// What is wrong or doubtful, a line each, with its code unless a program reads the lines and with a frame of its line where it stands in one of
// `framed`; and what it is of.
enum class Codes { shown, left_out };
Document view_problems(const Problems& problems, const std::string& closing, Codes codes, const std::vector<Source>& framed = {},
                       std::size_t width = 80);
// The reference classes: what each assumes, how good the ground is, and where it comes from.
Document view_sources(const Reference& reference);

// "measures", "plan", "exit-codes", "codes" or the name of a code: what help says of it; none of anything else.
std::optional<Document> view_help(std::string_view topic);
const std::vector<std::string>& help_topics();
inline constexpr std::pair<int, std::string_view> exit_statuses[] = {{0, "good"},
                                                                     {1, "a gate was crossed, or 'validate --fail-on warning' found one"},
                                                                     {2, "the input or the command line is wrong"},
                                                                     {3, "the machine failed: disk, memory, a closed output"},
                                                                     {4, "a gate is unclear: more futures (--max-trials) would tell"},
                                                                     {130, "interrupted"}};

}  // namespace shortfall
