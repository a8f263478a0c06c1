// A grid of what-ifs over one or many systems.
#include "study/sweep.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <optional>

#include "base/money.hpp"
#include "cli/actuals.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/options.hpp"
#include "cli/progress.hpp"
#include "cli/ranks.hpp"
#include "cli/terminal.hpp"
#include "plan/number.hpp"
#include "report/number_text.hpp"
#include "report/tables.hpp"
#include "store/output.hpp"
#include "store/spreadsheet/answer_workbooks.hpp"
#include "store/swept.hpp"

namespace shortfall {
namespace {

struct Words {
  InputOptions input;
  OutputOptions output;
  ActualsOptions actuals;
  RunOptions run;
  KnowledgeSaid knowledge;
  std::vector<std::string> vary, given;
  std::string points, store;
  std::vector<std::string> fixed;  // of optimism, seed, trials and as_at, those whose own option is given
  bool table = true;               // whether to print one
};

// What the first rank says, on all of them.
std::uint64_t agreed(std::uint64_t number) {
  if (ranks() == nullptr) return number;
  std::string bytes = std::to_string(number);
  ranks()->broadcast(0, bytes);
  return std::stoull(bytes);
}

Points points_of(const Words& words) {
  if (!words.points.empty()) return good(Points::list(text_of_file(words.points, 256u << 20), words.points));
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
  return good(Points::grid(std::move(axes)));
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

// Answers a round's points: each rank its share of them or, where there are too few, all ranks each point together.
std::vector<PointRecord> answer_round(const Swept& points, const std::vector<std::uint64_t>& which, const Words& words,
                                      const std::function<void(double)>& progress) {
  std::vector<PointRecord> records;
  for (const std::uint64_t at : which) records.push_back(points.record(at));
  const bool together = which.size() < 2 * count_of(ranks());
  const auto [begin, end] = together ? std::pair<std::uint64_t, std::uint64_t>(0, which.size()) : share_of(ranks(), which.size());
  sweep(
      end - begin, words.run.threads, together ? ranks() : nullptr, [&, begin = begin](std::uint64_t k) { return points.make(which[begin + k]); },
      [&, begin = begin](std::uint64_t k, const RunResult& result) { records[begin + k].rows = rows(result); }, progress);
  if (together || ranks() == nullptr) return records;
  nlohmann::json mine = nlohmann::json::array();
  for (std::uint64_t k = begin; k < end; ++k) mine.push_back({k, as_json(records[k].rows)});
  exchange(ranks(), as_bytes(mine), [&](const std::string& theirs) {
    for (const nlohmann::json& record : nlohmann::json::from_cbor(theirs)) records[record[0].get<std::uint64_t>()].rows = rows_of(record[1]);
  });
  return records;
}

// Answers those points in rounds, and hands each round's records on in order.
template <class Take>
void answer(const Swept& points, const std::vector<std::uint64_t>& which, const Words& words, const Take& take) {
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

// The table, point by point; a workbook is written when all of it is there.
class Table {
 public:
  Table(const Words& words, const Swept& points) : words_(words), points_(points), output_(words.output.file, is_first()) {
    if (words.output.format == "csv") output_.write(sweep_csv_head(points.paths(), words.run.knowledge));
  }
  void add(PointRecord record) {
    if (words_.output.format != "xlsx") return output_.write(text_of(record, words_.output));
    rows_ += record.rows.size();
    if (rows_ > most_sheet_rows)
      throw BadInput({{whole_file("--format xlsx"), Code::too_many,
                       fmt::format("the {} have more than {} measures, which is more than a sheet has rows; ask for csv",
                                   counted(points_.count(), "point"), grouped(std::uint64_t{most_sheet_rows}))}});
    if (is_first()) records_.push_back(std::move(record));
  }
  void finish() {
    if (words_.output.format == "xlsx" && is_first()) output_.write(workbook_bytes(workbook_of(records_, points_.paths()), time_of_creation()));
    output_.finish();
  }

 private:
  const Words& words_;
  const Swept& points_;
  Output output_;
  std::vector<PointRecord> records_;
  std::size_t rows_ = 0;
};

void check(Swept& points, const std::vector<std::uint64_t>& which, const Words& words) {
  Progress progress(words.output.quiet, "points checked");
  points.check(which, [&](std::uint64_t done, std::uint64_t of) { progress.show(done, of); });
}

// What is set once and for all, and varied too, would be lost without a word.
void refuse_overwritten(const Words& words, const Swept& points) {
  Problems problems;
  for (std::size_t k = 0; k < points.paths().size(); ++k) {
    const std::string& path = points.paths()[k];
    const auto refuse = [&](const std::string& option) {
      problems.push_back(
          {whole_file(option), Code::command_line, fmt::format("is varied as well ({}); leave one of the two out", to_text(points.place(k)))});
    };
    if (std::find(words.fixed.begin(), words.fixed.end(), path) != words.fixed.end()) refuse(path == "as_at" ? "--as-at" : "--" + path);
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
  needs_a_file(words.output);
  if (words.vary.empty() == words.points.empty())
    throw bad_input("shortfall sweep", words.vary.empty() ? "nothing to vary; give --vary PATH=VALUES or --points FILE.csv"
                                                          : "--vary and --points both; give one of them");
  words.run.knowledge = draws_knowledge(words.knowledge, !words.actuals.file.empty());
  if (words.run.threads == 0) words.run.threads = threads_for_a_rank();
  Points grid = points_of(words);
  SweepRequest request{words.input.plans, words.input.edits, words.given, words.points, words.input.outside(), words.run, {}, {}, {}};
  see(words.actuals, words.output, request);
  if (!request.seen && std::find(grid.paths().begin(), grid.paths().end(), "as_at") != grid.paths().end())
    throw bad_input("--vary as_at", "says by when actuals were known, and there are none; give --actuals FILE");
  Swept points(std::move(request), std::move(grid), ranks());
  refuse_overwritten(words, points);
  std::vector<std::uint64_t> which;
  if (words.store.empty()) {
    std::atomic<std::uint64_t> done = 0;
    const LastWords last_words([&] { return lost(words, done, points.count()); });
    for (std::uint64_t i = 0; i < points.count(); ++i) which.push_back(i);
    check(points, which, words);
    Table table(words, points);
    answer(points, which, words, [&](std::size_t, const std::vector<PointRecord>& records) {
      for (const PointRecord& record : records) table.add(record);
      done += records.size();
    });
    table.finish();
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
    std::string bytes = as_bytes(nlohmann::json(which));
    ranks()->broadcast(0, bytes);
    which = nlohmann::json::from_cbor(bytes).get<std::vector<std::uint64_t>>();
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
    Table table(words, points);
    for (std::uint64_t i = 0; i < points.count(); ++i) {
      PointRecord record = points.record(i);
      record.rows = store->rows(record.point);
      table.add(std::move(record));
    }
    table.finish();
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
              "PATH=FROM:TO:STEP or PATH=VALUE,VALUE,…: what a path of --set takes in turn, or optimism, seed, trials, with --actuals as_at; "
              "repeatable: all combinations")
      .type_name("PATH=VALUES")
      .repeatable();
  command.option("--points", words->points, "In the place of --vary: a CSV file with a column for each path and a line for each point")
      .type_name("FILE.csv");
  command.option("--store", words->store, "Keep the results in an SQLite database, and do only what it lacks")
      .type_name("FILE.sqlite")
      .check({[](const std::string& name) { return name.empty() ? std::string("needs the name of a file") : std::string(); }, ""});
  add_actuals_options(command, words->actuals);
  add_output_options(command, words->output, {"csv", "json", "xlsx"});
  add_sampling_options(command, words->run, words->given, 1);
  add_knowledge_option(command, words->knowledge);
  command.examples(
      "  shortfall sweep plans/ --vary optimism=0:2:0.25 --output dial.csv\n"
      "  shortfall sweep plans/ --actuals actuals.csv --vary as_at=2017-06,2017-09,2017-12   as it stood then\n"
      "  shortfall sweep plans/ --points points.csv --store results.sqlite");
  return [words, command] {
    for (const char* name : {"optimism", "seed", "trials"})
      if (command.is_given("--" + std::string(name))) words->fixed.push_back(name);
    if (command.is_given("--as-at")) words->fixed.push_back("as_at");
    words->table = words->store.empty() || command.is_given("--format") || command.is_given("--output");
    return sweep_command(*words);
  };
}

}  // namespace shortfall
