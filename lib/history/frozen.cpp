#include "history/frozen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "history/naive.hpp"
#include "history/yaml_text.hpp"
#include "plan/document.hpp"
#include "plan/fields.hpp"
#include "plan/read.hpp"

namespace shortfall {

FrozenForecast freeze(const Plans& plans, const Sources& sources, const FuturesOptions& options, int as_at, std::string program) {
  FrozenForecast out;
  out.program = std::move(program), out.as_at = as_at, out.seed = options.seed, out.optimism = options.optimism;
  out.knowledge = options.knowledge;
  out.system = plans.system.id.value, out.title = plans.system.title, out.currency = plans.system.currency, out.years = plans.system.years;
  for (const Organisation& o : plans.organisations) out.organisations.push_back({o.id.value, o.title});
  const std::vector<Measured> measured = everything_of(plans);
  FuturesOptions fewer = options;
  fewer.trials = std::min<std::uint64_t>(options.trials, std::max<std::uint64_t>(256, most_frozen_numbers / measured.size()));
  out.futures = futures_of(plans, measured, fewer);
  for (const Measured& m : measured) {
    out.planned_saving.push_back(planned_saving_of(plans, m));
    out.class_means.push_back(mean_of_classes(plans, m));
  }
  if (sources.system) out.files.push_back(*sources.system);
  out.files.insert(out.files.end(), sources.organisations.begin(), sources.organisations.end());
  out.files.push_back(sources.reference);
  out.edits = sources.edits;
  return out;
}

namespace {

std::string quoted_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + yaml_quoted(text);
  return "[" + out + "]";
}

std::string measure_text(const FrozenForecast& f, std::size_t m) {
  const Measured& measured = f.futures.measured[m];
  std::string out = "    - {";
  if (measured.organisation) out += fmt::format("of: {}, ", f.organisations[*measured.organisation].id);
  out += fmt::format("what: {}, ", name_of(measured.kind));
  if (measured.year) out += fmt::format("year: {}, ", f.years[*measured.year].label);
  out += fmt::format("planned: {}, planned_saving: {}, class_mean: {}, values: \"", f.futures.planned[m], f.planned_saving[m], f.class_means[m]);
  const auto column = static_cast<Eigen::Index>(m);
  for (Eigen::Index t = 0; t < f.futures.values.rows(); ++t) out += fmt::format("{}{:.6g}", t == 0 ? "" : " ", f.futures.values(t, column));
  return out + "\"}\n";
}

}  // namespace

std::string to_text(const FrozenForecast& f) {
  std::string out = "forecast:    # frozen: what its futures were, for 'shortfall backtest' to score when it is known what happened\n";
  out += fmt::format("  as_at: {}\n  program: {}\n  seed: {}\n  optimism: {}\n", month_text(f.as_at), yaml_quoted(f.program), f.seed, f.optimism);
  if (f.knowledge) out += "  knowledge: on\n";
  out += fmt::format("  system: {}\n  title: {}\n  currency: {}\n", f.system, yaml_quoted(f.title), yaml_quoted(f.currency));
  std::vector<std::string> years;
  for (const Year& y : f.years) years.push_back(y.label);
  out += fmt::format("  years: [{}]\n", fmt::join(years, ", "));
  if (!f.years.empty() && f.years.front().first)
    out += fmt::format("  year_starts: {}\n", month_names()[static_cast<std::size_t>(*f.years.front().first)]);
  out += "  organisations:\n";
  for (const auto& o : f.organisations) out += fmt::format("    {}: {}\n", o.id, yaml_quoted(o.title));
  out += fmt::format("  edits: {}\n  files:\n", quoted_list(f.edits));
  for (const Source& file : f.files) out += fmt::format("    - {{name: {}, text: {}}}\n", yaml_quoted(file.name), yaml_quoted(file.text));
  out += fmt::format("  futures: {}\n  measures:\n", f.futures.values.rows());
  for (std::size_t m = 0; m < f.futures.measured.size(); ++m) out += measure_text(f, m);
  return out;
}

bool is_frozen_forecast(std::string_view text) { return text.starts_with("forecast:") || text.find("\nforecast:") != std::string_view::npos; }

namespace {

class Reader {
 public:
  Reader(const Node& node, Problems& problems) : fields_(node, "the forecast", problems), problems_(problems) {}

  FrozenForecast read() {
    head();
    years();
    if (const Node* node = fields_.required("organisations"))
      for (const Entry& entry : node->entries) out_.organisations.push_back({entry.key, entry.value.text});
    if (const Node* node = fields_.optional("edits"))
      for (const Node& item : node->items) out_.edits.push_back(item.text);
    files();
    measures();
    fields_.finish();
    return std::move(out_);
  }

 private:
  void head() {
    if (const Node* node = fields_.required("as_at")) {
      const auto month = parse_month(node->text);
      if (!month) report(problems_, Code::bad_month, node->place, fmt::format("as_at is {}, not a month like 2018-06", shown(*node)));
      out_.as_at = month.value_or(0);
    }
    out_.program = fields_.text("program", "");
    out_.seed = seed();
    out_.optimism = fields_.number("optimism", 1, at_least_0);
    out_.knowledge = fields_.text("knowledge", "off") == "on";
    out_.system = fields_.required_id("system").value;
    out_.title = fields_.text("title", "");
    out_.currency = fields_.text("currency", "£m");
  }

  // Any whole number of 64 bits, as --seed takes them: as a double it would lose digits.
  std::uint64_t seed() {
    const Node* node = fields_.optional("seed");
    if (node == nullptr) return 1;
    std::uint64_t value = 1;
    const char* end = node->text.data() + node->text.size();
    const auto [at, fault] = std::from_chars(node->text.data(), end, value);
    if (node->kind != Node::Kind::scalar || fault != std::errc() || at != end)
      report(problems_, Code::not_a_number, node->place, fmt::format("seed is {}, not a whole number from 0 to {}", shown(*node), UINT64_MAX));
    return value;
  }

  void years() {
    const Node* node = fields_.required("years");
    std::optional<int> first;
    if (const Node* starts = fields_.optional("year_starts"); starts != nullptr)
      first = static_cast<int>(fields_.word("year_starts", month_names(), 0));
    if (node == nullptr) return;
    for (const Node& item : node->items) {
      auto year = parse_year(item.text);
      if (!year) return report(problems_, Code::bad_year, item.place, fmt::format("{} is not a year like 2017/18", shown(item)));
      year->first = first;
      out_.years.push_back(*year);
    }
    if (out_.years.empty()) report(problems_, Code::bad_forecast, node->place, "years is empty");
  }

  void files() {
    const Node* node = fields_.optional("files");
    if (node == nullptr) return;
    for (const Node& item : node->items) {
      const Node *name = item.find("name"), *text = item.find("text");
      if (name != nullptr && text != nullptr) out_.files.push_back({name->text, text->text});
    }
  }

  void measures() {
    const Node* futures = fields_.required("futures");
    const Node* list = fields_.required("measures");
    if (futures == nullptr || list == nullptr) return;
    const auto rows = read_number(*futures, "futures", problems_, {1, 1e6, ""});
    if (!rows) return;
    out_.futures.values.resize(static_cast<Eigen::Index>(*rows), static_cast<Eigen::Index>(list->items.size()));
    for (const Node& item : list->items) measure(item);
  }

  void measure(const Node& item) {
    Fields fields(item, "a measure", problems_);
    Measured measured;
    const std::vector<std::string> kinds = {"saving", "position", "failed", "organisations_failed"};
    measured.kind = static_cast<Measured::Kind>(fields.word("what", kinds, 0));
    if (const auto id = fields.id("of")) {
      const auto found = std::find_if(out_.organisations.begin(), out_.organisations.end(), [&](const auto& o) { return o.id == id->value; });
      if (found == out_.organisations.end())
        return report(problems_, Code::bad_forecast, id->place, fmt::format("'{}' is none of the organisations", id->value));
      measured.organisation = static_cast<std::size_t>(found - out_.organisations.begin());
    }
    if (const Node* year = fields.optional("year")) {
      const auto found = std::find_if(out_.years.begin(), out_.years.end(), [&](const Year& y) { return y.label == year->text; });
      if (found == out_.years.end()) return report(problems_, Code::bad_forecast, year->place, fmt::format("{} is none of the years", shown(*year)));
      measured.year = static_cast<std::size_t>(found - out_.years.begin());
    }
    out_.futures.planned.push_back(fields.number("planned", 0));
    out_.planned_saving.push_back(fields.number("planned_saving", 0));
    out_.class_means.push_back(fields.number("class_mean", 1));
    if (const Node* values = fields.required("values")) numbers(*values, out_.futures.measured.size());
    out_.futures.measured.push_back(measured);
    fields.finish();
  }

  void numbers(const Node& node, std::size_t column) {
    const char *at = node.text.data(), *end = at + node.text.size();
    for (Eigen::Index t = 0; t < out_.futures.values.rows(); ++t) {
      while (at != end && *at == ' ') ++at;
      double value = 0;
      const auto [after, fault] = std::from_chars(at, end, value);
      if (fault != std::errc() || !std::isfinite(value))
        return report(problems_, Code::bad_forecast, node.place, fmt::format("{} of {} values can be read", t, out_.futures.values.rows()));
      out_.futures.values(t, static_cast<Eigen::Index>(column)) = value;
      at = after;
    }
    if (at != end) report(problems_, Code::bad_forecast, node.place, fmt::format("more than {} values", out_.futures.values.rows()));
  }

  Fields fields_;
  Problems& problems_;
  FrozenForecast out_;
};

}  // namespace

Checked<FrozenForecast> read_frozen_forecast(std::string_view text, const std::string& name) {
  const Checked<Node> document = parse_document(text, name);
  if (!document) return tl::make_unexpected(document.error());
  Problems problems;
  const Node* node = document->find("forecast");
  if (node == nullptr)
    return tl::make_unexpected(Problems{{document->place, Code::bad_forecast, "not a frozen forecast (its first key is forecast:)"}});
  FrozenForecast out = Reader(*node, problems).read();
  if (has_errors(problems)) return tl::make_unexpected(sorted(std::move(problems)));
  return out;
}

}  // namespace shortfall
