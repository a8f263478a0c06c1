// The C interface: texts to questions, answers and problems to JSON. No exception leaves it.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <functional>
#include <new>

#include "model/compile.hpp"
#include "model/soundness.hpp"
#include "plan/assemble.hpp"
#include "plan/optimism.hpp"
#include "report/json.hpp"
#include "shortfall.h"

using namespace shortfall;

struct shortfall_answer {
  shortfall_answer_status status = SHORTFALL_FAILED;
  std::string json;
};

namespace {

// The input is wrong; said as the program says it.
struct Refused : std::exception {
  explicit Refused(Problems p) : problems(std::move(p)) {}
  Problems problems;
};

[[noreturn]] void refuse(const char* what, std::string why) { throw Refused({{whole_file(what), Code::command_line, std::move(why)}}); }

shortfall_options defaults() {
  const RunOptions usual;
  return {sizeof(shortfall_options), usual.trials, usual.max_trials, usual.seed, usual.optimism, usual.threads, nullptr, nullptr, 1};
}

// As many of the caller's options as it was compiled with.
shortfall_options whole(const shortfall_options* given) {
  shortfall_options out = defaults();
  if (given != nullptr) std::memcpy(&out, given, std::min(given->size, sizeof out));
  constexpr std::uint64_t most_trials = 1'000'000'000'000;
  if (out.trials < 1 || out.trials > most_trials) refuse("trials", "not a whole number from 1 to 1,000,000,000,000");
  if (!(out.optimism >= 0 && out.optimism <= 10)) refuse("optimism", "not a number from 0 to 10");
  out.max_trials = std::clamp(out.max_trials, out.trials, most_trials);
  return out;
}

std::vector<std::string> words_of(const char* const* list) {
  std::vector<std::string> out;
  for (; list != nullptr && *list != nullptr; ++list) out.emplace_back(*list);
  return out;
}

Plans plans_of(const shortfall_file* files, std::size_t count, std::vector<std::string> edits) {
  Sources sources;
  sources.reference = built_in_reference();
  sources.edits = std::move(edits);
  sources.key_places = KeyPlacesAre::kept;
  for (std::size_t k = 0; files != nullptr && k < count; ++k) {
    Source source{files[k].name == nullptr ? "(text)" : files[k].name, files[k].text == nullptr ? "" : std::string(files[k].text, files[k].length)};
    if (files[k].kind == SHORTFALL_SYSTEM) {
      if (sources.system) refuse(source.name.c_str(), "a second system; give one at a time");
      sources.system = std::move(source);
    } else if (files[k].kind == SHORTFALL_REFERENCE) {
      sources.reference = std::move(source);
    } else {
      sources.organisations.push_back(std::move(source));
    }
  }
  Checked<Plans> plans = assemble(sources);
  if (!plans) throw Refused(std::move(plans.error()));
  return std::move(*plans);
}

RunOptions run_options(const shortfall_options& o, const Plans& plans) {
  RunOptions out;
  out.trials = o.trials;
  out.max_trials = o.max_trials;
  out.seed = o.seed;
  out.optimism = o.optimism;
  out.threads = o.threads;
  out.knowledge = o.knowledge != 0;
  const auto& gates = plans.system.gates;
  if (const auto known = std::find_if(gates.begin(), gates.end(), [](const Gate& g) { return g.known; }); !out.knowledge && known != gates.end())
    throw Refused({{known->place, Code::command_line,
                    fmt::format("gate '{}': cannot be judged without knowledge (it asks how far the answer is known)", known->expression)}});
  Checked<std::vector<Given>> given = parse_given(words_of(o.given), plans);
  if (!given) throw Refused(std::move(given.error()));
  out.given = std::move(*given);
  return out;
}

Provenance provenance(const shortfall_options& o) { return {"shortfall " SHORTFALL_VERSION, {}, words_of(o.edits)}; }

shortfall_answer_status status_of(const std::vector<Verdict>& verdicts) {
  shortfall_answer_status out = SHORTFALL_GOOD;
  for (const Verdict verdict : verdicts) {
    if (verdict == Verdict::crossed) return SHORTFALL_GATE_CROSSED;
    if (verdict == Verdict::unclear) out = SHORTFALL_GATE_UNCLEAR;
  }
  return out;
}

shortfall_answer* answered(const std::function<void(shortfall_answer&)>& work) {
  auto* answer = new (std::nothrow) shortfall_answer;
  if (answer == nullptr) return nullptr;
  const auto refused = [&](const Problems& problems) {
    answer->json = json(problems);
    answer->status = SHORTFALL_BAD_INPUT;
  };
  try {
    try {
      answer->status = SHORTFALL_GOOD;
      work(*answer);
    } catch (const Refused& error) {
      refused(error.problems);
    } catch (const Unsound& error) {
      refused(error.problems);
    }
  } catch (...) {
    answer->json.clear();
    answer->status = SHORTFALL_FAILED;
  }
  return answer;
}

}  // namespace

const char* shortfall_version(void) { return SHORTFALL_VERSION; }

void shortfall_defaults(shortfall_options* options, size_t size) {
  shortfall_options all = defaults();
  if (options == nullptr || size < sizeof all.size) return;
  all.size = std::min(size, sizeof all);
  std::memcpy(options, &all, all.size);
}

shortfall_answer* shortfall_run(const shortfall_file* files, size_t count, const shortfall_options* given) {
  return answered([&](shortfall_answer& answer) {
    const shortfall_options options = whole(given);
    const Plans plans = plans_of(files, count, words_of(options.edits));
    const RunResult result = run(plans, run_options(options, plans));
    answer.json = json(result, {}, provenance(options));
    std::vector<Verdict> verdicts;
    for (const GateResult& g : result.gates) verdicts.push_back(g.verdict);
    answer.status = status_of(verdicts);
  });
}

shortfall_answer* shortfall_explain(const shortfall_file* files, size_t count, const shortfall_options* given) {
  return answered([&](shortfall_answer& answer) {
    const shortfall_options options = whole(given);
    const Plans plans = plans_of(files, count, words_of(options.edits));
    answer.json = json(explain(plans, run_options(options, plans)), provenance(options));
  });
}

shortfall_answer* shortfall_pool(const shortfall_file* files, size_t count, const shortfall_options* given) {
  return answered([&](shortfall_answer& answer) {
    const shortfall_options options = whole(given);
    const Plans plans = plans_of(files, count, words_of(options.edits));
    if (plans.organisations.size() < 2) refuse("pool", "one organisation cannot pool with itself; give a system of two or more");
    PoolingOptions pool;
    pool.run = run_options(options, plans);
    answer.json = json(pooling(plans, pool), provenance(options));
  });
}

shortfall_answer* shortfall_validate(const shortfall_file* files, size_t count, const shortfall_options* given) {
  return answered([&](shortfall_answer& answer) {
    const shortfall_options options = whole(given);
    const Plans plans = plans_of(files, count, words_of(options.edits));
    compile(plans, {});
    answer.json = json(signs_of_optimism(plans));
  });
}

shortfall_answer* shortfall_compare(const shortfall_file* before, size_t before_count, const shortfall_file* after, size_t after_count,
                                    const shortfall_options* given) {
  return answered([&](shortfall_answer& answer) {
    const shortfall_options options = whole(given);
    const Plans was = plans_of(before, before_count, {}), is = plans_of(after, after_count, words_of(options.edits));
    CompareOptions compared;
    run_options(options, was);  // so that both know the factors that are held
    compared.run = run_options(options, is);
    compared.run.trials = std::max(compared.run.trials, least_compared);
    compared.run.max_trials = std::max(compared.run.max_trials, compared.run.trials);
    const CompareResult result = compare(was, is, compared);
    answer.json = json(result, provenance(options), provenance(options));
    std::vector<Verdict> verdicts;
    for (const ChangeLimitResult& l : result.limits) verdicts.push_back(l.verdict);
    for (const GateResult& g : result.after.gates) verdicts.push_back(g.verdict);
    answer.status = status_of(verdicts);
  });
}

shortfall_answer_status shortfall_status(const shortfall_answer* answer) { return answer == nullptr ? SHORTFALL_FAILED : answer->status; }
const char* shortfall_json(const shortfall_answer* answer) { return answer == nullptr ? "" : answer->json.c_str(); }
size_t shortfall_json_length(const shortfall_answer* answer) { return answer == nullptr ? 0 : answer->json.size(); }
void shortfall_free(shortfall_answer* answer) { delete answer; }
