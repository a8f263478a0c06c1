#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "base/money.hpp"
#include "plan/measure.hpp"
#include "report/views.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;

class RunView {
 public:
  RunView(const RunResult& r, const Extras& extras, const Grounds& grounds, const Provenance& provenance)
      : r_(r), extras_(extras), grounds_(grounds), provenance_(provenance), setting_(setting_of(r)), single_(r.organisations.size() == 1) {
    std::vector<Estimate> contingencies = {r.system_contingency.p80};
    for (const OrganisationResult& o : r.organisations) {
      planned_.push_back(o.saving.planned);
      expected_.push_back(o.saving.mean.value);
      contingencies.push_back(o.contingency.p80);
    }
    saving_digits_ = planned_digits(planned_);
    // A chance or a sum has no digit that its interval does not support.
    contingency_digits_ = std::min(saving_digits_, money_digits(contingencies, 3));
    percent_digits_ = digits_for(100 * r.widest, 2);
  }

  Document whole() {
    document_ = begun(setting_,
                      fmt::format("{}, {}; {}", counted(r_.organisations.size(), "organisation"), counted(r_.schemes, "scheme"),
                                  counted(r_.trials, "simulated future")),
                      provenance_.edits);
    document_.sections.front().blocks.insert(document_.sections.front().blocks.begin(), Paragraph{size(), Tone::plain, {}, {}, {}, false});
    chances();
    gates();
    meaning();
    year_by_year();
    mechanisms();
    correlations();
    grounds();
    certainty();
    return std::move(document_);
  }

 private:
  std::string contingency(double x) const { return money_text(x, r_.currency, contingency_digits_); }
  std::string saving(double x) const { return money_text(x, r_.currency, saving_digits_); }
  static std::string share(double part, double whole) { return whole > 0 ? fmt::format(" ({} %)", decimal(100 * part / whole, 0)) : ""; }

  // What it is worth a year, before what it comes to over all years.
  std::string size() const {
    std::vector<double> planned, expected;
    for (const OrganisationResult& o : r_.organisations) planned.push_back(o.saving.planned_last_year), expected.push_back(o.saving.mean_last_year);
    const double p = sum_as_printed(planned, saving_digits_), e = sum_as_printed(expected, saving_digits_);
    std::string out = fmt::format("{}: {} of savings planned, {} to be expected{}", r_.years.back(), saving(p), saving(e), share(e, p));
    const double all = sum_as_printed(planned_, saving_digits_), all_expected = sum_as_printed(expected_, saving_digits_);
    if (r_.years.size() > 1)
      out += fmt::format("; {} years together {}, {}{}", number_word(r_.years.size()), saving(all), saving(all_expected), share(all_expected, all));
    return out + ".";
  }

  PageCell chance(const Estimate& e) const { return {percent(e.value, percent_digits_), tone_of_chance(e.value)}; }
  static PageCell bar_of(const Estimate& e) { return bar({{e.value, tone_of_chance(e.value), "█"}}); }

  void chances() {
    PageTable t;
    const std::string together = grounds_.agreement_stated ? "together" : "were they\none pool";
    t.columns = {{"", Kind::name, 18}};
    if (!single_) t.columns.push_back({"P(fails)\nalone"});
    t.columns.push_back({single_ ? "P(fails)" : "P(fails)\n" + together});
    t.columns.insert(t.columns.end(), {{"", Kind::bar}, {"savings\nplanned"}, {"savings\nexpected"}, {"reserves\nto add *"}});
    const auto row = [&](const std::string& name, const Estimate* alone, const Estimate& fails, std::array<std::string, 3> sums, bool rule = false) {
      std::vector<PageCell> cells = {name};
      if (!single_) cells.push_back(alone == nullptr ? PageCell() : chance(*alone));
      cells.insert(cells.end(), {chance(fails), bar_of(fails), PageCell(sums[0]), PageCell(sums[1]), PageCell(sums[2])});
      t.row(std::move(cells), rule);
    };
    const auto reserves = [&](const ContingencyResult& c) { return amount(c.p80, contingency_digits_); };
    const auto sum = [&](double x) { return grouped(decimal(x, saving_digits_)); };
    for (const OrganisationResult& o : r_.organisations)
      row(o.title, &o.alone, o.together, {sum(o.saving.planned), sum(o.saving.mean.value), reserves(o.contingency)});
    if (!single_) {
      bool rule = true;
      if (!r_.one_pool_of_all)
        for (const PoolResult& p : r_.pools)
          row(fmt::format("the pool of {}", p.members.size()), nullptr, p.fails, {"", "", reserves(p.contingency)}, std::exchange(rule, false));
      row("all counted as one", nullptr, r_.system_fails,
          {sum(sum_as_printed(planned_, saving_digits_)), sum(sum_as_printed(expected_, saving_digits_)), reserves(r_.system_contingency)}, rule);
      row(fmt::format("any of the {}", r_.organisations.size()), &r_.joint.any, r_.joint_together.any, {"", "", ""});
      row(fmt::format("all of the {}", r_.organisations.size()), &r_.joint.all, r_.joint_together.all, {"", "", ""});
    }
    Section& s = document_.section();
    s.add(std::move(t));
    s.say(fmt::format("Money in {}, {}. * Reserves to add to be 80 % sure not to fail{}", r_.currency,
                      r_.years.size() == 1 ? "of the year" : "over all years",
                      single_ ? "."
                      : r_.one_pool_of_all
                          ? ": each organisation by itself; all counted as one need what they would need together, which is not the sum."
                          : ": each organisation by itself; a pool, and all counted as one, what they would need together, which is not the sum."),
          Tone::faint);
    double found = 0;
    for (const OrganisationResult& o : r_.organisations) found += o.found.mean.value;
    if (decimal(found, saving_digits_) != decimal(0, saving_digits_))
      s.say(fmt::format("Savings expected are what schemes deliver; beside them {} is found elsewhere, once, and counts in the chances, the reserves "
                        "and the years below.",
                        saving(found)),
            Tone::faint);
    if (!single_) s.say(agreement());
  }

  // Who stands with whom; what nobody has signed is never said to be.
  std::string agreement() const {
    if (!grounds_.agreement_stated) return "The plans state no agreement: \"one pool\" is what would be, were all joint and several.";
    if (r_.one_pool_of_all) return "Together: all in one pool, joint and several.";
    std::string s;
    std::size_t pooled = 0;
    for (const PoolResult& p : r_.pools) {
      pooled += p.members.size();
      s += fmt::format(
          "{}{} {}", s.empty() ? "" : "; ", fmt::join(p.members, ", "),
          p.aid ? fmt::format("help each other by up to {} a year", money_text(*p.aid, r_.currency, saving_digits_)) : "are joint and several");
    }
    std::vector<std::string> alone;
    for (const OrganisationResult& o : r_.organisations)
      if (std::none_of(r_.pools.begin(), r_.pools.end(),
                       [&](const PoolResult& p) { return std::find(p.members.begin(), p.members.end(), o.id) != p.members.end(); }))
        alone.push_back(o.id);
    if (!alone.empty()) s += fmt::format("{}{} {} alone", s.empty() ? "" : "; ", fmt::join(alone, ", "), alone.size() == 1 ? "stands" : "stand");
    return "Together: " + s + ".";
  }

  void gates() {
    if (r_.gates.empty()) return;
    Section& s = document_.section();
    for (const GateResult& g : r_.gates)
      s.blocks.emplace_back(Paragraph{fmt::format("gate {:<7} {}", name_of(g.verdict), gate_text(g, r_.currency)), Tone::plain, std::string(13, ' '),
                                      std::string(name_of(g.verdict)), tone_of(g.verdict), false});
  }

  // Sentences that a board can read.
  void meaning() {
    std::string s = single_ ? alone() : several();
    if (!single_ && !r_.pools.empty()) s += worth_of_agreement();
    document_.section().say(s.substr(0, s.find_last_not_of(' ') + 1));
  }

  std::string alone() const {
    const OrganisationResult& o = r_.organisations.front();
    return fmt::format("{} falls further below its target than its reserves of {} can carry in {}. ", o.title, saving(o.reserves), futures(o.alone));
  }

  std::string several() const {
    const std::size_t n = r_.organisations.size();
    std::string s = fmt::format("Counted as one, they miss the system's target by more than all their reserves of {} in {}. ", saving(r_.reserves),
                                futures(r_.system_fails));
    s += fmt::format("Each on its own, at least one of the {} fails in {}, all of them in {}. ", n, futures(r_.joint.any), futures(r_.joint.all));
    const auto most = [&](Estimate OrganisationResult::*what) {
      return std::max_element(r_.organisations.begin(), r_.organisations.end(),
                              [&](const auto& a, const auto& b) { return (a.*what).value < (b.*what).value; });
    };
    const auto dragged = most(&OrganisationResult::dragged_under), rescued = most(&OrganisationResult::rescued);
    const bool stated = grounds_.agreement_stated;
    if (dragged->dragged_under.value >= 0.005)
      s += stated ? fmt::format("{} would survive alone but is dragged under in {}. ", dragged->title, futures(dragged->dragged_under))
                  : fmt::format("Were they one pool, {}, which would survive alone, would be dragged under in {}. ", dragged->title,
                                futures(dragged->dragged_under));
    if (rescued != dragged && rescued->rescued.value >= 0.005)
      s += stated ? fmt::format("{} would fail alone but is rescued in {}. ", rescued->title, futures(rescued->rescued))
                  : fmt::format("{}, which would fail alone, would be rescued in {}. ", rescued->title, futures(rescued->rescued));
    return s;
  }

  // What standing together saves beside what it costs: whom it makes fail more often.
  std::string worth_of_agreement() const {
    std::size_t members = 0, worse = 0, better = 0;
    for (const PoolResult& p : r_.pools)
      for (const OrganisationResult& o : r_.organisations)
        if (std::find(p.members.begin(), p.members.end(), o.id) != p.members.end()) {
          ++members;
          worse += o.together.low > o.alone.high;
          better += o.together.high < o.alone.low;
        }
    const double by = std::abs(r_.pooling_benefit_p80);
    std::string s;
    if (std::max(r_.contingency_alone_p80, r_.contingency_agreed_p80) >= 0.05)
      s = fmt::format("To be 80 % sure, each by itself would have to add reserves of {} in all; {} {}: {} {}", contingency(r_.contingency_alone_p80),
                      grounds_.agreement_stated ? "standing as agreed," : "were they joint and several,", contingency(r_.contingency_agreed_p80),
                      contingency(by), r_.pooling_benefit_p80 >= 0 ? "less" : "more");
    if (worse + better == 0) return s.empty() ? s : s + ".";
    const auto part = [&](std::size_t k, const char* how) {
      return fmt::format("{} of the {} {} {} often", number_word(k), number_word(members),
                         grounds_.agreement_stated ? (k == 1 ? "fails" : "fail") : "would fail", how);
    };
    std::string who = worse > 0 ? part(worse, "more") : "";
    if (better > 0) who += (who.empty() ? "" : ", ") + part(better, "less");
    return s.empty() ? capital(who) + "." : s + (r_.pooling_benefit_p80 >= 0 && worse > 0 ? ", but " : "; ") + who + ".";
  }

  const Yearly& target(const OrganisationResult& o) const { return grounds_.targets.at(o.id); }

  void year_by_year() {
    PageTable t;
    t.columns = {{"", Kind::name, 9}, {"target"}, {"plan"}, {"expected"}, {"P10"}, {"P90"}, {"failed by\nthen, alone"}};
    if (single_)
      t.columns.back().heading = "failed by\nthen";
    else
      t.columns.push_back({grounds_.agreement_stated ? "failed by\nthen, together" : "failed by then,\nwere they one pool"});
    const int digits = saving_digits_;
    const auto sum = [&](double x) { return grouped(decimal(x, digits)); };
    for (const OrganisationResult& o : r_.organisations) {
      if (!single_) t.span(o.title);
      for (std::size_t y = 0; y < r_.years.size(); ++y) {
        std::vector<PageCell> cells = {r_.years[y],
                                       sum(target(o)[y]),
                                       sum(o.position.planned[y]),
                                       sum(o.position.mean[y]),
                                       sum(o.position.p10[y]),
                                       sum(o.position.p90[y]),
                                       chance(o.alone_by_year[y])};
        if (!single_) cells.push_back(chance(o.together_by_year[y]));
        t.row(std::move(cells));
      }
    }
    if (!single_) {
      t.span("all together, as the sum of these");
      for (std::size_t y = 0; y < r_.years.size(); ++y) {
        const auto column = [&](auto of) {
          std::vector<double> each;
          for (const OrganisationResult& o : r_.organisations) each.push_back(of(o));
          return sum(sum_as_printed(each, digits));
        };
        t.row({r_.years[y],
               column([&](const OrganisationResult& o) { return target(o)[y]; }),
               column([&](const auto& o) { return o.position.planned[y]; }),
               column([&](const auto& o) { return o.position.mean[y]; }),
               {},
               {},
               {},
               {}});
      }
    }
    document_.section(fmt::format("Year by year: income less spend, {}", r_.currency), Section::Shown::folded).add(std::move(t));
  }

  // What each mechanism does to the chances: a column each, the same futures without it.
  void mechanisms() {
    if (extras_.mechanisms.empty()) return;
    static constexpr std::pair<const char*, const char*> headings[] = {
        {"needs", "waiting\nfor needs"},         {"shared_staff", "short\nof staff"},
        {"double_counting", "double\ncounting"}, {"blackouts", "consult-\nations"},
        {"harm_waits", "harm\nat once"},         {"lapses", "lapses"},
        {"substitutes", "found\nelsewhere"},     {"conditional_funding", "cliff of\nfunding"},
        {"dependence", "shared\nluck"},          {"agreement", "pooling"},
        {"optimism", "optimism\nbias"},          {"pressure", "pressure\non spend"}};
    PageTable t;
    t.columns = {{"", Kind::name, 18}, {"fails\nas it is"}};
    double widest = 0;
    for (const MechanismResult& m : extras_.mechanisms) {
      const auto* known = std::find_if(std::begin(headings), std::end(headings), [&](const auto& h) { return m.name == h.first; });
      t.columns.push_back({known == std::end(headings) ? m.name : known->second});
      widest = std::max(widest, m.system.half_width());
    }
    const int digits = digits_for(100 * widest, 2);
    // With it less without it: what the mechanism adds to the risk.
    const auto cell = [&](const Estimate& without) {
      const Estimate adds{-without.value, -without.high, -without.low, without.trials};
      return PageCell(points(adds, digits), tone_of_change(adds));
    };
    for (std::size_t o = 0; o < r_.organisations.size(); ++o) {
      std::vector<PageCell> cells = {r_.organisations[o].title, chance(r_.organisations[o].together)};
      for (const MechanismResult& m : extras_.mechanisms) cells.push_back(cell(m.together[o]));
      t.row(std::move(cells));
    }
    if (!single_) {
      std::vector<PageCell> cells = {PageCell("all counted as one"), chance(r_.system_fails)};
      for (const MechanismResult& m : extras_.mechanisms) cells.push_back(cell(m.system));
      t.row(std::move(cells), true);
    }
    Section& s = document_.section("What each mechanism adds to the risk: points of the chance to fail, in the same futures with it and without");
    s.add(std::move(t));
    std::string words;
    for (const MechanismResult& m : extras_.mechanisms) {
      const Estimate& e = m.system;
      const double size = std::abs(100 * e.value), least = std::min(std::abs(100 * e.low), std::abs(100 * e.high)),
                   most = std::max(std::abs(100 * e.low), std::abs(100 * e.high));
      if ((e.low <= 0 && e.high >= 0) || size < 0.1) continue;
      words += fmt::format("The {} would fail {:.{}f} points {} often ({:.{}f} to {:.{}f}) {}. ", single_ ? "plan" : "system", size, digits,
                           e.value < 0 ? "less" : "more", least, digits, most, digits, m.without);
    }
    if (!words.empty()) words.pop_back(), s.say(words);
  }

  void correlations() {
    if (extras_.correlations.empty()) return;
    PageTable t;
    t.columns = {{"luck,\nas set"}, {"outcome,\nsimulated"}, {"95 %\ninterval", Kind::words}, {"", Kind::words}};
    for (const Correlation& c : extras_.correlations)
      t.row({PageCell(std::isnan(c.luck) ? "–" : decimal(c.luck, 2)), decimal(c.rank.value, 2),
             fmt::format("{} to {}", decimal(c.rank.low, 2), decimal(c.rank.high, 2)), c.first + " and " + c.second});
    document_.section("What the dependence comes to: correlation of the luck as set, then Spearman's of the outcomes as simulated").add(std::move(t));
  }

  // Every driver of the answer, its value, and whether anybody chose it.
  void grounds() {
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
          !grounds_.agreement_stated ? "none stated; \"one pool\" is what would be"
          : r_.pools.empty()         ? "nobody stands with anybody"
                                     : "as above",
          !grounds_.agreement_stated);
    carries(t);
    substitutes(t);
    document_.section("Rests on").add(std::move(t));
  }

  std::string deliveries() const {
    static constexpr std::pair<const char*, const char*> grades[] = {
        {"evidence", "on evidence"}, {"derived", "derived from published figures"}, {"judgement", "on judgement"}, {"", "on the plans' own word"}};
    double total = 0;
    for (const ClassUsed& c : r_.classes) total += c.planned;
    std::string parts;
    for (const auto& [grade, words] : grades) {
      double planned = 0;
      for (const ClassUsed& c : r_.classes) planned += c.grade == grade ? c.planned : 0;
      if (planned > 0) parts += fmt::format("{}{:.0f} % {}", parts.empty() ? "" : ", ", 100 * planned / total, words);
    }
    return parts.empty() ? "all delivered already" : "how such schemes have been delivered before; of the planned saving " + parts;
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
           found == 0 ? std::string("none: what schemes miss is not found elsewhere")
                      : fmt::format("{} is found elsewhere, once, of the {} that schemes miss", saving(found), saving(missed)),
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

  // Two uncertainties that must not pass for each other.
  void certainty() {
    Section& s = document_.section();
    s.say(fmt::format(
        "Two uncertainties. Of the simulation: every chance is good to {:.{}f} points or better, 19 times in 20; more futures (--trials) narrow it. "
        "Of what is known of such schemes: not yet measured.",
        100 * r_.widest, std::min(percent_digits_ + 1, 2)));
    s.say(fmt::format("{}; seed {}; {}.", capital(sampling_words(r_)), r_.seed, provenance_.program), Tone::faint);
  }

  const RunResult& r_;
  const Extras& extras_;
  const Grounds& grounds_;
  const Provenance& provenance_;
  Setting setting_;
  bool single_;
  std::vector<double> planned_, expected_;
  int saving_digits_ = 1, contingency_digits_ = 1, percent_digits_ = 1;
  Document document_;
};

}  // namespace

Document view_run(const RunResult& result, const Extras& extras, const Grounds& grounds, const Provenance& provenance) {
  return RunView(result, extras, grounds, provenance).whole();
}

}  // namespace shortfall
