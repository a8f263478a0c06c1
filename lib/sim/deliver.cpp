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

SHORTFALL_STAGE void window_kernel(std::int32_t row, std::int32_t years, const std::int32_t* __restrict late, std::int32_t* __restrict window) {
  EACH_TRIAL {
    const std::int32_t whole_years = late[i] * 43691 >> 19;  // late / 12, for late below 43,691
    window[i] = (late[i] - 12 * whole_years) * row + years - whole_years;
  }
}

// A vector wherever it stands: a type that is a template's argument has lost the alignment that its name was given (clang).
template <class Vector>
struct [[gnu::packed, gnu::may_alias]] Anywhere {
  Vector lanes;
};

// The lanes of a row are summed side by side, in vectors; several schemes at once, so that the sums are loaded and stored once for all of
// them. Both numbers are known to the compiler for plans of up to twelve years.
template <class Vector, std::size_t lanes, std::size_t schemes>
[[gnu::always_inline]] inline void add_rows(double* __restrict sum, const Savings* savings) {
  const float* share[schemes];
  const std::int32_t* window[schemes];
  const double* table[schemes];
  double weight[schemes];
  for (std::size_t k = 0; k < schemes; ++k)
    share[k] = savings[k].share->at, window[k] = savings[k].window->at, table[k] = savings[k].table, weight[k] = savings[k].weight;
  constexpr std::size_t vectors = lanes * sizeof(double) / sizeof(Vector);
  EACH_TRIAL {
    auto* into = reinterpret_cast<Anywhere<Vector>*>(sum + i * lanes);
    Vector row[vectors];
    for (std::size_t l = 0; l < vectors; ++l) row[l] = into[l].lanes;
    for (std::size_t k = 0; k < schemes; ++k) {
      const double s = static_cast<double>(share[k][i]) * weight[k];
      const auto* from = reinterpret_cast<const Anywhere<Vector>*>(table[k] + window[k][i]);
      for (std::size_t l = 0; l < vectors; ++l) row[l] += from[l].lanes * s;
    }
    for (std::size_t l = 0; l < vectors; ++l) into[l].lanes = row[l];
  }
}
SHORTFALL_STAGE void add_one_4(double* sum, const Savings* savings) { add_rows<FourDoubles, 4, 1>(sum, savings); }
SHORTFALL_STAGE void add_one_8(double* sum, const Savings* savings) { add_rows<EightDoubles, 8, 1>(sum, savings); }
SHORTFALL_STAGE void add_one_12(double* sum, const Savings* savings) { add_rows<FourDoubles, 12, 1>(sum, savings); }
SHORTFALL_STAGE void add_most_4(double* sum, const Savings* savings) { add_rows<FourDoubles, 4, most_savings>(sum, savings); }
SHORTFALL_STAGE void add_most_8(double* sum, const Savings* savings) { add_rows<EightDoubles, 8, most_savings>(sum, savings); }
SHORTFALL_STAGE void add_most_12(double* sum, const Savings* savings) { add_rows<FourDoubles, 12, most_savings>(sum, savings); }
SHORTFALL_STAGE void add_one_of(std::size_t lanes, double* __restrict sum, const Savings& savings) {
  const float* share = savings.share->at;
  const std::int32_t* window = savings.window->at;
  EACH_TRIAL {
    const double s = static_cast<double>(share[i]) * savings.weight;
    const double* row = savings.table + window[i];
    for (std::size_t l = 0; l < lanes; ++l) sum[i * lanes + l] += row[l] * s;
  }
}

SHORTFALL_STAGE void add_row_kernel(std::size_t lanes, double* __restrict sum, const float* __restrict share, const double* __restrict row) {
  EACH_TRIAL {
    const double s = static_cast<double>(share[i]);
    for (std::size_t l = 0; l < lanes; ++l) sum[i * lanes + l] += s * row[l];
  }
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
  stretch_kernel(staffing.at, static_cast<float>(wte / effort), stretch.at);
}
void fall_short(Floats& mean, const Floats& stretch, float weight) { fall_short_kernel(mean.at, stretch.at, weight); }
void scale_positive(Floats& share, const Floats& factor) { scale_kernel(share.at, factor.at); }
void meet_need(const Floats& needed_share, const Integers& needed_months, Floats& weakest, Integers& months) {
  need_kernel(needed_share.at, needed_months.at, weakest.at, months.at);
}
void wait_out(std::span<const std::int32_t> after, Integers& months) { map_months(after.data(), months.at); }
void Rows::clear() { std::fill(values_.begin(), values_.end(), 0.0); }

void windows_of(const SavingTable& table, const Integers& late, Integers& window) {
  window_kernel(static_cast<std::int32_t>(table.row()), static_cast<std::int32_t>(table.years), late.at, window.at);
}

void add_savings(Rows& sum, std::span<const Savings> savings) {
  const bool whole = savings.size() == most_savings;
  using Add = void (*)(double*, const Savings*);
  const Add add = sum.lanes() == 4    ? (whole ? add_most_4 : add_one_4)
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
void add_row(Rows& sum, const Floats& share, std::span<const double> row) { add_row_kernel(sum.lanes(), sum.data(), share.at, row.data()); }
void add_lane(Doubles& column, const Rows& rows, std::size_t lane) { add_lane_kernel(column.at, rows.data() + lane, rows.lanes()); }
void add_claims(Rows& claims, const Rows& saving, std::size_t years) { add_claims_kernel(claims.lanes(), years, claims.data(), saving.data()); }
void share_out(const Rows& claims, std::span<const double> size, Rows& saving, std::size_t years) {
  share_out_kernel(claims.lanes(), years, claims.data(), size.data(), saving.data());
}
void add_claimed(Rows& sum, const Rows& saving, double share, std::size_t years) {
  add_claimed_kernel(sum.lanes(), years, sum.data(), saving.data(), share);
}
void add_money(Doubles& sum, const Doubles& part, double weight) { add_money_kernel(sum.at, part.at, weight); }

#undef EACH_TRIAL

}  // namespace shortfall
