#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "report/number_text.hpp"
#include "report/track.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace track_view {

using Kind = TableColumn::Kind;

class View {
 public:
  View(const TrackResult& result, const Provenance& provenance) : r_(result), provenance_(provenance), unit_(result.now.currency) {
    digits_ = std::max(std::abs(r_.system.planned), std::abs(r_.system.plan)) >= 1000 ? 0 : 1;
  }

  Document document() {
    Document out = begun(setting_of(r_.now), fmt::format("{} futures", grouped(r_.now.trials)), provenance_.edits);
    out.section().say(headline(), Tone::strong);
    failures(out);
    year(out);
    news(out);
    schemes(out);
    gates(out);
    basis(out);
    end(out, setting_of(r_.now), provenance_);
    return out;
  }

 private:
  std::string money(double amount) const { return decimal(amount, digits_); }
  std::string range(const OutturnRange& r) const { return fmt::format("{} to {}", money(r.p10), money(r.p90)); }
  bool single() const { return r_.now.organisations.size() == 1; }
  std::string months() const { return fmt::format("month {} of {}", r_.months, r_.year); }

  std::string headline() const {
    const Estimate& now = r_.now.system_fails;
    const std::string known = now.little_known()
                                  ? fmt::format(" ({}, given how little is known of such schemes and what the months so far say)", known_percent(now))
                                  : std::string();
    return fmt::format(
        "After {} ({}), the year is expected to come to {} of {} planned ({} to {}, eight times in ten). The {} fails in {} of futures{}; before "
        "anything was seen it was {}.",
        months(), month_text(r_.as_at), money_text(r_.system.now.mean, unit_, digits_), money_text(r_.system.planned, unit_, digits_),
        money_text(r_.system.now.p10, unit_, digits_), money_text(r_.system.now.p90, unit_, digits_), single() ? "plan" : "system", percent(now),
        known, percent(r_.before.system_fails));
  }
  // "59 to 87 %".
  static std::string known_percent(const Estimate& e) {
    return e.known ? fmt::format("{} to {} %", decimal(100 * e.known->low, 0), decimal(100 * e.known->high, 0)) : std::string();
  }

  void failures(Document& d) const {
    Section& s = d.section("How likely is failure now?");
    PageTable t;
    const bool known = r_.now.little_known();
    t.columns = {{"", Kind::name, 18}};
    // Of several organisations each column says whether they stand alone or together: one is easily read as the other.
    const std::string standing = single() ? "" : r_.agreement_stated ? "together,\n" : "were they\none pool,\n";
    if (!single()) t.columns.insert(t.columns.end(), {{"alone,\nbefore"}, {"alone,\nnow"}});
    t.columns.push_back({standing + (single() ? "before\nany actual" : "before")});
    if (r_.last) t.columns.push_back({fmt::format("{}by{}{}", standing, single() ? "\n" : " ", month_text(*r_.last_as_at))});
    t.columns.push_back({standing + "now"});
    if (known) t.columns.push_back({"known to\nlie in", Kind::words});
    for (std::size_t o = 0; o < r_.now.organisations.size(); ++o) {
      std::vector<PageCell> row = {r_.now.organisations[o].title};
      if (!single()) {
        row.emplace_back(percent(r_.before.organisations[o].alone));
        row.emplace_back(percent(r_.now.organisations[o].alone), tone_of_chance(r_.now.organisations[o].alone.value));
      }
      row.emplace_back(percent(r_.before.organisations[o].together));
      if (r_.last) row.emplace_back(percent(r_.last->organisations[o].together));
      row.emplace_back(percent(r_.now.organisations[o].together), tone_of_chance(r_.now.organisations[o].together.value));
      if (known) row.emplace_back(known_percent(r_.now.organisations[o].together));
      t.row(std::move(row));
    }
    if (!single()) {
      std::vector<PageCell> total = {"all counted as one", "", "", percent(r_.before.system_fails)};
      if (r_.last) total.emplace_back(percent(r_.last->system_fails));
      total.emplace_back(percent(r_.now.system_fails), tone_of_chance(r_.now.system_fails.value));
      if (known) total.emplace_back(known_percent(r_.now.system_fails));
      t.row(std::move(total), true);
    }
    s.add(std::move(t));
    if (!single() && !r_.agreement_stated) s.say(no_agreement_words());
    if (known)
      s.say(
          fmt::format("Known to lie in: nine times in ten the truth does, as far as records and the months so far tell. The classes rest on few "
                      "records, so {} draws of what they may truly be were made, and simulated as often as they fit what was seen (as good as {:.0f} "
                      "that fit alike). More records and more months narrow the range; more futures do not.",
                      r_.now.knowledge_draws, r_.effective_draws),
          Tone::faint);
    else if (r_.now.knowledge_draws == 0 && r_.now.optimism > 0)
      s.say(
          "Reference classes are taken at their word here; 'run' also draws what is not known of them, which moves a chance a little. --knowledge on "
          "does so here too, and tells how far each chance is known.",
          Tone::faint);
  }

  std::vector<PageCell> year_row(const std::string& name, const TrackedSaving& x) const {
    return {name,
            money(x.planned),
            x.to_date ? money(*x.to_date) : "–",
            PageCell(money(x.now.mean), Tone::strong),
            range(x.now),
            money(x.naive.straight_line),
            money(x.naive.phased_index),
            money(x.naive.plan_to_go)};
  }

  // Only where somebody gives a forecast of their own is there a column for it.
  bool owners_forecast() const {
    return std::any_of(r_.organisations.begin(), r_.organisations.end(), [](const TrackedTotal& o) { return o.naive.owner.has_value(); });
  }
  void add_row(PageTable& t, const std::string& name, const TrackedSaving& x, bool rule) const {
    std::vector<PageCell> row = year_row(name, x);
    if (owners_forecast()) row.emplace_back(x.naive.owner ? money(*x.naive.owner) : "–");
    t.row(std::move(row), rule);
  }

  void year(Document& d) const {
    Section& s = d.section(fmt::format("Where will {} land?", r_.year));
    PageTable t;
    t.columns = {{"", Kind::name, 14}, {"planned"},        {"to\ndate"},      {"expected"},
                 {"P10\nto P90"},      {"straight\nline"}, {"phased\nindex"}, {"plan\nto go"}};
    if (owners_forecast()) t.columns.push_back({"owner's\nown"});
    for (const TrackedTotal& o : r_.organisations) add_row(t, o.title.empty() ? o.id : o.title, o, false);
    if (!single()) add_row(t, "all", r_.system, true);
    s.add(std::move(t));
    s.add(on_pages_alone(year_chart(r_, digits_)));
    if (auto picture = schemes_chart(r_)) s.add(on_pages_alone(std::move(*picture)));
    by_now(s);
    s.say(
        fmt::format("Savings of the year in {}, wherever they land, as the schemes deliver them: nothing found elsewhere. Schemes without an actual "
                    "stand in the {} simple forecasts at their plan, those that were dropped at what they have saved.",
                    unit_, number_word(owners_forecast() ? 4 : 3)),
        Tone::faint);
    s.say(fmt::format("The whole plan is expected to come to {} of {} planned ({} to {}, eight times in ten); before anything was seen, {}.",
                      money_text(r_.system.plan_now.mean, unit_, digits_), money_text(r_.system.plan, unit_, digits_),
                      money_text(r_.system.plan_now.p10, unit_, digits_), money_text(r_.system.plan_now.p90, unit_, digits_),
                      money_text(r_.system.plan_before.mean, unit_, digits_)));
  }

  std::string in_futures(double share) const {
    return share < 0.005 ? "hardly any" : share > 0.995 ? "nearly all" : fmt::format("{:.0f} in 100", 100 * share);
  }
  // Whether what was seen goes together with what had been forecast.
  void by_now(Section& s) const {
    if (!r_.to_date_before) return;
    const auto money_of = [this](double x) { return money_text(x, unit_, digits_); };
    const SavedByNow& b = *r_.to_date_before;
    std::string text = fmt::format(
        "{} has been saved by now. Before any actual {} would have been expected by now ({} to {}, eight times in ten); {} of the plan's futures "
        "come to no more.",
        money_of(b.amount), money_of(b.expected.mean), money(b.expected.p10), money(b.expected.p90), in_futures(b.at_most));
    if (r_.to_date_last) {
      const SavedByNow& l = *r_.to_date_last;
      text += fmt::format(" By what was known at the end of {} it would have been {} ({} to {}).", month_text(*r_.last_as_at),
                          money_of(l.expected.mean), money(l.expected.p10), money(l.expected.p90));
    }
    s.say(std::move(text));
    const bool off_plan = b.at_most < 0.005 || b.at_most > 0.995;
    const bool off_last = r_.to_date_last && (r_.to_date_last->at_most < 0.005 || r_.to_date_last->at_most > 0.995);
    if (off_plan || off_last)
      s.say(fmt::format("That hardly goes together with {}. Look first for savings that are reported late or restated, and for a plan that is phased "
                        "otherwise than it says: where either is so, the forecast leans too much on the months so far.",
                        off_plan ? "the plan" : "what was known by " + month_text(*r_.last_as_at)),
            Tone::doubtful);
  }

  // The schemes whose expected outturn the last month moved most.
  void news(Document& d) const {
    if (!r_.last || !r_.system.last) return;
    Section& s = d.section(fmt::format("What did {} change?", month_text(r_.as_at)));
    const double moved = r_.system.now.mean - r_.system.last->mean;
    s.say(fmt::format("The year's expected saving went from {} to {} ({}), on the same draws.", money_text(r_.system.last->mean, unit_, digits_ + 1),
                      money_text(r_.system.now.mean, unit_, digits_ + 1), signed_decimal(moved, digits_ + 1)));
    std::vector<const TrackedSchemeResult*> order;
    for (const TrackedSchemeResult& x : r_.schemes)
      if (x.last) order.push_back(&x);
    std::stable_sort(order.begin(), order.end(),
                     [](const auto* a, const auto* b) { return std::abs(a->now.mean - a->last->mean) > std::abs(b->now.mean - b->last->mean); });
    PageTable t;
    t.columns = {{"", Kind::name, 24}, {"before"}, {"now"}, {"change"}};
    constexpr std::size_t most = 8;
    for (std::size_t k = 0; k < std::min(most, order.size()); ++k) {
      const TrackedSchemeResult& x = *order[k];
      const double change = x.now.mean - x.last->mean;
      if (std::abs(change) < 0.005) break;
      t.row({x.organisation + "/" + x.id, decimal(x.last->mean, digits_ + 1), decimal(x.now.mean, digits_ + 1),
             PageCell(signed_decimal(change, digits_ + 1), change < 0 ? Tone::bad : Tone::good)});
    }
    if (!t.rows.empty()) s.add(std::move(t));
  }

  void schemes(Document& d) const {
    Section& s = d.section("The schemes", Section::Shown::folded);
    PageTable t;
    t.columns = {{"", Kind::name, 20}, {"planned"},       {"planned\nto date"}, {"to\ndate"},
                 {"expected\nbefore"}, {"expected\nnow"}, {"P10\nto P90"},      {"drops\nout"}};
    std::string of;
    std::size_t idle = 0;
    for (const TrackedSchemeResult& x : r_.schemes) {
      if (x.planned == 0 && !x.to_date && decimal(x.now.mean, 2) == "0.00") {
        ++idle;
        continue;
      }
      if (x.organisation != of) t.span(of = x.organisation);
      t.row({x.id, decimal(x.planned, 2), decimal(x.planned_to_date, 2), x.to_date ? decimal(*x.to_date, 2) : "–", decimal(x.before.mean, 2),
             PageCell(decimal(x.now.mean, 2), x.seen ? Tone::strong : Tone::plain),
             fmt::format("{} to {}", decimal(x.now.p10, 2), decimal(x.now.p90, 2)), fmt::format("{:.0f} %", 100 * x.drops_out)});
    }
    s.add(std::move(t));
    if (idle > 0) s.say(fmt::format("and {} that {} nothing in {}", counted(idle, "scheme"), idle == 1 ? "plans" : "plan", r_.year), Tone::faint);
  }

  void gates(Document& d) const {
    if (r_.now.gates.empty()) return;
    Section& s = d.section("Gates");
    for (const GateResult& gate : r_.now.gates) s.blocks.emplace_back(gate_paragraph(gate, unit_));
  }

  void basis(Document& d) const {
    Section& s = d.section();
    s.say(fmt::format(
              "What was seen of {} of {} counts as measured to within {:.0f} % of the plan to date ({:.0f} % where it is only asserted, or equal to "
              "plan throughout). {} proposed futures are worth {} independent ones; Pareto's k is {:.2f} (to be trusted up to {:.2f}).",
              r_.seen, counted(r_.schemes.size(), "scheme"), 100 * measured_error, 100 * asserted_error, grouped(r_.quality.proposals),
              grouped(static_cast<std::uint64_t>(r_.quality.effective)), r_.quality.pareto_k, r_.quality.most_k),
          Tone::faint);
  }

  const TrackResult& r_;
  const Provenance& provenance_;
  std::string unit_;
  int digits_ = 1;
};

}  // namespace track_view

Document view_track(const TrackResult& result, const Provenance& provenance) { return track_view::View(result, provenance).document(); }

}  // namespace shortfall
