// A model altered keeps what compile promises, whatever is altered after what.
#include "model/alter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "model/compile.hpp"
#include "plan/assemble.hpp"

using namespace shortfall;

namespace {

// Three schemes, each but the first in need of the one before it, one team between them.
Model chain() {
  const auto plans = assemble({.system = {},
                               .organisations = {{"plan.yaml",
                                                  "organisation: one\nyears: [2017, 2018]\nincome: 10\nspend: 11\ntarget: 0\n"
                                                  "teams: {pmo: {wte: 4, staffing: {uniform: [0.5, 1]}}}\n"
                                                  "schemes:\n"
                                                  "  a: {class: workforce, saving: [1, 2], effort: {pmo: [0.1, 0.1]}}\n"
                                                  "  b: {class: workforce, saving: [1, 2], effort: {pmo: [0.2, 0.1]}, needs: [a]}\n"
                                                  "  c: {class: workforce, saving: [1, 2], effort: {pmo: [0.3, 0.1]}, needs: [b]}\n"}},
                               .reference = built_in_reference(),
                               .edits = {}});
  if (!plans)
    for (const Problem& p : plans.error()) MESSAGE(to_text(p));
  REQUIRE(plans);
  return compile(*plans, {});
}

void check_promises(const Model& m) {
  for (std::size_t t = 0; t < m.teams.size(); ++t)
    for (std::size_t y = 0; y < m.years.size(); ++y) {
      double sum = 0;
      for (const SchemeModel& s : m.schemes)
        for (const auto* efforts : {&s.effort, &s.effort_spared})
          for (const TeamEffort& e : *efforts)
            if (e.team == t) sum += e.wte[y];
      CHECK(m.teams[t].effort[y] == sum);
    }
  std::set<std::uint32_t> involved, placed;
  for (std::uint32_t i = 0; i < m.schemes.size(); ++i)
    for (const std::uint32_t j : m.schemes[i].needs) involved.insert({i, j});
  for (const std::uint32_t i : m.needs_order) {
    for (const std::uint32_t j : m.schemes[i].needs) CHECK(placed.contains(j));
    placed.insert(i);
  }
  CHECK(placed == involved);
  CHECK(m.needs_order.size() == placed.size());
  for (const SchemeModel& s : m.schemes) {
    CHECK(s.share < m.marginals.size());
    CHECK(s.overrun < m.marginals.size());
    CHECK(s.delay < m.months.size());
  }
}

}  // namespace

TEST_CASE("certain, lost and late, in any order of two, keep the sums of efforts and the order of needs") {
  const Model base = chain();
  check_promises(base);
  REQUIRE(base.needs_order == std::vector<std::uint32_t>{0, 1, 2});
  using Change = void (*)(Model&, std::size_t);
  const Change changes[] = {make_certain, lose, [](Model& m, std::size_t i) { put_off(m, i, 6); }};
  for (const Change first : changes)
    for (const Change second : changes)
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
          Model m = base;
          first(m, i);
          check_promises(m);
          second(m, j);
          check_promises(m);
        }
}

TEST_CASE("a certain scheme asks its team for as much as before; a lost one for nothing") {
  Model m = chain();
  const double asked = m.teams[0].effort[0];
  make_certain(m, 1);
  CHECK(m.teams[0].effort[0] == asked);
  CHECK(m.schemes[1].effort.empty());
  CHECK(m.needs_order == std::vector<std::uint32_t>{1, 2});  // nothing waits for the first any more
  for (std::size_t i = 0; i < 3; ++i) lose(m, i);
  for (const double e : m.teams[0].effort) CHECK(e == 0);
}

TEST_CASE("late is at most the whole plan, and moves every delay by the same months") {
  Model m = chain();
  const Months before = m.months[m.schemes[0].delay];
  put_off(m, 0, 3);
  const Months& after = m.months[m.schemes[0].delay];
  REQUIRE(after.thresholds().size() == std::min<std::size_t>(before.thresholds().size() + 3, 24));
  for (std::size_t k = 3; k < after.thresholds().size(); ++k) CHECK(after.thresholds()[k] == before.thresholds()[k - 3]);
  for (int again = 0; again < 20; ++again) put_off(m, 0, 3);
  CHECK(m.months[m.schemes[0].delay].thresholds().size() == 24);
}

TEST_CASE("all alike and kept to plan: nothing between schemes, nothing uncertain") {
  Model alike = chain();
  make_all_alike(alike, 0.5, 4);
  check_promises(alike);
  for (const SchemeModel& s : alike.schemes) {
    CHECK(alike.marginals[s.share].value == 0.5f);
    CHECK(alike.months[s.delay].certain() == 4);
  }
  Model planned = chain();
  keep_to_plan(planned);
  check_promises(planned);
  CHECK(planned.teams.empty());
  for (const OrganisationModel& o : planned.organisations) CHECK(o.pressure_sd == 0);
}

TEST_CASE("redrawn: every stream is another, but those of the kind that is kept; all are distinct") {
  const Model base = chain();
  Model separate = base;
  separate_scheme_factors(separate);
  for (std::size_t k = 0; k <= driver_kinds; ++k) {
    const auto kept = k < driver_kinds ? std::optional(static_cast<DriverKind>(k)) : std::nullopt;
    Model m = base;
    redraw(m, kept);
    const auto check = [&](Stream now, Stream before, DriverKind kind) { CHECK((now == before) == (kept == kind)); };
    for (std::size_t f = 0; f < m.factors.size(); ++f) check(m.factors[f].stream, separate.factors[f].stream, DriverKind::shared_factors);
    std::set<Stream> streams;
    for (std::size_t i = 0; i < m.schemes.size(); ++i) {
      const SchemeModel &now = m.schemes[i], &before = separate.schemes[i];
      check(now.scheme_stream, before.scheme_stream, DriverKind::scheme_factors);
      check(now.share_stream, before.share_stream, DriverKind::shares);
      check(now.delay_stream, before.delay_stream, DriverKind::delays);
      check(now.overrun_stream, before.overrun_stream, DriverKind::overruns);
      streams.insert({now.scheme_stream, now.share_stream, now.delay_stream, now.overrun_stream});
    }
    CHECK(streams.size() == 4 * m.schemes.size());
    for (std::size_t y = 0; y < m.years.size(); ++y)
      check(m.organisations[0].pressure_stream[y], separate.organisations[0].pressure_stream[y], DriverKind::pressures);
    check(m.teams[0].stream, separate.teams[0].stream, DriverKind::staffing);
  }
}

TEST_CASE("without a mechanism, the model no longer uses it, and uses the others as before") {
  const Model base = chain();
  CHECK(uses(base, Mechanism::needs));
  CHECK(uses(base, Mechanism::shared_staff));
  CHECK(uses(base, Mechanism::dependence));
  CHECK(!uses(base, Mechanism::blackouts));
  CHECK(!uses(base, Mechanism::agreement));  // of one
  constexpr Mechanism all[] = {Mechanism::needs,     Mechanism::shared_staff,        Mechanism::double_counting, Mechanism::blackouts,
                               Mechanism::agreement, Mechanism::conditional_funding, Mechanism::dependence};
  for (const Mechanism mechanism : all) {
    Model m = base;
    remove(m, mechanism);
    check_promises(m);
    for (const Mechanism other : all) CHECK(uses(m, other) == (other != mechanism && uses(base, other)));
  }
}

TEST_CASE("without dependence every luck is its own, of variance 1 with what is held") {
  Model m = chain();
  hold_factor(m, 0, 0.05);
  CHECK(std::abs(*m.factors[0].held_at + 1.6448536f) <= 1e-6f);
  remove(m, Mechanism::dependence);
  for (const SchemeModel& s : m.schemes) {
    double sum = static_cast<double>(s.luck.own_weight) * static_cast<double>(s.luck.own_weight);
    for (const Loading& l : s.luck.loadings) {
      CHECK(l.factor == 0);
      sum += static_cast<double>(l.weight) * static_cast<double>(l.weight);
    }
    CHECK(std::abs(sum - 1) <= 1e-6);  // weights are floats
  }
}
