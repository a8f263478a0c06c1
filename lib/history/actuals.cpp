#include "history/actuals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/money.hpp"
#include "history/actual_columns.hpp"
#include "history/record_columns.hpp"
#include "history/tracked_luck.hpp"
#include "history/year_path.hpp"
#include "plan/fields.hpp"
#include "plan/number.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace actual_rows {

const std::vector<std::string>& headings() {
  static const std::vector<std::string> names = {"as_at",  "organisation",     "scheme",   "year",   "to_date",
                                                 "status", "pressure_to_date", "forecast", "phased", "unit"};
  return names;
}

class ActualsReader {
 public:
  ActualsReader(const RecordTable& table, const std::string& name, const Plans& plans, const ActualsRead& how)
      : table_(table), file_(whole_file(name).file), plans_(plans), how_(how) {
    out_.file = name;
  }

  Checked<Actuals> read() {
    if (table_.empty())
      return tl::make_unexpected(Problems{{Place{file_, 0, 0}, Code::bad_record, "no actuals here (the first row names the columns)"}});
    read_headings();
    for (std::size_t r = 1; r < table_.size() && columns_->has(as_at) && columns_->has(organisation) && errors_.size() < most_problems; ++r)
      read_row(table_[r]);
    if (out_.rows.empty() && left_out_.empty() && errors_.empty()) {
      const Place at{file_, table_.front().line, 1};
      if (how_.may_be_empty)
        warn(at, "no actual stands below the headings (so nothing was seen, and the plan stands as it was made)");
      else
        report(errors_, Code::bad_record, at, "no actual stands below the headings");
    }
    if (!errors_.empty()) {
      errors_.insert(errors_.end(), warnings_.begin(), warnings_.end());
      return tl::make_unexpected(sorted(std::move(errors_)));
    }
    // Half a unit of the file's last digit: a workbook writes 2.50 as 2.5.
    for (Actual& a : out_.rows) a.rounding *= 0.5 * std::pow(10.0, -static_cast<double>(decimals_));
    say_restatements();
    say_unlearnt();
    std::set<int> months;
    for (const Actual& a : out_.rows) months.insert(a.as_at);
    out_.months.assign(months.begin(), months.end());
    out_.warnings = sorted(std::move(warnings_));
    return std::move(out_);
  }

 private:
  void read_headings() {
    const RecordRow& row = table_.front();
    columns_.emplace(headings(), row, file_, errors_);
    for (const Heading h : {as_at, organisation})
      if (!columns_->has(h))
        report(errors_, Code::bad_record, Place{file_, row.line, 1},
               fmt::format("no column '{}' (needed are as_at and organisation)", headings()[h]));
    if (!columns_->has(to_date) && !columns_->has(status) && !columns_->has(pressure_to_date))
      report(errors_, Code::bad_record, Place{file_, row.line, 1},
             "no column to_date, status or pressure_to_date (so it says nothing of what was seen)");
  }

  std::string_view text(const RecordRow& row, Heading h) const { return columns_->text(row, h); }
  Place place(const RecordRow& row, Heading h) const { return columns_->place(row, h); }
  void error(const RecordRow& row, Heading h, std::string message) { report(errors_, Code::bad_record, place(row, h), std::move(message)); }
  void warn(const Place& at, std::string message) {
    if (warnings_.size() < most_problems) warnings_.push_back({at, Code::doubtful_record, std::move(message)});
  }

  // In the system's unit. What was seen, and not only said, goes to `rounding` as what a unit of its row is worth, and its digits count for the
  // file's.
  std::optional<double> amount(const RecordRow& row, Heading h, double* rounding = nullptr) {
    const std::string_view given = text(row, h);
    if (given.empty()) return {};
    std::string digits;
    for (const char c : given.starts_with("£") ? given.substr(std::string_view("£").size()) : given)
      if (c != ',') digits += c;
    const auto value = parse_number(digits);
    if (!value) {
      error(row, h, fmt::format("{} is '{}', not a number", headings()[h], printable(given, 60)));
      return {};
    }
    if (rounding != nullptr) {
      const std::size_t point = digits.find('.');
      if (point != std::string::npos) decimals_ = std::max(decimals_, digits.size() - point - 1);
      *rounding = unit_;
    }
    return *value * unit_;
  }

  double unit_of(const RecordRow& row) {
    const std::string_view given = text(row, unit);
    if (given.empty() || given == plans_.system.currency) return 1;
    const UnitOfMoney theirs = unit_of_money(given), ours = unit_of_money(plans_.system.currency);
    if (theirs.understood && ours.understood && theirs.symbol == ours.symbol) return theirs.worth() / ours.worth();
    error(row, unit,
          fmt::format("unit is '{}', and the plans' is '{}' (so amounts cannot be brought to it)", printable(given, 60), plans_.system.currency));
    return 1;
  }

  void read_row(const RecordRow& row) {
    Actual a;
    a.place = place(row, scheme);
    if (!read_subject(row, a) || !read_time(row, a)) return;
    unit_ = unit_of(row);
    a.to_date = amount(row, to_date, &a.rounding);
    a.pressure_to_date = a.scheme ? amount(row, pressure_to_date) : amount(row, pressure_to_date, &a.rounding);
    a.forecast = amount(row, forecast), a.phased = amount(row, phased);
    read_status(row, a);
    if (!a.scheme && a.to_date)
      error(row, to_date, "to_date without a scheme (savings are a scheme's; an organisation's own row is for pressure_to_date)");
    if (a.scheme && a.pressure_to_date)
      error(row, pressure_to_date, "pressure_to_date beside a scheme (it is the organisation's); leave the scheme empty in a row of its own");
    if (!a.to_date && !a.status && !a.pressure_to_date) error(row, columns_->has(to_date) ? to_date : status, "says nothing of what was seen");
    const auto [first, fresh] = seen_.try_emplace({a.as_at, a.organisation, a.scheme ? static_cast<int>(*a.scheme) : -1, a.year}, row.line);
    if (!fresh) error(row, scheme, fmt::format("the same month and year of it stand on line {} already; keep one", first->second));
    out_.rows.push_back(std::move(a));
  }

  bool read_subject(const RecordRow& row, Actual& a) {
    const std::string_view id = text(row, organisation), of = text(row, scheme);
    std::vector<std::string> ids;
    for (const Organisation& o : plans_.organisations) ids.push_back(o.id.value);
    const auto found = std::find(ids.begin(), ids.end(), id);
    if (found == ids.end()) {
      if (how_.others != nullptr && how_.others->find(id) != nullptr) {
        leave_out(row, organisation, fmt::format("only one of the revisions has an organisation '{}'", id));
        return false;
      }
      error(row, organisation, fmt::format("no organisation '{}' in the plans{}", printable(id, 60), did_you_mean(id, ids)));
      return false;
    }
    a.organisation = static_cast<std::size_t>(found - ids.begin());
    if (of.empty()) return true;
    std::vector<std::string> schemes;
    for (const Scheme& s : plans_.organisations[a.organisation].schemes) schemes.push_back(s.id.value);
    const auto which = std::find(schemes.begin(), schemes.end(), of);
    if (which == schemes.end()) {
      if (others_have(id, of)) {
        leave_out(row, scheme, fmt::format("only one of the revisions has the scheme {}/{}", id, of));
        return false;
      }
      error(row, scheme, fmt::format("{} has no scheme '{}'{}", *found, printable(of, 60), did_you_mean(of, schemes)));
      return false;
    }
    a.scheme = static_cast<std::size_t>(which - schemes.begin());
    return true;
  }

  bool others_have(std::string_view id, std::string_view of) const {
    const Organisation* organisation = how_.others == nullptr ? nullptr : how_.others->find(id);
    return organisation != nullptr &&
           std::any_of(organisation->schemes.begin(), organisation->schemes.end(), [&](const Scheme& s) { return s.id.value == of; });
  }
  // Said once of each scheme or organisation, at its first row: each may have a row a month.
  void leave_out(const RecordRow& row, Heading h, const std::string& what) {
    if (left_out_.insert(what).second) warn(place(row, h), what + " (what was seen of it counts in that one alone)");
  }

  bool read_time(const RecordRow& row, Actual& a) {
    const std::string_view given = text(row, as_at);
    const auto month = parse_month(given.size() >= 10 && given[7] == '-' ? given.substr(0, 7) : given);
    if (!month) {
      error(row, as_at, fmt::format("as_at is '{}', not a month like 2017-10", printable(given, 60)));
      return false;
    }
    a.as_at = *month;
    const std::vector<Year>& years = plans_.system.years;
    const int first = first_month(years.front()), last = first + 12 * static_cast<int>(years.size()) - 1;
    if (*month < first || *month > last) {
      error(row, as_at, fmt::format("as_at is {}, and the plan runs from {} to {}", month_text(*month), month_text(first), month_text(last)));
      return false;
    }
    a.year = static_cast<std::size_t>((*month - first) / 12);
    const std::string_view of = text(row, year);
    if (of.empty()) return true;
    const auto found = std::find_if(years.begin(), years.end(), [&](const Year& y) { return y.label == of; });
    if (found == years.end()) {
      error(row, year, fmt::format("year is '{}', and the plan has {} to {}", printable(of, 60), years.front().label, years.back().label));
      return false;
    }
    const auto named = static_cast<std::size_t>(found - years.begin());
    if (named > a.year) {
      error(row, year, fmt::format("year is {}, which begins after {}", of, month_text(*month)));
      return false;
    }
    a.year = named;
    return true;
  }

  void read_status(const RecordRow& row, Actual& a) {
    static const std::vector<std::string> words = {"delivered", "dropped", "asserted"};
    const std::string given = as_heading(std::string(text(row, status)));
    if (given.empty()) return;
    const auto found = std::find(words.begin(), words.end(), given);
    if (found == words.end()) {
      error(row, status, fmt::format("status is '{}'{} ({})", printable(text(row, status), 60), did_you_mean(given, words), fmt::join(words, ", ")));
      return;
    }
    a.status = static_cast<ActualStatus>(found - words.begin());
    if (!a.scheme) error(row, status, "status without a scheme");
  }

  // Claimed savings do get reversed: an actual below an earlier one counts, and is said.
  void say_restatements() {
    std::map<std::tuple<std::size_t, std::size_t, std::size_t>, const Actual*> before;
    std::vector<const Actual*> rows;
    for (const Actual& a : out_.rows)
      if (a.scheme && a.to_date) rows.push_back(&a);
    std::stable_sort(rows.begin(), rows.end(), [](const Actual* a, const Actual* b) { return a->as_at < b->as_at; });
    for (const Actual* a : rows) {
      const Actual*& earlier = before[{a->organisation, *a->scheme, a->year}];
      if (earlier != nullptr && *a->to_date < *earlier->to_date - 1e-9)
        warn(a->place, fmt::format("{}/{} has saved {} by {}, and had {} by {} (restated; the later counts)",
                                   plans_.organisations[a->organisation].id.value, plans_.organisations[a->organisation].schemes[*a->scheme].id.value,
                                   exact_amount(*a->to_date), month_text(a->as_at), exact_amount(*earlier->to_date), month_text(earlier->as_at)));
      earlier = a;
    }
  }

  // Nothing can be learnt of a scheme that the plan takes as delivered: where what was seen is otherwise, that is said, once a scheme.
  void say_unlearnt() {
    std::map<std::pair<std::size_t, std::size_t>, std::pair<Place, std::string>> latest;
    for (const Actual* a : known_by(out_, how_.as_at.value_or(std::numeric_limits<int>::max()))) {
      if (!a->scheme) continue;
      const Organisation& owner = plans_.organisations[a->organisation];
      const Scheme& banked = owner.schemes[*a->scheme];
      if (banked.stage.value != Stage::delivered) continue;
      const std::string seen = against_banked(*a, owner, banked);
      if (seen.empty()) continue;
      latest[{a->organisation, *a->scheme}] = {
          a->place, fmt::format("{}/{} {}; that does not count, as the plan takes it as delivered (its saving is banked); change its stage:{}",
                                owner.id.value, banked.id.value, seen, banked.says_how ? "" : " and give it a class: or a delivery:")};
    }
    for (const auto& [of, said] : latest) warn(said.first, said.second);
  }
  // What was seen, if it is off what is banked by more than it may be as measured; else empty.
  std::string against_banked(const Actual& a, const Organisation& owner, const Scheme& banked) const {
    const std::string by = month_text(a.as_at);
    std::string saved;
    bool off = false;
    if (a.to_date) {
      const int months = std::min(12, a.as_at - first_month(plans_.system.years[a.year]) + 1);
      const double planned = saved_by_lateness(plans_, owner, banked, 1, a.year, months).front();
      const double error = a.status == ActualStatus::asserted ? asserted_error : measured_error;
      off = std::abs(*a.to_date - planned) > std::max(error * std::abs(planned), a.rounding) + 1e-9;
      saved = fmt::format("{} of {} planned", money(*a.to_date), money(std::round(1000 * planned) / 1000));
    }
    if (a.status == ActualStatus::dropped) return fmt::format("was dropped by {}{}{}", by, saved.empty() ? "" : ", having saved ", saved);
    return off ? fmt::format("has saved {} by {}", saved, by) : std::string();
  }

  // As many decimals as it has, up to six.
  static int decimals_of(double amount) {
    const std::string six = decimal(amount, 6);
    return static_cast<int>(six.find_last_not_of('0') - six.find('.'));
  }
  static std::string exact_amount(double amount) { return grouped(decimal(amount, decimals_of(amount))); }  // "0.8", "12,340"
  std::string money(double amount) const { return money_text(amount, plans_.system.currency, decimals_of(amount)); }

  const RecordTable& table_;
  std::shared_ptr<const std::string> file_;
  const Plans& plans_;
  const ActualsRead& how_;
  std::set<std::string> left_out_;  // what is said of the schemes and organisations that only another revision has
  std::optional<RecordColumns> columns_;
  std::size_t decimals_ = 0;  // the most of any sum that was seen
  std::map<std::tuple<int, std::size_t, int, std::size_t>, int> seen_;
  double unit_ = 1;
  Actuals out_;
  Problems errors_, warnings_;  // apart, so that no number of warnings ends the reading or crowds out an error
};

}  // namespace actual_rows

Checked<Actuals> read_actuals(const RecordTable& table, const std::string& name, const Plans& plans, const ActualsRead& how) {
  return actual_rows::ActualsReader(table, name, plans, how).read();
}

std::string why_not_at(const Actuals& actuals, int as_at) {
  const std::string month = month_text(as_at);
  if (actuals.months.empty()) return fmt::format("{} is a month of actuals, and {} has none", month, actuals.file);
  if (as_at < actuals.months.front())
    return fmt::format("{} is before the first month of the actuals, {}", month, month_text(actuals.months.front()));
  if (as_at > actuals.months.back()) return fmt::format("{} is after the last month of the actuals, {}", month, month_text(actuals.months.back()));
  return {};
}

std::vector<const Actual*> known_by(const Actuals& actuals, int as_at) {
  std::map<std::tuple<std::size_t, int, std::size_t>, const Actual*> latest;
  for (const Actual& a : actuals.rows) {
    if (a.as_at > as_at) continue;
    const Actual*& kept = latest[{a.organisation, a.scheme ? static_cast<int>(*a.scheme) : -1, a.year}];
    if (kept == nullptr || kept->as_at <= a.as_at) kept = &a;
  }
  std::vector<const Actual*> out;
  for (const auto& [key, actual] : latest) out.push_back(actual);
  return out;
}

}  // namespace shortfall
