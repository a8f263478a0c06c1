#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "plan/fields.hpp"
#include "plan/number.hpp"
#include "plan/read.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

const std::vector<std::string>& form_names() {
  static const std::vector<std::string> names = {"fixed",  "uniform",   "triangular", "pert",   "beta",
                                                 "normal", "lognormal", "p10",        "values", "quantiles"};
  return names;
}

// [a, b] or [a, b, c].
template <std::size_t n>
std::optional<std::array<double, n>> read_tuple(const Node& node, std::string_view what, std::string_view form, Problems& problems) {
  if (node.kind != Node::Kind::list || node.items.size() != n) {
    report(problems, Code::bad_distribution, node.place, fmt::format("{} needs {}", what, form));
    return {};
  }
  std::array<double, n> out{};
  for (std::size_t i = 0; i < n; ++i) {
    const auto value = read_fraction(node.items[i], what, problems);
    if (!value) return {};
    out[i] = *value;
  }
  return out;
}

std::optional<double> optional_bound(Fields& fields, std::string_view key) {
  const Node* node = fields.optional(key);
  return node == nullptr ? std::nullopt : read_fraction(*node, key, fields.problems());
}

std::optional<double> required_value(Fields& fields, std::string_view key) {
  const Node* node = fields.required(key);
  return node == nullptr ? std::nullopt : read_fraction(*node, key, fields.problems());
}

std::optional<Shape> read_beta(const Node& node, Problems& problems) {
  Fields fields(node, "beta", problems);
  const auto mean = required_value(fields, "mean"), sd = required_value(fields, "sd"), low = optional_bound(fields, "low"),
             high = optional_bound(fields, "high");
  fields.finish();
  if (!mean || !sd) return {};
  return ScaledBeta{*mean, *sd, low.value_or(0), high.value_or(1)};
}

std::optional<Shape> read_normal(const Node& node, Problems& problems) {
  Fields fields(node, "normal", problems);
  const auto mean = required_value(fields, "mean"), sd = required_value(fields, "sd"), low = optional_bound(fields, "low"),
             high = optional_bound(fields, "high");
  fields.finish();
  if (!mean || !sd) return {};
  return Normal{*mean, *sd, low, high};
}

std::optional<Shape> read_lognormal(const Node& node, Problems& problems) {
  Fields fields(node, "lognormal", problems);
  const auto median = required_value(fields, "median"), p90 = required_value(fields, "p90"), high = optional_bound(fields, "high");
  fields.finish();
  if (!median || !p90) return {};
  return Lognormal{*median, *p90, high};
}

std::optional<Shape> read_quantiles(const Node& node, Problems& problems) {
  if (node.kind != Node::Kind::map) {
    report(problems, Code::bad_distribution, node.place, "quantiles needs a map like {0%: 0, 50%: 0.8, 100%: 1}");
    return {};
  }
  std::vector<std::pair<double, double>> points;
  for (const Entry& entry : node.entries) {
    const auto level = parse_fraction(entry.key);
    if (!level || *level < 0 || *level > 1) {
      report(problems, Code::wrong_form, entry.place, fmt::format("'{}' is not a level from 0% to 100%", printable(entry.key, 60)));
      return {};
    }
    const auto value = read_fraction(entry.value, fmt::format("the quantile at {}", entry.key), problems);
    if (!value) return {};
    points.emplace_back(*level, *value);
  }
  std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Quantiles out;
  for (const auto& [level, value] : points) {
    if (!out.levels.empty() && out.levels.back() == level) {
      report(problems, Code::bad_distribution, node.place, fmt::format("quantiles gives the level {:.6g}% twice; keep one", 100 * level));
      return {};
    }
    out.levels.push_back(level);
    out.values.push_back(value);
  }
  return out;
}

std::optional<Shape> read_values(Fields& fields, const Node& node) {
  const auto numbers = [&](const Node& list, std::string_view what) -> std::optional<std::vector<double>> {
    if (list.kind != Node::Kind::list) {
      report(fields.problems(), Code::bad_distribution, list.place, fmt::format("{} needs a list like [0, 0.5, 1]", what));
      return {};
    }
    std::vector<double> out;
    for (const Node& item : list.items) {
      const auto value = read_fraction(item, what, fields.problems());
      if (!value) return {};
      out.push_back(*value);
    }
    return out;
  };
  auto values = numbers(node, "values");
  std::optional<std::vector<double>> weights;
  if (const Node* given = fields.optional("weights"))
    weights = numbers(*given, "weights");
  else if (values)
    weights = std::vector<double>(values->size(), values->empty() ? 0.0 : 1.0 / static_cast<double>(values->size()));
  if (!values || !weights) return {};
  return Values{std::move(*values), std::move(*weights)};
}

// "p5": 0.05; nothing where the key is no such level.
std::optional<double> level_of(std::string_view key) {
  if (key.size() < 2 || key.front() != 'p' || key.find_first_not_of("0123456789.", 1) != std::string_view::npos) return {};
  const auto percent = parse_number(key.substr(1));
  return percent && *percent > 0 && *percent < 100 ? std::optional<double>(*percent / 100) : std::nullopt;
}

// Three quantiles at other levels than P10, P50 and P90: the metalog through them (Keelin 2016, three terms), by the three that it is known by.
std::optional<Shape> read_other_quantiles(Fields& fields, const Node& node) {
  std::vector<std::pair<double, double>> points;  // level, value
  for (const Entry& entry : node.entries) {
    const auto level = level_of(entry.key);
    if (!level) continue;
    const auto value = required_value(fields, entry.key);
    if (!value) return {};
    points.emplace_back(*level, *value);
  }
  const auto low = optional_bound(fields, "low"), high = optional_bound(fields, "high");
  if (points.size() != 3) {
    report(fields.problems(), Code::bad_distribution, node.place,
           fmt::format("{} quantiles are given; a distribution by a few has three, as in {{p5, p50, p95}} (more: quantiles:)", points.size()));
    return {};
  }
  std::sort(points.begin(), points.end());
  const auto stretched = [&](double x) {
    return low && high ? std::log((x - *low) / (*high - x)) : low ? std::log(x - *low) : high ? -std::log(*high - x) : x;
  };
  const auto back = [&](double z) {
    return low && high ? (*low + *high * std::exp(z)) / (1 + std::exp(z)) : low ? *low + std::exp(z) : high ? *high - std::exp(-z) : z;
  };
  double a[3][4];
  for (int i = 0; i < 3; ++i) {
    const double y = points[i].first, logit = std::log(y / (1 - y));
    a[i][0] = 1, a[i][1] = logit, a[i][2] = (y - 0.5) * logit, a[i][3] = stretched(points[i].second);
    if (!std::isfinite(a[i][3])) {
      report(fields.problems(), Code::bad_distribution, node.place, "a quantile lies on a bound or beyond it; bounds lie outside all quantiles");
      return {};
    }
  }
  for (int k = 0; k < 3; ++k) {
    int pivot = k;
    for (int i = k + 1; i < 3; ++i)
      if (std::abs(a[i][k]) > std::abs(a[pivot][k])) pivot = i;
    std::swap(a[k], a[pivot]);
    for (int i = 0; i < 3; ++i)
      if (i != k)
        for (int j = 3; j >= k; --j) a[i][j] -= a[k][j] * (a[i][k] / a[k][k]);
  }
  const auto at = [&](double y) {
    const double logit = std::log(y / (1 - y));
    return back(a[0][3] / a[0][0] + a[1][3] / a[1][1] * logit + a[2][3] / a[2][2] * (y - 0.5) * logit);
  };
  return Metalog{at(0.1), at(0.5), at(0.9), low, high};
}

std::optional<Shape> read_metalog(Fields& fields) {
  const auto p10 = required_value(fields, "p10"), p50 = required_value(fields, "p50"), p90 = required_value(fields, "p90");
  const auto low = optional_bound(fields, "low"), high = optional_bound(fields, "high");
  if (!p10 || !p50 || !p90) return {};
  return Metalog{*p10, *p50, *p90, low, high};
}

// The second of two forms where one is enough.
const Entry* second_form(const Node& node) {
  const auto form = [](const Entry& e) -> std::string_view {
    if (e.key == "p10" || e.key == "p50" || e.key == "p90") return "p10";
    return std::find(form_names().begin(), form_names().end(), e.key) == form_names().end() ? std::string_view() : std::string_view(e.key);
  };
  std::string_view first;
  for (const Entry& entry : node.entries) {
    if (!first.empty() && !form(entry).empty() && form(entry) != first) return &entry;
    if (first.empty()) first = form(entry);
  }
  return nullptr;
}

std::optional<Shape> read_shape(Fields& fields, const Node& node, std::string_view what) {
  Problems& problems = fields.problems();
  if (const Entry* second = second_form(node)) {
    report(problems, Code::bad_distribution, second->place, fmt::format("{} has '{}' beside another distribution; keep one", what, second->key));
    return {};
  }
  const bool others = std::any_of(node.entries.begin(), node.entries.end(),
                                  [](const Entry& e) { return level_of(e.key) && e.key != "p10" && e.key != "p50" && e.key != "p90"; });
  if (others) return read_other_quantiles(fields, node);
  if (node.find("p10") != nullptr || node.find("p50") != nullptr || node.find("p90") != nullptr) return read_metalog(fields);
  if (const Node* form = fields.optional("fixed")) {
    const auto value = read_fraction(*form, "fixed", problems);
    return value ? std::optional<Shape>(Fixed{*value}) : std::nullopt;
  }
  if (const Node* form = fields.optional("uniform")) {
    const auto t = read_tuple<2>(*form, "uniform", "[low, high]", problems);
    return t ? std::optional<Shape>(Uniform{(*t)[0], (*t)[1]}) : std::nullopt;
  }
  if (const Node* form = fields.optional("triangular")) {
    const auto t = read_tuple<3>(*form, "triangular", "[low, mode, high]", problems);
    return t ? std::optional<Shape>(Triangular{(*t)[0], (*t)[1], (*t)[2]}) : std::nullopt;
  }
  if (const Node* form = fields.optional("pert")) {
    const auto t = read_tuple<3>(*form, "pert", "[low, mode, high]", problems);
    return t ? std::optional<Shape>(Pert{(*t)[0], (*t)[1], (*t)[2]}) : std::nullopt;
  }
  if (const Node* form = fields.optional("beta")) return read_beta(*form, problems);
  if (const Node* form = fields.optional("normal")) return read_normal(*form, problems);
  if (const Node* form = fields.optional("lognormal")) return read_lognormal(*form, problems);
  if (const Node* form = fields.optional("quantiles")) return read_quantiles(*form, problems);
  if (const Node* form = fields.optional("values")) return read_values(fields, *form);
  std::string near;
  for (const Entry& entry : node.entries)
    if (near.empty()) near = did_you_mean(entry.key, form_names());
  report(
      problems, Code::bad_distribution, node.place,
      fmt::format(
          "{} is no distribution (a number, or one of fixed, uniform, triangular, pert, beta, normal, lognormal, p10/p50/p90, values, quantiles){}",
          what, near));
  return {};
}

// The largest number that a distribution names, whatever its sign.
double largest_named(const Distribution& d) {
  struct {
    double operator()(const Fixed& x) const { return std::abs(x.value); }
    double operator()(const Uniform& x) const { return std::max(std::abs(x.low), std::abs(x.high)); }
    double operator()(const Triangular& x) const { return std::max(std::abs(x.low), std::abs(x.high)); }
    double operator()(const Pert& x) const { return std::max(std::abs(x.low), std::abs(x.high)); }
    double operator()(const ScaledBeta& x) const { return std::max(std::abs(x.low), std::abs(x.high)); }
    double operator()(const Normal& x) const { return std::max(std::abs(x.mean), x.sd); }
    double operator()(const Lognormal& x) const { return x.p90; }
    double operator()(const Metalog& x) const { return std::max(std::abs(x.p10), std::abs(x.p90)); }
    double operator()(const Values& x) const {
      double most = 0;
      for (const double v : x.values) most = std::max(most, std::abs(v));
      return most;
    }
    double operator()(const Quantiles& x) const { return std::max(std::abs(x.values.front()), std::abs(x.values.back())); }
  } visitor;
  return std::visit(visitor, d.shape);
}

}  // namespace

void refuse_drops_out(const Node& node, std::string_view what, std::string_view owner, Problems& problems) {
  if (const Node* drops_out = node.find("drops_out"))
    report(problems, Code::bad_distribution, drops_out->place, fmt::format("drops_out belongs to {}, not to {}", owner, what));
}

Distribution read_rate(const Node* node, Problems& problems) {
  if (node == nullptr) return {Fixed{0.0}, 0.0};
  if (const Node* drops_out = node->find("drops_out"))
    report(problems, Code::wrong_form, drops_out->place, "drops_out is a scheme's, not a rate's; write the rate's own low end");
  return read_distribution(*node, "rate", {0, 1}, problems).distribution;
}

PlacedDistribution read_distribution(const Node& node, std::string_view what, Support allowed, Problems& problems) {
  PlacedDistribution out{{Fixed{std::clamp(1.0, allowed.low, allowed.high)}, 0.0}, node.place};
  Distribution found;
  if (node.kind == Node::Kind::scalar) {
    const auto value = read_fraction(node, what, problems);
    if (!value) return out;
    found.shape = Fixed{*value};
  } else {
    const std::size_t before = problems.size();
    Fields fields(node, std::string(what), problems);
    if (node.kind != Node::Kind::map) return out;
    found.drops_out = fields.fraction("drops_out", 0);
    const auto shape = read_shape(fields, node, what);
    if (shape || problems.size() == before) fields.finish();
    if (!shape) return out;
    found.shape = *shape;
  }
  if (const auto wrong = fault(found)) {
    report(problems, Code::bad_distribution, node.place, fmt::format("{}: {}", what, *wrong));
    return out;
  }
  // A share of 30 is 3,000 %: nobody means that.
  constexpr double most_of_plan = 20;
  if (const double named = largest_named(found); named > most_of_plan && what != "delay" && what != "staffing" && what != "rate") {
    report(problems, Code::bad_distribution, node.place,
           fmt::format("{} says {:g}, which is {:g}% of plan; did you mean {:g}%?", what, named, 100 * named, named));
    return out;
  }
  const Support has = support(found);
  if (has.low < allowed.low && has.low > any_number.low)
    report(problems, Code::bad_distribution, node.place,
           fmt::format("{} can be as low as {}, but is never below {}; raise its low end", what, has.low, allowed.low));
  else if (has.high > allowed.high && has.high < any_number.high)
    report(problems, Code::bad_distribution, node.place,
           fmt::format("{} can be as high as {}, but is never above {}; lower its high end", what, has.high, allowed.high));
  else
    out.distribution = std::move(found);
  return out;
}

}  // namespace shortfall
