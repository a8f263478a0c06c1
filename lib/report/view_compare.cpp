#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/money.hpp"
#include "report/views.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

using Kind = TableColumn::Kind;
constexpr std::size_t most_effects = 10, most_edits_listed = 3, most_measures = 400;

bool immaterial(const MeasureChange& m) { return m.verdict == ChangeVerdict::no_change || m.verdict == ChangeVerdict::no_material_change; }

// The rows of the table: the system's, then those of the headline that are material or unclear.
std::vector<const MeasureChange*> table_rows(const CompareResult& result) {
  std::vector<const MeasureChange*> out;
  for (const MeasureChange& m : result.measures)
    if (m.headline && (m.subject == "system" || !immaterial(m))) out.push_back(&m);
  const auto rank = [](const MeasureChange* m) { return m->subject == "system" ? 0 : m->subject == "any" || m->subject == "all" ? 2 : 1; };
  std::stable_sort(out.begin(), out.end(),
                   [&](const auto* a, const auto* b) { return rank(a) != rank(b) ? rank(a) < rank(b) : rank(a) == 1 && a->subject < b->subject; });
  return out;
}

// Whether nothing of the headline is worse, better or unclear, and every limit holds.
bool is_quiet(const CompareResult& r) {
  return std::all_of(r.measures.begin(), r.measures.end(), [](const MeasureChange& m) { return !m.headline || immaterial(m); }) &&
         std::all_of(r.limits.begin(), r.limits.end(), [](const auto& l) { return l.verdict == Verdict::passed; }) &&
         std::all_of(r.after.gates.begin(), r.after.gates.end(), [](const auto& g) { return g.verdict == Verdict::passed; });
}

Tone tone_of(ChangeVerdict v) {
  return v == ChangeVerdict::worse ? Tone::bad : v == ChangeVerdict::better ? Tone::good : v == ChangeVerdict::unclear ? Tone::doubtful : Tone::plain;
}

// The chance to fail before and now: of all counted as one, and of each organisation by itself. None where nothing that counts differs.
struct BeforeAndNow {
  std::string title;
  const MeasureChange* measure = nullptr;
};

std::vector<BeforeAndNow> before_and_now_of(const CompareResult& r) {
  constexpr std::size_t most_drawn = 12;
  std::vector<BeforeAndNow> out;
  const bool single = r.after.organisations.size() == 1;
  for (const OrganisationResult& o : r.after.organisations)
    if (const MeasureChange* m = single ? nullptr : r.find(o.id, "fails.alone")) out.push_back({o.title, m});
  const auto size = [](const BeforeAndNow& x) { return std::abs(x.measure->change.value); };
  std::stable_sort(out.begin(), out.end(), [&](const BeforeAndNow& a, const BeforeAndNow& b) { return size(a) > size(b); });
  out.resize(std::min(out.size(), most_drawn));
  out.insert(out.begin(), {single ? r.after.organisations.front().title : "all counted as one", r.find("system", name_of(Family::fails))});
  return out;
}

// By the change of the organisation that moved most.
std::string moved_most(const std::vector<BeforeAndNow>& rows) {
  const BeforeAndNow& most = rows.size() == 1 ? rows.front() : rows[1];
  const std::string before = percent(most.measure->before, 1), now = percent(most.measure->after, 1);
  const std::string alone = rows.size() == 1 ? "" : " alone";
  if (before == now) return rows.size() == 1 ? most.title + " fails as often as before" : "Nobody fails alone more or less often than before";
  return fmt::format("{} fails{} in {} of futures, before in {}", most.title, alone, now, before);
}

std::optional<Chart> before_and_now(const CompareResult& r) {
  if (r.identical) return {};
  const std::vector<BeforeAndNow> rows = before_and_now_of(r);
  BarChart c;
  c.axis = {"% of futures in which it fails, before → now", {}, 0.0, 100.0};
  c.keys = {{"as before", {Hue::first, false}}, {"more than before", {Hue::third, true}}, {"no longer", {Hue::second, false}}};
  PageTable t;
  t.columns = {{"", Kind::name}, {"fails, before"}, {"fails, now"}, {"change, points"}};
  for (const BeforeAndNow& x : rows) {
    const double before = 100 * x.measure->before, now = 100 * x.measure->after, common = std::min(before, now);
    BarRow row{x.title, fmt::format("{} → {}", percent(x.measure->before, 1), percent(x.measure->after, 1)), {{0, common, c.keys[0].paint, {}}}};
    if (now != before) row.pieces.push_back({common, std::max(before, now), c.keys[now > before ? 1 : 2].paint, {}});
    c.rows.push_back(std::move(row));
    t.row({x.title, percent(x.measure->before, 1), percent(x.measure->after, 1), change_with_interval(x.measure->change, 0.01)});
  }
  Chart out;
  out.title = moved_most(rows);
  out.description =
      rows.size() == 1
          ? "How often it fails, before the revision and now."
          : "How often all fail, counted as one, and each by its own means, before the revision and now; those that moved most come first.";
  out.picture = std::move(c);
  out.table = std::move(t);
  return out;
}

class CompareView {
 public:
  CompareView(const CompareResult& r, const Provenance& provenance) : r_(r), provenance_(provenance), quiet_(is_quiet(r)) {}

  Document whole() {
    const std::size_t edits = r_.difference.changes.size();
    document_ = begun(setting_of(r_.after),
                      fmt::format("{}; {}, both revisions in the same ones", counted(edits, "edit"), counted(r_.after.trials, "simulated future")),
                      provenance_.edits);
    document_.marker = "shortfall compare";
    Section& first = document_.section();
    first.say(compare_headline(r_));
    if (!r_.identical) first.say(savings());
    if (const Estimate& change = r_.find("system", name_of(Family::fails))->change; change.little_known() && !r_.identical)
      first.say(known_words(change));
    if (auto chart = before_and_now(r_)) document_.sections.back().add(on_pages_alone(std::move(*chart)));
    measures(document_.section(), table_rows(r_));
    if (const std::size_t n = immaterial_rows())
      document_.sections.back().say(fmt::format("{} of the organisations did not change materially.", counted(n, "other measure")));
    limits();
    effects();
    changed();
    renamed();
    everything();
    end(document_, setting_of(r_.after), provenance_, material());
    return std::move(document_);
  }

 private:
  // Whether the change is larger than what is not known: both revisions in each of the worlds that the records allow.
  static std::string known_words(const Estimate& change) {
    const auto points_text = [](double x) { return fmt::format("{:+.1f}", 100 * x == 0 ? 0.0 : 100 * x); };
    const bool sure = change.known->low > 0 || change.known->high < 0;
    return fmt::format("Given how little is known of such schemes, the change lies between {} and {} points, nine times in ten: {}.",
                       points_text(change.known->low), points_text(change.known->high),
                       sure ? "its direction does not hang on what is not known" : "its direction hangs on what is not known");
  }
  std::size_t immaterial_rows() const {
    const auto all = std::count_if(r_.measures.begin(), r_.measures.end(), [](const MeasureChange& m) { return m.headline; });
    return static_cast<std::size_t>(all) - table_rows(r_).size();
  }

  void measures(Section& s, const std::vector<const MeasureChange*>& rows) const {
    PageTable t;
    t.columns = {{"", Kind::label}, {"before"}, {"now"}, {"change (95 % interval)"}, {"", Kind::words}};
    for (const MeasureChange* m : rows) {
      const std::string name = m->subject + "." + m->measure;
      t.row({fmt::format("{} ({})", name, words_of(m->measure)), value_text(m->measure, m->before, r_.after.currency),
             value_text(m->measure, m->after, r_.after.currency),
             m->chance ? change_with_interval(m->change, 0.01) + " points" : money_change_with_interval(m->change, r_.after.currency),
             PageCell(std::string(name_of(m->verdict)), tone_of(m->verdict))});
    }
    s.add(std::move(t));
  }

  void limits() {
    if (r_.limits.empty() && r_.after.gates.empty()) return;
    Section& s = document_.section(quiet_ ? "Limits, all kept" : "Limits", quiet_ ? Section::Shown::folded : Section::Shown::open);
    const auto say = [&](std::string_view what, Verdict v, std::string_view verdict, const std::string& text) {
      s.blocks.emplace_back(
          Paragraph{fmt::format("{} {}  {}", what, verdict, text), Tone::plain, "    ", std::string(verdict), shortfall::tone_of(v), false});
    };
    for (const ChangeLimitResult& l : r_.limits)
      say("change", l.verdict, l.verdict == Verdict::passed ? "allowed" : name_of(l.verdict), limit_text(r_, l));
    for (const GateResult& g : r_.after.gates) say("gate", g.verdict, name_of(g.verdict), gate_text(g, r_.after.currency));
  }

  std::string edit_name(const Effect& e) const {
    const auto one = [&](const Change& c) {
      return fmt::format("{}: {}{}", c.path, edit_text(c), place_text(c).empty() ? "" : fmt::format(" ({})", place_text(c)));
    };
    if (e.changes.size() == 1) return one(r_.difference.changes[e.changes.front()]);
    std::string out = e.name + ":";
    const std::size_t listed = e.changes.size() > most_edits_listed + 1 ? most_edits_listed : e.changes.size();
    for (std::size_t k = 0; k < listed; ++k) out += (k == 0 ? " " : "; ") + one(r_.difference.changes[e.changes[k]]);
    if (listed < e.changes.size()) out += fmt::format("; and {} more edits", e.changes.size() - listed);
    return out;
  }

  void effects() {
    if (!r_.effects) {
      if (!r_.identical && !r_.difference.separable)
        document_.section().say(
            "The revisions plan for different years, so that no edit can be made without the others: which did it cannot be told.");
      return;
    }
    const std::vector<Effect>& all = r_.effects->list;
    if (!quiet_ && std::abs(all.front().system.value) >= r_.material) {
      const Effect& e = all.front();
      document_.section().say(fmt::format("The edit that did most: {} ({}), {}.", e.name,
                                          e.changes.size() == 1 ? edit_text(r_.difference.changes[e.changes.front()]) : "several edits",
                                          with_points(e.system)));
    }
    Section& s = document_.section("Which edits did it", Section::Shown::folded);
    PageTable t;
    const bool single = r_.after.organisations.size() == 1;
    t.columns = {{"", Kind::label}, {single ? "P(fails),\npoints" : "P(system fails),\npoints"}};
    if (!single) t.columns.insert(t.columns.end(), {{"P(its owner fails\nalone), points"}, {"together,\npoints"}});
    const std::size_t shown = all.size() > most_effects + 1 ? most_effects : all.size();
    for (std::size_t i = 0; i < shown; ++i) {
      const Effect& e = all[i];
      std::vector<PageCell> cells = {PageCell(edit_name(e)), change_with_interval(e.system, 0.01)};
      if (!single) cells.insert(cells.end(), {PageCell(change_with_interval(e.alone, 0.01)), PageCell(change_with_interval(e.together, 0.01))});
      t.row(std::move(cells));
    }
    s.add(std::move(t));
    if (shown < all.size()) {
      double rest = 0;
      for (std::size_t i = shown; i < all.size(); ++i) rest += all[i].system.value;
      s.say(fmt::format("{} more, each with less effect: {} points in all.", counted(all.size() - shown, "edit"), signed_decimal(100 * rest, 2)));
    }
    s.say(explained(*r_.effects));
  }

  static std::string explained(const Effects& effects) {
    std::string out = "An edit's effect is the mean of making it alone in the old plan and of withholding it alone from the new one. ";
    if (!effects.grouped.empty())
      out += effects.grouped == "scheme"
                 ? fmt::format("There are more than {} edits: those of one scheme are taken together. ", most_by_edit)
                 : fmt::format("There are edits of more than {} schemes: those of one organisation are taken together. ", most_by_scheme);
    return out + fmt::format("Together the edits come to {}; of this {} is what they do to one another.", with_points(effects.total),
                             with_points(effects.interaction));
  }

  // A terminal is shown what has no effect of its own to show; Markdown and HTML all of it, folded away.
  void changed() {
    const auto table = [](const std::vector<const Change*>& list) {
      PageTable t;
      t.columns = {{"", Kind::label}, {"", Kind::words}, {"before", Kind::words}, {"now", Kind::words}, {"where", Kind::words}};
      for (const Change* c : list) t.row({PageCell(c->path), std::string(name_of(c->kind)), c->before, c->after, place_text(*c)});
      return t;
    };
    std::vector<const Change*> rest, all;
    std::set<std::string> in_own_unit;
    for (const Change& c : r_.difference.changes) {
      if (r_.difference.own_units.contains(c.owner)) in_own_unit.insert(c.owner);
      all.push_back(&c);
      if (!r_.effects || !c.counts) rest.push_back(&c);
    }
    if (!rest.empty()) {
      Section& s =
          document_.section(r_.effects || r_.identical ? "Changed without any effect on the chances" : "What changed", Section::Shown::folded);
      for (const Change* c : rest)
        s.blocks.emplace_back(
            Paragraph{fmt::format("{}: {}{}", c->path, edit_text(*c), place_text(*c).empty() ? "" : fmt::format(" ({})", place_text(*c))),
                      Tone::plain,
                      "    ",
                      {},
                      {},
                      false});
    }
    for (const std::string& id : in_own_unit)
      document_.section().say(fmt::format("Amounts of {} are told in {}, as the system counts; its plan counts in {}, and so does --set.", id,
                                          r_.after.currency, r_.difference.own_units.at(id)),
                              Tone::faint);
    if (!all.empty()) document_.section(fmt::format("What changed ({})", counted(all.size(), "edit")), Section::Shown::detail).add(table(all));
  }

  // Whether an organisation that is gone and one that is new plan the same savings and hold the same reserves.
  bool same_organisation(const std::string& gone, const std::string& fresh) const {
    const auto find = [](const RunResult& r, const std::string& id) {
      return std::find_if(r.organisations.begin(), r.organisations.end(), [&](const OrganisationResult& o) { return o.id == id; });
    };
    const auto x = find(r_.before, gone), y = find(r_.after, fresh);
    return x != r_.before.organisations.end() && y != r_.after.organisations.end() && x->saving.planned == y->saving.planned &&
           x->reserves == y->reserves;
  }

  // What is gone and what is new, alike in all but the name.
  void renamed() {
    std::vector<std::string> words;
    for (const Change& gone : r_.difference.changes)
      for (const Change& fresh : r_.difference.changes) {
        if (gone.kind != Change::Kind::removed || fresh.kind != Change::Kind::added || gone.before != fresh.after) continue;
        if (gone.owner == fresh.owner && !gone.scheme.empty() && !fresh.scheme.empty())
          words.push_back(fmt::format("{} looks renamed from {}: add 'was: {}' to it, or it counts as one scheme dropped and another begun.",
                                      fresh.path, gone.scheme, gone.scheme));
        else if (gone.path == gone.owner && fresh.path == fresh.owner && same_organisation(gone.owner, fresh.owner))
          words.push_back(fmt::format("{} looks renamed from {}: add 'was: {}' to it, or it counts as one organisation gone and another come.",
                                      fresh.path, gone.owner, gone.owner));
      }
    if (words.empty()) return;
    Section& s = document_.section();
    for (std::string& w : words) s.say(std::move(w), Tone::doubtful);
  }

  void everything() {
    std::vector<const MeasureChange*> rows;
    for (const MeasureChange& m : r_.measures)
      if (!m.subject.starts_with("pair:")) rows.push_back(&m);
    const std::size_t all = rows.size();
    rows.resize(std::min(all, most_measures));
    Section& s = document_.section("Every chance and sum of money", Section::Shown::detail);
    measures(s, rows);
    if (all > rows.size()) s.say(fmt::format("and {} more: --format csv has all", grouped(all - rows.size())), Tone::faint);
  }

  std::string savings() const {
    const auto columns = [](const RunResult& x) {
      std::pair<std::vector<double>, std::vector<double>> out;
      for (const OrganisationResult& o : x.organisations) out.first.push_back(o.saving.planned), out.second.push_back(o.saving.mean.value);
      return out;
    };
    const auto [planned_before, expected_before] = columns(r_.before);
    const auto [planned, expected] = columns(r_.after);
    const int digits = planned_digits(planned);
    const auto moved = [&](double before, double after) {
      const double by = after - before;
      return std::abs(by) < 0.5 * std::pow(10.0, -digits)
                 ? std::string("as before")
                 : fmt::format("{} {}", money_text(std::abs(by), r_.after.currency, digits), by > 0 ? "more" : "less");
    };
    const double p = sum_as_printed(planned, digits), e = sum_as_printed(expected, digits);
    return fmt::format("Over all years {} of savings planned, {}; {} to be expected, {}.", money_text(p, r_.after.currency, digits),
                       moved(sum_as_printed(planned_before, digits), p), money_text(e, r_.after.currency, digits),
                       moved(sum_as_printed(expected_before, digits), e));
  }

  std::string material() const {
    return fmt::format(
        "A change is material beyond {:g} point{} of a chance, or beyond {}; a verdict needs the whole interval, widened so that it holds over all "
        "looks at more futures.",
        100 * r_.material, 100 * r_.material == 1 ? "" : "s",
        r_.material_money ? money_text(*r_.material_money, r_.after.currency, *r_.material_money < 0.05 ? 3 : 1)
                          : "1 % of the saving that was planned");
  }

  const CompareResult& r_;
  const Provenance& provenance_;
  bool quiet_;
  Document document_;
};

}  // namespace

std::string compare_headline(const CompareResult& r) {
  const MeasureChange& m = *r.find("system", name_of(Family::fails));
  const bool single = r.after.organisations.size() == 1 && r.before.organisations.size() == 1;
  const std::string who = single ? "the plan" : "the system";
  const std::string chances =
      fmt::format("{} fails in {} of futures, before in {}: {}", who, percent(m.after, 1), percent(m.before, 1), with_points(m.change));
  switch (m.verdict) {
    case ChangeVerdict::no_change:
      return fmt::format("No change: nothing that counts differs, and {} fails in {} of futures as before.", who, percent(m.after, 1));
    case ChangeVerdict::better: {
      const MeasureChange* reserves = r.find("system", name_of(Family::contingency, Figure::p80));
      if (reserves != nullptr && reserves->verdict == ChangeVerdict::worse)
        return fmt::format("Better and worse: {}; but the reserves to add to be 80 % sure rise by {}.", chances,
                           money_with_interval(reserves->change, r.after.currency));
      const bool may_be_worse = m.change.little_known() && m.change.known->high > 0;
      return fmt::format("{}: {}.", may_be_worse ? "Better on average, though it may be worse" : "Better", chances);
    }
    case ChangeVerdict::worse:
      return fmt::format("Worse: {}.", chances);
    case ChangeVerdict::unclear:
      return fmt::format("Unclear: {}, so that a material change can neither be seen nor ruled out.", chances);
    default:
      break;
  }
  std::size_t better = 0, worse = 0;
  for (const MeasureChange& x : r.measures) {
    better += x.headline && x.verdict == ChangeVerdict::better;
    worse += x.headline && x.verdict == ChangeVerdict::worse;
  }
  std::string within;
  for (const auto& [n, what] : {std::pair(worse, "worse"), std::pair(better, "better")})
    if (n > 0) within += fmt::format("{}{} {} {}", within.empty() ? "" : ", ", n, n == 1 ? "measure is" : "measures are", what);
  return fmt::format("No material change{}: {}.", within.empty() ? "" : fmt::format(" for {}, but {}", who, within), chances);
}

Document view_compare(const CompareResult& result, const Provenance& provenance) { return CompareView(result, provenance).whole(); }

}  // namespace shortfall
