// From draws to luck scores (model, section 2): what drivers have in common, and what is their own.
#pragma once

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// sum = 0; sum += weight · factor; sum += amount; score = common + weight · own; and with two normals.
void clear(Floats& sum);
void add_loading(Floats& sum, const Floats& factor, float weight);
void add_constant(Floats& sum, float amount);
void combine(const Floats& common, const Floats& own, float weight, Floats& score);
void combine(const Floats& common, const Floats& first, float first_weight, const Floats& second, float second_weight, Floats& score);

// The student-t copula: the score times the trial's sqrt(ν/W), then back to the normal score of the same chance, so that every later stage sees
// normal scores. Error of the way back below 2e-5.
void mix_student_t(const Model::StudentT& t, const Floats& mixing, Floats& score);

}  // namespace shortfall
