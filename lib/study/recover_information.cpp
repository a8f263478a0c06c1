#include "study/recover_information.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "model/compile.hpp"
#include "model/quantile.hpp"
#include "plan/profile.hpp"

namespace shortfall::recover_parts {
namespace {

// A scheme is large that plans at least this share of all savings.
constexpr double large = 0.02;
// At most this many of the plans' own schemes are told of: the largest.
constexpr std::size_t most_schemes = 24;
// Bins to either side that a mean is smoothed over.
constexpr int reach = 8;

Driver driver_of(const Model& model, const Factor& factor) {
  Driver out;
  out.name = factor.name;
  out.luck.loadings = {{static_cast<std::uint32_t>(&factor - model.factors.data()), 1.0f}};
  out.factors = {factor};
  return out;
}

// How a scheme will go is known by the score of its share.
Driver driver_of(const Model& model, const SchemeModel& scheme, std::string name) {
  Driver out;
  out.name = std::move(name);
  out.scheme = true;
  out.stream = scheme.share_stream;
  // The scheme's own factor is within the normals of its share. What is held is known already, and the rest is made a standard normal again.
  const float scheme_weight = scheme.scheme_held_at ? 0 : scheme.scheme_weight;
  float squares = scheme.luck.own_weight * scheme.luck.own_weight + scheme_weight * scheme_weight;
  const float own = std::sqrt(squares);
  for (const Loading& loading : scheme.luck.loadings) {
    const Factor& factor = model.factors[loading.factor];
    if (factor.held_at) continue;
    out.factors.push_back(factor);
    out.luck.loadings.push_back(loading);
    squares += loading.weight * loading.weight;
  }
  const float scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
  out.luck.own_weight = own * scale;
  for (Loading& loading : out.luck.loadings) loading.weight *= scale;
  return out;
}

double planned(const Scheme& s, const Plans& plans) {
  const Yearly saving = planned_saving(s, plans.system.years);
  return std::accumulate(saving.begin(), saving.end(), 0.0);
}

// The schemes whose luck is worth finding out. Of equal savings the first in the plans count as the larger.
std::set<const Scheme*> large_schemes(const Plans& plans) {
  struct Saving {
    const Scheme* scheme;
    double planned;
  };
  std::vector<Saving> largest;
  double all = 0;
  for (const Organisation& o : plans.organisations)
    for (const Scheme& s : o.schemes) largest.push_back({&s, planned(s, plans)}), all += largest.back().planned;
  std::stable_sort(largest.begin(), largest.end(), [](const Saving& a, const Saving& b) { return a.planned > b.planned; });
  largest.resize(std::min(largest.size(), most_schemes));
  std::set<const Scheme*> out;
  for (const Saving& s : largest)
    if (s.planned >= large * all && s.planned > 0) out.insert(s.scheme);
  return out;
}

// A line through the means of the bins nearby, by weights that fall with the distance (tricube; Cleveland 1979), at the bin itself.
double smoothed(const std::vector<double>& score, const std::vector<double>& mean, int bin) {
  double w0 = 0, w1 = 0, w2 = 0, y0 = 0, y1 = 0;
  for (int b = std::max(0, bin - reach); b <= std::min<int>(driver_bins - 1, bin + reach); ++b) {
    const double u = std::abs(b - bin) / (reach + 1.0), c = 1 - u * u * u, w = c * c * c;
    const double x = score[static_cast<std::size_t>(b)] - score[static_cast<std::size_t>(bin)], y = mean[static_cast<std::size_t>(b)];
    w0 += w, w1 += w * x, w2 += w * x * x, y0 += w * y, y1 += w * x * y;
  }
  const double determinant = w0 * w2 - w1 * w1;
  return determinant > 0 ? (w2 * y0 - w1 * y1) / determinant : y0 / w0;
}

}  // namespace

void add_drivers(const Plans& plans, const Model& model, const std::function<bool(const Organisation&, const Scheme&)>& wanted,
                 std::vector<Driver>& out) {
  std::size_t at = 0;
  for (const Organisation& o : plans.organisations)
    for (const Scheme& s : o.schemes) {
      const SchemeModel& scheme = model.schemes[at++];
      if (s.stage.value == Stage::delivered || !wanted(o, s)) continue;
      out.push_back(driver_of(model, scheme, o.id.value + "/" + s.id.value));
      out.back().title = s.title;
      out.back().organisation = o.id.value;
    }
}

std::vector<Driver> drivers_of(const Plant& plant, const Plans& plans, Problems& problems) {
  std::vector<Driver> out;
  for (const Factor& factor : plant.base().factors)
    if (!factor.held_at) out.push_back(driver_of(plant.base(), factor));
  const std::set<const Scheme*> wanted = large_schemes(plans);
  add_drivers(
      plans, plant.base(), [&](const Organisation&, const Scheme& s) { return wanted.contains(&s); }, out);
  // Schemes that options bring have their luck in the plans with the option.
  const std::vector<Driver> of_options = plant.drivers_of_options(problems);
  out.insert(out.end(), of_options.begin(), of_options.end());
  return out;
}

std::vector<std::vector<std::uint8_t>> choices_of(const SetFigures& figures, std::size_t drivers, std::size_t candidates, std::size_t best_now) {
  std::vector<double> score;
  for (std::size_t b = 0; b < driver_bins; ++b) {
    const double middle = (static_cast<double>(b) + 0.5) / driver_bins;
    score.push_back(normal_score({middle, 1 - middle}));
  }
  const double per_bin = static_cast<double>(figures.trials()) / driver_bins;
  std::vector<std::vector<std::uint8_t>> out(drivers, std::vector<std::uint8_t>(driver_bins, static_cast<std::uint8_t>(best_now)));
  for (std::size_t d = 0; d < drivers; ++d) {
    std::vector<double> best(driver_bins, 0.0);  // above the set that is best without knowing
    for (std::size_t c = 0; c < candidates; ++c) {
      if (c == best_now) continue;
      std::vector<double> mean;
      for (std::size_t b = 0; b < driver_bins; ++b) {
        const auto at = [&](std::size_t k) { return figures.means[(d * candidates + k) * driver_bins + b].value(); };
        mean.push_back((at(c) - at(best_now)) / per_bin);
      }
      for (std::size_t b = 0; b < driver_bins; ++b)
        if (const double m = smoothed(score, mean, static_cast<int>(b)); m > best[b]) best[b] = m, out[d][b] = static_cast<std::uint8_t>(c);
    }
  }
  return out;
}

}  // namespace shortfall::recover_parts
