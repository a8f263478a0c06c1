#include "sim/deliver.hpp"

#include <algorithm>

namespace shortfall {
namespace {

#define EACH_TRIAL for (std::size_t i = 0; i < block_trials; ++i)

SHORTFALL_STAGE void stretch_kernel(const float* __restrict staffing, float ratio, float* __restrict stretch) {
  EACH_TRIAL {
    const float s = staffing[i] * ratio;
    stretch[i] = s < 1.0f ? s : 1.0f;
  }
}

SHORTFALL_STAGE void fall_short_kernel(float* __restrict mean, const float* __restrict stretch, float weight) {
  EACH_TRIAL mean[i] -= weight * (1.0f - stretch[i]);
}

SHORTFALL_STAGE void scale_kernel(float* __restrict share, const float* __restrict factor) {
  EACH_TRIAL share[i] = share[i] > 0.0f ? share[i] * factor[i] : share[i];
}

SHORTFALL_STAGE void need_kernel(const float* __restrict share, const std::int32_t* __restrict late, float* __restrict weakest,
                                 std::int32_t* __restrict months) {
  EACH_TRIAL {
    const float at_least_0 = share[i] > 0.0f ? share[i] : 0.0f;
    weakest[i] = at_least_0 < weakest[i] ? at_least_0 : weakest[i];
    months[i] = late[i] > months[i] ? late[i] : months[i];
  }
}

SHORTFALL_STAGE void map_months(const std::int32_t* __restrict after, std::int32_t* __restrict months) { EACH_TRIAL months[i] = after[months[i]]; }

SHORTFALL_STAGE void place_kernel(std::int32_t row, std::int32_t years, double weight, const float* __restrict share,
                                  const std::int32_t* __restrict late, double* __restrict factor, std::int32_t* __restrict window) {
  EACH_TRIAL factor[i] = static_cast<double>(share[i]) * weight;
  EACH_TRIAL {
    const std::int32_t whole_years = late[i] * 43691 >> 19;  // late / 12, for late below 43,691
    window[i] = (late[i] - 12 * whole_years) * row + years - whole_years;
  }
}

// The lanes of a row are summed side by side, in vectors; several schemes at once, so that the sums are loaded and stored once for all of
// them. Both numbers are known to the compiler for plans of up to twelve years.
template <std::size_t lanes, std::size_t schemes>
[[gnu::always_inline]] inline void add_rows(double* __restrict sum, const Savings* __restrict savings) {
  constexpr std::size_t vectors = lanes / 4;
  constexpr bool one_more = lanes % 4 == 1;
  EACH_TRIAL {
    double* into = sum + i * lanes;
    FourDoubles row[vectors];
    for (std::size_t l = 0; l < vectors; ++l) row[l] = vector_at<FourDoubles>(into + 4 * l).value;
    double last = one_more ? into[lanes - 1] : 0;
    for (std::size_t k = 0; k < schemes; ++k) {
      const double factor = savings[k].factor[i];
      const double* from = savings[k].table + savings[k].window[i];
      for (std::size_t l = 0; l < vectors; ++l) row[l] += vector_at<FourDoubles>(from + 4 * l).value * (factor - FourDoubles{});
      if constexpr (one_more) last += from[lanes - 1] * factor;
    }
    for (std::size_t l = 0; l < vectors; ++l) vector_at<FourDoubles>(into + 4 * l).value = row[l];
    if constexpr (one_more) into[lanes - 1] = last;
  }
}
SHORTFALL_STAGE void add_one_4(double* sum, const Savings* savings) { add_rows<4, 1>(sum, savings); }
SHORTFALL_STAGE void add_one_5(double* sum, const Savings* savings) { add_rows<5, 1>(sum, savings); }
SHORTFALL_STAGE void add_one_8(double* sum, const Savings* savings) { add_rows<8, 1>(sum, savings); }
SHORTFALL_STAGE void add_one_12(double* sum, const Savings* savings) { add_rows<12, 1>(sum, savings); }
SHORTFALL_STAGE void add_most_4(double* sum, const Savings* savings) { add_rows<4, most_savings>(sum, savings); }
SHORTFALL_STAGE void add_most_5(double* sum, const Savings* savings) { add_rows<5, most_savings>(sum, savings); }
SHORTFALL_STAGE void add_most_8(double* sum, const Savings* savings) { add_rows<8, most_savings>(sum, savings); }
SHORTFALL_STAGE void add_most_12(double* sum, const Savings* savings) { add_rows<12, most_savings>(sum, savings); }
SHORTFALL_STAGE void add_one_of(std::size_t lanes, double* __restrict sum, const Savings& savings) {
  EACH_TRIAL {
    const double* row = savings.table + savings.window[i];
    for (std::size_t l = 0; l < lanes; ++l) sum[i * lanes + l] += row[l] * savings.factor[i];
  }
}

SHORTFALL_STAGE void add_row_kernel(std::size_t lanes, double* __restrict sum, const float* __restrict share, const double* __restrict row) {
  EACH_TRIAL {
    const double s = static_cast<double>(share[i]);
    for (std::size_t l = 0; l < lanes; ++l) sum[i * lanes + l] += s * row[l];
  }
}

// Four trials at a time, their rows turned into columns. Each year in turn, so that a total is summed in one order.
enum class Years { none, added_to, set };  // set: from `start` on
template <Years to_years, bool to_total>
[[gnu::always_inline]] inline void add_lanes(std::size_t lanes, std::size_t years, const double* __restrict rows, const double* __restrict start,
                                             Doubles* __restrict year, double* __restrict total) {
  for (std::size_t i = 0; i < block_trials; i += 4) {
    const double* row = rows + i * lanes;
    const FourDoubles a = vector_at<FourDoubles>(row).value, b = vector_at<FourDoubles>(row + lanes).value;
    const FourDoubles c = vector_at<FourDoubles>(row + 2 * lanes).value, d = vector_at<FourDoubles>(row + 3 * lanes).value;
    const FourDoubles ab02 = __builtin_shufflevector(a, b, 0, 4, 2, 6), ab13 = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const FourDoubles cd02 = __builtin_shufflevector(c, d, 0, 4, 2, 6), cd13 = __builtin_shufflevector(c, d, 1, 5, 3, 7);
    const FourDoubles column[4] = {__builtin_shufflevector(ab02, cd02, 0, 1, 4, 5), __builtin_shufflevector(ab13, cd13, 0, 1, 4, 5),
                                   __builtin_shufflevector(ab02, cd02, 2, 3, 6, 7), __builtin_shufflevector(ab13, cd13, 2, 3, 6, 7)};
    FourDoubles sum{};
    if constexpr (to_total) sum = vector_at<FourDoubles>(total + i).value;
#pragma GCC unroll 4
    for (std::size_t y = 0; y < 4; ++y) {
      if (y >= years) break;
      if constexpr (to_years == Years::added_to) vector_at<FourDoubles>(year[y].data() + i).value += column[y];
      if constexpr (to_years == Years::set) vector_at<FourDoubles>(year[y].data() + i).value = column[y] + start[y];
      if constexpr (to_total) sum += column[y];
    }
    if constexpr (to_total) vector_at<FourDoubles>(total + i).value = sum;
  }
}
SHORTFALL_STAGE void add_to_years(std::size_t lanes, std::size_t years, const double* rows, Doubles* year) {
  add_lanes<Years::added_to, false>(lanes, years, rows, nullptr, year, nullptr);
}
SHORTFALL_STAGE void add_to_total(std::size_t lanes, std::size_t years, const double* rows, double* total) {
  add_lanes<Years::none, true>(lanes, years, rows, nullptr, nullptr, total);
}
SHORTFALL_STAGE void set_years(std::size_t lanes, std::size_t years, const double* rows, const double* start, Doubles* year, double* total) {
  add_lanes<Years::set, true>(lanes, years, rows, start, year, total);
}
SHORTFALL_STAGE void add_lane_kernel(double* __restrict column, const double* __restrict rows, std::size_t lanes) {
  EACH_TRIAL column[i] += rows[i * lanes];
}

SHORTFALL_STAGE void add_claims_kernel(std::size_t lanes, std::size_t years, double* __restrict claims, const double* __restrict saving) {
  EACH_TRIAL
  for (std::size_t y = 0; y < years; ++y) claims[i * lanes + y] += saving[i * lanes + y] > 0 ? saving[i * lanes + y] : 0.0;
}

SHORTFALL_STAGE void share_out_kernel(std::size_t lanes, std::size_t years, const double* __restrict claims, const double* __restrict size,
                                      double* __restrict saving) {
  EACH_TRIAL {
    double* row = saving + i * lanes;
    for (std::size_t y = 0; y < years; ++y) {
      const double claimed = claims[i * lanes + y];
      if (claimed > size[y] && row[y] > 0) row[y] = row[y] * (size[y] / claimed);
    }
  }
}

SHORTFALL_STAGE void add_claimed_kernel(std::size_t lanes, std::size_t years, double* __restrict sum, const double* __restrict saving, double share) {
  EACH_TRIAL
  for (std::size_t y = 0; y < years; ++y) sum[i * lanes + y] += share * saving[i * lanes + y];
}

SHORTFALL_STAGE void add_money_kernel(double* __restrict sum, const double* __restrict part, double weight) { EACH_TRIAL sum[i] += weight * part[i]; }

}  // namespace

void stretch_of(const Floats& staffing, double wte, double effort, Floats& stretch) {
  stretch_kernel(staffing.data(), static_cast<float>(wte / effort), stretch.data());
}
void fall_short(Floats& mean, const Floats& stretch, float weight) { fall_short_kernel(mean.data(), stretch.data(), weight); }
void scale_positive(Floats& share, const Floats& factor) { scale_kernel(share.data(), factor.data()); }
void meet_need(const Floats& needed_share, const Integers& needed_months, Floats& weakest, Integers& months) {
  need_kernel(needed_share.data(), needed_months.data(), weakest.data(), months.data());
}
void wait_out(std::span<const std::int32_t> after, Integers& months) { map_months(after.data(), months.data()); }
void Rows::clear() { std::fill(values_.begin(), values_.end(), 0.0); }

void place(const SavingTable& shape, const double* table, const Floats& share, const Integers& late, double weight, Savings& savings) {
  savings.table = table;
  place_kernel(static_cast<std::int32_t>(shape.row()), static_cast<std::int32_t>(shape.years), weight, share.data(), late.data(), savings.factor.data(),
               savings.window.data());
}

void add_savings(Rows& sum, std::span<const Savings> savings) {
  const bool whole = savings.size() == most_savings;
  using Add = void (*)(double*, const Savings*);
  const Add add = sum.lanes() == 4    ? (whole ? add_most_4 : add_one_4)
                  : sum.lanes() == 5  ? (whole ? add_most_5 : add_one_5)
                  : sum.lanes() == 8  ? (whole ? add_most_8 : add_one_8)
                  : sum.lanes() == 12 ? (whole ? add_most_12 : add_one_12)
                                      : nullptr;
  if (add != nullptr && whole) return add(sum.data(), savings.data());
  for (const Savings& s : savings)
    if (add != nullptr)
      add(sum.data(), &s);
    else
      add_one_of(sum.lanes(), sum.data(), s);
}
void add_row(Rows& sum, const Floats& share, std::span<const double> row) { add_row_kernel(sum.lanes(), sum.data(), share.data(), row.data()); }
void add_years(Doubles* year, const Rows& rows, std::size_t years) {
  for (std::size_t y = 0; y < years; y += 4) add_to_years(rows.lanes(), years - y, rows.data() + y, year + y);
}
void add_total(Doubles& total, const Rows& rows, std::size_t years) {
  for (std::size_t y = 0; y < years; y += 4) add_to_total(rows.lanes(), years - y, rows.data() + y, total.data());
}
void set_years(std::span<const double> start, Doubles* year, Doubles& total, const Rows& rows) {
  std::fill(total.begin(), total.end(), 0.0);
  for (std::size_t y = 0; y < start.size(); y += 4) set_years(rows.lanes(), start.size() - y, rows.data() + y, start.data() + y, year + y, total.data());
}
void add_lane(Doubles& column, const Rows& rows, std::size_t lane) { add_lane_kernel(column.data(), rows.data() + lane, rows.lanes()); }
void add_claims(Rows& claims, const Rows& saving, std::size_t years) { add_claims_kernel(claims.lanes(), years, claims.data(), saving.data()); }
void share_out(const Rows& claims, std::span<const double> size, Rows& saving, std::size_t years) {
  share_out_kernel(claims.lanes(), years, claims.data(), size.data(), saving.data());
}
void add_claimed(Rows& sum, const Rows& saving, double share, std::size_t years) {
  add_claimed_kernel(sum.lanes(), years, sum.data(), saving.data(), share);
}
void add_money(Doubles& sum, const Doubles& part, double weight) { add_money_kernel(sum.data(), part.data(), weight); }

#undef EACH_TRIAL

}  // namespace shortfall
