// The ranks of MPI: a module of its own, so that the program does not load an MPI library unless it is one of several processes.
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "base/ranks.hpp"

namespace shortfall {
namespace {

class MpiRanks : public Ranks {
 public:
  MpiRanks() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &count_);
  }
  ~MpiRanks() override { MPI_Finalize(); }

  unsigned rank() const override { return static_cast<unsigned>(rank_); }
  unsigned count() const override { return static_cast<unsigned>(count_); }

  void broadcast(unsigned root, std::string& bytes) override {
    std::uint64_t size = bytes.size();
    MPI_Bcast(&size, 1, MPI_UINT64_T, static_cast<int>(root), MPI_COMM_WORLD);
    bytes.resize(size);
    // MPI counts in int.
    constexpr std::uint64_t most = std::uint64_t{1} << 30;
    for (std::uint64_t at = 0; at < size; at += most)
      MPI_Bcast(bytes.data() + at, static_cast<int>(std::min(most, size - at)), MPI_BYTE, static_cast<int>(root), MPI_COMM_WORLD);
  }

  void abort(int status) override {
    // mpirun of Open MPI, which leaves its address to its processes, ends the job when one of them ends with a status other than 0, and ends with it
    // itself. Asked to abort, its PMIx (4.2) now and then waits for ever for a lock of its own, when all ranks have ended.
    if (std::getenv("OMPI_MCA_orte_hnp_uri") == nullptr) MPI_Abort(MPI_COMM_WORLD, status);
    std::_Exit(status);
  }

 private:
  int rank_ = 0, count_ = 1;
};

}  // namespace
}  // namespace shortfall

extern "C" [[gnu::visibility("default")]] shortfall::Ranks* shortfall_join_ranks() { return new shortfall::MpiRanks; }
