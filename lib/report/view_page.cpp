#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/money.hpp"
#include "report/backtest_words.hpp"
#include "report/page.hpp"
#include "report/rests_on.hpp"
#include "report/views.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;
constexpr std::size_t schemes_told = 10, fans_of_organisations = 3;

class Page {
 public:
  Page(const BoardAnswers& answers, const Grounds& grounds, const Provenance& provenance)
      : a_(answers),
        r_(answers.run),
        grounds_(grounds),
        provenance_(provenance),
        single_(r_.organisations.size() == 1),
        setting_(setting_of(r_)),
        digits_(planned_digits(r_)) {}

  Document whole() {
    document_ = begun(setting_, size_sentence(r_), provenance_.edits);
    headline();
    since();
    years();
    missing();
    schemes();
    if (a_.recovered) add_recover(*a_.recovered, document_.section("What could be done"));
    pools();
    rests();
    track_record();
    words();
    stamp();
    return std::move(document_);
  }

 private:
  std::string money(double x) const { return money_text(x, r_.currency, digits_); }
  std::string sum(double x) const { return grouped(decimal(x, digits_)); }

  // The document of another view, some of whose sections this page takes.
  void take(Document other, std::size_t first, std::size_t count, Section::Shown shown = Section::Shown::open) {
    for (std::size_t k = first; k < std::min(first + count, other.sections.size()); ++k) {
      other.sections[k].shown = shown;
      document_.sections.push_back(std::move(other.sections[k]));
    }
  }

  void headline() {
    Section& s = document_.sections.front();
    KeyFigures figures;
    const auto chance = [&](const Estimate& e, std::string words) {
      if (e.little_known()) words += fmt::format(" ({}{})", known_text(e), figures.empty() ? ", given how little is known of such schemes" : "");
      figures.push_back({futures(e), std::move(words), tone_of_chance(e.value)});
    };
    if (single_) {
      chance(r_.organisations.front().alone, "it falls further below its target than its reserves can carry");
    } else {
      chance(r_.system_fails, "counted as one, they miss the system's target by more than all reserves");
      chance(r_.joint.any, fmt::format("at least one of the {} fails by its own means", r_.organisations.size()));
      chance(r_.joint.all, fmt::format("{} fail by their own means", all_of(r_.organisations.size())));
    }
    figures.push_back({money(r_.reserves), "of reserves are held today", Tone::plain});
    figures.push_back(to_add(r_.system_contingency.p80.value,
                             fmt::format("{} 80 % sure not to fail{}", single_ ? "it" : "all, counted as one,", known_reserves())));
    const ReservesToAdd reserves = reserves_as_printed(r_, digits_);
    if (!single_ && !r_.pools.empty())
      figures.push_back(to_add(reserves.agreed, fmt::format("everyone 80 % sure not to fail {}; {} if each stood alone",
                                                            grounds_.agreement_stated ? "as agreed" : "were all one pool", money(reserves.alone))));
    s.add(std::move(figures));
    s.say(assumed_words(r_, grounds_));
    if (a_.explained) {
      if (std::string text = what_matters_most(*a_.explained, grounds_, provenance_); !text.empty()) s.say(std::move(text));
    }
    limits(s);
  }

  // Reserves that are still to be added, or that none are; `whom` goes on from "make".
  KeyFigure to_add(double amount, const std::string& whom) const {
    if (amount == 0) return {"none", fmt::format("to add: today's reserves make {}", whom), Tone::good};
    return {money(amount), fmt::format("more would make {}", whom), Tone::doubtful};
  }

  std::string known_reserves() const {
    const Estimate& p80 = r_.system_contingency.p80;
    return p80.little_known() ? fmt::format(" (between {}, given how little is known)", known_money(*p80.known, r_.currency)) : std::string();
  }

  void limits(Section& s) {
    if (r_.gates.empty()) return;
    PageTable t;
    t.columns = {{"limit", Kind::label}, {"", Kind::words}, {"it is", Kind::words}};
    for (const GateResult& g : r_.gates)
      t.row({g.gate.expression, PageCell(std::string(name_of(g.verdict)), tone_of(g.verdict)), found_text(g, r_.currency)});
    s.add(std::move(t));
  }

  void since() {
    if (!a_.compared) return;
    Document changes = view_compare(*a_.compared, provenance_);
    Section& s = document_.section("What the revision did: " + compare_headline(*a_.compared));
    std::size_t told = 0;
    for (std::size_t k = 1; k < changes.sections.size(); ++k)
      for (Block& block : changes.sections[k].blocks) {
        if (auto* t = std::get_if<PageTable>(&block); t != nullptr && told++ < 2) s.add(std::move(*t));
        if (auto* c = std::get_if<Chart>(&block)) s.add(std::move(*c));
      }
  }

  void years() {
    Section& s = document_.section("Year by year");
    s.add(fan_chart(r_, a_.pictures));
    std::vector<const OrganisationResult*> worst;
    for (const OrganisationResult& o : r_.organisations) worst.push_back(&o);
    std::stable_sort(worst.begin(), worst.end(), [](const auto* a, const auto* b) { return a->alone.value > b->alone.value; });
    for (std::size_t k = 0; k < std::min(fans_of_organisations, worst.size()) && !single_; ++k)
      s.add(fan_chart(r_, *worst[k], grounds_.targets.at(worst[k]->id)));
    PageTable t;
    t.columns = {{"", Kind::name}, {"target"}, {"plan"}, {"expected"}, {"P10"}, {"P90"}, {"failed by then"}};
    for (std::size_t y = 0; y < r_.years.size(); ++y) {
      const Pictures::Year& year = a_.pictures.years[y];
      t.row({r_.years[y], sum(year.target), sum(year.planned), sum(year.mean), sum(year.p10), sum(year.p90), percent(year.failed.value, 0)});
    }
    const std::string more = own_target_words(r_, grounds_);
    if (!single_)
      s.say(fmt::format("All counted as one{}: income less spend, {}", more.empty() ? "" : fmt::format(", held to the system's own target, {}", more),
                        r_.currency),
            Tone::strong);
    s.add(std::move(t));
    if (single_) return;
    document_.section(fmt::format("Each organisation, year by year: income less spend, {}", r_.currency), Section::Shown::folded)
        .add(years_table(r_, grounds_));
  }

  void missing() {
    Section& s =
        document_.section(single_ ? "From the plan to what may be missing" : "From the plan to what may be missing, and who fails with whom");
    if (a_.bridge) s.add(bridge_chart(*a_.bridge, r_.currency));
    s.add(curve_chart(r_, a_.pictures));
    if (auto c = joint_chart(r_)) s.add(std::move(*c));
    if (auto c = swim_or_sink_chart(r_, grounds_)) s.add(std::move(*c));
  }

  // The owner and rating that the plans give a scheme, by keys as trackers have them.
  std::string said_of(const std::string& scheme, const std::vector<std::string>& keys) const {
    const auto at = grounds_.about.find(scheme);
    if (at == grounds_.about.end()) return {};
    for (const std::string& key : keys)
      for (const auto& [name, words] : at->second) {
        std::string low = name;
        for (char& c : low) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (low == key) return words;
      }
    return {};
  }

  void schemes() {
    if (!a_.explained || a_.explained->schemes.empty()) return;
    const ExplainResult& e = *a_.explained;
    const std::size_t shown = std::min(schemes_told, e.schemes.size());
    Section& s = document_.section(shown == 1 ? "The scheme that matters most" : fmt::format("The {} schemes that matter most", number_word(shown)));
    if (auto c = tornado_chart(e, shown)) s.add(std::move(*c));
    if (a_.reversed)
      if (auto c = optimism_chart(*a_.reversed)) s.add(std::move(*c));
    std::vector<Estimate> changes;
    for (const SchemeResult& x : e.schemes) changes.insert(changes.end(), {x.certain.system, x.late.system, x.lost.system});
    const int points_digits = chance_digits(changes, 1);
    bool owners = false, ratings = false;
    std::vector<std::pair<std::string, std::string>> said;
    for (std::size_t k = 0; k < shown; ++k) {
      const std::string id = setting_.organisations[e.schemes[k].organisation].id + "/" + e.schemes[k].id;
      said.emplace_back(said_of(id, {"owner", "lead", "sro", "scheme lead"}), said_of(id, {"rag", "rating", "status", "risk"}));
      owners |= !said.back().first.empty(), ratings |= !said.back().second.empty();
    }
    PageTable t;
    t.columns = {{"scheme", Kind::label}};
    if (!single_) t.columns.push_back({"of", Kind::words});
    t.columns.insert(t.columns.end(), {{"planned"}, {"expected"}, {"if certain"}, {fmt::format("{} months late", months_late)}, {"if lost"}});
    if (owners) t.columns.push_back({"owner", Kind::words});
    if (ratings) t.columns.push_back({"rated", Kind::words});
    for (std::size_t k = 0; k < shown; ++k) {
      const SchemeResult& x = e.schemes[k];
      std::vector<PageCell> cells = {x.title.empty() ? x.id : x.title};
      if (!single_) cells.emplace_back(title_of(setting_, x.organisation));
      cells.insert(cells.end(), {sum(x.planned), sum(x.planned - x.missing.value), points(x.certain.system, points_digits),
                                 points(x.late.system, points_digits), points(x.lost.system, points_digits)});
      if (owners) cells.emplace_back(said[k].first);
      if (ratings) cells.emplace_back(said[k].second);
      t.row(std::move(cells));
    }
    s.add(std::move(t));
    s.say(fmt::format("Planned and expected in {} over all years; what each does to the chance that {} fails in points, from {}.", r_.currency,
                      single_ ? "it" : "the system", counted(e.setting.trials, "future")));
  }

  // Who would leave, of each pool.
  void pools() {
    if (a_.pooled) take(view_pool(*a_.pooled, grounds_, provenance_), 1, a_.pooled->pools.size());
  }

  void rests() {
    Section& s = document_.section("What it rests on");
    s.add(rests_on(r_, grounds_));
    double planned = 0;
    for (const ClassUsed& c : r_.classes) planned += c.planned;
    PageTable t, sources;
    t.columns = {{"reference class", Kind::label}, {"schemes"}, {fmt::format("planned, {}", r_.currency)}, {"share"}, {"rests on", Kind::words}};
    sources.columns = {{"reference class", Kind::label}, {"source", Kind::words}};
    for (const ClassUsed& c : r_.classes) {
      const std::string name = c.id.empty() ? "the plans' own word" : c.id;
      t.row({name, grouped(std::uint64_t{c.schemes}), sum(c.planned), planned > 0 ? decimal(100 * c.planned / planned, 0) + " %" : "",
             c.grade.empty() ? "the plans' own word" : c.grade});
      if (!c.source.empty()) sources.row({name, c.source});
    }
    if (!t.rows.empty()) s.add(std::move(t));
    if (!sources.rows.empty())
      document_.section("Where that comes from: the sources of the reference classes", Section::Shown::folded).add(std::move(sources));
  }

  void track_record() {
    if (!a_.backtested) return;
    Section& s = document_.section("Would it have foreseen what happened?");
    s.say(shortfall::headline(*a_.backtested) + ".");
    for (const AmountSummary& summary : a_.backtested->summaries) {
      auto places = places_chart(summary, *a_.backtested), reliability = reliability_chart(summary, *a_.backtested);
      if (!places || !reliability) continue;
      s.add(std::move(*reliability)), s.add(std::move(*places));
    }
    for (const AmountSummary& summary : a_.backtested->summaries)
      for (const std::string& text : sentences(summary, *a_.backtested)) {
        s.say(fmt::format("{}: {}", capital(summary.name), text));
        break;
      }
  }

  void words() { document_.section("Words", Section::Shown::folded).add(glossary(!single_)); }

  void stamp() {
    Section& s = document_.section();
    s.say(fmt::format(
        "Two uncertainties. Of the simulation: every chance of the headline is good to {:.{}f} points or better, 19 times in 20. Of what is "
        "known of such schemes: {}.",
        100 * r_.widest, std::min(digits_for(100 * r_.widest, 2) + 1, 2), how_far_known_words(r_)));
    std::string fewer;
    if (a_.explained && a_.explained->setting.trials < r_.trials)
      fewer += fmt::format("; schemes from {}", counted(a_.explained->setting.trials, "future"));
    if (a_.reversed && a_.reversed->setting.trials < r_.trials)
      fewer += fmt::format("; how far optimism may go from {}", counted(a_.reversed->setting.trials, "future"));
    s.say(fmt::format("{}; {}{}; seed {}; {}.", capital(sampling_words(r_)), counted(r_.trials, "simulated future"), fewer, r_.seed,
                      provenance_.program),
          Tone::faint);
    PageTable t;
    t.columns = {{"file", Kind::label}, {"SHA-256", Kind::words}};
    for (const Input& i : provenance_.inputs) t.row({i.path, i.sha256});
    if (!t.rows.empty()) document_.section("Files read", Section::Shown::folded).add(std::move(t));
  }

  const BoardAnswers& a_;
  const RunResult& r_;
  const Grounds& grounds_;
  const Provenance& provenance_;
  bool single_;
  Setting setting_;
  int digits_;
  Document document_;
};

}  // namespace

Document view_page(const BoardAnswers& answers, const Grounds& grounds, const Provenance& provenance) {
  return Page(answers, grounds, provenance).whole();
}

}  // namespace shortfall
