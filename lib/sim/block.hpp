// One block of trials from draws to shortfalls: the stages of the model in their order, for one model or for several on the same draws.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "model/model.hpp"
#include "sim/draw.hpp"
#include "sim/integrate.hpp"
#include "sim/land.hpp"
#include "sim/memo.hpp"
#include "sim/method.hpp"
#include "sim/result.hpp"
#include "sim/schedule.hpp"

namespace shortfall {

// Simulates blocks of one model after the other; one a thread. Of several that share a memo, each finds what the others have made of the same block.
class BlockSimulator {
 public:
  explicit BlockSimulator(const Model& model, PressureMethod pressure = PressureMethod::sampled);
  // The m-th of the models that the memo was made for, by its schedule. The model, its schedule and the memo stay where they are as long as this is
  // used.
  BlockSimulator(const Model& model, PressureMethod pressure, std::size_t m, const Schedule& schedule, Memo& memo);

  void time(Timings* timings) { timings_ = timings; }
  // The block that `draws` was started at.
  const BlockResult& simulate(Draws& draws);
  // What some schemes came to in that block, and nothing else of it.
  void sample(Draws& draws, const std::vector<std::size_t>& schemes, std::vector<SchemeOutcome>& outcomes);
  // What each scheme saves over all years in that block, after every rule between schemes, wherever it lands.
  void savings(Draws& draws, std::vector<Doubles>& saving);

 private:
  void start(Draws& draws);
  const SchemeOutcome& outcome_of(std::size_t scheme, Draws& draws);
  const Rows* left_of(std::size_t scheme) const;
  void share_opportunities();
  void deliver(std::size_t organisation, Draws& draws);
  void land(Draws& draws);

  const Model& model_;
  std::unique_ptr<const Schedule> own_schedule_;
  std::unique_ptr<Memo> own_memo_;
  const Schedule& schedule_;
  Memo& memo_;
  const MemoPlaces& places_;
  std::optional<PressureIntegral> integral_;
  Timings* timings_ = nullptr;
  std::uint64_t occasion_ = 0;  // the start of the draws that the columns are of
  LuckColumns luck_;
  std::vector<Floats> stretch_;  // [team · years + year]
  SchemeOutcome fresh_;          // of the scheme that is being delivered, where the memo does not keep it
  HomeRows home_;
  std::vector<Doubles>
      landed_;  // [organisation · years + year]: the savings there that a plan could miss; none where nobody finds anything elsewhere
  BlockResult result_;
};

}  // namespace shortfall
