// Each stage of a block by itself, on columns made here: exact values, and the edges (−0.0, no trial that differs, the first and the last year).
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "sim/agreement.hpp"
#include "sim/deliver.hpp"
#include "sim/luck.hpp"
#include "sim/outcome.hpp"
#include "sim/settle.hpp"
#include "support/aborts.hpp"

using namespace shortfall;

namespace {

// Every trial the same.
Doubles all(double value) { return Doubles::Constant(value); }
Floats all(float value) { return Floats::Constant(value); }
Integers all(std::int32_t value) { return Integers::Constant(value); }

// 0, 1, … 255.
Floats rising() { return Floats::LinSpaced(block_trials, 0, block_trials - 1); }

template <class Column, class Value>
bool is(const Column& column, Value value) {
  return (column == static_cast<typename Column::Scalar>(value)).all();
}

// 12 for what is late by so many months of two years' savings, month by month 1, 2, … 24.
std::vector<double> table_of_months(std::size_t years) {
  const SavingTable table{years};
  std::vector<double> out(table.size(), 0.0);
  const auto saved = [](std::size_t month, std::size_t late) {
    return month > late ? static_cast<double>((month - late) * (month - late + 1)) / 2 : 0.0;
  };
  for (std::size_t late = 0; late < 12; ++late)
    for (std::size_t y = 0; y < years; ++y) out[table.window(late) + y] = saved(12 * (y + 1), late) - saved(12 * y, late);
  return out;
}

}  // namespace

TEST_CASE("luck: a score is its common part and its own, weighed") {
  Floats score;
  combine(all(0.5f), rising(), 0.25f, score);
  CHECK(score[0] == 0.5f);
  CHECK(score[255] == 0.5f + 0.25f * 255);
  combine(all(0.5f), all(2.0f), 0.25f, all(4.0f), -0.5f, score);
  CHECK(is(score, -1.0f));
  Floats sum = all(1.0f);
  add_loading(sum, all(-0.0f), 3.0f);
  CHECK(is(sum, 1.0f));
}

TEST_CASE("luck: lucks that begin alike share the sum of what they have in common") {
  LuckSums sums;
  const Luck first{{{0, 0.5f}, {1, 0.25f}, {2, 1.0f}}, 0}, second{{{0, 0.5f}, {1, 0.25f}}, 0}, none{{}, 1};
  const LuckSums::Sum a = sums.sum_of(first), b = sums.sum_of(second), c = sums.sum_of(none);
  CHECK(sums.beginnings().size() == 2);  // the first loading, and the first two
  LuckColumns luck{{all(1.0f), all(2.0f), all(4.0f)}, {}, std::vector<Floats>(2), std::vector<bool>(2)};
  Floats out;
  add_up(sums, a, luck, out);
  CHECK(is(out, 5.0f));
  CHECK(luck.known == std::vector<bool>{true, true});
  add_up(sums, b, luck, out);
  CHECK(is(out, 1.0f));
  add_up(sums, c, luck, out);
  CHECK(is(out, 0.0f));
}

TEST_CASE("outcome: a certain one asks no score, a drop-out stands at its exact score") {
  Marginal certain;
  certain.value = 0.75f;
  Floats value;
  outcome(certain, all(std::numeric_limits<float>::quiet_NaN()), value);
  CHECK(is(value, 0.75f));

  Marginal dropping;
  dropping.drop_threshold = -1;
  Flags dropped;
  Floats score = all(-1.0f);
  score[7] = std::nextafter(-1.0f, -2.0f);
  drops_out(dropping, score, dropped);
  CHECK(dropped.cast<int>().sum() == 1);
  CHECK(dropped[7] == 1);
}

TEST_CASE("deliver: teams fall short by the effort that is missing, and never help") {
  Floats stretch;
  stretch_of(all(0.5f), 10, 8, stretch);
  CHECK(is(stretch, 0.625f));
  stretch_of(all(1.0f), 10, 8, stretch);
  CHECK(is(stretch, 1.0f));
  Floats mean = all(1.0f);
  fall_short(mean, all(0.5f), 0.25f);
  fall_short(mean, all(1.0f), 0.75f);
  CHECK(is(mean, 0.875f));
}

TEST_CASE("deliver: harm is not lessened by what lessens a saving") {
  Floats share = all(0.5f);
  share[0] = -0.5f;
  share[1] = -0.0f;
  scale_positive(share, all(0.5f));
  CHECK(share[0] == -0.5f);
  CHECK(std::signbit(share[1]));
  CHECK(share[2] == 0.25f);
}

TEST_CASE("deliver: a scheme delivers no better than what it needs, and starts no earlier") {
  Floats weakest = all(1.0f);
  Integers months = all(3);
  Floats needed = all(0.5f);
  needed[0] = -2.0f;
  Integers late = all(1);
  late[1] = 9;
  meet_need(needed, late, weakest, months);
  CHECK(weakest[0] == 0.0f);
  CHECK(weakest[2] == 0.5f);
  CHECK(months[0] == 3);
  CHECK(months[1] == 9);
}

TEST_CASE("deliver: a blackout is waited out") {
  const std::vector<std::int32_t> after{0, 4, 4, 4, 4};
  Integers months = all(2);
  months[0] = 0;
  wait_out(after, months);
  CHECK(months[0] == 0);
  CHECK(months[1] == 4);
}

TEST_CASE("deliver: savings move later month by month, from the first year to beyond the last") {
  for (const std::size_t years : {1u, 2u, 3u, 5u, 7u, 9u, 12u, 14u}) {
    CAPTURE(years);
    const std::vector<double> table = table_of_months(years);
    Rows sum = Rows::Zero(static_cast<Eigen::Index>(lanes_for(years)), block_trials);
    Integers late;
    for (std::size_t i = 0; i < block_trials; ++i) late[i] = static_cast<std::int32_t>(i % (12 * years + 1));
    std::vector<Savings> savings(most_savings);
    for (Savings& s : savings) place(SavingTable{years}, table.data(), all(0.5f), late, 0.5, s);
    add_savings(sum, savings);                      // four at once
    add_savings(sum, std::span(savings).first(1));  // and one
    add_savings(sum, std::span(savings).first(0));
    const auto delivered = [&](std::size_t month, std::size_t months) {
      return month > months ? double((month - months) * (month - months + 1)) / 2 : 0.0;
    };
    bool exact = true;
    for (std::size_t i = 0; i < block_trials; ++i)
      for (std::size_t y = 0; y < years; ++y) {
        const auto months = static_cast<std::size_t>(late[i]);
        exact = exact && sum(static_cast<Eigen::Index>(y), static_cast<Eigen::Index>(i)) ==
                             1.25 * (delivered(12 * (y + 1), months) - delivered(12 * y, months));
      }
    CHECK(exact);
  }
}

TEST_CASE("deliver: rows become columns by year, and their total") {
  Rows rows = Rows::Zero(4, block_trials);
  add_row(rows, all(2.0f), std::vector<double>{1, -2, 3, 99});
  std::vector<Doubles> year(3, all(10.0));
  add_years(year, rows);
  CHECK(is(year[0], 12.0));
  CHECK(is(year[1], 6.0));
  CHECK(is(year[2], 16.0));
  Doubles total;
  set_years(std::vector<double>{1, 1, 1}, year, total, rows);
  CHECK(is(year[1], -3.0));
  CHECK(is(total, 4.0));
  add_total(total, rows, 1);
  CHECK(is(total, 6.0));
  add_year(total, rows, 2);
  CHECK(is(total, 12.0));
}

TEST_CASE("deliver: an opportunity that is claimed twice over is shared in proportion, and harm claims none of it") {
  Rows first = Rows::Constant(4, block_trials, 6), second = Rows::Constant(4, block_trials, 2), claims = Rows::Zero(4, block_trials);
  second.col(1).setConstant(-3);
  add_claims(claims, first, 2);
  add_claims(claims, second, 2);
  CHECK(claims(0, 0) == 8);
  CHECK(claims(0, 1) == 6);
  CHECK(claims(2, 0) == 0);  // beyond the years
  share_out(claims, std::vector<double>{4, 100}, first);
  share_out(claims, std::vector<double>{4, 100}, second);
  CHECK(first(0, 0) == 3);
  CHECK(second(0, 0) == 1);
  CHECK(second(0, 1) == -3);
  CHECK(first(1, 0) == 6);
  Rows sum = Rows::Zero(4, block_trials);
  add_claimed(sum, first, 0.5, 1);
  CHECK(sum(0, 0) == 1.5);
  CHECK(sum(1, 0) == 0);
}

TEST_CASE("settle: pressure persists, and takes from the margin what it is of the spend") {
  Floats pressure = all(0.0f);
  Doubles before = all(5.0);
  add_pressure(all(-1.0f), 0.25f, 0.5f, 8, pressure, before);
  CHECK(is(pressure, 0.25f));
  CHECK(is(before, 3.0));
  add_pressure(all(0.0f), 0.25f, 0.5f, 8, pressure, before);
  CHECK(is(before, 2.0));
}

TEST_CASE("settle: one-offs fill a gap, and no more; funding comes to who is on target") {
  const YearRules rules{4, 3, 1, 0};
  Doubles margin = all(-6.0);
  margin[1] = -8.0;  // a one-off short of the target
  margin[2] = 0.0;
  margin[3] = -4.0;  // on target without any
  settle(rules, Flags::Zero(), margin);
  CHECK(margin[0] == 0);
  CHECK(margin[1] == -5);
  CHECK(margin[2] == 4);
  CHECK(margin[3] == 0);

  Doubles sum = all(0.0);
  add_before_funding(all(-6.0), rules, sum);
  CHECK(is(sum, -4.0));
  Flags reached;
  on_target(sum, -4, reached);
  CHECK(is(reached, 1));
  on_target(sum, -3.9, reached);
  CHECK(is(reached, 0));
  Doubles tied = all(-6.0);
  settle({4, 0, 0, 0.5}, Flags::Ones(), tied);
  CHECK(is(tied, -4.0));
}

TEST_CASE("settle: a gap is carried until it is made good, and the worst of it is kept") {
  Doubles gap = all(0.0), worst = all(0.0);
  for (const double margin : {-3.0, 1.0, -0.0, 5.0, -1.0}) carry(all(margin), 1, gap, worst);
  CHECK(is(gap, 1.0));
  CHECK(is(worst, 3.0));
  // Half of a gap carried: 3, then 1.5 and 3 more.
  gap.setZero();
  for (int y = 0; y < 2; ++y) carry(all(-3.0), 0.5, gap, worst);
  CHECK(is(worst, 4.5));
  Doubles never = all(0.0);
  gap.setZero();
  carry(all(0.0), 1, gap, never);
  CHECK(!std::signbit(never[0]));
  Flags failed;
  fails(all(3.0), 3, failed);
  CHECK(is(failed, 0));
  fails(all(3.0 + 2 * grace), 3, failed);
  CHECK(is(failed, 1));
}

TEST_CASE("settle: aid comes from who has a surplus, up to a limit, and never more than a gap is") {
  std::vector<Doubles> margins{all(10.0), all(4.0), all(-6.0), all(-2.0)};
  give_aid(3, margins);  // 6 offered, 8 missing
  CHECK(is(margins[0], 7.0));
  CHECK(is(margins[1], 1.0));
  CHECK(is(margins[2], -1.5));
  CHECK(is(margins[3], -0.5));
  std::vector<Doubles> rich{all(10.0), all(-1.0)};
  give_aid(5, rich);
  CHECK(is(rich[0], 9.0));
  CHECK(is(rich[1], 0.0));
  std::vector<Doubles> poor{all(-1.0), all(-2.0)};
  give_aid(5, poor);
  CHECK(is(poor[1], -2.0));
}

TEST_CASE("agreement: alone, in one pool, with aid, and with a target of the system's own") {
  // Two organisations, two years: −3 then +1, +2 then −4.
  const std::vector<Doubles> margin{all(-3.0), all(1.0), all(2.0), all(-4.0)};
  const Margins margins{margin, 2};
  Doubles shortfall;
  std::vector<Flags> by(2);
  stand(margins.of(0), 1, 2.5, shortfall, by);
  CHECK(is(shortfall, 3.0));
  CHECK(is(by[0], 1));
  CHECK(is(by[1], 1));
  stand(margins.of(1), 1, 2.5, shortfall, by);
  CHECK(is(shortfall, 4.0));
  CHECK(is(by[0], 0));
  CHECK(is(by[1], 1));
  std::vector<Doubles> pooled(2);
  pool_margins(margins, {0, 1}, pooled);
  CHECK(is(pooled[0], -1.0));
  CHECK(is(pooled[1], -3.0));
  shortfall_of(pooled, 1, shortfall);
  CHECK(is(shortfall, 4.0));
  pool_margins(margins, {0, 1}, -0.5, 1, pooled[1]);
  CHECK(is(pooled[1], -3.5));
  std::vector<Doubles> aided;
  aid_margins(margins, {0, 1}, 1.5, aided);
  CHECK(is(aided[0], -1.5));
  CHECK(is(aided[2], 0.5));
  CHECK(is(aided[1], 0.0));
  CHECK(is(aided[3], -3.0));
  // A pool of nobody stands at 0.
  pool_margins(margins, {}, pooled);
  CHECK(is(pooled[1], 0.0));
}

#ifndef NDEBUG
TEST_CASE("stages refuse what is not a number, and months that no table has") {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(aborts([] {
    Doubles gap = all(0.0), worst = all(0.0), margin = all(1.0);
    margin[200] = nan;
    carry(margin, 1, gap, worst);
  }));
  CHECK(aborts([] {
    Integers months = all(3);
    wait_out(std::vector<std::int32_t>{0, 1, 2}, months);
  }));
  CHECK(aborts([] {
    const std::vector<double> table(SavingTable{2}.size());
    Savings savings;
    place(SavingTable{2}, table.data(), all(1.0f), all(25), 1, savings);
  }));
  CHECK(aborts([] {
    const std::vector<double> table(SavingTable{2}.size());
    Savings savings;
    place(SavingTable{2}, table.data(), all(std::numeric_limits<float>::infinity()), all(0), 1, savings);
  }));
}
#endif
