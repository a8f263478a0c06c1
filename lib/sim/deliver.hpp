// What a scheme saves in each year (model, sections 4 and 5): stretch, needs, consultation, timing, and where it lands.
#pragma once

#include <span>

#include "model/model.hpp"
#include "sim/column.hpp"

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

// S(month − late) of each trial, 0 before the plan's start.
void saved_by(std::span<const double> cumulative, int month, const Integers& late, Doubles& saved);

// saving = share · (later − earlier).
void saving_between(const Floats& share, const Doubles& earlier, const Doubles& later, Doubles& saving);

// sum += weight · part, money.
void add_money(Doubles& sum, const Doubles& part, double weight);
void add_constant(Doubles& sum, double amount);
void add_scaled(Doubles& sum, const Floats& factor, double amount);

// Positive savings only: what claims an opportunity; and their scaling by min(1, size / claims).
void add_positive(Doubles& claims, const Doubles& saving);
void share_out(const Doubles& claims, double size, Doubles& saving);

}  // namespace shortfall
