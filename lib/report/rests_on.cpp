#include "report/rests_on.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/money.hpp"
#include "report/number_text.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;

class RestsOn {
 public:
  RestsOn(const RunResult& r, const Grounds& grounds) : r_(r), grounds_(grounds), single_(r.organisations.size() == 1), digits_(planned_digits(r)) {}

  PageTable whole() {
    PageTable t;
    t.columns = {{"", Kind::label, 14}, {"", Kind::words}, {"", Kind::words}};
    const auto row = [&](const char* what, std::string value, bool is_default, const char* chosen = "the plans' own") {
      t.row({PageCell(what), PageCell(std::move(value)), is_default ? PageCell("default", Tone::doubtful) : PageCell(chosen)});
    };
    row("optimism",
        r_.optimism == 1   ? "1: the track record as it is"
        : r_.optimism == 0 ? "0: every scheme as planned"
                           : fmt::format("{:g} (0: as planned, 1: the track record)", r_.optimism),
        r_.optimism == 1, "asked for");
    row("deliveries", deliveries(), false, r_.reference.c_str());
    if (grounds_.schemes_without_stage > 0)
      row("stage",
          fmt::format("in-progress, of {} that say{} none", counted(grounds_.schemes_without_stage, "scheme"),
                      grounds_.schemes_without_stage == 1 ? "s" : ""),
          true);
    const Shared &w = r_.dependence.shared, usual;
    const bool as_usual = w.system == usual.system && w.organisation == usual.organisation && w.reference_class == usual.reference_class &&
                          w.scheme == usual.scheme && w.year == usual.year;
    row("shared luck",
        fmt::format("{:g} % of all luck shared by the system, {:g} % within an organisation, {:g} % within a class, {:g} % within a scheme, {:g} % "
                    "of a year's pressures{}",
                    100 * w.system, 100 * w.organisation, 100 * w.reference_class, 100 * w.scheme, 100 * w.year,
                    r_.dependence.factors.empty() ? "" : fmt::format("; {} of the plans' own", counted(r_.dependence.factors.size(), "factor"))),
        as_usual && r_.dependence.factors.empty());
    const bool gaussian = r_.dependence.copula == Copula::gaussian;
    row("copula",
        gaussian ? "Gaussian: the worst do not come together more than the rest"
                 : fmt::format("student-t, {:g} degrees of freedom", r_.dependence.degrees_of_freedom),
        gaussian);
    pressures(t);
    if (!single_)
      row("agreement",
          !grounds_.agreement_stated ? "none stated; \"one pool\" shows what would happen if all stood together"
          : r_.pools.empty()         ? "nobody stands with anybody"
                                     : "as above",
          !grounds_.agreement_stated);
    carries(t);
    substitutes(t);
    return t;
  }

  // "23 % on evidence, 77 % on judgement"; empty: all is delivered already.
  std::string grades() const {
    static constexpr std::pair<const char*, const char*> grades[] = {{"calibrated", "on your own records"},
                                                                     {"evidence", "on evidence"},
                                                                     {"derived", "derived from published figures"},
                                                                     {"judgement", "on judgement"},
                                                                     {"", "on the plans' own word"}};
    double total = 0;
    for (const ClassUsed& c : r_.classes) total += c.planned;
    std::string parts;
    for (const auto& [grade, words] : grades) {
      double planned = 0;
      for (const ClassUsed& c : r_.classes) planned += c.grade == grade ? c.planned : 0;
      if (planned > 0) parts += fmt::format("{}{:.0f} % {}", parts.empty() ? "" : ", ", 100 * planned / total, words);
    }
    return parts;
  }
  std::string deliveries() const {
    const std::string parts = grades();
    return parts.empty() ? "all delivered already" : "how such schemes have been delivered before; of the saving not yet delivered " + parts;
  }

  static bool has_mean(const Pressure& p) {
    return std::any_of(p.mean.begin(), p.mean.end(), [](double x) { return x != 0; });
  }
  static std::string pressure_words(const Pressure& p) {
    const std::string words =
        p.sd == 0 ? "none" : fmt::format("spend ± {:g} % a year, of which {:g} % carries over to the next", 100 * p.sd, 100 * p.persistence);
    return words + (has_mean(p) ? ", about a mean of the plans' own" : "");
  }

  void carries(PageTable& t) const {
    std::map<double, std::vector<std::string>> all;
    for (const OrganisationResult& o : r_.organisations) all[o.carry].push_back(o.id);
    for (const auto& [carry, who] : all)
      t.row({"carrying over", fmt::format("{:g} % of a year's gap goes into the next{}", 100 * carry, all.size() == 1 ? "" : ": " + listed(who)),
             carry == 1 ? PageCell("default", Tone::doubtful) : PageCell("the plans' own")});
  }

  // What is found elsewhere in place of what schemes miss.
  void substitutes(PageTable& t) const {
    double found = 0, missed = 0;
    for (const OrganisationResult& o : r_.organisations) found += o.found.mean.value, missed += o.saving.planned - o.saving.mean.value;
    t.row({"substitutes",
           found == 0 && std::abs(missed) < 1e-9 ? std::string("none needed: schemes miss nothing")
           : found == 0                          ? std::string("none: what schemes miss is not found elsewhere")
           : missed > found ? fmt::format("{} is found elsewhere, once, of the {} that schemes miss", money_text(found, r_.currency, digits_),
                                          money_text(missed, r_.currency, digits_))
                            : fmt::format("{} is found elsewhere, once, where schemes miss", money_text(found, r_.currency, digits_)),
           PageCell("by kind, or the plans' own")});
  }

  void pressures(PageTable& t) const {
    std::vector<std::pair<Pressure, std::vector<std::string>>> kinds;
    for (const auto& [id, p] : grounds_.pressures) {
      const std::string words = pressure_words(p);
      auto at = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return pressure_words(k.first) == words; });
      if (at == kinds.end()) at = kinds.insert(kinds.end(), {p, {}});
      at->second.push_back(id);
    }
    const Pressure usual;
    for (const auto& [p, who] : kinds)
      t.row({"pressure", pressure_words(p) + (kinds.size() == 1 ? "" : ": " + listed(who)),
             p.sd == usual.sd && p.persistence == usual.persistence && !has_mean(p) ? PageCell("default", Tone::doubtful)
                                                                                    : PageCell("the plans' own")});
  }

 private:
  const RunResult& r_;
  const Grounds& grounds_;
  bool single_;
  int digits_;
};

}  // namespace

PageTable rests_on(const RunResult& run, const Grounds& grounds) { return RestsOn(run, grounds).whole(); }
std::string grades_words(const RunResult& run) { return RestsOn(run, {}).grades(); }
std::string usual_pressure_words(const Grounds& grounds) {
  std::map<std::string, std::size_t> all;
  for (const auto& [id, p] : grounds.pressures) ++all[RestsOn::pressure_words(p)];
  const auto most = std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == all.end() ? "none" : most->first + (all.size() > 1 ? " (most organisations)" : "");
}

std::string how_far_known_words(const RunResult& run) {
  const bool single = run.organisations.size() == 1;
  const Estimate& fails = single ? run.organisations.front().alone : run.system_fails;
  if (fails.known && !fails.little_known()) return "nothing that more records would narrow";
  if (!fails.known)
    return run.optimism > 0 ? "not measured here; --knowledge on measures it, by 2,048 futures or more"
                            : "nothing, as optimism 0 takes every plan at its word";
  return fmt::format("the chance that {} fails lies between {} and {} %, nine times in ten; only more records narrow it",
                     single ? "the plan" : "the system", decimal(100 * fails.known->low, 0), decimal(100 * fails.known->high, 0));
}

PageTable years_table(const RunResult& r, const Grounds& grounds) {
  const bool single = r.organisations.size() == 1;
  const auto target = [&](const OrganisationResult& o) -> const Yearly& { return grounds.targets.at(o.id); };
  const int percent_digits = digits_for(100 * r.widest, 2);
  const auto chance = [&](const Estimate& e) { return PageCell(percent(e.value, percent_digits), tone_of_chance(e.value)); };
  PageTable t;
  t.columns = {{"", Kind::name, 9}, {"target"}, {"plan"}, {"expected"}, {"P10"}, {"P90"}, {"failed by\nthen, alone"}};
  if (single)
    t.columns.back().heading = "failed by\nthen";
  else
    t.columns.push_back({grounds.agreement_stated ? "failed by\nthen, together" : "failed by then,\nwere they one pool"});
  const int digits = planned_digits(r);
  const auto sum = [&](double x) { return grouped(decimal(x, digits)); };
  for (const OrganisationResult& o : r.organisations) {
    if (!single) t.span(o.title);
    for (std::size_t y = 0; y < r.years.size(); ++y) {
      std::vector<PageCell> cells = {r.years[y],
                                     sum(target(o)[y]),
                                     sum(o.position.planned[y]),
                                     sum(o.position.mean[y]),
                                     sum(o.position.p10[y]),
                                     sum(o.position.p90[y]),
                                     chance(o.alone_by_year[y])};
      if (!single) cells.push_back(chance(o.together_by_year[y]));
      t.row(std::move(cells));
    }
  }
  if (!single) {
    t.span("all together, as the sum of these");
    for (std::size_t y = 0; y < r.years.size(); ++y) {
      const auto column = [&](auto of) {
        std::vector<double> each;
        for (const OrganisationResult& o : r.organisations) each.push_back(of(o));
        return sum(sum_as_printed(each, digits));
      };
      t.row({r.years[y],
             column([&](const OrganisationResult& o) { return target(o)[y]; }),
             column([&](const auto& o) { return o.position.planned[y]; }),
             column([&](const auto& o) { return o.position.mean[y]; }),
             {},
             {},
             {},
             {}});
    }
  }
  return t;
}

std::string own_target_words(const RunResult& r, const Grounds& grounds) {
  if (grounds.own_target.empty()) return {};
  const int digits = planned_digits(r);
  const auto [least, most] = std::minmax_element(grounds.own_target.begin(), grounds.own_target.end());
  const bool above = *most >= -*least;
  const double furthest = above ? *most : *least;
  if (decimal(std::abs(furthest), digits) == decimal(0, digits)) return {};
  const bool alike = decimal(*least, digits) == decimal(*most, digits);
  return fmt::format("{}{}{} {} the sum of the organisations' targets", alike ? "" : "up to ", money_text(std::abs(furthest), r.currency, digits),
                     r.years.size() == 1 ? ""
                     : alike             ? " a year"
                                         : " in a year",
                     above ? "above" : "below");
}

ReservesToAdd reserves_as_printed(const RunResult& r, int digits) {
  std::vector<double> alone, agreed;
  for (const OrganisationResult& o : r.organisations) {
    const bool pooled = std::any_of(r.pools.begin(), r.pools.end(),
                                    [&](const PoolResult& p) { return std::find(p.members.begin(), p.members.end(), o.id) != p.members.end(); });
    alone.push_back(o.contingency.p80.value);
    if (!pooled) agreed.push_back(o.contingency.p80.value);
  }
  for (const PoolResult& p : r.pools) agreed.push_back(p.contingency.p80.value);
  return {sum_as_printed(alone, digits), sum_as_printed(agreed, digits)};
}

std::string size_sentence(const RunResult& r) {
  const int digits = planned_digits(r);
  const auto money = [&](double x) { return money_text(x, r.currency, digits); };
  const auto share = [](double part, double whole) { return whole > 0 ? fmt::format(" ({} %)", decimal(100 * part / whole, 0)) : std::string(); };
  std::vector<double> planned, expected, all_planned, all_expected;
  for (const OrganisationResult& o : r.organisations) {
    planned.push_back(o.saving.planned_last_year), expected.push_back(o.saving.mean_last_year);
    all_planned.push_back(o.saving.planned), all_expected.push_back(o.saving.mean.value);
  }
  const double p = sum_as_printed(planned, digits), e = sum_as_printed(expected, digits);
  std::string out = fmt::format("{}: {} of savings planned, {} to be expected{}", r.years.back(), money(p), money(e), share(e, p));
  const double all = sum_as_printed(all_planned, digits), all_e = sum_as_printed(all_expected, digits);
  if (r.years.size() > 1)
    out += fmt::format("; {} years together {}, {}{}", number_word(r.years.size()), money(all), money(all_e), share(all_e, all));
  return out + ".";
}

}  // namespace shortfall
