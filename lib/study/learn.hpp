// The luck that the same actuals leave to another model of the same plans, with a factor held. Such a model is another view of the world that the
// actuals were seen in, so it learns anew; one with other schemes or reserves is another plan in the same world, and does not.
#pragma once

#include <functional>
#include <memory>

namespace shortfall {

struct Model;
class Update;

// Null: the futures that fit both cannot be reached from those of the plan, and nothing is to be told of them.
using LearntLuck = std::shared_ptr<const Update>;
using Learn = std::function<LearntLuck(const Model& model, double optimism)>;

}  // namespace shortfall
