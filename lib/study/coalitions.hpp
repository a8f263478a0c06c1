// The shortfall of every coalition of a block's organisations, as a joint-and-several pool.
#pragma once

#include <functional>

#include "sim/result.hpp"
#include "study/game.hpp"

namespace shortfall {

// Calls see(S, shortfall) once for every coalition S but the empty one, in an order of its own. The margins of a coalition are those of it without
// its last member, and that member's: one addition a coalition and year.
void for_each_coalition(const BlockResult& result, const std::function<void(Coalition, const Doubles& shortfall)>& see);

}  // namespace shortfall
