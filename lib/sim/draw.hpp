// The standard normal of a driver in a trial: a pure function of (seed, the driver's name, trial, how it is sampled), whatever else is in the plan.
#pragma once

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "model/model.hpp"
#include "sim/column.hpp"
#include "sim/drawn_tables.hpp"
#include "sim/method.hpp"
#include "sim/timings.hpp"
#include "sim/update.hpp"

namespace shortfall {

// Trials 256·block … 256·block + 255 of the stream. Plain: four normals from each counter by two Box–Muller transforms (Box, Muller 1958). Latin
// hypercube: Φ⁻¹((stratum + u)/256). A fixed number of words a value, never a rejection; within 1.5e-6 of the pair's radius of exact arithmetic, a
// hypercube's within 3e-6.
void draw_normals(std::uint64_t seed, Stream stream, std::uint64_t block, Sampling sampling, Floats& normals);

// The draws of one block. Models that are simulated together share them: what one has drawn the next finds.
class Draws {
 public:
  enum class Keep { no, yes };
  // With an update, normals are what it makes of those that are drawn.
  Draws(std::uint64_t seed, Keep keep, Sampling sampling = Sampling::plain, const Update* update = nullptr)
      : seed_(seed), keep_(keep), sampling_(sampling), update_(update), updated_(update == nullptr ? nullptr : update->blocks(seed)) {}

  void start(std::uint64_t block);
  std::uint64_t block() const { return block_; }
  // Another number at each start of any draws in the program: what was made of the same occasion is made of the same normals.
  std::uint64_t occasion() const { return occasion_; }
  // What is not known of the reference classes is, in the block, as it is in this draw of the model's; 0 where nothing is drawn.
  std::size_t draw_of(const Model& model) const {
    if (model.draws == 0) return 0;
    return update_ == nullptr ? block_ % model.draws : update_->draw(block_, model.draws);
  }
  DrawnTables& tables() { return tables_; }
  void time(Timings* timings) { timings_ = timings; }
  // Valid for the next three calls, or with Keep::yes until the next start.
  const Floats& normals(Stream stream);

 private:
  struct Kept {
    std::uint64_t block;  // whose normals they are
    std::unique_ptr<Floats> normals;
  };
  std::uint64_t seed_, block_ = 0, occasion_ = 0;
  Keep keep_;
  Sampling sampling_;
  const Update* update_;
  std::unique_ptr<UpdatedBlock> updated_;
  Timings* timings_ = nullptr;
  std::array<Floats, 4> scratch_;  // in turn
  std::size_t next_ = 0;
  std::unordered_map<Stream, Kept> kept_;
  DrawnTables tables_;
};

// The draws of several models side by side: models with one update share theirs.
class DrawsOfModels {
 public:
  // updates: [model].
  DrawsOfModels(const std::vector<const Update*>& updates, std::uint64_t seed, Draws::Keep keep, Sampling sampling);

  void start(std::uint64_t block);
  void time(Timings* timings);
  Draws& first() { return *all_.front(); }
  Draws& of(std::size_t model) { return *all_[place_[model]]; }
  std::size_t count() const { return all_.size(); }
  std::size_t place(std::size_t model) const { return place_[model]; }  // among those that differ

 private:
  std::vector<std::unique_ptr<Draws>> all_;
  std::vector<std::size_t> place_;  // [model]
};

}  // namespace shortfall
