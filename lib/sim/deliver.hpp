// What a scheme saves in each year (lib/README.md, section 4): stretch, needs, consultation, timing, and where it lands. Money is in the plan's
// currency units, a share is of what the plan promises, months are whole.
#pragma once

#include <span>

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// min(1, staffing · wte / effort): how far a team's posts go in a year.
void stretch_of(const Floats& staffing, double wte, double effort, Floats& stretch);

// mean −= weight · (1 − stretch), from 1: the effort-weighted mean of stretches, exactly 1 where none falls short.
void fall_short(Floats& mean, const Floats& stretch, float weight);

// share *= factor where share > 0: harm is not lessened by what would lessen a saving.
void scale_positive(Floats& share, const Floats& factor);

// A scheme delivers no better than what it needs, and starts no earlier.
void meet_need(const Floats& needed_share, const Integers& needed_months, Floats& weakest, Integers& months);

// months = after[months]: `after` maps months late to months late once blackouts have been waited out. Every number of months has its entry.
void wait_out(std::span<const std::int32_t> after, Integers& months);

// months = 0 where share < 0.
void come_at_once(const Floats& share, Integers& months);

// A block's money by year and trial: a column a trial, a row a year, padded to `lanes_for` years; the rows beyond the last year mean nothing.
using Rows = Eigen::Array<double, Eigen::Dynamic, static_cast<int>(block_trials)>;

// What a scheme saves, trial by trial: factor · its table's window.
struct Savings {
  Doubles factor;       // the share delivered, times what of it lands where it is added
  Integers window;      // where the trial's savings stand in the table
  const double* table;  // a SavingTable's
};
void place(const SavingTable& shape, const double* table, const Floats& share, const Integers& late, double weight, Savings& savings);

// sum += each of up to `most_savings`, in their order.
constexpr std::size_t most_savings = 4;
void add_savings(Rows& sum, std::span<const Savings> savings);

// sum += share · row, the same row (of as many values as `sum` has rows) for all trials.
void add_row(Rows& sum, const Floats& share, std::span<const double> row);

// The years' sums as columns: year[y] += row y. And from a start: year[y] = start[y] + row y, total = the rows' sum.
void add_years(std::span<Doubles> year, const Rows& rows);
void set_years(std::span<const double> start, std::span<Doubles> year, Doubles& total, const Rows& rows);
// total += the first `years` rows, one after the other; column += row `year`.
void add_total(Doubles& total, const Rows& rows, std::size_t years);
void add_year(Doubles& column, const Rows& rows, std::size_t year);

// Of opportunities that several schemes claim, by year: claims += what of the savings is positive; savings are scaled by min(1, size / claims), where
// they are positive; sum += share · savings.
void add_claims(Rows& claims, const Rows& saving, std::size_t years);
void share_out(const Rows& claims, std::span<const double> size, Rows& saving);
void add_claimed(Rows& sum, const Rows& saving, double share, std::size_t years);

}  // namespace shortfall
