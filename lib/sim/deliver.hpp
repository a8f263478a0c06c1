// What a scheme saves in each year (model, sections 4 and 5): stretch, needs, consultation, timing, and where it lands.
#pragma once

#include <span>
#include <vector>

#include "model/model.hpp"
#include "sim/column.hpp"
#include "sim/vectors.hpp"

namespace shortfall {

// min(1, staffing · wte / effort): how far a team's posts go in a year.
void stretch_of(const Floats& staffing, double wte, double effort, Floats& stretch);

// mean −= weight · (1 − stretch), from 1: the effort-weighted mean of stretches, exactly 1 where none falls short; share *= factor where share > 0.
void fall_short(Floats& mean, const Floats& stretch, float weight);
void scale_positive(Floats& share, const Floats& factor);

// A scheme delivers no better than what it needs, and starts no earlier.
void meet_need(const Floats& needed_share, const Integers& needed_months, Floats& weakest, Integers& months);

// months = after[months]: `after` maps months late to months late once blackouts have been waited out.
void wait_out(std::span<const std::int32_t> after, Integers& months);

// A row of lanes for each trial of a block.
class Rows {
 public:
  explicit Rows(std::size_t lanes) : lanes_(lanes), values_(lanes * block_trials + 3) {}  // the last row is read as whole vectors too
  std::size_t lanes() const { return lanes_; }
  double* data() { return values_.data(); }
  const double* data() const { return values_.data(); }
  void clear();

 private:
  std::size_t lanes_;
  std::vector<double> values_;
};

// What a scheme saves, trial by trial: factor · its table's window.
struct Savings {
  Doubles factor;       // the share delivered, times what of it lands where it is added
  Integers window;      // where the trial's savings stand in the table
  const double* table;  // a SavingTable's
};
void place(const SavingTable& shape, const double* table, const Floats& share, const Integers& late, double weight, Savings& savings);

constexpr std::size_t most_savings = 4;
// sum += each of up to `most_savings`, in their order.
void add_savings(Rows& sum, std::span<const Savings> savings);
// sum += share · row, the same row for all trials.
void add_row(Rows& sum, const Floats& share, std::span<const double> row);

// year[y] += the lane of each year; total += the sum of these; year[y] = start[y] + the lane and total = their sum. column += one lane.
void add_years(Doubles* year, const Rows& rows, std::size_t years);
void add_total(Doubles& total, const Rows& rows, std::size_t years);
void set_years(std::span<const double> start, Doubles* year, Doubles& total, const Rows& rows);
void add_lane(Doubles& column, const Rows& rows, std::size_t lane);

// Of the years' lanes: claims += what of the savings is positive; savings scaled by min(1, size / claims); sum += share · savings.
void add_claims(Rows& claims, const Rows& saving, std::size_t years);
void share_out(const Rows& claims, std::span<const double> size, Rows& saving, std::size_t years);
void add_claimed(Rows& sum, const Rows& saving, double share, std::size_t years);

// sum += weight · part, money.
void add_money(Doubles& sum, const Doubles& part, double weight);

}  // namespace shortfall
