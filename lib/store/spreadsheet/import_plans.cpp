// What was imported, written as a person would write plans.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/document.hpp"
#include "plan/profile.hpp"
#include "plan/read.hpp"
#include "store/spreadsheet/import.hpp"
#include "store/spreadsheet/words.hpp"
#include "store/spreadsheet/yaml_text.hpp"

namespace shortfall {
namespace {

constexpr std::size_t comment_column = 44;

// A line with its comment at the column where comments stand.
std::string commented(const std::string& line, const std::string& comment) {
  if (comment.empty()) return line + "\n";
  const std::size_t width = static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xc0) != 0x80; }));
  return line + std::string(width + 2 > comment_column ? 2 : comment_column - width, ' ') + "# " + one_line(comment) + "\n";
}

std::string numbers(const Yearly& amounts) {
  const bool same = std::all_of(amounts.begin(), amounts.end(), [&](double a) { return a == amounts.front(); });
  return amounts.size() > 1 && same ? decimal_text(amounts.front()) : yaml_numbers(amounts);
}

std::string percent(double share) { return decimal_text(100 * share) + "%"; }

class PlanWriter {
 public:
  PlanWriter(const ImportedOrganisation& organisation, const Mapping& mapping, const Reference& reference)
      : o_(organisation), m_(mapping), reference_(reference) {}

  std::string text(const std::vector<std::string>& origins) {
    for (const std::string& origin : origins) out_ += yaml_comment(origin);
    out_ += "organisation: " + o_.id + "\n";
    if (!o_.title.empty()) out_ += "title: " + yaml_text(o_.title) + "\n";
    if (!o_.kind.empty()) out_ += "kind: " + yaml_text(o_.kind) + "\n";
    if (o_.unit) out_ += "unit: " + yaml_text(unit_text(*o_.unit)) + "\n";
    finances();
    for (const std::string& more : o_.more) out_ += more + "\n";
    out_ += o_.schemes.empty() ? "" : "schemes:\n";
    for (const ImportedScheme& s : o_.schemes) scheme(s);
    return std::move(out_);
  }

 private:
  void finances() {
    if (o_.income) {
      out_ += commented("income: " + numbers(*o_.income), "");
      out_ += "spend: " + numbers(*o_.spend) + "\n";
      out_ += "target: " + numbers(*o_.target) + "\n";
      if (o_.reserves) out_ += "reserves: " + decimal_text(*o_.reserves) + "\n";
      if (o_.one_offs) out_ += "one_offs: " + numbers(*o_.one_offs) + "\n";
      return;
    }
    bool costs = false;
    const Yearly planned = net(costs);
    out_ +=
        yaml_comment(fmt::format("The tracker says nothing of income, spend or target. So the target is what the schemes plan to save{}, and to fail "
                                 "is to deliver less than planned.",
                                 costs ? ", less what they cost" : ""));
    out_ += "income: 0\nspend: 0\npressure: {sd: 0}\n";
    out_ += "target: " + yaml_numbers(planned) + "\n";
    if (o_.reserves) out_ += "reserves: " + decimal_text(*o_.reserves) + "\n";
  }

  // As the program itself counts what is planned, so that a plan that is delivered in full does not miss its target by a rounding.
  Yearly net(bool& costs) const {
    Yearly sum(m_.years.size(), 0.0);
    for (const ImportedScheme& s : o_.schemes) {
      Scheme plan;
      if (s.ramp)
        plan.saving.profile = *s.ramp;
      else
        plan.saving.profile = s.saving;
      const Yearly saving = planned_saving(plan, m_.years);
      for (std::size_t y = 0; y < sum.size(); ++y) sum[y] += saving[y] - (s.cost.empty() ? 0.0 : s.cost[y]);
      costs = costs || !s.cost.empty();
    }
    return sum;
  }

  void scheme(const ImportedScheme& s) {
    out_ += "\n" + commented("  " + s.id + ":", "from " + s.address);
    line("title", yaml_text(s.title), "");
    // What a reader of the plan would ask of the choice stands beside it.
    if (!s.reference_class.empty()) line("class", s.reference_class, s.why_class);
    if (s.says_stage) line("stage", std::string(name_of(s.stage)), s.why_stage.empty() ? "the tracker does not say: the default" : s.why_stage);
    if (has_key(s.more, "saving")) {
    } else if (s.ramp)
      line("saving", fmt::format("{{full_year: {}, starts: {}}}", decimal_text(s.ramp->full_year), month_text(s.ramp->starts)), "");
    else
      line("saving", yaml_numbers(s.saving), s.delivery ? "the middle of a range" : "");
    if (s.delivery) {
      const double chance = reference_.drops_out[static_cast<std::size_t>(s.stage)];
      line("delivery",
           fmt::format("{{uniform: [{}, {}], drops_out: {}}}", fmt::format("{:.6g}", s.delivery->low), fmt::format("{:.6g}", s.delivery->high),
                       percent(chance)),
           "the range, as shares of its middle; drops out as its stage does");
    }
    if (s.delay)
      line("delay",
           s.delay->first == s.delay->second ? decimal_text(s.delay->first)
                                             : fmt::format("{{uniform: [{}, {}]}}", decimal_text(s.delay->first), decimal_text(s.delay->second)),
           "months");
    if (!s.recurrent) line("recurrent", "false", "");
    if (!s.cost.empty()) line("cost", yaml_numbers(s.cost), "");
    for (const std::string& more : s.more) out_ += "    " + more + "\n";
    if (s.about.empty()) return;
    out_ += "    about:\n";
    for (const auto& [key, text] : s.about) out_ += fmt::format("      {}: {}\n", key, yaml_text(text));
  }

  static bool has_key(const std::vector<std::string>& lines, std::string_view key) {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& line) { return line.starts_with(key) && line.substr(key.size()).starts_with(':'); });
  }

  void line(std::string_view key, const std::string& value, const std::string& comment) {
    out_ += commented(fmt::format("    {}: {}", key, value), comment);
  }

  const ImportedOrganisation& o_;
  const Mapping& m_;
  const Reference& reference_;
  std::string out_;
};

Reference read_built_in_reference() {
  Problems none;
  const Source source = built_in_reference();
  return read_reference(*parse_document(source.text, source.name), none);
}

}  // namespace

std::vector<Source> plan_files(const Imported& imported, const Mapping& mapping, const std::vector<std::string>& origins) {
  std::vector<Source> out;
  std::vector<std::string> names;
  const Reference reference = read_built_in_reference();
  for (const ImportedOrganisation& o : imported.organisations) {
    // A plan named system.yaml would be taken for the system.
    names.push_back((o.id == "system" || o.id == "mapping" ? o.id + "-plan" : o.id) + ".yaml");
    out.push_back({names.back(), PlanWriter(o, mapping, reference).text(origins)});
  }
  std::string system;
  for (const std::string& origin : origins) system += yaml_comment(origin);
  system += "system: " + mapping.system + "\n";
  if (!mapping.title.empty()) system += "title: " + yaml_text(mapping.title) + "\n";
  system += "currency: " + yaml_text(unit_text(mapping.plan_unit)) + "\n";
  std::string years;
  for (const Year& year : mapping.years) years += (years.empty() ? "" : ", ") + year.label;
  system += "years: [" + years + "]\n";
  system += "organisations: " + yaml_list(names) + "\n";
  for (const std::string& more : imported.system) system += more + "\n";
  out.push_back({"system.yaml", std::move(system)});
  return out;
}

}  // namespace shortfall
