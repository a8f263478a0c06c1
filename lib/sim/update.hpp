// Normals in place of the drawn ones: how the simulation is brought to what has been seen since the plan was made (history/tracked_luck), everything
// that comes after the draws being the same.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// The drawn normals of the block, of any stream.
using DrawnNormals = std::function<void(Stream stream, Floats& normals)>;

// One thread's, for one block after the other.
class UpdatedBlock {
 public:
  virtual ~UpdatedBlock() = default;
  virtual void start(std::uint64_t block) = 0;
  // Those of a stream that what was seen says anything of; null for all others. They stand until the next start.
  virtual const Floats* normals(Stream stream, const DrawnNormals& drawn) = 0;
};

// May be asked by several threads at once.
class Update {
 public:
  virtual ~Update() = default;
  virtual std::unique_ptr<UpdatedBlock> blocks(std::uint64_t seed) const = 0;
  // The draw of what is not known of the reference classes that a block is of, of so many: those that fit what was seen come more often.
  virtual std::size_t draw(std::uint64_t block, std::size_t draws) const { return block % draws; }
  // Whether pressures' own normals are still what the prior says, so that they may be integrated over.
  virtual bool leaves_pressures() const = 0;
};

}  // namespace shortfall
