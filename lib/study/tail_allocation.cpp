#include "study/tail_allocation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace shortfall {

TailAllocation::TailAllocation(Scale scale, std::size_t parts) : scale_(scale), parts_(parts) {}

void TailAllocation::add(double quantity, std::span<const double> parts) {
  ++trials_;
  Bin& bin = bins_.at(bins::bin_at((quantity - scale_.middle) / scale_.spread));
  if (bin.count++ == 0) {
    bin.sums.resize(parts_ + 1);
    bin.squares.resize(parts_ + 1);
  }
  for (std::size_t k = 0; k <= parts_; ++k) {
    const double x = k == 0 ? quantity : parts[k - 1];
    bin.sums[k].add(x);
    bin.squares[k].add(x * x);
  }
}

TailShares TailAllocation::above(double q) const {
  TailShares out;
  out.trials = (1 - q) * static_cast<double>(trials_);
  std::vector<double> sums(parts_ + 1, 0.0), squares(parts_ + 1, 0.0), at_quantile(parts_ + 1, 0.0);
  double taken = 0;
  for (std::int32_t b = bins_.end(); b-- > bins_.begin() && taken < out.trials;) {
    const Bin& bin = bins_[b];
    if (bin.count == 0) continue;
    const double share = std::min(1.0, (out.trials - taken) / static_cast<double>(bin.count));
    taken += share * static_cast<double>(bin.count);
    for (std::size_t k = 0; k <= parts_; ++k) {
      sums[k] += share * bin.sums[k].value();
      squares[k] += share * bin.squares[k].value();
      at_quantile[k] = bin.sums[k].value() / static_cast<double>(bin.count);
    }
  }
  // Where fewer trials than the tail holds fall short at all, the quantile is 0 and so are its parts.
  if (taken < out.trials) std::fill(at_quantile.begin(), at_quantile.end(), 0.0);
  for (std::size_t k = 0; k <= parts_; ++k) {
    const double mean = out.trials > 0 ? sums[k] / out.trials : 0;
    const double variance = out.trials > 0 ? std::max(0.0, squares[k] / out.trials - mean * mean) : 0, off = mean - at_quantile[k];
    const double reach = out.trials < 10 ? std::numeric_limits<double>::infinity() : score95 * std::sqrt((variance + q * off * off) / out.trials);
    const Estimate e{mean, mean - reach, mean + reach, trials_};
    if (k == 0)
      out.whole = e;
    else
      out.parts.push_back(e);
  }
  return out;
}

}  // namespace shortfall
