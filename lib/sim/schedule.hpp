// What all blocks of a model have in common: in which order its outcomes are made, which sums of factors they share, and who brings what to whom.
// Made once from the model, and never changed.
#pragma once

#include <cstdint>
#include <vector>

#include "model/model.hpp"
#include "sim/luck.hpp"

namespace shortfall {

// What a scheme's own normals weigh in the scores of its share, delay and overrun (the rows): a Cholesky factor of their covariance beyond what they
// have in common with other schemes, the scheme's factor among it. Where that factor is held at a score, it is a constant in all three instead.
struct OwnLuck {
  float constant;
  Eigen::Matrix3f cholesky;
};
OwnLuck own_luck_of(const SchemeModel& scheme);

struct Schedule {
  explicit Schedule(const Model& model);

  std::size_t years, lanes;               // lanes: the rows of a block's money by year
  std::vector<std::size_t> first_scheme;  // [organisation]: its schemes' first; one more at the end
  // Schemes whose outcomes are made before anything is delivered, each after all that it needs: those that need, are needed, or claim.
  std::vector<std::uint32_t> early;
  std::vector<OwnLuck> own_luck;                      // [scheme]
  std::vector<std::vector<std::int32_t>> wait;        // [scheme]: months late once blackouts have been waited out, by months late; empty: none
  std::vector<std::vector<std::uint32_t>> claimants;  // [opportunity]: its schemes, rising
  std::vector<std::uint32_t> claim;                   // [scheme]: its place among its opportunity's claimants
  std::vector<bool> finding;                          // [organisation]: whether it finds substitutes for what it misses
  bool finds(std::size_t organisation) const { return finding[organisation]; }
  std::vector<std::vector<std::uint32_t>> brings;                 // [scheme]: the organisations beside its own that it saves or costs anything
  std::vector<std::vector<std::uint32_t>> bringers;               // [organisation]: its schemes that bring others anything
  std::vector<bool> receives;                                     // [organisation]: whether schemes of others save or cost it anything
  LuckSums sums;                                                  // of factors
  std::vector<LuckSums::Sum> scheme, team, pressure, substitute;  // pressure: [organisation · years + year]; substitute: [organisation]
};

}  // namespace shortfall
