#include "study/pool_design.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "model/alter.hpp"
#include "model/compile.hpp"
#include "sim/tally.hpp"
#include "study/vary.hpp"

namespace shortfall {
namespace {

constexpr std::size_t aid_steps = 32;

// Up to most_players organisations the coalition of mask m stands at m − 1.
std::vector<Members> coalitions_of(std::size_t n) {
  std::vector<Members> out;
  if (n <= most_players) {
    for (Coalition s = 1; s < Coalition{1} << n; ++s) out.push_back(members_of(s));
    return out;
  }
  Members all;
  for (std::uint32_t i = 0; i < n; ++i) all.push_back(i);
  for (std::uint32_t i = 0; i < n; ++i) out.push_back({i});
  for (std::uint32_t i = 0; i < n; ++i)
    for (std::uint32_t j = i + 1; j < n; ++j) out.push_back({i, j});
  for (std::uint32_t i = 0; i < n; ++i) {
    out.push_back(all);
    out.back().erase(out.back().begin() + i);
  }
  out.push_back(all);
  return out;
}

// Whether a scheme does more for its owner's fellow members than for its owner.
bool is_a_favour(const Scheme& scheme, const std::string& owner, const std::set<std::string>& fellows) {
  double own = scheme.lands.empty() ? 1 : 0, theirs = 0;
  for (const Weight& w : scheme.lands) {
    const double share = std::max(0.0, w.share);
    if (w.organisation.value == owner) own += share;
    if (fellows.contains(w.organisation.value)) theirs += share;
  }
  return theirs > own;
}

std::vector<BreakingRanks> ranks_of(const Plans& plans, PoolDesign& design) {
  // By value: `models` grows.
  const Model base = design.models.front();
  std::vector<BreakingRanks> out;
  for (const PoolModel& p : base.pools)
    if (p.members.size() > 1) out.push_back({p.members, p.aid, true, {}, 0, {}});
  if (out.empty()) out.push_back({design.all, {}, false, {}, 0, {}});
  std::map<std::set<std::size_t>, std::size_t> known = {{{}, 0}};
  const auto model_without = [&](const std::set<std::size_t>& schemes) {
    const auto [at, fresh] = known.emplace(schemes, design.models.size());
    if (fresh) {
      design.models.push_back(base);
      for (const std::size_t i : schemes) lose(design.models.back(), i);
    }
    return at->second;
  };
  for (BreakingRanks& ranks : out) {
    std::set<std::size_t> all_withdrawn;
    for (const std::uint32_t o : ranks.members) {
      std::set<std::string> fellows;
      for (const std::uint32_t other : ranks.members)
        if (other != o) fellows.insert(base.organisations[other].id);
      BreakingRanks::Member member;
      std::size_t scheme = 0;
      for (std::size_t before = 0; before < o; ++before) scheme += plans.organisations[before].schemes.size();
      for (const Scheme& s : plans.organisations[o].schemes) {
        if (is_a_favour(s, plans.organisations[o].id.value, fellows)) member.withdraws.push_back(scheme);
        ++scheme;
      }
      all_withdrawn.insert(member.withdraws.begin(), member.withdraws.end());
      ranks.each.push_back(std::move(member));
    }
    for (BreakingRanks::Member& member : ranks.each) {
      std::set<std::size_t> others = all_withdrawn;
      for (const std::size_t i : member.withdraws) others.erase(i);
      member.i_leave = model_without({member.withdraws.begin(), member.withdraws.end()});
      member.others_leave = model_without(others);
    }
    ranks.everyone_alone = model_without(all_withdrawn);
    if (ranks.aid) continue;
    for (std::size_t c = 0; c < design.coalitions.size(); ++c)
      if (design.coalitions[c].size() < ranks.members.size() &&
          std::includes(ranks.members.begin(), ranks.members.end(), design.coalitions[c].begin(), design.coalitions[c].end()))
        ranks.groups.push_back(c);
  }
  return out;
}

// Where shortfalls lie and how far surpluses reach in the first trials of the seed, by one thread.
class Pilot {
 public:
  explicit Pilot(const std::vector<Members>& coalitions) : shortfalls(coalitions.size()), coalitions_(coalitions) {}
  void add(const std::vector<const BlockResult*>& results, std::size_t) {
    Doubles shortfall;
    for (std::size_t c = 0; c < shortfalls.size(); ++c) {
      shortfall_of_pool(*results[0], coalitions_[c], shortfall);
      shortfalls[c].insert(shortfalls[c].end(), shortfall.begin(), shortfall.end());
    }
    for (const Doubles& margin : results[0]->margin) surplus = std::max(surplus, margin.maxCoeff());
  }
  void merge(const Pilot& other) {
    for (std::size_t c = 0; c < shortfalls.size(); ++c)
      shortfalls[c].insert(shortfalls[c].end(), other.shortfalls[c].begin(), other.shortfalls[c].end());
    surplus = std::max(surplus, other.surplus);
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.shortfalls), f(self.surplus);
  }

  std::vector<std::vector<double>> shortfalls;  // [coalition]
  double surplus = 0;

 private:
  const std::vector<Members>& coalitions_;
};

}  // namespace

Members members_of(Coalition coalition) {
  Members out;
  for (std::uint32_t i = 0; i < 32; ++i)
    if (coalition >> i & 1) out.push_back(i);
  return out;
}

PoolDesign design_of(const Plans& plans, const RunOptions& options) {
  PoolDesign out;
  out.models.push_back(compile(plans, compile_options(options)));
  for (std::uint32_t o = 0; o < out.models.front().organisations.size(); ++o) out.all.push_back(o);
  out.coalitions = coalitions_of(out.all.size());
  out.game = out.all.size() <= most_players;
  for (const Members& m : out.coalitions) out.reserves.push_back(reserves_of(out.models.front(), m));
  out.ranks = ranks_of(plans, out);
  Pilot pilot = record({&out.models.front()}, {.first = 0, .count = section_trials},
                       {.seed = options.seed, .threads = 1, .update = luck_of(options.seen)}, Pilot(out.coalitions));
  // By itself an organisation has the bins that a run gives it, so that both say the same of it to the last digit.
  const Scales by_itself = shortfall::pilot(out.models.front(), options.seed, luck_of(options.seen));
  for (std::size_t c = 0; c < out.coalitions.size(); ++c) {
    const Members& members = out.coalitions[c];
    Scale scale = scale_of(pilot.shortfalls[c], out.reserves[c]);  // which puts them in order
    if (members.size() == 1) scale = by_itself.shortfall[members.front()], scale.levels.reset();
    if (out.models.front().draws > 0) {
      scale.levels.emplace();
      for (std::size_t l = 0; l < level_shares.size(); ++l)
        (*scale.levels)[l] = pilot.shortfalls[c][static_cast<std::size_t>(level_shares[l] * static_cast<double>(pilot.shortfalls[c].size()))];
    }
    out.scales.push_back(scale);
  }
  // Closer together where help is small; the last is without limit.
  for (std::size_t k = 0; k < aid_steps; ++k) {
    const double share = static_cast<double>(k) / (aid_steps - 1);
    out.aid.push_back(pilot.surplus * share * share);
  }
  out.aid.push_back(without_limit);
  return out;
}

}  // namespace shortfall
