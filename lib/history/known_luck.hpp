// The luck of plans of which something was seen, and of whose reference classes not all is known: draws of these that fit what was seen, each with
// the luck that is left in it (lib/README.md, section 14).
#pragma once

#include <memory>
#include <vector>

#include "history/draw_choice.hpp"
#include "history/tracked_luck.hpp"

namespace shortfall {

// Which draws fit what was seen, as chances of all of it over their proposals': by draws, and by proposals of the factors within them.
struct DrawsQuality {
  WeightsQuality joint;         // of all proposals in all draws
  WeightsQuality draws;         // of the draws
  WeightsQuality both() const;  // the joint's, with the larger of the two Pareto's k
};

// The places 0 to n − 1 in an order in which the first few lie as evenly as all: in steps of the golden section of the whole.
std::vector<std::size_t> golden_section_order(std::size_t n);

class KnownLuck : public Update {
 public:
  // A block is of one of so many `places`, each of which has a draw, the same draw as often as it fits. Errors: those of TrackedLuck::of by the
  // classes as they are written; that what was seen is impossible by every draw.
  static Checked<std::shared_ptr<const KnownLuck>> of(const ActualsSeen& seen, std::size_t places);

  std::unique_ptr<UpdatedBlock> blocks(std::uint64_t seed) const override;
  std::size_t draw(std::uint64_t block, std::size_t draws) const override;
  bool leaves_pressures() const override { return written_->leaves_pressures(); }

  const KnowledgeDraws& draws() const { return draws_; }  // by which the plans are compiled
  const DrawsQuality& quality() const { return quality_; }
  const TrackedLuck& as_written() const { return *written_; }  // by the classes as they are written, coarser
  std::size_t draws_chosen() const;                            // that differ
  const std::vector<std::uint32_t>& places() const { return places_; }

 private:
  friend class KnownBlock;
  struct Weighed {
    std::vector<double> log_chances, delivers;  // [draw]
  };
  Weighed weigh(const ActualsSeen& seen, const Model& model, const std::vector<double>& log_proposal_over_prior);

  KnowledgeDraws draws_;
  std::shared_ptr<const TrackedLuck> written_;
  std::vector<std::shared_ptr<const TrackedLuck>> lucks_;  // [draw]; null where it is not chosen
  std::vector<std::uint32_t> places_;                      // [place]: draw
  DrawsQuality quality_;
};

}  // namespace shortfall
