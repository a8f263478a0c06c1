// A grid of what-ifs over one or many systems.
#include "study/sweep.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iterator>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/money.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/load.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/ranks.hpp"
#include "cli/store.hpp"
#include "cli/terminal.hpp"
#include "plan/grid.hpp"
#include "plan/number.hpp"
#include "report/csv.hpp"
#include "report/number_text.hpp"
#include "report/sweep_table.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  RunOptions run;
  std::vector<std::string> vary, given;
  std::string points, store;
  std::vector<std::string> fixed;  // of optimism, seed and trials, those whose own option is given
  bool table = true;               // whether to print one
};

using Json = nlohmann::json;

std::string as_bytes(const Json& json) {
  std::string out;
  Json::to_cbor(json, out);
  return out;
}

// Which of `count` things in a row fall to this rank.
std::pair<std::uint64_t, std::uint64_t> share_of(std::uint64_t count) {
  const std::uint64_t rank = rank_of(ranks()), all = count_of(ranks()), each = count / all, over = count % all;
  const std::uint64_t first = rank * each + std::min(rank, over);
  return {first, first + each + (rank < over ? 1 : 0)};
}

// What the first rank says, on all of them.
std::uint64_t agreed(std::uint64_t number) {
  if (ranks() == nullptr) return number;
  std::string bytes = std::to_string(number);
  ranks()->broadcast(0, bytes);
  return std::stoull(bytes);
}

constexpr const char* program_text = "shortfall " SHORTFALL_VERSION;

// One of the systems that are swept.
struct Swept {
  Documents documents;
  StoredInput input;
};

// What a path of a sweep sets that is no key of a plan.
const std::vector<std::string>& run_settings() {
  static const std::vector<std::string> names = {"optimism", "seed", "trials"};
  return names;
}

class Sweep {
 public:
  Sweep(Words& words, Points points) : words_(words), points_(std::move(points)) {
    std::set<std::string> ids;
    Problems problems;
    for (const std::vector<std::string>& paths : by_system(words.input.plans)) {
      Files files = read_files(paths, words.input.outside());
      files.sources.edits = words.input.edits;
      StoredInput input{hash_of(files), program_text, {}, {}, {}, {}, std::move(files.inputs)};
      systems_.push_back({Documents(files.sources), std::move(input)});
      describe(systems_.back(), paths.front(), ids, problems);
    }
    if (!problems.empty()) throw BadInput(std::move(problems));
  }

  std::uint64_t count() const { return systems_.size() * points_.count(); }

  // Every point is read and checked before the first is simulated, and every mistake reported once, with the first point that has it.
  void check(const std::vector<std::uint64_t>& which, Progress& progress) {
    std::mutex mutex;
    Mistakes mistakes;
    const auto [begin, end] = share_of(which.size());
    for_each_group(
        end - begin, 16, words_.run.threads,
        [&, begin = begin](std::uint64_t first, std::uint64_t last) {
          for (std::uint64_t k = begin + first; k < begin + last; ++k)
            for (Problem& problem : problems_of(which[k])) {
              const std::lock_guard lock(mutex);
              if (mistakes.size() > 100'000) return;
              auto& known = mistakes.try_emplace(to_text(problem), which[k], problem).first->second;
              if (which[k] < known.first) known = {which[k], std::move(problem)};
            }
        },
        [&](double share) { progress.show(static_cast<std::uint64_t>(share * static_cast<double>(which.size())), which.size()); });
    exchange(ranks(), written(mistakes), [&](const std::string& theirs) {
      for (const Json& m : Json::from_cbor(theirs)) {
        const Problem problem{{std::make_shared<const std::string>(m[1]), m[2], m[3]}, Severity::error, m[4]};
        auto& known = mistakes.try_emplace(to_text(problem), m[0].get<std::uint64_t>(), problem).first->second;
        known.first = std::min(known.first, m[0].get<std::uint64_t>());
      }
    });
    if (mistakes.empty()) return;
    std::vector<std::pair<std::uint64_t, Problem>> found;
    for (auto& [text, mistake] : mistakes) found.push_back(std::move(mistake));
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Problems problems;
    for (auto& [point, problem] : found) {
      if (problems.size() == most_shown) {
        problems.push_back({whole_file("shortfall sweep"), Severity::error, "and more like these; mend some and run again"});
        break;
      }
      if (!names_its_value(problem)) problem.message += fmt::format(" (at {})", settings_text(point));
      problems.push_back(std::move(problem));
    }
    throw BadInput(std::move(problems));
  }

  SweepPoint make(std::uint64_t at) const {
    SweepPoint out{*plans_of(at), options_of(at)};
    out.options.given = *parse_given(words_.given, out.plans);
    return out;
  }

  // Without its rows.
  PointRecord record(std::uint64_t at) const {
    const Swept& system = system_of(at);
    const RunOptions options = options_of(at);
    PointRecord out{hash_of(at, options), program_text,     system.input.system,  {}, options.trials,
                    options.seed,         options.optimism, system.input.changes, {}};
    const std::vector<std::string> values = points_.values(at % points_.count());
    for (std::size_t k = 0; k < values.size(); ++k) out.settings.emplace_back(points_.paths()[k], values[k]);
    return out;
  }

  const std::vector<std::string>& paths() const { return points_.paths(); }
  // Where a path's values stand.
  Place place(std::size_t path) const { return points_.place_of_path(path); }
  std::size_t system_index(std::uint64_t at) const { return at / points_.count(); }
  const StoredInput& input(std::size_t system) const { return systems_[system].input; }

 private:
  static constexpr std::size_t most_shown = 20;
  using Mistakes = std::map<std::string, std::pair<std::uint64_t, Problem>>;  // the first point that has each

  static std::string written(const Mistakes& mistakes) {
    Json list = Json::array();
    for (const auto& [text, mistake] : mistakes) {
      const auto& [point, problem] = mistake;
      list.push_back({point, problem.place.file ? *problem.place.file : "", problem.place.line, problem.place.column, problem.message});
    }
    return as_bytes(list);
  }

  const Swept& system_of(std::uint64_t at) const { return systems_[system_index(at)]; }

  void describe(Swept& system, const std::string& path, std::set<std::string>& ids, Problems& problems) {
    const Checked<Plans> plans = system.documents.assemble({});
    if (!plans) return std::copy(plans.error().begin(), plans.error().end(), std::back_inserter(problems)), void();
    const auto given = parse_given(words_.given, *plans);
    if (!given) return std::copy(given.error().begin(), given.error().end(), std::back_inserter(problems)), void();
    StoredInput& input = system.input;
    input.system = plans->system.id.value;
    input.title = plans->system.title;
    input.currency = plans->system.currency;
    input.changes = changes(words_.input.edits, *given);
    if (!ids.insert(input.system).second)
      problems.push_back(
          {whole_file(path), Severity::error, fmt::format("a second system '{}'; results are told apart by the system's id", input.system)});
  }

  // A plan's path, by its own keys; a special one is empty of edits.
  std::vector<Placed<std::string>> edits_of(std::uint64_t at) const {
    const std::uint64_t point = at % points_.count();
    const std::vector<std::string> values = points_.values(point);
    std::vector<Placed<std::string>> edits;
    for (std::size_t k = 0; k < values.size(); ++k) {
      const std::string& path = points_.paths()[k];
      if (std::find(run_settings().begin(), run_settings().end(), path) == run_settings().end())
        edits.push_back({path + "=" + values[k], points_.place(point, k)});
    }
    return edits;
  }

  Checked<Plans> plans_of(std::uint64_t at) const { return system_of(at).documents.assemble(edits_of(at)); }

  RunOptions options_of(std::uint64_t at) const {
    RunOptions options = words_.run;
    const std::vector<std::string> values = points_.values(at % points_.count());
    for (std::size_t k = 0; k < values.size(); ++k) set(points_.paths()[k], values[k], options);
    options.max_trials = options.trials;
    options.progress = {};
    return options;
  }

  // What is wrong with the value, or nothing.
  static std::string set(const std::string& path, std::string value, RunOptions& options) {
    if (path == "optimism") {
      const std::string wrong = a_number(0, 10)(value);
      if (wrong.empty()) options.optimism = *parse_number(value);
      return wrong;
    }
    if (path != "seed" && path != "trials") return {};
    const bool seed = path == "seed";
    const std::string wrong = seed ? a_count(0, std::numeric_limits<std::uint64_t>::max())(value) : a_count(1, most_trials)(value);
    if (wrong.empty()) (seed ? options.seed : options.trials) = std::stoull(value);
    return wrong;
  }

  Problems problems_of(std::uint64_t at) const {
    Problems problems;
    const std::uint64_t point = at % points_.count();
    const std::vector<std::string> values = points_.values(point);
    RunOptions options;
    for (std::size_t k = 0; k < values.size(); ++k)
      if (std::string wrong = set(points_.paths()[k], values[k], options); !wrong.empty())
        problems.push_back({points_.place(point, k), Severity::error, fmt::format("{}: {}", points_.paths()[k], wrong)});
    const Checked<Plans> plans = plans_of(at);
    if (!plans) {
      std::copy(plans.error().begin(), plans.error().end(), std::back_inserter(problems));
    } else if (const auto given = parse_given(words_.given, *plans); !given) {
      std::copy(given.error().begin(), given.error().end(), std::back_inserter(problems));
    }
    if (systems_.size() > 1)
      for (Problem& p : problems) p.message = fmt::format("in the system '{}': {}", system_of(at).input.system, p.message);
    return problems;
  }

  // A mistake in a value that is varied stands at that value; one that the values make together stands somewhere in the files.
  bool names_its_value(const Problem& problem) const {
    const std::string file = problem.place.file ? *problem.place.file : "";
    return file.starts_with("--vary ") || file == words_.points;
  }

  std::string settings_text(std::uint64_t at) const {
    std::string out;
    const std::vector<std::string> values = points_.values(at % points_.count());
    for (std::size_t k = 0; k < values.size(); ++k) out += fmt::format("{}{}={}", k == 0 ? "" : ", ", points_.paths()[k], values[k]);
    return out;
  }

  // Of everything that the answers depend on beside a point's own settings; not of where files lie.
  std::string hash_of(const Files& files) const {
    std::vector<std::string> parts;
    if (files.sources.system) parts.push_back("system " + sha256(files.sources.system->text));
    for (const Source& s : files.sources.organisations) parts.push_back("organisation " + sha256(s.text));
    parts.push_back("reference " + sha256(files.sources.reference.text));
    std::sort(parts.begin(), parts.end());
    std::string text = std::string("shortfall/input/1\n") + program_text + "\n";
    for (const std::string& part : parts) text += part + "\n";
    for (const std::string& edit : words_.input.edits) text += "set " + edit + "\n";
    for (const std::string& given : words_.given) text += "given " + given + "\n";
    return sha256(text);
  }

  // The order in which paths were given makes no other point.
  std::string hash_of(std::uint64_t at, const RunOptions& options) const {
    std::vector<std::string> edits;
    for (const auto& [text, place] : edits_of(at)) edits.push_back(text);
    std::sort(edits.begin(), edits.end());
    std::string text = fmt::format("shortfall/point/1\n{}\nseed {}\ntrials {}\noptimism {}\nsampling {}\n", system_of(at).input.hash, options.seed,
                                   options.trials, options.optimism, name_of(options.sampling));
    for (const std::string& edit : edits) text += "set " + edit + "\n";
    return sha256(text);
  }

  const Words& words_;
  Points points_;
  std::vector<Swept> systems_;
};

Points points_of(const Words& words) {
  const auto take = [](auto checked) {
    if (!checked) throw BadInput(std::move(checked.error()));
    return std::move(*checked);
  };
  if (!words.points.empty()) return take(Points::list(text_of_file(words.points, 256u << 20), words.points));
  std::vector<Axis> axes;
  Problems problems;
  for (const std::string& text : words.vary) {
    auto axis = parse_axis(text);
    if (axis)
      axes.push_back(std::move(*axis));
    else
      std::move(axis.error().begin(), axis.error().end(), std::back_inserter(problems));
  }
  if (!problems.empty()) throw BadInput(std::move(problems));
  return take(Points::grid(std::move(axes)));
}

// How many points make a round: a second's work, so that a store is never far behind, and few enough to hold their rows.
class Rounds {
 public:
  std::uint64_t next() const { return size_; }
  void done(std::uint64_t points, double seconds, std::size_t rows) {
    const double each = std::max(1e-6, seconds / static_cast<double>(points));
    const auto by_time = static_cast<std::uint64_t>(std::max(1.0, 1 / each));
    const std::uint64_t by_memory = std::max<std::uint64_t>(1, 200'000 / std::max<std::size_t>(rows, 1));
    size_ = std::min({by_time, by_memory, 4 * size_});
  }

 private:
  std::uint64_t size_ = 16;
};

// Rows as they travel between ranks; what else a record has every rank knows.
Json listed(const std::vector<Row>& rows) {
  Json list = Json::array();
  for (const Row& r : rows) list.push_back({r.organisation, r.measure, r.year, r.value, r.low, r.high});
  return list;
}

std::vector<Row> rows_of(const Json& list) {
  std::vector<Row> out;
  for (const Json& r : list) out.push_back({r[0], r[1], r[2], r[3], r[4], r[5]});
  return out;
}

// Answers a round's points: each rank its share of them or, where there are too few, all ranks each point together.
std::vector<PointRecord> answer_round(const Sweep& points, const std::vector<std::uint64_t>& which, const Words& words,
                                      const std::function<void(double)>& progress) {
  std::vector<PointRecord> records;
  for (const std::uint64_t at : which) records.push_back(points.record(at));
  const bool together = which.size() < 2 * count_of(ranks());
  const auto [begin, end] = together ? std::pair<std::uint64_t, std::uint64_t>(0, which.size()) : share_of(which.size());
  sweep(
      end - begin, words.run.threads, together ? ranks() : nullptr, [&, begin = begin](std::uint64_t k) { return points.make(which[begin + k]); },
      [&, begin = begin](std::uint64_t k, const RunResult& result) { records[begin + k].rows = rows(result); }, progress);
  if (together || ranks() == nullptr) return records;
  Json mine = Json::array();
  for (std::uint64_t k = begin; k < end; ++k) mine.push_back({k, listed(records[k].rows)});
  exchange(ranks(), as_bytes(mine), [&](const std::string& theirs) {
    for (const Json& record : Json::from_cbor(theirs)) records[record[0].get<std::uint64_t>()].rows = rows_of(record[1]);
  });
  return records;
}

// Answers those points in rounds, and hands each round's records on in order.
template <class Take>
void answer(const Sweep& points, const std::vector<std::uint64_t>& which, const Words& words, const Take& take) {
  Progress progress(words.output.quiet, "points");
  Rounds rounds;
  for (std::uint64_t at = 0; at < which.size();) {
    // A round keeps to one system, and is the same for all ranks.
    const std::uint64_t size = agreed(rounds.next());
    std::vector<std::uint64_t> round;
    while (at + round.size() < which.size() && round.size() < size && points.system_index(which[at + round.size()]) == points.system_index(which[at]))
      round.push_back(which[at + round.size()]);
    const auto start = std::chrono::steady_clock::now();
    const std::vector<PointRecord> records = answer_round(points, round, words, [&](double share) {
      progress.show(at + static_cast<std::uint64_t>(share * static_cast<double>(round.size())), which.size());
    });
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    rounds.done(round.size(), seconds, records.front().rows.size());
    take(points.system_index(which[at]), records);
    at += round.size();
    progress.show(at, which.size());
  }
}

std::string text_of(const PointRecord& record, const OutputOptions& output) {
  return output.format == "csv" ? sweep_csv(record) : sweep_json_line(record);
}

void check(Sweep& points, const std::vector<std::uint64_t>& which, const Words& words) {
  Progress progress(words.output.quiet, "points checked");
  points.check(which, progress);
}

// What is set once and for all, and varied too, would be lost without a word.
void refuse_overwritten(const Words& words, const Sweep& points) {
  Problems problems;
  for (std::size_t k = 0; k < points.paths().size(); ++k) {
    const std::string& path = points.paths()[k];
    const auto refuse = [&](const std::string& option) {
      problems.push_back(
          {whole_file(option), Severity::error, fmt::format("is varied as well ({}); leave one of the two out", to_text(points.place(k)))});
    };
    if (std::find(words.fixed.begin(), words.fixed.end(), path) != words.fixed.end()) refuse("--" + path);
    for (const std::string& edit : words.input.edits)
      if (const std::string set = edit.substr(0, edit.find('=')); set == path || set.starts_with(path + ".")) refuse("--set " + edit);
  }
  if (!problems.empty()) throw BadInput(std::move(problems));
}

// Between a bar's pictures.
void note(const Words& words, const std::string& text) {
  if (words.output.quiet) return;
  std::fputs(fmt::format("{}{}\n", is_terminal(STDERR_FILENO) ? "\r\x1b[K" : "", printable(text, 2000)).c_str(), stderr);
}

// What Ctrl-C leaves of a sweep without a store.
std::string lost(const Words& words, std::uint64_t done, std::uint64_t all) {
  const std::string advice = "with --store what is done is kept";
  if (!words.output.file.empty()) return fmt::format("interrupted; what was done so far is lost, and nothing is written ({})", advice);
  return fmt::format("interrupted after {} of {}; the rest is lost ({})", grouped(done), counted(all, "point"), advice);
}

Status sweep_command(Words& words) {
  if (words.vary.empty() == words.points.empty())
    throw BadInput(
        {{whole_file("shortfall sweep"), Severity::error,
          words.vary.empty() ? "nothing to vary; give --vary PATH=VALUES or --points FILE.csv" : "--vary and --points both; give one of them"}});
  if (words.run.threads == 0) words.run.threads = threads_for_a_rank();
  Sweep points(words, points_of(words));
  refuse_overwritten(words, points);
  std::vector<std::uint64_t> which;
  if (words.store.empty()) {
    std::atomic<std::uint64_t> done = 0;
    const LastWords last_words([&] { return lost(words, done, points.count()); });
    for (std::uint64_t i = 0; i < points.count(); ++i) which.push_back(i);
    check(points, which, words);
    Output output(words.output.file);
    if (words.output.format == "csv") output.write(sweep_csv_head(points.paths()));
    answer(points, which, words, [&](std::size_t, const std::vector<PointRecord>& records) {
      std::string text;
      for (const PointRecord& record : records) text += text_of(record, words.output);
      output.write(text);
      done += records.size();
    });
    output.finish();
    return Status::good;
  }
  // What is wrong with the input is said before a store is made.
  if (points.count() > 0) check(points, {0, points.count() - 1}, words);
  // Of several processes the first has the store, and tells the others what it lacks.
  std::optional<Store> store;
  if (is_first()) {
    store.emplace(words.store, [&](const std::string& text) { note(words, text); });
    spare(words.store);
    for (std::uint64_t i = 0; i < points.count(); ++i)
      if (!store->has(points.record(i).point)) which.push_back(i);
    if (store->is_read_only() && !which.empty())
      throw MachineFailed(fmt::format("cannot write {}: it is read-only, and lacks {} of {}", words.store, grouped(std::uint64_t{which.size()}),
                                      counted(points.count(), "point")));
  }
  if (ranks() != nullptr) {
    std::string bytes = as_bytes(Json(which));
    ranks()->broadcast(0, bytes);
    which = Json::from_cbor(bytes).get<std::vector<std::uint64_t>>();
  }
  const LastWords last_words([&] {
    const std::uint64_t kept = points.count() - which.size() + (store ? store->leave() : 0);
    return fmt::format("interrupted; {} keeps {} of {}, and the same command goes on", words.store, grouped(kept), counted(points.count(), "point"));
  });
  check(points, which, words);
  answer(points, which, words, [&](std::size_t system, const std::vector<PointRecord>& records) {
    if (store) store->add(points.input(system), records);
  });
  if (!store) return Status::good;
  if (words.table) {
    Output output(words.output.file);
    if (words.output.format == "csv") output.write(sweep_csv_head(points.paths()));
    for (std::uint64_t i = 0; i < points.count(); ++i) {
      PointRecord record = points.record(i);
      record.rows = store->rows(record.point);
      output.write(text_of(record, words.output));
    }
    output.finish();
  }
  note(words, fmt::format("{}: {}, {} of them new", words.store, counted(points.count(), "point"), grouped(std::uint64_t{which.size()})));
  return Status::good;
}

}  // namespace

Action add_sweep(CommandLine& line) {
  const Command command = line.add("sweep", "A grid of what-ifs, over one or many systems");
  auto words = std::make_shared<Words>();
  words->output.format = "csv";
  add_input_options(command, words->input);
  command
      .option("--vary", words->vary,
              "PATH=FROM:TO:STEP or PATH=VALUE,VALUE,…: what a path of --set takes in turn, or optimism, seed, trials; repeatable: all combinations")
      .type_name("PATH=VALUES")
      .repeatable();
  command.option("--points", words->points, "In the place of --vary: a CSV file with a column for each path and a line for each point")
      .type_name("FILE.csv");
  command.option("--store", words->store, "Keep the results in an SQLite database, and do only what it lacks")
      .type_name("FILE.sqlite")
      .check({[](const std::string& name) { return name.empty() ? std::string("needs the name of a file") : std::string(); }, ""});
  add_output_options(command, words->output, {"csv", "json"});
  add_sampling_options(command, words->run, words->given, 1);
  return [words, command] {
    for (const char* name : {"optimism", "seed", "trials"})
      if (command.is_given("--" + std::string(name))) words->fixed.push_back(name);
    words->table = words->store.empty() || command.is_given("--format") || command.is_given("--output");
    return sweep_command(*words);
  };
}

}  // namespace shortfall
