// One block of trials from draws to shortfalls: the stages of the model in their order, for one model or for several on the same draws.
#pragma once

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
#include "sim/signature.hpp"

namespace shortfall {

// The columns that one model's blocks are simulated in, one after the other. Models of one shape that are simulated in turn may share them: the
// result then stands until the next model's.
struct Workspace {
  // What the sizes of the columns follow from.
  struct Shape {
    std::size_t organisations, years, pools;
    std::vector<bool> finding;  // [organisation]: whether it finds substitutes for what it misses
    bool integrated;
    bool operator==(const Shape&) const = default;
  };
  explicit Workspace(Shape of);

  Shape shape;
  std::uint64_t occasion = 0;  // the start of the draws that factors and teams are of
  Signature lucks = 0;         // and whose lucks they are
  LuckColumns luck;
  std::vector<Floats> stretch;  // [team · years + year]
  SchemeOutcome fresh;          // of the scheme that is being delivered, where the memo does not keep it
  HomeRows home;
  std::vector<Doubles> landed;  // [organisation · years + year]: the savings there that a plan could miss; none where nobody finds anything elsewhere
  BlockResult result;
};
Workspace::Shape shape_of(const Model& model, PressureMethod pressure);

// Simulates blocks of one model after the other; one a thread (sim/side_by_side makes them). Of several that share a memo, each finds what the others
// have made of the same block.
class BlockSimulator {
 public:
  // The m-th of the models that the memo was made for, by its schedule. The model, its schedule, the memo and the workspace stay where they are as
  // long as this is used.
  BlockSimulator(const Model& model, PressureMethod pressure, std::size_t m, const Schedule& schedule, Memo& memo, Workspace& workspace);

  void time(Timings* timings) { timings_ = timings; }
  // The block that `draws` was started at.
  const BlockResult& simulate(Draws& draws);
  // What some schemes came to in that block, and nothing else of it.
  void sample(Draws& draws, const std::vector<std::size_t>& schemes, std::vector<SchemeOutcome>& outcomes);
  // What each scheme saves over all years in that block, after every rule between schemes, wherever it lands.
  void savings(Draws& draws, std::vector<Doubles>& saving);
  // The same, and what of it falls in one year, and in which trials each drops out.
  struct SchemeSavings {
    std::vector<Doubles> all, of_year;  // [scheme]
    std::vector<Flags> dropped;         // [scheme]
  };
  void savings(Draws& draws, std::size_t year, SchemeSavings& out);

 private:
  void start(Draws& draws);
  const SchemeOutcome& outcome_of(std::size_t scheme, Draws& draws);
  const Rows* left_of(std::size_t scheme) const;
  void share_opportunities();
  const Rows& rows_of(std::size_t scheme, Draws& draws);
  void deliver_to_others(std::size_t scheme, Draws& draws);
  void deliver(std::size_t organisation, Draws& draws);
  void land(Draws& draws);

  const Model& model_;
  const Schedule& schedule_;
  Memo& memo_;
  const MemoPlaces& places_;
  Workspace& work_;
  const Signature lucks_;
  std::optional<PressureIntegral> integral_;
  Timings* timings_ = nullptr;
};

}  // namespace shortfall
