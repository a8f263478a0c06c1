#include "sim/side_by_side.hpp"

namespace shortfall {
namespace {

std::vector<Schedule> schedules_of(const std::vector<const Model*>& models) {
  std::vector<Schedule> out;
  for (const Model* model : models) out.emplace_back(*model);
  return out;
}

}  // namespace

SideBySide::SideBySide(const std::vector<const Model*>& models, const std::vector<PressureMethod>& pressures, Results results)
    : schedules_(schedules_of(models)), memo_(models, schedules_), results_(models.size()) {
  for (std::size_t m = 0; m < models.size(); ++m) {
    const PressureMethod pressure = pressures.empty() ? PressureMethod::sampled : pressures[m];
    Workspace& workspace = workspace_of(*models[m], pressure, m > 0 && results == Results::in_turn);
    simulators_.push_back(std::make_unique<BlockSimulator>(*models[m], pressure, m, schedules_[m], memo_, workspace));
  }
}

// One of its own, or any of its shape but the first model's.
Workspace& SideBySide::workspace_of(const Model& model, PressureMethod pressure, bool shared) {
  Workspace::Shape shape = shape_of(model, pressure);
  for (std::size_t i = 1; shared && i < workspaces_.size(); ++i)
    if (workspaces_[i]->shape == shape) return *workspaces_[i];
  workspaces_.push_back(std::make_unique<Workspace>(std::move(shape)));
  return *workspaces_.back();
}

void SideBySide::time(Timings* timings) {
  for (const std::unique_ptr<BlockSimulator>& simulator : simulators_) simulator->time(timings);
}

const std::vector<const BlockResult*>& SideBySide::simulate(Draws& draws) {
  for (std::size_t m = 0; m < simulators_.size(); ++m) results_[m] = &simulators_[m]->simulate(draws);
  return results_;
}

// Models that share their draws one after the other, as what is kept of a block is kept of one set of draws.
const std::vector<const BlockResult*>& SideBySide::simulate(DrawsOfModels& draws) {
  for (std::size_t place = 0; place < draws.count(); ++place)
    for (std::size_t m = 0; m < simulators_.size(); ++m)
      if (draws.place(m) == place) results_[m] = &simulators_[m]->simulate(draws.of(m));
  return results_;
}

}  // namespace shortfall
