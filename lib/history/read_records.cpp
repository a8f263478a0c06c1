#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/money.hpp"
#include "history/record_columns.hpp"
#include "plan/fields.hpp"
#include "plan/number.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

enum Heading { organisation, scheme, class_, stage, year, planned, delivered, status, planned_start, started, planned_cost, cost, audited };
constexpr std::size_t required_headings = 7;
const std::vector<std::string>& headings() {
  static const std::vector<std::string> names = {"organisation", "scheme",        "class",   "stage",        "year", "planned", "delivered",
                                                 "status",       "planned_start", "started", "planned_cost", "cost", "audited"};
  return names;
}

class RecordReader {
 public:
  RecordReader(const RecordTable& table, const std::string& name, const std::vector<std::string>& classes, std::optional<int> as_at)
      : table_(table), file_(whole_file(name).file), classes_(classes), as_at_(as_at) {}

  Checked<Records> read() {
    if (table_.empty())
      return tl::make_unexpected(Problems{{Place{file_, 0, 0}, Code::bad_record, "no records here (the first row names the columns)"}});
    read_headings();
    if (has_errors(problems_)) return tl::make_unexpected(std::move(problems_));
    out_.have_status = columns_->has(status), out_.have_audits = columns_->has(audited);
    out_.rows.reserve(table_.size() - 1);
    for (std::size_t r = 1; r < table_.size() && problems_.size() < most_problems; ++r) read_row(table_[r]);
    if (out_.rows.empty() && problems_.empty())
      report(problems_, Code::bad_record, Place{file_, table_.front().line, 1}, "no record stands below the headings");
    judge_times();
    if (has_errors(problems_)) return tl::make_unexpected(sorted(std::move(problems_)));
    out_.warnings = std::move(problems_);
    return std::move(out_);
  }

 private:
  void read_headings() {
    const RecordRow& row = table_.front();
    columns_.emplace(headings(), row, file_, problems_);
    for (std::size_t h = 0; h < required_headings; ++h)
      if (!columns_->has(h))
        report(problems_, Code::bad_record, Place{file_, row.line, 1},
               fmt::format("no column '{}' (needed are organisation, scheme, class, stage, year, planned, delivered)", headings()[h]));
  }

  std::string_view text(const RecordRow& row, Heading h) const { return columns_->text(row, h); }
  Place place(const RecordRow& row, Heading h) const { return columns_->place(row, h); }
  void error(const RecordRow& row, Heading h, std::string message) { report(problems_, Code::bad_record, place(row, h), std::move(message)); }
  void warn(const RecordRow& row, Heading h, std::string message) {
    if (problems_.size() < most_problems) problems_.push_back({place(row, h), Code::doubtful_record, std::move(message)});
  }

  // "1,234.5" and "£1,234.5" are 1234.5.
  std::optional<double> number(const RecordRow& row, Heading h) {
    std::string_view given = text(row, h);
    if (given.empty()) return {};
    if (const auto plain = parse_number(given)) return plain;
    std::string digits;
    if (given.starts_with("£")) given.remove_prefix(std::string_view("£").size());
    for (const char c : given)
      if (c != ',') digits += c;
    const auto value = parse_number(digits);
    if (!value) error(row, h, fmt::format("{} is '{}', not a number", headings()[h], printable(text(row, h), 60)));
    return value;
  }

  // "2017-10", or a date in it.
  std::optional<int> month(const RecordRow& row, Heading h) {
    const std::string_view given = text(row, h);
    if (given.empty()) return {};
    const auto value = parse_month(given.size() >= 10 && given[7] == '-' ? given.substr(0, 7) : given);
    if (!value) error(row, h, fmt::format("{} is '{}', not a month like 2017-10", headings()[h], printable(given, 60)));
    return value;
  }

  template <class Word>
  std::optional<Word> word(const RecordRow& row, Heading h, const std::vector<std::string>& words) {
    const std::string given = as_heading(std::string(text(row, h)));
    if (given.empty()) return {};
    for (std::size_t w = 0; w < words.size(); ++w)
      if (as_heading(words[w]) == given) return static_cast<Word>(w);
    error(row, h, fmt::format("{} is '{}'{} ({})", headings()[h], printable(text(row, h), 60), did_you_mean(given, words), fmt::join(words, ", ")));
    return {};
  }

  void read_row(const RecordRow& row) {
    Record r;
    r.line = row.line;
    r.organisation = text(row, organisation), r.scheme = text(row, scheme), r.reference_class = text(row, class_);
    if (r.organisation.empty()) error(row, organisation, "no organisation");
    if (r.scheme.empty()) error(row, scheme, "no scheme");
    if (std::find(classes_.begin(), classes_.end(), r.reference_class) == classes_.end())
      error(row, class_,
            r.reference_class.empty() ? std::string("no class")
                                      : fmt::format("no class '{}' in the prior reference file{}", printable(r.reference_class, 60),
                                                    did_you_mean(r.reference_class, classes_)));
    r.stage = word<Stage>(row, stage, stage_names()).value_or(Stage::in_progress);
    if (const auto parsed = parse_year(text(row, year)))
      r.year = *parsed;
    else
      error(row, year, fmt::format("year is '{}', not a year like 2017/18", printable(text(row, year), 60)));
    read_amounts(row, r);
    static const std::vector<std::string> yes = {"no", "yes", "false", "true", "0", "1"};
    if (const auto word_of = word<std::size_t>(row, audited, yes)) r.audited = *word_of % 2 == 1;
    const auto [first, is_new] = seen_.try_emplace(r.organisation + "\n" + r.scheme + "\n" + r.year.label, row.line);
    if (!is_new)
      error(row, scheme,
            fmt::format("'{}' of {} in {} stands on line {} already; keep one", printable(r.scheme, 60), printable(r.organisation, 60), r.year.label,
                        first->second));
    out_.rows.push_back(std::move(r));
  }

  void read_amounts(const RecordRow& row, Record& r) {
    const auto plan = number(row, planned);
    r.delivered = number(row, delivered);
    if (text(row, planned).empty())
      error(row, planned, r.delivered ? "delivered without a plan (a share of nothing says nothing)" : "no planned saving");
    else if (plan && !(*plan > 0))
      error(row, planned,
            fmt::format("planned is {}, and a share of plan needs one above 0{}", *plan, *plan < 0 ? " (a plan to spend more is no saving)" : ""));
    r.planned = plan.value_or(1);
    static const std::vector<std::string> words = {"finished", "running", "dropped"};
    r.status = word<RecordStatus>(row, status, words).value_or(RecordStatus::finished);
    if (r.status == RecordStatus::dropped && r.delivered.value_or(0) != 0)
      error(row, delivered,
            fmt::format("dropped, but delivered {} (what was dropped delivers nothing); call it finished, or delivered 0", *r.delivered));
    if (r.status == RecordStatus::finished && !r.delivered && text(row, delivered).empty())
      error(row, delivered, "finished, but it does not say what was delivered; give the amount, or say running or dropped");
    if (!out_.have_status && r.delivered && *r.delivered == 0) r.status = RecordStatus::dropped;
    if (r.delivered && plan && *plan > 0 && std::abs(*r.delivered) > 5 * *plan && problems_.size() < 100)
      warn(row, delivered, fmt::format("delivered {} times its plan (are both in one unit?); it counts", times_text(*r.delivered / *plan)));
    r.planned_start = month(row, planned_start), r.started = month(row, started);
    r.planned_cost = number(row, planned_cost), r.cost = number(row, cost);
    out_.have_starts |= r.planned_start && r.started;
    out_.have_costs |= r.planned_cost && r.cost;
    if (r.planned_cost && *r.planned_cost < 0) error(row, planned_cost, fmt::format("planned_cost is {}, below 0", *r.planned_cost));
    if (r.cost && *r.cost < 0) error(row, cost, fmt::format("cost is {}, below 0", *r.cost));
  }

  // Three digits, or all that stand before the point: "7.25", "1,234,000".
  static std::string times_text(double times) { return std::abs(times) < 999.5 ? fmt::format("{:.3g}", times) : grouped(decimal(times, 0)); }

  // What cannot have happened yet. Without --as-at the records tell up to the end of their latest year.
  void judge_times() {
    int latest = 0;
    for (const Record& r : out_.rows) latest = std::max(latest, r.year.label.empty() ? 0 : first_month(r.year) + 11);
    out_.as_at = as_at_.value_or(latest);
    for (const Record& r : out_.rows) {
      const RecordRow& row = table_[row_of(r.line)];
      if (r.status != RecordStatus::finished || r.year.label.empty()) continue;
      if (first_month(r.year) + 11 > out_.as_at)
        error(row, year,
              fmt::format("finished, but {} ends after {} (so it is still running); say so, or give a later --as-at", r.year.label,
                          month_text(out_.as_at)));
      else if (r.started && *r.started > out_.as_at)
        error(row, started,
              fmt::format("finished, but started in {}, after {} (so it is still to come); mend the one or the other", month_text(*r.started),
                          month_text(out_.as_at)));
    }
  }

  std::size_t row_of(int line) const {
    const auto found = std::lower_bound(table_.begin(), table_.end(), line, [](const RecordRow& row, int at) { return row.line < at; });
    return static_cast<std::size_t>(found - table_.begin());
  }

  const RecordTable& table_;
  std::shared_ptr<const std::string> file_;
  const std::vector<std::string>& classes_;
  std::optional<int> as_at_;
  std::optional<RecordColumns> columns_;
  std::unordered_map<std::string, int> seen_;
  Records out_;
  Problems problems_;
};

}  // namespace

Checked<Records> read_records(const RecordTable& table, const std::string& name, const std::vector<std::string>& classes, std::optional<int> as_at) {
  return RecordReader(table, name, classes, as_at).read();
}

}  // namespace shortfall
