// From draws to luck scores (model, section 2): what drivers have in common, and what is their own. A score is a standard normal.
#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// What lucks have in common: the sums of their loadings. Where several begin alike, that part is summed once a block, when first asked for.
class LuckSums {
 public:
  // Which sum is to be asked for.
  struct Sum {
    std::int32_t begins = -1;          // the beginning that it goes on from, or −1
    std::optional<Loading> then = {};  // and its last loading, if any
    bool operator==(const Sum&) const = default;
  };
  Sum sum_of(const Luck& luck);
  struct Beginning {
    std::int32_t before;  // the beginning that it goes on from itself, or −1
    Loading loading;
  };
  const std::vector<Beginning>& beginnings() const { return beginnings_; }

 private:
  std::vector<Beginning> beginnings_;
  std::map<std::tuple<std::int32_t, std::uint32_t, float>, std::int32_t> index_;  // by what it goes on from, and its loading
};

// A block's factors, and the sums of them that have been asked for so far.
struct LuckColumns {
  std::vector<Floats> factor;     // [factor of the model]
  Floats mixing;                  // sqrt(ν/W) of the student-t copula
  std::vector<Floats> beginning;  // [beginning]
  std::vector<bool> known;        // [beginning]
};
void add_up(const LuckSums& sums, const LuckSums::Sum& sum, LuckColumns& luck, Floats& out);

// sum += weight · factor.
void add_loading(Floats& sum, const Floats& factor, float weight);

// score = common + weight · own; and with two normals.
void combine(const Floats& common, const Floats& own, float weight, Floats& score);
void combine(const Floats& common, const Floats& first, float first_weight, const Floats& second, float second_weight, Floats& score);

// The student-t copula: the score times the trial's sqrt(ν/W), then back to the normal score of the same chance, so that every later stage sees
// normal scores. Error of the way back below 2e-5.
void mix_student_t(const Model::StudentT& t, const Floats& mixing, Floats& score);

}  // namespace shortfall
