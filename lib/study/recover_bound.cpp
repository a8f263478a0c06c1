#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "sim/agreement.hpp"
#include "sim/column.hpp"
#include "sim/record.hpp"
#include "sim/settle.hpp"
#include "study/recover_search.hpp"
#include "study/vary.hpp"

namespace shortfall::recover_parts {
namespace {

constexpr std::uint64_t bound_futures = 4096;
constexpr std::size_t most_looked_at = 300'000;  // sets: some seconds

// Organisations whose margins add up, and what they can lose.
struct Group {
  Members members;
  double reserves = 0, carry = 1;
  std::vector<double> start;  // [year]: before the members' margins
};

// The groups that the target is of, a chance being that any of them, or all, fail; none where the target is no figure of summed margins.
std::vector<Group> groups_of(const Model& model, const Target& target, bool loss) {
  const std::vector<double> none(model.years.size(), 0.0);
  const auto own = [&](std::uint32_t o) { return Group{{o}, model.organisations[o].reserves, model.organisations[o].carry, none}; };
  const auto shared = [&](std::uint32_t o) -> std::optional<Group> {
    for (const PoolModel& pool : model.pools)
      if (std::find(pool.members.begin(), pool.members.end(), o) != pool.members.end()) {
        if (pool.aid) return {};
        return Group{pool.members, reserves_of(model, pool.members), pool.carry, none};
      }
    return own(o);
  };
  if (loss || target.of == Target::Of::system) {
    Group all{{}, 0, model.carry, model.system_excess};
    all.members.resize(model.organisations.size());
    std::iota(all.members.begin(), all.members.end(), 0u);
    all.reserves = reserves_of(model);
    for (double& x : all.start) x = -x;
    return {all};
  }
  std::vector<Group> out;
  for (std::uint32_t o = 0; o < model.organisations.size(); ++o) {
    if (target.of == Target::Of::organisation && o != target.organisation) continue;
    const std::optional<Group> group = target.together ? shared(o) : own(o);
    if (!group) return {};
    out.push_back(*group);
  }
  return out;
}

// What some models' groups come to in each year: margins[model][group · years + year][future].
class MarginRecord {
 public:
  MarginRecord(const std::vector<Group>& groups, std::size_t models) : groups_(&groups), open_(models) {}
  void add(std::size_t m, const BlockResult& result, std::size_t rows) {
    std::vector<double>& out = open_[m];
    for (const Group& group : *groups_)
      for (std::size_t y = 0; y < result.years; ++y) {
        pool_margins(result.margins(), group.members, group.start[y], y, pooled_);
        out.insert(out.end(), pooled_.data(), pooled_.data() + rows);
      }
  }
  void end_section(std::uint64_t section) {
    for (std::size_t m = 0; m < open_.size(); ++m) sections[section].models.push_back({std::exchange(open_[m], {})});
  }
  struct Values {
    std::vector<double> of;
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f.any(self.of);
    }
  };
  struct Models {
    std::vector<Values> models;
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f.any(self.models);
    }
  };
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.sections);
  }
  std::map<std::uint64_t, Models> sections;

 private:
  const std::vector<Group>* groups_;
  std::vector<std::vector<double>> open_;
  Doubles pooled_;
};

using Path = std::vector<double>;  // [(group · years + year) · futures + future]

class BranchAndBound {
 public:
  BranchAndBound(const Plant& plant, std::vector<Group> groups, bool loss, std::size_t years, std::size_t futures, Path base, std::vector<Path> more)
      : plant_(plant),
        recovery_(plant.recovery()),
        groups_(std::move(groups)),
        loss_(loss),
        years_(years),
        futures_(futures),
        more_(std::move(more)) {
    const std::size_t n = more_.size();
    // Those that gain most for the money come first, so that a good set is met early.
    order_.resize(n);
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::vector<double> rate(n);
    base_ = std::move(base);
    nothing_ = score(base_, 0);
    for (std::size_t i = 0; i < n; ++i) {
      Path with = base_;
      for (std::size_t k = 0; k < with.size(); ++k) with[k] += more_[i][k];
      rate[i] = (nothing_ - score(with, 0)) / std::max(1e-9, recovery_.options[i].total_cost());
    }
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return rate[a] > rate[b]; });
    rest_.assign(n + 1, Path(base_.size(), 0.0));
    for (std::size_t k = n; k-- > 0;)
      for (std::size_t j = 0; j < base_.size(); ++j) rest_[k][j] = rest_[k + 1][j] + std::max(0.0, more_[order_[k]][j]);
  }

  // The least score of all affordable sets, or less.
  Bound run() {
    best_ = nothing_;
    visit(0, base_, 0);
    return {std::min(best_, open_), best_set_};
  }

 private:
  // Less is better: the aim, or the loss and cost.
  double score(const Path& path, double cost) {
    std::vector<double> values(futures_, 0.0), worst(futures_);
    const Target& target = plant_.target();
    const bool fails = !loss_ && target.is_chance(), all = target.of == Target::Of::all;
    const std::size_t last = fails ? target.year + 1 : years_;
    if (fails && all) std::fill(values.begin(), values.end(), 1.0);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      std::vector<double> gap(futures_, 0.0);
      std::fill(worst.begin(), worst.end(), 0.0);
      for (std::size_t y = 0; y < last; ++y) {
        const double* margin = path.data() + (g * years_ + y) * futures_;
        for (std::size_t i = 0; i < futures_; ++i) {
          gap[i] = std::max(0.0, groups_[g].carry * gap[i] - margin[i]);
          worst[i] = std::max(worst[i], gap[i]);
        }
      }
      const double reserves = groups_[g].reserves;
      for (std::size_t i = 0; i < futures_; ++i) {
        const double failed = worst[i] > reserves + grace ? 1 : 0;
        if (fails)
          values[i] = all ? std::min(values[i], failed) : std::max(values[i], failed);
        else
          values[i] = loss_ ? std::max(0.0, worst[i] - reserves) : target.value == Target::Value::beyond_reserves ? worst[i] - reserves : worst[i];
      }
    }
    const double figure =
        loss_ || target.is_mean() ? std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(futures_) : target.statistic_of(values);
    if (loss_) return figure + cost;
    return recovery_.per_point ? figure * 100 * *recovery_.per_point + cost : figure;
  }
  // What is spent counts where net benefit does.
  double counted(Set set) const { return by_net_benefit(recovery_) ? recovery_.cost_of(set) : 0; }

  void visit(std::size_t k, const Path& at, Set set) {
    if (k == order_.size()) return;
    Path best_case = at;
    for (std::size_t j = 0; j < at.size(); ++j) best_case[j] += rest_[k][j];
    const double least = score(best_case, counted(set));
    if (least >= best_) return;
    if (++looked_at_ > most_looked_at) {
      open_ = std::min(open_, least);
      return;
    }
    const std::size_t i = order_[k];
    const Set with = set | bit(i);
    if (affordable(recovery_, with) && (recovery_.excludes_mask[i] & set) == 0 && !recovery_.too_late(i)) {
      Path next = at;
      for (std::size_t j = 0; j < at.size(); ++j) next[j] += more_[i][j];
      if (recovery_.allows(with)) {
        const double value = score(next, counted(with));
        if (value < best_) best_ = value, best_set_ = with;
      }
      visit(k + 1, next, with);
    }
    visit(k + 1, at, set);
  }

  const Plant& plant_;
  const Recovery& recovery_;
  std::vector<Group> groups_;
  bool loss_;
  std::size_t years_, futures_;
  Path base_;
  std::vector<Path> more_, rest_;
  std::vector<std::size_t> order_;
  double nothing_ = 0, best_ = 0, open_ = std::numeric_limits<double>::infinity();
  Set best_set_ = 0;
  std::size_t looked_at_ = 0;
};

Path path_of(const MarginRecord& record, std::size_t model, std::size_t columns, std::size_t futures) {
  Path out(columns * futures);
  std::size_t from = 0;
  for (const auto& [at, section] : record.sections) {
    const std::vector<double>& values = section.models[model].of;
    const std::size_t blocks = values.size() / (columns * block_trials);
    for (std::size_t b = 0; b < blocks; ++b)
      for (std::size_t c = 0; c < columns; ++c)
        std::copy_n(values.data() + (b * columns + c) * block_trials, block_trials, out.data() + c * futures + from + b * block_trials);
    from += blocks * block_trials;
  }
  return out;
}

}  // namespace

std::optional<Bound> bound_of(const Plant& plant, Trials trials, Problems& problems) {
  const Recovery& recovery = plant.recovery();
  const bool loss = by_net_benefit(recovery) && !recovery.per_point;
  if (!loss && plant.target().value == Target::Value::saving) return {};
  const std::vector<Group> groups = groups_of(plant.base(), plant.target(), loss);
  if (groups.empty()) return {};
  // Each option with what it needs, and what it needs by itself.
  std::vector<State> states = {{0, 0}};
  for (std::size_t i = 0; i < recovery.options.size(); ++i) {
    const Set with = with_needs(recovery, bit(i)), needed = with & ~bit(i);
    if (with_needs(recovery, needed) != needed) return {};
    states.push_back({with, with});
    states.push_back({needed, needed});
  }
  const std::vector<Model> models = plant.models(states, problems);
  if (!problems.empty()) return {};
  SimulateOptions options = paired_options(plant.run());
  options.progress = {};
  trials.count = std::min(trials.count, bound_futures);
  const MarginRecord record = shortfall::record(pointers_to(models), trials, options, MarginRecord(groups, models.size()));
  const std::size_t years = plant.base().years.size(), columns = groups.size() * years, futures = trials.count;
  Path base = path_of(record, 0, columns, futures);
  std::vector<Path> more;
  for (std::size_t i = 0; i < recovery.options.size(); ++i) {
    Path with = path_of(record, 1 + 2 * i, columns, futures);
    const Path needed = path_of(record, 2 + 2 * i, columns, futures);
    const Yearly cost = plant.margin_cost(bit(i));
    for (std::size_t c = 0; c < columns; ++c)
      for (std::size_t t = 0; t < futures; ++t) with[c * futures + t] -= needed[c * futures + t] - (loss ? cost[c % years] : 0);
    more.push_back(std::move(with));
  }
  return BranchAndBound(plant, groups, loss, years, futures, std::move(base), std::move(more)).run();
}

}  // namespace shortfall::recover_parts
