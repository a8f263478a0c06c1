// From luck to outcomes (model, section 3): table look-ups, column by column.
#pragma once

#include "model/marginal.hpp"
#include "sim/column.hpp"

namespace shortfall {

void look_up(const Curve& curve, const Floats& score, Floats& value);

// The outcome of every trial; a certain one asks no score.
void outcome(const Marginal& marginal, const Floats& score, Floats& value);
void outcome(const Months& months, const Floats& score, Integers& value);

// 1 where the score lies below the marginal's drop-out score.
void drops_out(const Marginal& marginal, const Floats& score, Flags& dropped);

}  // namespace shortfall
