#include "sim/deliver.hpp"

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

SHORTFALL_STAGE void saved_kernel(const double* __restrict cumulative, std::int32_t month, const std::int32_t* __restrict late,
                                  double* __restrict saved) {
  EACH_TRIAL {
    const std::int32_t m = month - late[i];
    saved[i] = cumulative[m > 0 ? m : 0];
  }
}

SHORTFALL_STAGE void between_kernel(const float* __restrict share, const double* __restrict earlier, const double* __restrict later,
                                    double* __restrict saving) {
  EACH_TRIAL saving[i] = static_cast<double>(share[i]) * (later[i] - earlier[i]);
}

SHORTFALL_STAGE void add_money_kernel(double* __restrict sum, const double* __restrict part, double weight) { EACH_TRIAL sum[i] += weight * part[i]; }

SHORTFALL_STAGE void add_constant_kernel(double* __restrict sum, double amount) { EACH_TRIAL sum[i] += amount; }

SHORTFALL_STAGE void add_scaled_kernel(double* __restrict sum, const float* __restrict factor, double amount) {
  EACH_TRIAL sum[i] += amount * static_cast<double>(factor[i]);
}

SHORTFALL_STAGE void add_positive_kernel(double* __restrict claims, const double* __restrict saving) {
  EACH_TRIAL claims[i] += saving[i] > 0 ? saving[i] : 0.0;
}

SHORTFALL_STAGE void share_out_kernel(const double* __restrict claims, double size, double* __restrict saving) {
  EACH_TRIAL {
    const double scale = claims[i] > size ? size / claims[i] : 1.0;
    saving[i] = saving[i] > 0 ? saving[i] * scale : saving[i];
  }
}

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
void saved_by(std::span<const double> cumulative, int month, const Integers& late, Doubles& saved) {
  saved_kernel(cumulative.data(), month, late.at, saved.at);
}
void saving_between(const Floats& share, const Doubles& earlier, const Doubles& later, Doubles& saving) {
  between_kernel(share.at, earlier.at, later.at, saving.at);
}
void add_money(Doubles& sum, const Doubles& part, double weight) { add_money_kernel(sum.at, part.at, weight); }
void add_constant(Doubles& sum, double amount) { add_constant_kernel(sum.at, amount); }
void add_scaled(Doubles& sum, const Floats& factor, double amount) { add_scaled_kernel(sum.at, factor.at, amount); }
void add_positive(Doubles& claims, const Doubles& saving) { add_positive_kernel(claims.at, saving.at); }
void share_out(const Doubles& claims, double size, Doubles& saving) { share_out_kernel(claims.at, size, saving.at); }

#undef EACH_TRIAL

}  // namespace shortfall
