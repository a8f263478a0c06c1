// What has been seen of plans so far, for every command whose question can be asked of the futures that are left: --actuals and --as-at.
#pragma once

#include <optional>
#include <string>

#include "cli/options.hpp"
#include "history/actuals.hpp"
#include "store/swept.hpp"
#include "study/compare.hpp"
#include "study/learn.hpp"

namespace shortfall {

struct ActualsOptions {
  std::string file, as_at;
};
// `as_at_help`: of what else the month is; empty: of the actuals alone.
void add_actuals_options(const Command& command, ActualsOptions& options, const std::string& as_at_help = {});

// The file, read once, for one or more revisions of plans.
class ActualsFile {
 public:
  // Throws BadInput where the file or the month cannot be read.
  explicit ActualsFile(const ActualsOptions& options);
  // What it says of those plans, by the month asked for where `how` has none; `of` throws BadInput with what is wrong, the month asked for, where it
  // does not tell of it, among it.
  Checked<Actuals> read(const Plans& plans, ActualsRead how) const;
  Actuals of(const Plans& plans, const ActualsRead& how = {}) const;
  // The month asked for.
  std::optional<int> as_at() const { return as_at_; }
  Input input() const;

 private:
  std::string name_, text_;
  RecordTable table_;
  std::optional<int> as_at_;
};

// Whether a question of the futures that are left can also be asked of how far the answer is known (--knowledge on).
enum class Knowledge { refused, allowed };

// Brings the question to the futures that are left, where actuals are given: the file becomes one of the answer's inputs, and what is doubtful in it
// is said. Throws BadInput, also where the question cannot be asked of them. What other models of the plans would learn of them, while the plans
// last.
Learn see(const ActualsOptions& options, const OutputOptions& output, Loaded& plans, RunOptions& run, Knowledge knowledge = Knowledge::refused);
// The same of two revisions, each by what the file says of its own schemes.
void see(const ActualsOptions& options, const OutputOptions& output, Loaded& before, Loaded& after, CompareOptions& compare);
// The same of every point of a sweep, each by the month that it names.
void see(const ActualsOptions& options, const OutputOptions& output, SweepRequest& sweep);

}  // namespace shortfall
