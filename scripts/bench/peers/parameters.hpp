// What the C++ peers share: the parameters of W and the printing of results.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

constexpr int organisations = 12, schemes_each = 20, years = 5, categories = 8, months = 19, schemes = organisations * schemes_each;
constexpr double grace = 1e-6;

struct Scheme {
  int owner, category, family;
  std::array<double, 5> q, planned;
  std::array<double, months> chance;  // of at most 0, 1, … 18 months
};
struct Organisation {
  std::array<double, years> gap;
  double reserves;
};
struct Parameters {
  std::vector<Scheme> schemes;
  std::vector<Organisation> organisations;
  double system, organisation, category, own, pressure_own, persistence, sd, all_reserves = 0;  // the first five: what the normals are multiplied by
};

inline std::vector<std::vector<double>> rows_of(const std::string& file) {
  std::ifstream in(file);
  std::string line, cell;
  std::vector<std::vector<double>> rows;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::stringstream cells(line);
    rows.emplace_back();
    while (std::getline(cells, cell, ',')) rows.back().push_back(std::stod(cell));
  }
  if (rows.empty()) {
    std::fprintf(stderr, "cannot read %s\n", file.c_str());
    std::exit(2);
  }
  return rows;
}

inline Parameters read_parameters(const std::string& folder) {
  Parameters p;
  for (const auto& row : rows_of(folder + "/schemes.csv")) {
    Scheme s{int(row[1]), int(row[2]), int(row[3]), {}, {}, {}};
    std::copy_n(&row[4], 5, s.q.begin());
    std::copy_n(&row[10], years, s.planned.begin());
    std::copy_n(&row[15], months, s.chance.begin());
    p.schemes.push_back(s);
  }
  for (const auto& row : rows_of(folder + "/orgs.csv")) {
    Organisation o{{}, row[6]};
    std::copy_n(&row[1], years, o.gap.begin());
    p.organisations.push_back(o);
    p.all_reserves += o.reserves;
  }
  const auto g = rows_of(folder + "/globals.csv")[0];
  p.system = std::sqrt(g[0]);
  p.organisation = std::sqrt(g[1]);
  p.category = std::sqrt(g[2]);
  p.own = std::sqrt(1 - g[0] - g[1] - g[2]);
  p.pressure_own = std::sqrt(1 - g[0] - g[1]);
  p.persistence = g[3];
  p.sd = g[4];
  return p;
}

struct Result {
  long trials = 0;
  std::array<double, organisations> fails{};
  std::array<double, organisations + 1> count{}, mean{}, tail{};
  double both[organisations][organisations]{}, pool = 0;
  std::array<double, 8> quantiles[organisations + 1]{};
};
constexpr std::array<double, 8> probabilities = {.05, .1, .25, .5, .75, .8, .9, .95};

inline void print(const Result& r) {
  const auto list = [](const char* name, const double* values, int n) {
    std::printf(", \"%s\": [", name);
    for (int i = 0; i < n; i++) std::printf("%s%.9g", i ? "," : "", values[i]);
    std::printf("]");
  };
  std::printf("{\"trials\": %ld, \"pool\": %.9g, \"any\": %.9g, \"all\": %.9g", r.trials, r.pool, 1 - r.count[0], r.count[organisations]);
  list("fails", r.fails.data(), organisations);
  list("count", r.count.data(), organisations + 1);
  list("both", &r.both[0][0], organisations * organisations);
  list("mean", r.mean.data(), organisations + 1);
  list("quantiles", r.quantiles[0].data(), (organisations + 1) * 8);
  list("tails", r.tail.data(), organisations + 1);
  std::printf("}\n");
}
