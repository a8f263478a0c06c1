// Which kinds of luck make the system's shortfall vary? First-order shares of its variance.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/alter.hpp"
#include "study/vary.hpp"

namespace shortfall {

std::string_view name_of(DriverKind kind);  // "shared factors"

struct VarianceShares {
  double variance = 0;           // of the quantity
  std::vector<Estimate> shares;  // [kind]: Var(E[quantity | that kind's draws]) / Var(quantity); none where nothing varies
  std::optional<Estimate> knowledge = {};  // of what is not known of the reference classes, where that is drawn
  Estimate interactions;                   // what is left: what they do only together
};

// Sums over one section of trials, of the quantity x, of the same with all but one kind redrawn, y, and with all redrawn, z.
struct PairSums {
  double trials = 0, x = 0, y = 0, z = 0, xx = 0, yy = 0, xy = 0, xz = 0;
  void add(const Doubles& quantity, const Doubles& all_but_one, const Doubles& all, std::size_t rows);
  PairSums operator+(const PairSums& other) const;
  PairSums operator-(const PairSums& other) const;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.trials), f(self.x), f(self.y), f(self.z), f(self.xx), f(self.yy), f(self.xy), f(self.xz);
  }
};

// Sobol' (1993), by pick and freeze with both samples' mean and variance (Janon, Klein, Lagnoux, Nodet, Prieur 2014); standard errors by leaving out
// one section at a time (the jackknife). sections: [section][kind], in order of section. Where what is not known is drawn, a block's two samples have
// one draw in common: what all redrawn have in common is its share, and counts in no kind's.
VarianceShares variance_shares(const std::vector<std::vector<PairSums>>& sections, bool knowledge);

}  // namespace shortfall
