// W in C++ as it is first written: one trial after the other, the standard library's generator and normals; quantile functions from Boost, either
// called for each draw or tabulated.
//   usage: plain PARAMETERS TRIALS THREADS SEED tables|exact        build: c++ -O2 -std=c++20 plain.cpp -pthread
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>
#include <numeric>
#include <random>
#include <thread>

#include "parameters.hpp"

namespace {

const boost::math::normal_distribution<> standard;

double below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double quantile_of(const Scheme& s, double u) {
  const double low = s.q[0], mode = s.q[1], high = s.q[2];
  switch (s.family) {
    case 0: {
      const boost::math::beta_distribution<> beta(1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low));
      return low + (high - low) * quantile(beta, u);
    }
    case 1:
      return u < (mode - low) / (high - low) ? low + std::sqrt(u * (high - low) * (mode - low))
                                             : high - std::sqrt((1 - u) * (high - low) * (high - mode));
    case 2:
      return std::exp(low + mode * quantile(standard, std::max(1e-300, u * below((std::log(high) - low) / mode))));
    default: {
      static const double knots[] = {0, 0.1, 0.5, 0.9, 1};
      const int k = u < 0.1 ? 0 : u < 0.5 ? 1 : u < 0.9 ? 2 : 3;
      return s.q[k] + (s.q[k + 1] - s.q[k]) * (u - knots[k]) / (knots[k + 1] - knots[k]);
    }
  }
}

struct Table {
  static constexpr int cells = 1024;
  static constexpr double range = 6;
  std::vector<double> value;

  explicit Table(const Scheme& s) {
    for (int k = 0; k <= cells; k++) value.push_back(quantile_of(s, below(-range + k * (2 * range / cells))));
  }
  double operator()(double x) const {
    const double at = (std::clamp(x, -range, range - 1e-9) + range) * (cells / (2 * range));
    const int k = int(at);
    return value[k] + (value[k + 1] - value[k]) * (at - k);
  }
};

struct Part {
  long fails[organisations]{}, count[organisations + 1]{}, both[organisations][organisations]{}, pool = 0;
  std::vector<double> peaks[organisations + 1];
};

void simulate(const Parameters& p, const std::vector<Table>& tables, long trials, std::uint64_t seed, Part& part) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  for (long trial = 0; trial < trials; trial++) {
    const double system = p.system * normal(random);
    double of_owner[organisations], of_category[categories], saved[organisations][years] = {}, pool[years] = {};
    for (double& x : of_owner) x = system + p.organisation * normal(random);
    for (double& x : of_category) x = p.category * normal(random);
    for (int i = 0; i < schemes; i++) {
      const Scheme& s = p.schemes[i];
      const double together = of_owner[s.owner] + of_category[s.category], x = together + p.own * normal(random);
      const double share = tables.empty() ? quantile_of(s, std::clamp(below(x), 1e-15, 1 - 1e-15)) : tables[i](x);
      const double u = below(-(together + p.own * normal(random)));
      const int late = int(std::lower_bound(s.chance.begin(), s.chance.end() - 1, u) - s.chance.begin());
      const int whole = late / 12;
      const double rest = late % 12 / 12.0;
      for (int y = whole; y < years; y++)
        saved[s.owner][y] += share * ((1 - rest) * s.planned[y - whole] + (y > whole ? rest * s.planned[y - whole - 1] : 0));
    }
    bool failed[organisations];
    int count = 0;
    for (int o = 0; o < organisations; o++) {
      double pressure = 0, fall = 0, peak = 0;
      for (int y = 0; y < years; y++) {
        pressure = p.persistence * pressure - p.sd * (of_owner[o] + p.pressure_own * normal(random));
        const double margin = saved[o][y] - pressure - p.organisations[o].gap[y];
        pool[y] += margin;
        fall = std::max(0.0, fall - margin);
        peak = std::max(peak, fall);
      }
      failed[o] = peak > p.organisations[o].reserves + grace;
      count += failed[o];
      part.fails[o] += failed[o];
      part.peaks[o].push_back(peak);
    }
    for (int a = 0; a < organisations; a++)
      if (failed[a])
        for (int b = 0; b < organisations; b++) part.both[a][b] += failed[b];
    part.count[count]++;
    double fall = 0, peak = 0;
    for (double margin : pool) fall = std::max(0.0, fall - margin), peak = std::max(peak, fall);
    part.pool += peak > p.all_reserves + grace;
    part.peaks[organisations].push_back(peak);
  }
}

}  // namespace

int main(int count, char** words) {
  if (count != 6) return std::fprintf(stderr, "usage: plain PARAMETERS TRIALS THREADS SEED tables|exact\n"), 2;
  const Parameters p = read_parameters(words[1]);
  const long trials = std::atol(words[2]);
  const int threads = std::atoi(words[3]);
  std::vector<Table> tables;
  if (std::string(words[5]) == "tables") tables = {p.schemes.begin(), p.schemes.end()};
  std::vector<Part> parts(threads);
  std::vector<std::thread> running;
  for (int k = 0; k < threads; k++)
    running.emplace_back(simulate, std::cref(p), std::cref(tables), trials / threads + (k < trials % threads), std::atol(words[4]) * 64 + k,
                         std::ref(parts[k]));
  for (auto& thread : running) thread.join();

  Result r;
  r.trials = trials;
  for (Part& part : parts) {
    r.pool += double(part.pool) / trials;
    for (int a = 0; a < organisations; a++) {
      r.fails[a] += double(part.fails[a]) / trials;
      for (int b = 0; b < organisations; b++) r.both[a][b] += double(part.both[a][b]) / trials;
    }
    for (int k = 0; k <= organisations; k++) r.count[k] += double(part.count[k]) / trials;
  }
  for (int o = 0; o <= organisations; o++) {
    std::vector<double> all;
    for (const Part& part : parts) all.insert(all.end(), part.peaks[o].begin(), part.peaks[o].end());
    r.mean[o] = std::accumulate(all.begin(), all.end(), 0.0) / trials;
    auto from = all.begin();
    for (int k = 0; k < 8; k++) {
      const auto rank = all.begin() + std::max(0L, long(std::ceil(probabilities[k] * trials)) - 1);
      std::nth_element(from, rank, all.end());
      r.quantiles[o][k] = *rank;
      from = rank;
    }
    r.tail[o] = std::accumulate(from, all.end(), 0.0) / double(all.end() - from);
  }
  print(r);
}
