// The processes that mpirun or a scheduler started together, as one program: one of them prints.
#pragma once

#include "base/ranks.hpp"
#include "study/run.hpp"

namespace shortfall {

// If this process was started as one of several it stays behind as a guard, and the program goes on in a child of it: when the rank is killed, the
// guard says so and ends the job with status 3. To be called before any thread is started. Throws MachineFailed where that cannot be.
void guard_rank();

// Joins the others, if there are any; the MPI library is loaded only then. Throws MachineFailed where that cannot be.
void join_ranks();

// None: this process alone.
Ranks* ranks();

// Whether this process prints, writes and stores: rank 0.
bool is_first();

// Leaves the others in peace at the program's good end.
void leave_ranks();

// As many threads as fall to a rank of the cores that its machine's ranks share; 0 where there is only this process.
unsigned threads_for_a_rank();

// Has a simulation spread over the ranks, and over as many threads as fall to each unless told how many.
void spread_over_ranks(RunOptions& options);

}  // namespace shortfall
