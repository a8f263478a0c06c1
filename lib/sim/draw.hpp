// The standard normal of a driver in a trial: a pure function of (seed, the driver's name, trial), whatever else is in the plan.
#pragma once

#include <memory>
#include <unordered_map>

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// Trials 256·block … 256·block + 255 of the stream. Four normals come from each counter by two Box–Muller transforms (Box, Muller 1958): a fixed
// number of draws a value, never a rejection.
void draw_normals(std::uint64_t seed, Stream stream, std::uint64_t block, Floats& normals);

// The draws of one block. Models that are simulated together share them: what one has drawn the next finds.
class Draws {
 public:
  enum class Keep { no, yes };
  Draws(std::uint64_t seed, Keep keep) : seed_(seed), keep_(keep) {}

  void start(std::uint64_t block);
  // Valid until the next call, or with Keep::yes until the next start.
  const Floats& normals(Stream stream);

 private:
  struct Kept {
    std::uint64_t block;  // whose normals they are
    std::unique_ptr<Floats> normals;
  };
  std::uint64_t seed_, block_ = 0;
  Keep keep_;
  Floats scratch_;
  std::unordered_map<Stream, Kept> kept_;
};

}  // namespace shortfall
