// Processes that work on one question together, on one machine or many (MPI's ranks). Each takes its part of the trials or points and then learns
// what the others have found, so that all take the same decisions. Nothing here knows MPI: cli/mpi does.
//
// How a study takes part: pass RunOptions::ranks on in SimulateOptions. `record` (sim/record) then splits its trials over the ranks. Where ranks are
// not passed on, every rank does all of the work itself: slower, the same answer.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace shortfall {

class Ranks {
 public:
  virtual ~Ranks() = default;
  virtual unsigned rank() const = 0;  // 0 … count − 1
  virtual unsigned count() const = 0;
  // The root's bytes, on every rank. All ranks must call it, for one root after another in the same order.
  virtual void broadcast(unsigned root, std::string& bytes) = 0;
  // Ends all ranks with that exit status.
  [[noreturn]] virtual void abort(int status) = 0;
};

inline unsigned rank_of(const Ranks* ranks) { return ranks == nullptr ? 0 : ranks->rank(); }
inline unsigned count_of(const Ranks* ranks) { return ranks == nullptr ? 1 : ranks->count(); }

// Gives every rank the bytes of all the others, one after the other.
inline void exchange(Ranks* ranks, const std::string& mine, const std::function<void(const std::string&)>& see) {
  for (unsigned root = 0; root < count_of(ranks); ++root) {
    std::string bytes = root == rank_of(ranks) ? mine : std::string();
    if (count_of(ranks) > 1) ranks->broadcast(root, bytes);
    if (root != rank_of(ranks)) see(bytes);
  }
}

}  // namespace shortfall
