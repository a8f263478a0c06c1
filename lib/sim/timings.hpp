// Where the time of a simulation goes, by the stages of a trial.
#pragma once

#include <array>
#include <chrono>
#include <string_view>
#include <utility>

namespace shortfall {

enum class TrialStage { draw, luck, outcome, deliver, settle, integrate, tally };
inline constexpr std::array<std::string_view, 7> trial_stage_names = {"draw", "luck", "outcome", "deliver", "settle", "integrate", "tally"};

// One thread's, or the sum of several. Time goes to the stage that was entered last.
class Timings {
 public:
  TrialStage enter(TrialStage stage) {
    const auto now = std::chrono::steady_clock::now();
    spent_[static_cast<std::size_t>(stage_)] += now - since_;
    since_ = now;
    return std::exchange(stage_, stage);
  }
  void merge(const Timings& other) {
    for (std::size_t k = 0; k < spent_.size(); ++k) spent_[k] += other.spent_[k];
  }
  double seconds(std::size_t stage) const { return std::chrono::duration<double>(spent_[stage]).count(); }

 private:
  std::array<std::chrono::steady_clock::duration, trial_stage_names.size()> spent_{};
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  TrialStage stage_ = TrialStage::tally;
};

// Enters a stage for as long as it lives; without timings it does nothing.
class TimedStage {
 public:
  TimedStage(Timings* timings, TrialStage stage) : timings_(timings), before_(timings ? timings->enter(stage) : stage) {}
  ~TimedStage() {
    if (timings_) timings_->enter(before_);
  }
  TimedStage(const TimedStage&) = delete;
  TimedStage& operator=(const TimedStage&) = delete;

 private:
  Timings* timings_;
  TrialStage before_;
};

}  // namespace shortfall
