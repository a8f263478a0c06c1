// Pressures integrated instead of sampled (conditional Monte Carlo: Hammersley 1956; Asmussen, Glynn 2007, V.4). Of the own normals of an
// organisation's pressures, one direction is left out: given all else, each margin rises with the one normal Z along it, so the organisation fails
// exactly when Z lies below a threshold, and its chance is Φ of that. The same for a pool and for the system, each along a direction of its own.
// Given all else, organisations are independent of each other, and so are pools.
#pragma once

#include <span>
#include <vector>

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// Directions within the own normals of some organisations' pressures, and how far one unit of Z along it moves each margin.
struct PressureDirection {
  std::vector<std::uint32_t> organisations;
  std::vector<float> weight;  // [member · years + year], of length 1
  std::vector<double> reach;  // [member · years + year], at least 0
  std::vector<double> total;  // [years]: the members' reach together
};

class PressureIntegral {
 public:
  // Margins must rise along a straight line in every pressure, whatever the others: no conditional funding, one-offs, mutual aid or student-t copula,
  // no persistence below 0, and all of a gap carried into the next year.
  static bool allowed(const Model& model);

  explicit PressureIntegral(const Model& model);

  // Takes the own normals of one organisation and year; all must have been seen before the chances are asked for.
  void start();
  void see(std::size_t organisation, std::size_t year, const Floats& normal);

  // chances[y]: that the fall below target has exceeded `reserves` (by more than the grace) by the end of year y, from the margins of the trial.
  void organisation_fails(std::size_t organisation, std::span<const Doubles> margins, double reserves, std::span<Doubles> chances);
  void pool_fails(std::size_t pool, std::span<const Doubles> margins, double reserves, std::span<Doubles> chances);
  void system_fails(std::span<const Doubles> margins, double reserves, Doubles& chance);
  // The chance that a member and its pool both fail by the end. `member` counts within the pool; `margins` and `reserves` are the member's. Must
  // follow pool_fails(pool, …) of the same trials, whose thresholds it takes.
  void both_fail(std::size_t pool, std::size_t member, std::span<const Doubles> margins, double reserves, Doubles& chance);

 private:
  struct Unit {
    PressureDirection direction;
    Doubles normal;  // what Z was in the sample
  };
  struct Part {
    std::size_t unit;
    std::size_t member;
  };
  void thresholds(const Unit& unit, const double* reach, std::span<const Doubles> margins, double reserves, std::span<Doubles> out);

  std::size_t years_, organisations_, pools_;
  std::vector<Unit> units_;               // the organisations, the pools, the system
  std::vector<std::vector<Part>> parts_;  // [organisation]: the units that its normals belong to
  std::size_t system_;                    // its unit, or that of the one pool of all
  std::vector<double> per_reach_;
  std::vector<Doubles> threshold_;  // [years]
  Doubles pool_threshold_;
};

}  // namespace shortfall
