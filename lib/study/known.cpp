#include "study/known.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "model/posterior.hpp"
#include "sim/draw_spread.hpp"

namespace shortfall {

namespace {

struct DrawMoments {
  double mean, spread;  // of the draws' own means
  double simulation_error, knowledge;
};

DrawMoments draw_moments(const std::vector<double>& means, const std::vector<double>& blocks, double within) {
  double all = 0, sum = 0, reciprocals = 0;
  for (std::size_t k = 0; k < means.size(); ++k) all += blocks[k], sum += blocks[k] * means[k], reciprocals += 1 / blocks[k];
  const double mean = sum / all, count = static_cast<double>(means.size());
  double squares = 0;
  for (const double m : means) squares += (m - mean) * (m - mean);
  const double variance = squares / std::max(1.0, count - 1);
  return {mean, std::sqrt(variance), std::sqrt(within / all), std::sqrt(std::max(0.0, variance - within * reciprocals / count))};
}

// Of draws that come more often than others, in rising order of their means, each in the middle of its part of the blocks.
double quantile_by_blocks(const std::vector<double>& means, const std::vector<double>& blocks, double level) {
  std::vector<std::size_t> order(means.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return means[a] < means[b]; });
  const double all = std::accumulate(blocks.begin(), blocks.end(), 0.0);
  double below = 0, before_value = means[order.front()], before_place = 0;
  for (const std::size_t k : order) {
    const double place = (below + blocks[k] / 2) / all;
    if (place >= level)
      return before_place == 0 ? means[k] : before_value + (level - before_place) / (place - before_place) * (means[k] - before_value);
    below += blocks[k], before_value = means[k], before_place = place;
  }
  return before_value;
}

// The draws' quantile, drawn in towards the mean until their standard deviation is τ.
double shrunk_quantile(const std::vector<double>& sorted, const DrawMoments& m, double level) {
  const double count = static_cast<double>(sorted.size()), at = std::clamp(level * count - 0.5, 0.0, count - 1);
  const auto below = static_cast<std::size_t>(at);
  const double next = sorted[std::min(below + 1, sorted.size() - 1)];
  const double value = sorted[below] + (at - static_cast<double>(below)) * (next - sorted[below]);
  return m.mean + (m.spread > 0 ? (value - m.mean) * m.knowledge / m.spread : 0);
}

}  // namespace

Known known_amount(const std::vector<double>& draw_means, const std::vector<double>& blocks, double within, bool chosen) {
  if (chosen) {
    const DrawSpread m = draw_spread(draw_means, blocks, within);
    const double all = std::accumulate(blocks.begin(), blocks.end(), 0.0);
    const auto drawn_in = [&](double level) {
      return m.mean + (m.spread > 0 ? (quantile_by_blocks(draw_means, blocks, level) - m.mean) * m.knowledge / m.spread : 0);
    };
    return {m.mean, std::sqrt(within / all + m.of_choice), m.knowledge, drawn_in(0.05), drawn_in(0.95), false};
  }
  const DrawMoments m = draw_moments(draw_means, blocks, within);
  std::vector<double> sorted = draw_means;
  std::sort(sorted.begin(), sorted.end());
  return {m.mean, m.simulation_error, m.knowledge, shrunk_quantile(sorted, m, 0.05), shrunk_quantile(sorted, m, 0.95), false};
}

Known known_chance(const std::vector<double>& draw_means, const std::vector<double>& blocks, double within, bool chosen) {
  Known out = known_amount(draw_means, blocks, within, chosen);
  out.low = std::clamp(out.low, 0.0, 1.0), out.high = std::clamp(out.high, 0.0, 1.0);
  const double m = out.mean, variance = out.knowledge * out.knowledge;
  if (variance <= 0 || m <= 0 || m >= 1 || variance >= m * (1 - m)) return out;
  const double sum = m * (1 - m) / variance - 1;
  const BetaPosterior beta{m * sum, (1 - m) * sum};
  const double low = beta.quantile(0.05), high = beta.quantile(0.95);
  out.shapes_differ = std::abs(low - out.low) > 0.02 || std::abs(high - out.high) > 0.02;
  if (!out.shapes_differ || high - low > out.high - out.low) out.low = low, out.high = high;
  return out;
}

}  // namespace shortfall
