// Signatures of what models deliver: 64-bit hashes of all that enters a quantity, so that equal signatures mean equal columns on the same draws. By
// these a model that is simulated beside others finds what any of them has already made (sim/memo).
#pragma once

#include <cstdint>
#include <vector>

#include "model/model.hpp"
#include "sim/luck.hpp"

namespace shortfall {

using Signature = std::uint64_t;

struct Signatures {
  std::vector<Signature> outcome;      // [scheme]: its share, months late and overrun
  std::vector<Signature> opportunity;  // [opportunity]: what each of its claimants is left with
  std::vector<Signature> home;         // [organisation]: its margins by its own schemes alone, before pressure, and what these save
  std::vector<Signature> away;         // [organisation]: what others' schemes save and cost there
};
Signatures signatures_of(const Model& model);

// Of a block's factors, the sums of them that are asked for, and its teams' staffing.
Signature lucks_signature_of(const Model& model, const LuckSums& sums);

}  // namespace shortfall
