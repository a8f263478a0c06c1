#include "plan/dependence.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "plan/number.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {

std::vector<std::string> factor_names(const Plans& plans) {
  const Dependence& d = plans.system.dependence;
  std::vector<std::string> names;
  if (d.shared.system > 0) names.emplace_back("system");
  for (const Organisation& o : plans.organisations) {
    if (d.shared.organisation > 0) names.push_back("organisation/" + o.id.value);
    for (const Scheme& s : o.schemes) {
      if (d.shared.scheme > 0) names.push_back("scheme/" + o.id.value + "/" + s.id.value);
      if (d.shared.reference_class > 0 && s.reference_class) names.push_back("class/" + s.reference_class->value);
    }
  }
  if (d.shared.year > 0)
    for (const Year& y : plans.system.years) names.push_back("year/" + y.label);
  for (const NamedFactor& f : d.factors)
    if (f.share > 0) names.push_back(f.name.value);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Checked<std::vector<Given>> parse_given(const std::vector<std::string>& texts, const Plans& plans) {
  const std::vector<std::string> names = factor_names(plans);
  std::vector<Given> out;
  Problems problems;
  for (const std::string& text : texts) {
    const auto fail = [&](std::string message) { problems.push_back({whole_file("--given " + text), Code::bad_edit, std::move(message)}); };
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos) {
      fail("needs factor=quantile, as in system=p5");
      continue;
    }
    const std::string factor = text.substr(0, equals), level = text.substr(equals + 1);
    const bool p = level.starts_with('p') || level.starts_with('P');
    std::optional<double> quantile = p ? parse_number(level.substr(1)) : parse_fraction(level);
    if (quantile && p) *quantile /= 100;
    if (!quantile || !(*quantile > 0 && *quantile < 1))
      fail(fmt::format("'{}' is not a quantile like p5 or 5% (above 0, below 100%)", level));
    else if (std::find(names.begin(), names.end(), factor) == names.end())
      fail(fmt::format(
          "no factor '{}' here{} (there are system, organisation/ID, class/ID, year/LABEL, scheme/ORGANISATION/SCHEME and the plan's own names)",
          factor, did_you_mean(factor, names)));
    else if (std::any_of(out.begin(), out.end(), [&](const Given& g) { return g.factor == factor; }))
      fail(fmt::format("'{}' is given twice; hold it at one quantile", factor));
    else
      out.push_back({factor, *quantile});
  }
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  return out;
}

}  // namespace shortfall
