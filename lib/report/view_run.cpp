#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "base/money.hpp"
#include "plan/measure.hpp"
#include "report/charts.hpp"
#include "report/rests_on.hpp"
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
    document_.sections.front().blocks.insert(document_.sections.front().blocks.begin(), Paragraph{size_sentence(r_), Tone::plain, {}, {}, {}, false});
    chances();
    gates();
    meaning();
    pictures();
    how_far_known();
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
      row(any_of(r_.organisations.size()), &r_.joint.any, r_.joint_together.any, {"", "", ""});
      row(all_of(r_.organisations.size()), &r_.joint.all, r_.joint_together.all, {"", "", ""});
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
    if (const std::string more = own_target_words(r_, grounds_); !more.empty())
      s.say(fmt::format("All counted as one are held to the system's own target, {}.", more), Tone::faint);
    double found = 0;
    for (const OrganisationResult& o : r_.organisations) found += o.found.mean.value;
    if (decimal(found, saving_digits_) != decimal(0, saving_digits_))
      s.say(fmt::format("Savings expected are what schemes deliver; beside them {} is found elsewhere, once, and counts in the chances, the reserves "
                        "and the years below.",
                        saving(found)),
            Tone::faint);
    if (!single_) s.say(agreement());
  }

  std::vector<std::string> titles_of(const std::vector<std::string>& ids) const {
    std::vector<std::string> titles;
    for (const OrganisationResult& o : r_.organisations)
      if (std::find(ids.begin(), ids.end(), o.id) != ids.end()) titles.push_back(o.title);
    return titles;
  }
  // Who stands with whom; what nobody has signed is never said to be.
  std::string agreement() const {
    if (!grounds_.agreement_stated) return no_agreement_words();
    const auto own = [&](const PoolResult& p) {
      return p.reserves == 0 ? std::string() : fmt::format(", with {} of reserves of its own", money_text(p.reserves, r_.currency, saving_digits_));
    };
    if (r_.one_pool_of_all) return fmt::format("Together: all in one pool, joint and several{}.", own(r_.pools.front()));
    std::string s;
    for (const PoolResult& p : r_.pools) {
      s += fmt::format("{}{} {}", s.empty() ? "" : "; ", listed(titles_of(p.members)),
                       p.aid ? fmt::format("help each other by up to {} a year", money_text(*p.aid, r_.currency, saving_digits_))
                             : "are joint and several" + own(p));
    }
    std::vector<std::string> alone;
    for (const OrganisationResult& o : r_.organisations)
      if (std::none_of(r_.pools.begin(), r_.pools.end(),
                       [&](const PoolResult& p) { return std::find(p.members.begin(), p.members.end(), o.id) != p.members.end(); }))
        alone.push_back(o.title);
    if (!alone.empty()) s += fmt::format("{}{} {} alone", s.empty() ? "" : "; ", listed(alone), alone.size() == 1 ? "stands" : "stand");
    return "Together: " + s + ".";
  }

  void gates() {
    if (r_.gates.empty()) return;
    Section& s = document_.section();
    for (const GateResult& g : r_.gates) s.blocks.emplace_back(gate_paragraph(g, r_.currency));
  }

  // Sentences that a board can read.
  void meaning() {
    std::string s = single_ ? alone() : several();
    if (!single_ && !r_.pools.empty()) s += worth_of_agreement();
    document_.section().say(s.substr(0, s.find_last_not_of(' ') + 1));
  }

  bool draws_chosen() const { return r_.seen && r_.seen->draws.count > 0; }
  Said first_said() const { return draws_chosen() ? Said::first_with_months : Said::first; }

  std::string alone() const {
    const OrganisationResult& o = r_.organisations.front();
    const std::string falls = o.reserves == 0 ? std::string("falls below its target, with no reserves to carry it,")
                                              : fmt::format("falls further below its target than its reserves of {} can carry", saving(o.reserves));
    return fmt::format("{} {} in {}. ", o.title, falls, known_futures(o.alone, first_said()));
  }

  std::string several() const {
    const std::size_t n = r_.organisations.size();
    const std::string by = r_.reserves == 0 ? std::string(", with no reserves to carry it,")
                                            : fmt::format(" by more than all their reserves of {}", saving(r_.reserves));
    std::string s = fmt::format("Counted as one, they miss the system's target{} in {}. ", by, known_futures(r_.system_fails, first_said()));
    s += fmt::format("Each on its own, at least one of the {} fails in {}, all of them in {}. ", n, known_futures(r_.joint.any, Said::again),
                     known_futures(r_.joint.all, Said::again));
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
    const ReservesToAdd reserves = reserves_as_printed(r_, contingency_digits_);
    const double less = reserves.alone - reserves.agreed;
    std::string s;
    if (std::max(r_.contingency_alone_p80, r_.contingency_agreed_p80) >= 0.05)
      s = fmt::format("To be 80 % sure, each by itself would have to add reserves of {} in all; {} {}: {} {}", contingency(reserves.alone),
                      grounds_.agreement_stated ? "standing as agreed," : "were they joint and several,", contingency(reserves.agreed),
                      contingency(std::abs(less)), less >= 0 ? "less" : "more");
    if (worse + better == 0) return s.empty() ? s : s + ".";
    const auto part = [&](std::size_t k, const char* how) {
      return fmt::format("{} of the {} {} {} often", number_word(k), number_word(members),
                         grounds_.agreement_stated ? (k == 1 ? "fails" : "fail") : "would fail", how);
    };
    std::string who = worse > 0 ? part(worse, "more") : "";
    if (better > 0) who += (who.empty() ? "" : ", ") + part(better, "less");
    return s.empty() ? capital(who) + "." : s + (less >= 0 && worse > 0 ? ", but " : "; ") + who + ".";
  }

  // Asked for, on a terminal two of them; on a page all.
  void pictures() {
    if (!extras_.pictures) return;
    Section& s = document_.section();
    const auto add = [&](std::optional<Chart> picture, bool anywhere) {
      if (!picture) return;
      picture->on_pages_alone = !anywhere;
      s.add(std::move(*picture));
    };
    add(curve_chart(r_, *extras_.pictures), extras_.charts);
    add(fan_chart(r_, *extras_.pictures), extras_.charts);
    add(joint_chart(r_), false);
    add(swim_or_sink_chart(r_, grounds_), false);
  }

  // Of fewer draws than this the ends of a range, which one of twenty lies beyond, are those of the draws that happen to be there.
  static constexpr std::size_t few_draws = 40;
  // What more records would narrow, and more futures do not.
  void how_far_known() {
    if (!r_.little_known()) return;
    Section& s = document_.section("How far the chances are known", Section::Shown::folded);
    s.add(known_chances());
    s.say(fmt::format("Range: nine times in ten the chance itself lies within it, as far as records{} tell{}. The classes rest on "
                      "few records, so {} draws of what they may truly be were {}. More records narrow the range ('shortfall calibrate'){}; more "
                      "futures do not.{}",
                      draws_chosen() ? " and the months so far" : "", some_known_exactly() ? " (–: it hangs on no records)" : "", r_.knowledge_draws,
                      draws_chosen() ? fmt::format("made, and simulated as often as they fit what was seen (as good as {:.0f} that fit alike)",
                                                   r_.seen->effective_draws)
                                     : "simulated",
                      draws_chosen() ? ", and so do more months" : "",
                      r_.knowledge_draws < few_draws ? " So few draws tell the range itself only roughly: ask for more --trials." : ""),
          Tone::faint);
    document_.section("How far the reserves to add are known, to be 80 % sure not to fail", Section::Shown::folded).add(known_reserves());
  }
  bool some_known_exactly() const {
    return std::any_of(r_.organisations.begin(), r_.organisations.end(),
                       [](const OrganisationResult& o) { return !o.alone.little_known() || !o.together.little_known(); });
  }
  PageTable known_chances() const {
    PageTable t;
    t.columns = {{"", Kind::name, 18}};
    if (!single_) t.columns.insert(t.columns.end(), {{"P(fails)\nalone"}, {"range,\n%", Kind::words}});
    t.columns.push_back({single_ ? "P(fails)" : grounds_.agreement_stated ? "together" : "were they\none pool"});
    t.columns.push_back({"range,\n%", Kind::words});
    // A chance that hangs on no class that is little known has the interval of the simulation alone, which says nothing of the world.
    const auto range = [](const Estimate& e) {
      return e.little_known() ? fmt::format("{} to {}", decimal(100 * e.known->low, 0), decimal(100 * e.known->high, 0)) : std::string("–");
    };
    for (const OrganisationResult& o : r_.organisations) {
      std::vector<PageCell> cells = {o.title};
      if (!single_) cells.insert(cells.end(), {chance(o.alone), PageCell(range(o.alone))});
      cells.insert(cells.end(), {chance(o.together), PageCell(range(o.together))});
      t.row(std::move(cells));
    }
    if (!single_) t.row({"all counted as one", PageCell(), PageCell(), chance(r_.system_fails), range(r_.system_fails)});
    return t;
  }
  PageTable known_reserves() const {
    PageTable t;
    t.columns = {{"", Kind::name, 18}, {fmt::format("reserves\nto add, {}", r_.currency)}, {"range", Kind::words}};
    const auto row = [&](const std::string& name, const Estimate& e) {
      t.row({name, amount(e, contingency_digits_),
             e.known ? fmt::format("{} to {}", grouped(decimal(e.known->low, saving_digits_)), grouped(decimal(e.known->high, saving_digits_)))
                     : std::string()});
    };
    for (const OrganisationResult& o : r_.organisations) row(o.title, o.contingency.p80);
    if (!single_) row("all counted as one", r_.system_contingency.p80);
    return t;
  }

  void year_by_year() {
    document_.section(fmt::format("Year by year: income less spend, {}", r_.currency), Section::Shown::folded).add(years_table(r_, grounds_));
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

  void grounds() { document_.section("Rests on").add(rests_on(r_, grounds_)); }

  // Two uncertainties that must not pass for each other.
  void certainty() {
    Section& s = document_.section();
    s.say(fmt::format(
        "Two uncertainties. Of the simulation: every chance is good to {:.{}f} points or better, 19 times in 20; more futures (--trials) narrow it. "
        "Of what is known of such schemes: {}.",
        100 * r_.widest, std::min(percent_digits_ + 1, 2), how_far_known_words(r_)));
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
