// A progress bar on standard error, on a terminal only; gone without a trace when the work is done.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace shortfall {

class Progress {
 public:
  explicit Progress(bool quiet, std::string what = "futures");
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::uint64_t done, std::uint64_t of);

 private:
  bool on_;
  std::string what_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace shortfall
