#include "study/correlations.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <Eigen/Core>

#include "model/compile.hpp"
#include "sim/side_by_side.hpp"

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

// The lucks of schemes by what they have in common with others, [factor × scheme]: the product of two columns is the correlation of two lucks.
Eigen::MatrixXd loadings_of(const Model& model, const std::vector<std::size_t>& schemes) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(model.factors.size()), static_cast<Eigen::Index>(schemes.size()));
  for (std::size_t k = 0; k < schemes.size(); ++k)
    for (const Loading& l : model.schemes[schemes[k]].luck.loadings) out(l.factor, static_cast<Eigen::Index>(k)) = static_cast<double>(l.weight);
  return out;
}

struct Quantity {
  enum class Kind { share, delay, shortfall } kind;
  std::size_t index;  // of a scheme, or of an organisation
};

struct Pair {
  Quantity first, second;
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
    for (std::size_t i = 0; i < n; ++i)
      if (uncertain(i) && late(i)) {
        out.push_back({{Quantity::Kind::share, i}, {Quantity::Kind::delay, i}});
        break;
      }
    // The first two schemes that stand in each of four relations to each other.
    for (const int relation : {3, 2, 1, 0}) {
      const bool same_organisation = relation / 2 == 1, same_class = relation % 2 == 1;
      const auto found = first_pair([&](std::size_t i, std::size_t j) {
        return uncertain(i) && uncertain(j) && (model_.schemes[i].organisation == model_.schemes[j].organisation) == same_organisation &&
               (!classes_[i].empty() && classes_[i] == classes_[j]) == same_class;
      });
      if (found) out.push_back({{Quantity::Kind::share, found->first}, {Quantity::Kind::share, found->second}});
    }
    if (model_.organisations.size() > 1) out.push_back({{Quantity::Kind::shortfall, 0}, {Quantity::Kind::shortfall, 1}});
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

// What the trials came to, of both quantities of a pair.
struct PairedValues {
  std::vector<double> first, second;
};

std::vector<PairedValues> simulated(const Model& model, const std::vector<Pair>& pairs, const std::vector<std::size_t>& schemes, std::uint64_t seed) {
  std::vector<PairedValues> out(pairs.size());
  SideBySide alone({&model});
  BlockSimulator& simulator = alone.first();
  Draws draws(seed, Draws::Keep::yes);
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
      append(pairs[p].first, out[p].first);
      append(pairs[p].second, out[p].second);
    }
  }
  return out;
}

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
  const Model model = compile(plans, compile_options(options));
  const Chooser chooser(plans, model);
  const std::vector<Pair> pairs = chooser.pairs();
  std::vector<std::size_t> schemes;  // of the pairs, one after the other
  for (const Pair& p : pairs)
    for (const Quantity& q : {p.first, p.second})
      if (q.kind != Quantity::Kind::shortfall) schemes.push_back(q.index);
  const std::vector<PairedValues> values = simulated(model, pairs, schemes, options.seed);
  const Eigen::MatrixXd loadings = loadings_of(model, schemes), luck = loadings.transpose() * loadings;

  std::vector<Correlation> out;
  Eigen::Index next = 0;  // of the schemes
  for (std::size_t p = 0; p < pairs.size(); ++p) {
    double correlation = std::nan("");
    if (pairs[p].first.kind != Quantity::Kind::shortfall) {
      correlation = luck(next, next + 1);
      // One scheme's share and delay have its own factor in common too.
      const double own = static_cast<double>(model.schemes[pairs[p].first.index].scheme_weight);
      if (pairs[p].second.kind == Quantity::Kind::delay) correlation += own * own;
      next += 2;
    }
    const double r = rank_correlation(values[p].first, values[p].second), n = static_cast<double>(values[p].first.size());
    const double z = std::atanh(std::clamp(r, -0.999999, 0.999999)), reach = score95 / std::sqrt(n - 3);
    out.push_back({chooser.name(pairs[p].first),
                   chooser.name(pairs[p].second),
                   correlation,
                   {r, std::tanh(z - reach), std::tanh(z + reach), values[p].first.size()}});
  }
  return out;
}

}  // namespace shortfall
