#include "study/correlations.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "model/compile.hpp"
#include "sim/block.hpp"

namespace shortfall {
namespace {

constexpr std::uint64_t blocks = 40;

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> out(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]]) ++end;
    for (std::size_t k = i; k < end; ++k) out[order[k]] = 0.5 * static_cast<double>(i + end - 1);
    i = end;
  }
  return out;
}

// The correlation of two lucks: what their loadings share.
double luck_correlation(const Luck& a, const Luck& b) {
  double sum = 0;
  for (const Loading& x : a.loadings)
    for (const Loading& y : b.loadings)
      if (x.factor == y.factor) sum += static_cast<double>(x.weight) * static_cast<double>(y.weight);
  return sum;
}

struct Quantity {
  enum class Kind { share, delay, shortfall } kind;
  std::size_t index;  // of a scheme, or of an organisation
};

struct Pair {
  Quantity first, second;
  double luck;
};

class Chooser {
 public:
  Chooser(const Plans& plans, const Model& model) : model_(model) {
    for (const Organisation& o : plans.organisations)
      for (const Scheme& s : o.schemes) {
        names_.push_back(o.id.value + "/" + s.id.value);
        classes_.push_back(s.reference_class ? s.reference_class->value : "");
      }
  }

  std::vector<Pair> pairs() const {
    std::vector<Pair> out;
    const auto uncertain = [&](std::size_t i) { return model_.marginals[model_.schemes[i].share].kind != Marginal::Kind::certain; };
    const auto late = [&](std::size_t i) { return !model_.months[model_.schemes[i].delay].thresholds().empty(); };
    const std::size_t n = model_.schemes.size();
    const auto of_scheme = [&](std::size_t i) {
      return static_cast<double>(model_.schemes[i].scheme_weight) * static_cast<double>(model_.schemes[i].scheme_weight);
    };
    for (std::size_t i = 0; i < n; ++i)
      if (uncertain(i) && late(i)) {
        out.push_back({{Quantity::Kind::share, i},
                       {Quantity::Kind::delay, i},
                       luck_correlation(model_.schemes[i].luck, model_.schemes[i].luck) + of_scheme(i)});
        break;
      }
    // The first two schemes that stand in each of four relations to each other.
    for (const int relation : {3, 2, 1, 0}) {
      const bool same_organisation = relation / 2 == 1, same_class = relation % 2 == 1;
      const auto found = first_pair([&](std::size_t i, std::size_t j) {
        return uncertain(i) && uncertain(j) && (model_.schemes[i].organisation == model_.schemes[j].organisation) == same_organisation &&
               (!classes_[i].empty() && classes_[i] == classes_[j]) == same_class;
      });
      if (found)
        out.push_back({{Quantity::Kind::share, found->first},
                       {Quantity::Kind::share, found->second},
                       luck_correlation(model_.schemes[found->first].luck, model_.schemes[found->second].luck)});
    }
    if (model_.organisations.size() > 1) out.push_back({{Quantity::Kind::shortfall, 0}, {Quantity::Kind::shortfall, 1}, std::nan("")});
    return out;
  }

  std::string name(const Quantity& q) const {
    if (q.kind == Quantity::Kind::shortfall) return "shortfall of " + model_.organisations[q.index].id;
    return (q.kind == Quantity::Kind::share ? "share of " : "delay of ") + names_[q.index];
  }

 private:
  template <class Related>
  std::optional<std::pair<std::size_t, std::size_t>> first_pair(Related related) const {
    for (std::size_t i = 0; i < names_.size(); ++i)
      for (std::size_t j = i + 1; j < names_.size(); ++j)
        if (related(i, j)) return std::pair(i, j);
    return {};
  }

  const Model& model_;
  std::vector<std::string> names_, classes_;
};

}  // namespace

double rank_correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const std::vector<double> x = ranks(a), y = ranks(b);
  const double centre = 0.5 * (static_cast<double>(x.size()) - 1);
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - centre) * (y[i] - centre);
    xx += (x[i] - centre) * (x[i] - centre);
    yy += (y[i] - centre) * (y[i] - centre);
  }
  return xx == 0 || yy == 0 ? 0 : xy / std::sqrt(xx * yy);
}

std::vector<Correlation> telling_correlations(const Plans& plans, const RunOptions& options) {
  const Model model = compile(plans, {.optimism = options.optimism, .given = options.given, .threads = options.threads});
  const Chooser chooser(plans, model);
  const std::vector<Pair> pairs = chooser.pairs();
  std::vector<std::size_t> schemes;
  for (const Pair& p : pairs)
    for (const Quantity& q : {p.first, p.second})
      if (q.kind != Quantity::Kind::shortfall) schemes.push_back(q.index);

  std::vector<std::vector<double>> first(pairs.size()), second(pairs.size());
  BlockSimulator simulator(model);
  Draws draws(options.seed, Draws::Keep::yes);
  std::vector<SchemeOutcome> outcomes;
  for (std::uint64_t b = 0; b < blocks; ++b) {
    draws.start(b);
    simulator.sample(draws, schemes, outcomes);
    const BlockResult& result = simulator.simulate(draws);
    std::size_t next = 0;
    const auto append = [&](const Quantity& q, std::vector<double>& values) {
      const SchemeOutcome* outcome = q.kind == Quantity::Kind::shortfall ? nullptr : &outcomes[next++];
      for (std::size_t i = 0; i < block_trials; ++i)
        // Late is bad luck as a small share is: counted so that all correlations of luck are positive.
        values.push_back(q.kind == Quantity::Kind::share   ? static_cast<double>(outcome->share[i])
                         : q.kind == Quantity::Kind::delay ? -static_cast<double>(outcome->months[i])
                                                           : result.shortfall[q.index][i]);
    };
    for (std::size_t p = 0; p < pairs.size(); ++p) {
      append(pairs[p].first, first[p]);
      append(pairs[p].second, second[p]);
    }
  }
  std::vector<Correlation> out;
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    const double r = rank_correlation(first[p], second[p]), n = static_cast<double>(first[p].size());
    const double z = std::atanh(std::clamp(r, -0.999999, 0.999999)), reach = score95 / std::sqrt(n - 3);
    out.push_back({chooser.name(pairs[p].first),
                   chooser.name(pairs[p].second),
                   pairs[p].luck,
                   {r, std::tanh(z - reach), std::tanh(z + reach), first[p].size()}});
  }
  return out;
}

}  // namespace shortfall
