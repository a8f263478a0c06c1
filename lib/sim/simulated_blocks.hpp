// The blocks of one model, by several threads that each simulate in columns of their own.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/side_by_side.hpp"

namespace shortfall {

class SimulatedBlocks {
 public:
  // The model stays where it is as long as this is used.
  SimulatedBlocks(const Model& model, std::uint64_t seed, Sampling sampling, unsigned threads, const Update* update = nullptr)
      : model_(model), seed_(seed), sampling_(sampling), update_(update), threads_(threads) {}

  // The block's result, until the same thread simulates another. Threads are counted from 0; they may call this at the same time.
  const BlockResult& of(std::uint64_t block, unsigned thread) {
    std::unique_ptr<Thread>& own = threads_[thread];
    if (!own) own = std::make_unique<Thread>(model_, seed_, sampling_, update_);
    own->draws.start(block);
    return own->simulator.first().simulate(own->draws);
  }

 private:
  struct Thread {
    Thread(const Model& model, std::uint64_t seed, Sampling sampling, const Update* update)
        : simulator({&model}), draws(seed, Draws::Keep::no, sampling, update) {}
    SideBySide simulator;
    Draws draws;
  };

  const Model& model_;
  std::uint64_t seed_;
  Sampling sampling_;
  const Update* update_;
  std::vector<std::unique_ptr<Thread>> threads_;
};

}  // namespace shortfall
