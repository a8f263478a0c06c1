// From draws to luck scores (model, section 2): what drivers have in common, and what is their own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "model/model.hpp"
#include "sim/column.hpp"

namespace shortfall {

// What lucks have in common: the sums of their loadings. Where several begin alike, that part is summed once a block, when first asked for.
class CommonLuck {
 public:
  // Which sum is to be asked for.
  struct Sum {
    std::int32_t begins = -1;          // what it goes on from, or −1
    std::optional<Loading> then = {};  // and its last loading, if any
    bool operator==(const Sum&) const = default;
  };
  Sum sum_of(const Luck& luck);
  // A new block, and its factors, which stay where they are until the next.
  void start(const std::vector<Floats>& factors);
  void add_up(const Sum& sum, Floats& out);

 private:
  struct Beginning {
    std::int32_t before;
    Loading loading;
    bool known;
    std::unique_ptr<Floats> sum;
  };
  const Floats& beginning(std::int32_t index);
  std::vector<Beginning> beginnings_;
  std::map<std::tuple<std::int32_t, std::uint32_t, float>, std::int32_t> index_;  // by what it goes on from, and its loading
  const std::vector<Floats>* factors_ = nullptr;
};

// sum += weight · factor.
void add_loading(Floats& sum, const Floats& factor, float weight);

// score = common + weight · own; and with two normals.
void combine(const Floats& common, const Floats& own, float weight, Floats& score);
void combine(const Floats& common, const Floats& first, float first_weight, const Floats& second, float second_weight, Floats& score);

// The student-t copula: the score times the trial's sqrt(ν/W), then back to the normal score of the same chance, so that every later stage sees
// normal scores. Error of the way back below 2e-5.
void mix_student_t(const Model::StudentT& t, const Floats& mixing, Floats& score);

}  // namespace shortfall
