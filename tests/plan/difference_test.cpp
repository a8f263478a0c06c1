// What a revision changed, in the plans' own words.
#include "plan/difference.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "plan/assemble.hpp"

using namespace shortfall;

namespace {

Plans plans_of(const std::string& system, const std::vector<std::string>& organisations) {
  Sources sources;
  if (!system.empty()) sources.system = Source{"system.yaml", system};
  for (const std::string& text : organisations) {
    const std::size_t from = text.find("organisation: ") + 14;
    sources.organisations.push_back({text.substr(from, text.find('\n', from) - from) + ".yaml", text});
  }
  sources.reference = built_in_reference();
  sources.key_places = KeyPlacesAre::kept;
  const auto plans = assemble(sources);
  if (!plans)
    for (const Problem& p : plans.error()) MESSAGE(to_text(p));
  REQUIRE(plans);
  return *plans;
}

const std::string head = "years: [2017, 2018]\nincome: 10\nspend: 11\ntarget: 0\n";

const Change& change(const Difference& d, const std::string& path) {
  const auto at = std::find_if(d.changes.begin(), d.changes.end(), [&](const Change& c) { return c.path == path; });
  REQUIRE_MESSAGE(at != d.changes.end(), path);
  return *at;
}

std::size_t counting(const Difference& d) {
  return static_cast<std::size_t>(std::count_if(d.changes.begin(), d.changes.end(), [](const Change& c) { return c.counts; }));
}

// One of everything that a plan can say, and the same with all of it changed.
const std::string system_before =
    "system: s\nyears: [2017, 2018]\ntarget: [0, 0]\nagreement: {pools: [[a, b]]}\nteams: {office: {wte: 4}, gone: {wte: 1}}\n"
    "opportunities: {beds: [1, 1]}\nblackouts: [{from: 2017-03, to: 2017-06}]\n"
    "dependence: {shared: {system: 10%}, factors: [{name: market, share: 5%, organisations: [a]}]}\ngates: [system.fails <= 50%]\n";
const std::string system_after =
    "system: s\ntitle: New\nyears: [2017, 2018]\ntarget: [0, 1]\nagreement: {pools: [{members: [a, b], aid: 1}]}\nteams: {office: {wte: 3, staffing: "
    "0.8}}\n"
    "opportunities: {beds: [1, 2]}\nblackouts: [{from: 2017-04, to: 2017-06}]\n"
    "dependence: {copula: student-t, degrees_of_freedom: 4, shared: {system: 20%}, factors: [{name: market, share: 6%, organisations: [a]}, {name: "
    "more, "
    "share: 1%, organisations: [b]}]}\ngates: {limits: [system.fails <= 40%], changes: [system.fails +2pp]}\n";
const std::string a_before =
    "organisation: a\n" + head +
    "reserves: 1\none_offs: 1\nconditional_funding: {amount: 1}\npressure: {mean: 1%, sd: 1%, persistence: 0.1}\nteams: {own: {wte: 2}}\nschemes:\n"
    "  one: {class: workforce, saving: [1, 2], cost: [1, 0], effort: {own: 1}}\n"
    "  two: {class: workforce, stage: opportunity, saving: {full_year: 2, starts: 2017-04}}\n"
    "  old-name: {class: transactional, saving: [1, 1]}\n"
    "  dropped: {class: transactional, saving: [1, 1]}\n";
const std::string a_after =
    "organisation: a\ntitle: A\nyears: [2017, 2018]\nincome: 11\nspend: 12\ntarget: 1\n"
    "reserves: 2\none_offs: 2\nconditional_funding: {amount: 2, tied_to: {organisation: 60%, system: 40%}}\n"
    "pressure: {mean: 2%, sd: 2%, persistence: 0.2}\nteams: {own: {wte: 1, staffing: 0.9}, extra: {wte: 1}}\nschemes:\n"
    "  one: {class: transactional, stage: developed, saving: [2, 2], cost: [2, 0], cost_falls: {b: 100%}, effort: {own: 1, extra: 1}, needs: [two], "
    "claims: beds, lands: {a: 50%, b: 50%}, consultation: true, delivery: {uniform: [0, 1]}, delay: 1, overrun: 2}\n"
    "  two: {class: workforce, stage: opportunity, saving: {full_year: 2, starts: 2017-07, ramp_months: 3}}\n"
    "  new-name: {class: transactional, saving: [1, 1], was: old-name}\n"
    "  brand-new: {class: transactional, saving: [1, 1], needs: [new-name]}\n";
const std::string b_either = "organisation: b\n" + head + "schemes: {three: {class: transactional, saving: [1, 1], needs: [a/old-name]}}\n";
std::string b_after() {
  std::string text = b_either;
  return text.replace(text.find("old-name"), 8, "new-name");
}

}  // namespace

TEST_CASE("plans in another order, or written another way, do not differ") {
  const Plans before =
      plans_of("", {"organisation: a\n" + head +
                        "reserves: 0\nschemes:\n  x: {class: workforce, saving: [1.0, 1]}\n  y: {class: workforce, saving: [2, 2], needs: [x]}\n",
                    "organisation: b\n" + head});
  const Plans after = plans_of(
      "", {"organisation: b\nyears: [2017, 2018]\nspend: [11, 11.0]\nincome: 1e1\ntarget: 0\n",
           "organisation: a\n" + head +
               "schemes:\n  y: {saving: [2, 2], needs: [x], class: workforce}\n  x: {class: workforce, stage: in-progress, saving: [1, 1]}\n"});
  CHECK(difference(before, after).changes.empty());
}

TEST_CASE("every edit has its path, both values, and its place in the new revision") {
  const Difference d = difference(plans_of(system_before, {a_before, b_either}), plans_of(system_after, {a_after, b_after()}));
  const auto check = [&](const std::string& path, Change::Kind kind, const std::string& before, const std::string& after, const std::string& place) {
    CAPTURE(path);
    const Change& c = change(d, path);
    CHECK(c.kind == kind);
    CHECK(c.before == before);
    CHECK(c.after == after);
    CHECK(to_text(c.place).starts_with(place));
  };
  using Kind = Change::Kind;
  check("target", Kind::edited, "0", "[0, 1]", "system.yaml:4:");
  check("agreement.pools", Kind::edited, "[[a, b]]", "[{members: [a, b], aid: 1}]", "system.yaml:5:");
  check("teams.gone", Kind::removed, "wte 1, staffing 1", "", "system.yaml:6:");  // where what held it stands
  check("teams.office.staffing", Kind::edited, "1", "0.8", "system.yaml:6:");
  check("dependence.shared.system", Kind::edited, "10%", "20%", "system.yaml:9:");
  check("dependence.factors.more", Kind::added, "", "{share: 1%, organisations: [b]}", "system.yaml:9:");
  check("a.reserves", Kind::edited, "1", "2", "a.yaml:7:");
  check("a.pressure.sd", Kind::edited, "1%", "2%", "a.yaml:10:");
  check("a.conditional_funding.tied_to", Kind::edited, "{organisation: 100%, system: 0%}", "{organisation: 60%, system: 40%}", "a.yaml:9:");
  check("a.schemes.one.stage", Kind::edited, "in-progress", "developed", "a.yaml:13:");
  check("a.schemes.one.lands", Kind::added, "", "{a: 50%, b: 50%}", "a.yaml:13:");
  check("a.schemes.one.delivery", Kind::added, "", "{uniform: [0, 1]}", "a.yaml:13:");
  check("a.schemes.two.saving", Kind::edited, "{full_year: 2, starts: 2017-04, ramp_months: 0}", "{full_year: 2, starts: 2017-07, ramp_months: 3}",
        "a.yaml:14:");
  check("a.schemes.new-name", Kind::renamed, "old-name", "new-name", "a.yaml:15:");
  check("a.schemes.brand-new", Kind::added, "", "transactional, in-progress, saving [1, 1]", "a.yaml:16:");
  check("a.schemes.dropped", Kind::removed, "transactional, in-progress, saving [1, 1]", "", "a.yaml:12:");
  CHECK_FALSE(change(d, "title").counts);
  CHECK_FALSE(change(d, "gates").counts);
  CHECK_FALSE(change(d, "gates.changes").counts);
  CHECK_FALSE(change(d, "a.schemes.new-name").counts);
  // The neighbour's `needs` follows the new name, and is no edit of its own.
  CHECK(std::none_of(d.changes.begin(), d.changes.end(), [](const Change& c) { return c.owner == "b"; }));
}

TEST_CASE("all edits made to the old plans give the new ones, and all withheld from the new ones the old") {
  const Plans before = plans_of(system_before, {a_before, b_either}), after = plans_of(system_after, {a_after, b_after()});
  const Difference d = difference(before, after);
  CHECK(counting(d) >= 30);
  Plans forward = d.before, back = after;
  for (const Change& c : d.changes)
    if (c.counts) {
      CAPTURE(c.path);
      REQUIRE(c.take);
      Plans once = d.before;
      c.take(after, once);
      // One edit, and no other.
      const Difference rest = difference(once, after);
      CHECK(counting(rest) < counting(d));
      CHECK(std::none_of(rest.changes.begin(), rest.changes.end(), [&](const Change& x) { return x.path == c.path; }));
      c.take(after, forward);
      c.take(d.before, back);
    }
  CHECK(counting(difference(forward, after)) == 0);
  CHECK(counting(difference(d.before, back)) == 0);
}

TEST_CASE("a chain of renames is followed as long as each name says what it was") {
  const auto plan = [](const std::string& scheme) { return plans_of("", {"organisation: a\n" + head + "schemes:\n" + scheme}); };
  const Plans first = plan("  x: {class: workforce, saving: [1, 1]}\n"), second = plan("  y: {class: workforce, saving: [1, 1], was: x}\n"),
              third = plan("  z: {class: workforce, saving: [1, 1], was: x}\n"), wrong = plan("  z: {class: workforce, saving: [1, 1], was: y}\n");
  CHECK(counting(difference(first, second)) == 0);
  CHECK(counting(difference(second, third)) == 0);
  CHECK(counting(difference(first, third)) == 0);
  CHECK(counting(difference(second, wrong)) == 0);                                             // compared on the luck of either
  CHECK(counting(difference(first, plan("  z: {class: workforce, saving: [1, 1]}\n"))) == 2);  // one removed, one added
}

TEST_CASE("plans for other years differ, and cannot be changed edit by edit") {
  const Plans before = plans_of("", {"organisation: a\n" + head});
  const Plans after = plans_of("", {"organisation: a\nyears: [2018, 2019]\nincome: 10\nspend: 12\ntarget: 0\n"});
  const Difference d = difference(before, after);
  CHECK_FALSE(d.separable);
  CHECK(change(d, "years").after == "[2018, 2019]");
  CHECK_FALSE(change(d, "a.spend").take);
}

TEST_CASE("a change limit is a measure, a sign, a number, and points for a chance") {
  const auto limit = [](const char* text) { return parse_change_limit(text, {}); };
  const auto fails = limit("system.fails +2pp"), money = limit("midshire-acute.contingency.p80  +0.5"), saving = limit("a.saving.mean -1");
  REQUIRE(fails);
  REQUIRE(money);
  REQUIRE(saving);
  CHECK(fails->limit == 0.02);
  CHECK(money->subject == "midshire-acute");
  CHECK(money->measure == "contingency.p80");
  CHECK(money->limit == 0.5);
  CHECK(saving->limit == -1);
  for (const char* wrong :
       {"system.fails", "system.fails 2pp", "system.fails +2%", "system.fails +2", "system.fails <= 2pp", "a.contingency.p80 +2pp", "a.fails +2pp",
        "system.fials +2pp", "system.fails +101pp", "system.fails +pp", "fails +2pp", "a.saving.mean +nan"}) {
    CAPTURE(wrong);
    CHECK_FALSE(limit(wrong));
  }
}

TEST_CASE("an organisation that was renamed is renamed wherever the old revision speaks of it, and that is all") {
  const std::string system =
      "system: s\nyears: [2017, 2018]\nagreement: {pools: [[a, b]]}\ndependence: {factors: [{name: market, share: 5%, "
      "organisations: [a]}]}\n";
  const std::string keys = head + "teams: {own: {wte: 2}}\nschemes: {one: {class: workforce, saving: [1, 2], effort: {own: 1}, lands: {";
  const std::string other = "organisation: b\n" + head + "schemes: {three: {class: transactional, saving: [1, 1], needs: [";
  std::string renamed = system;
  renamed.replace(renamed.find("[a, b]"), 6, "[b, z]");
  renamed.replace(renamed.find("[a]"), 3, "[z]");
  const Plans before = plans_of(system, {"organisation: a\n" + keys + "a: 100%}}}\n", other + "a/one], lands: {a: 100%}}}\n"}),
              after = plans_of(renamed, {"organisation: z\nwas: a\n" + keys + "z: 100%}}}\n", other + "z/one], lands: {z: 100%}}}\n"});
  const Difference d = difference(before, after);
  REQUIRE(d.changes.size() == 1);
  CHECK(d.changes[0].kind == Change::Kind::renamed);
  CHECK(d.changes[0].path == "z");
  CHECK(d.changes[0].before == "a");
  CHECK(!d.changes[0].counts);
  CHECK(luck_name_of(d.before.organisations[1]) == "a");
  CHECK(luck_name_of(after, after.organisations[1], after.organisations[1].schemes[0]) == "a/one");
}

TEST_CASE("schemes and organisations that are merged are one change, which turns each revision into the other") {
  const auto schemes = [](const std::string& list) { return "organisation: a\n" + head + "schemes:\n" + list; };
  const std::string rest = "  rest: {class: workforce, saving: [1, 1]}\n";
  const Plans before = plans_of("", {schemes("  x: {class: workforce, saving: [1, 2]}\n  y: {class: workforce, saving: [2, 2]}\n" + rest)}),
              after = plans_of("", {schemes("  both: {class: workforce, saving: [3, 4], was: [x, y]}\n" + rest)});
  const Difference d = difference(before, after);
  REQUIRE(d.changes.size() == 1);
  CHECK(d.changes[0].kind == Change::Kind::merged);
  CHECK(d.changes[0].path == "a.schemes.both");
  CHECK(d.changes[0].counts);
  Plans made = d.before, undone = after;
  d.changes[0].take(after, made);
  d.changes[0].take(d.before, undone);
  CHECK(difference(made, after).changes.empty());
  CHECK(difference(before, undone).changes.empty());
  CHECK(luck_name_of(after, after.organisations[0], after.organisations[0].schemes[0]) == "a/x");

  const std::string one = "schemes: {x: {class: workforce, saving: [1, 2]}}\n";
  const Plans two = plans_of("", {"organisation: p\n" + head + one, "organisation: q\n" + head + one}),
              whole = plans_of("", {"organisation: r\nwas: [p, q]\n" + head +
                                    "schemes: {x: {class: workforce, saving: [1, 2]}, x2: {class: workforce, saving: [1, 2], was: q/x}}\n"});
  const Difference merger = difference(two, whole);
  REQUIRE(merger.changes.size() == 1);
  CHECK(merger.changes[0].kind == Change::Kind::merged);
  Plans merged = merger.before;
  merger.changes[0].take(whole, merged);
  CHECK(difference(merged, whole).changes.empty());
  // Its schemes keep the luck that they had in the organisations that it was merged of.
  CHECK(luck_name_of(whole, whole.organisations[0], whole.organisations[0].schemes[0]) == "p/x");
  CHECK(luck_name_of(whole, whole.organisations[0], whole.organisations[0].schemes[1]) == "q/x");
}
