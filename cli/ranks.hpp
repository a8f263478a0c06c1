// The processes that mpirun or a scheduler started together, as one program: one of them prints.
#pragma once

#include "base/ranks.hpp"

namespace shortfall {

// Joins the others, if this process was started as one of several; the MPI library is loaded only then. Throws MachineFailed where that cannot be.
// The process that was started stays behind as a guard: when the rank is killed, it says so and ends the job with status 3.
void join_ranks();

// None: this process alone.
Ranks* ranks();

// Whether this process prints, writes and stores: rank 0.
bool is_first();

// Leaves the others in peace at the program's good end.
void leave_ranks();

// As many threads as fall to a rank of the cores that its machine's ranks share; 0 where there is only this process.
unsigned threads_for_a_rank();

}  // namespace shortfall
