#include "cli/actuals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <set>

#include "cli/ask.hpp"
#include "cli/record_table.hpp"
#include "history/tracked.hpp"
#include "plan/difference.hpp"

namespace shortfall {
namespace {

constexpr std::uintmax_t largest_actuals = 64u << 20;

// Whether there is a file to read; what has no meaning beside one is refused.
bool asked(const ActualsOptions& options, const RunOptions& run, Knowledge knowledge) {
  if (options.file.empty()) {
    if (!options.as_at.empty())
      throw bad_input("--as-at", "says by when actuals were known, and there are none; give --actuals FILE or leave it out");
    return false;
  }
  if (run.knowledge && knowledge == Knowledge::refused)
    throw bad_input(
        "--actuals",
        "takes the reference classes as they are written here, and cannot also tell how far the answer is known; leave --knowledge on out, "
        "and the word 'known' of gates, or ask 'run' or 'track', which can");
  return true;
}

void say(const Problems& warnings, const OutputOptions& output) {
  if (output.quiet) return;
  std::set<std::string> said;
  for (const Problem& problem : warnings)
    if (said.insert(to_text(problem)).second) note(to_text(problem));
}

}  // namespace

void add_actuals_options(const Command& command, ActualsOptions& options, const std::string& as_at_help) {
  command
      .option("--actuals", options.file,
              "What has been saved so far, a table (CSV, XLSX or YAML): as_at, organisation, scheme, to_date, and more where known")
      .type_name("FILE");
  command
      .option("--as-at", options.as_at,
              as_at_help.empty() ? "By what was known at the end of this month (default: the latest of the file)" : as_at_help)
      .type_name("MONTH");
}

ActualsFile::ActualsFile(const ActualsOptions& options) : name_(options.file) {
  if (!options.as_at.empty()) as_at_ = month_of("--as-at", options.as_at);
  text_ = text_of_file(name_, largest_actuals);
  table_ = record_table(text_, name_);
}

Checked<Actuals> ActualsFile::read(const Plans& plans, ActualsRead how) const {
  if (!how.as_at) how.as_at = as_at_;
  return read_actuals(table_, name_, plans, how);
}

Actuals ActualsFile::of(const Plans& plans, const ActualsRead& how) const {
  Actuals out = good(read(plans, how));
  if (const std::string why = as_at_ && how.others == nullptr ? why_not_at(out, *as_at_) : std::string(); !why.empty())
    throw bad_input("--as-at", why);
  return out;
}

Input ActualsFile::input() const { return {name_, sha256(text_)}; }

Learn see(const ActualsOptions& options, const OutputOptions& output, Loaded& plans, RunOptions& run, Knowledge knowledge) {
  if (!asked(options, run, knowledge)) return {};
  const ActualsFile file(options);
  const Actuals actuals = file.of(plans.plans, {.may_be_empty = true});
  plans.provenance.inputs.push_back(file.input());
  say(actuals.warnings, output);
  run.seen = good(seen_of(plans.plans, actuals, file.as_at(), run));
  if (!run.seen) return {};
  return [of = &plans.plans, actuals = std::make_shared<const Actuals>(actuals), run](const Model& model, double optimism) {
    return good(learnt(*of, *actuals, run, model, optimism));
  };
}

void see(const ActualsOptions& options, const OutputOptions& output, Loaded& before, Loaded& after, CompareOptions& compare) {
  if (!asked(options, compare.run, Knowledge::refused)) return;
  const ActualsFile file(options);
  // By the names that the comparison has for the old schemes: the new ones.
  const Plans old = difference(before.plans, after.plans).before;
  const Actuals of_old = file.of(old, {.others = &after.plans, .may_be_empty = true}),
                of_new = file.of(after.plans, {.others = &old, .may_be_empty = true});
  Actuals of_both;
  std::merge(of_old.months.begin(), of_old.months.end(), of_new.months.begin(), of_new.months.end(), std::back_inserter(of_both.months));
  of_both.file = of_new.file;
  Problems warnings = of_old.warnings;
  warnings.insert(warnings.end(), of_new.warnings.begin(), of_new.warnings.end());
  for (Loaded* revision : {&before, &after}) revision->provenance.inputs.push_back(file.input());
  say(warnings, output);
  if (of_both.months.empty() && !file.as_at()) return;
  if (const std::string why = file.as_at() ? why_not_at(of_both, *file.as_at()) : std::string(); !why.empty()) throw bad_input("--as-at", why);
  const int month = file.as_at() ? *file.as_at() : of_both.months.back();
  RunOptions run = compare.run;
  run.trials = std::max(run.trials, least_compared);
  compare.seen_before = good(seen_of(old, of_old, month, run));
  compare.run.seen = good(seen_of(after.plans, of_new, month, run));
}

void see(const ActualsOptions& options, const OutputOptions& output, SweepRequest& sweep) {
  if (!asked(options, sweep.run, Knowledge::refused)) return;
  struct OfAllPoints {
    explicit OfAllPoints(const ActualsOptions& of) : file(of) {}
    ActualsFile file;
    std::mutex mutex;
    std::set<std::string> said;
  };
  const auto shared = std::make_shared<OfAllPoints>(options);
  sweep.as_at = options.as_at;
  sweep.actuals = shared->file.input();
  sweep.seen = [shared, quiet = output.quiet](const Plans& plans, const RunOptions& run, const std::string& as_at) -> Checked<MaybeSeen> {
    auto actuals = shared->file.read(plans, {.may_be_empty = true});
    if (!actuals) return tl::make_unexpected(std::move(actuals.error()));
    for (const Problem& problem : actuals->warnings) {
      const std::lock_guard lock(shared->mutex);
      if (!quiet && shared->said.insert(to_text(problem)).second) note(to_text(problem));
    }
    const std::optional<int> month = as_at.empty() ? std::nullopt : parse_month(as_at);
    if (const std::string why = month ? why_not_at(*actuals, *month) : std::string(); !why.empty())
      return tl::make_unexpected(Problems{{whole_file("--as-at"), Code::bad_month, why}});
    return seen_of(plans, *actuals, month, run);
  };
}

}  // namespace shortfall
