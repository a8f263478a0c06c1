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

// The lanes of a row are summed side by side, in vectors of four; their number is known to the compiler for plans of up to ten years.
template <std::size_t lanes>
[[gnu::always_inline]] inline void add_rows(double* __restrict sum, const float* __restrict share, const std::int32_t* __restrict late,
                                            const double* __restrict table) {
  EACH_TRIAL {
    const double s = static_cast<double>(share[i]);
    const auto* row = reinterpret_cast<const FourDoubles*>(table + static_cast<std::size_t>(late[i]) * lanes);
    auto* into = reinterpret_cast<FourDoubles*>(sum + i * lanes);
    for (std::size_t l = 0; l < lanes / 4; ++l) into[l] += row[l] * s;
  }
}
SHORTFALL_STAGE void add_rows_4(double* sum, const float* share, const std::int32_t* late, const double* table) {
  add_rows<4>(sum, share, late, table);
}
SHORTFALL_STAGE void add_rows_8(double* sum, const float* share, const std::int32_t* late, const double* table) {
  add_rows<8>(sum, share, late, table);
}
SHORTFALL_STAGE void add_rows_12(double* sum, const float* share, const std::int32_t* late, const double* table) {
  add_rows<12>(sum, share, late, table);
}
SHORTFALL_STAGE void add_rows_of(std::size_t lanes, double* __restrict sum, const float* __restrict share, const std::int32_t* __restrict late,
                                 const double* __restrict table) {
  EACH_TRIAL {
    const double s = static_cast<double>(share[i]);
    for (std::size_t l = 0; l < lanes; ++l) sum[i * lanes + l] += s * table[static_cast<std::size_t>(late[i]) * lanes + l];
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
    double total = 0;
    bool scaled = false;
    for (std::size_t y = 0; y < years; ++y) {
      const double claimed = claims[i * lanes + y];
      if (claimed > size[y] && row[y] > 0) {
        row[y] = row[y] * (size[y] / claimed);
        scaled = true;
      }
      total += row[y];
    }
    if (!scaled) continue;
    row[years] = total;
    row[years + 1] = row[years - 1];
  }
}

SHORTFALL_STAGE void add_claimed_kernel(std::size_t lanes, std::size_t years, double* __restrict sum, const double* __restrict saving, double share,
                                        double own) {
  EACH_TRIAL {
    for (std::size_t y = 0; y < years; ++y) sum[i * lanes + y] += share * saving[i * lanes + y];
    sum[i * lanes + years] += own * saving[i * lanes + years];
    sum[i * lanes + years + 1] += own * saving[i * lanes + years + 1];
  }
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

void add_savings(Rows& sum, const Floats& share, const Integers& late, std::span<const double> table) {
  switch (sum.lanes()) {
    case 4:
      return add_rows_4(sum.data(), share.at, late.at, table.data());
    case 8:
      return add_rows_8(sum.data(), share.at, late.at, table.data());
    case 12:
      return add_rows_12(sum.data(), share.at, late.at, table.data());
    default:
      return add_rows_of(sum.lanes(), sum.data(), share.at, late.at, table.data());
  }
}
void add_row(Rows& sum, const Floats& share, std::span<const double> row) { add_row_kernel(sum.lanes(), sum.data(), share.at, row.data()); }
void add_lane(Doubles& column, const Rows& rows, std::size_t lane) { add_lane_kernel(column.at, rows.data() + lane, rows.lanes()); }
void add_claims(Rows& claims, const Rows& saving, std::size_t years) { add_claims_kernel(claims.lanes(), years, claims.data(), saving.data()); }
void share_out(const Rows& claims, std::span<const double> size, Rows& saving, std::size_t years) {
  share_out_kernel(claims.lanes(), years, claims.data(), size.data(), saving.data());
}
void add_claimed(Rows& sum, const Rows& saving, double share, std::size_t years, bool own) {
  add_claimed_kernel(sum.lanes(), years, sum.data(), saving.data(), share, own ? 1.0 : 0.0);
}
void add_money(Doubles& sum, const Doubles& part, double weight) { add_money_kernel(sum.at, part.at, weight); }

#undef EACH_TRIAL

}  // namespace shortfall
