// A model in which a scheme goes otherwise. What other schemes then do follows: who needs a lost scheme delivers nothing, who shares its team gains.
#pragma once

#include <cstddef>

#include "model/model.hpp"

namespace shortfall {

// No saving, no cost, no effort.
void lose(Model& model, std::size_t scheme);

// In full, on time and at cost, whatever it needs, however short its teams, with nothing to wait for; it still asks its teams for its effort, and
// still shares out what it claims.
void make_certain(Model& model, std::size_t scheme);

// So many months later than it would be.
void put_off(Model& model, std::size_t scheme, int months);

}  // namespace shortfall
