#include "study/pooling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "study/compare.hpp"
#include "study/pool_counts.hpp"

namespace shortfall {
namespace {

// A number that follows from all coalitions' costs, with its interval by the sections.
template <class Value>
Estimate by_sections_of(const PoolCounts& counts, double whole, Value value) {
  std::vector<SectionChange> sections;
  for (const auto& [index, section] : counts.sections) sections.push_back({value(section.costs), section.trials});
  return by_sections(whole, sections);
}

GameResult game_of(const std::vector<double>& cost, std::size_t n, const PoolCounts& counts) {
  GameResult out;
  const Coalition all = static_cast<Coalition>(cost.size() - 1);
  const auto of_benefit = [&](const std::vector<double>& c) {
    double sum = -c[all];
    for (std::size_t i = 0; i < n; ++i) sum += c[std::size_t{1} << i];
    return sum;
  };
  out.benefit = by_sections_of(counts, of_benefit(cost), of_benefit);
  const std::vector<double> shares = shapley(cost, n);
  std::vector<std::vector<SectionChange>> section_shares(n), section_benefits(n);
  for (const auto& [index, section] : counts.sections) {
    const std::vector<double> s = shapley(section.costs, n);
    for (std::size_t i = 0; i < n; ++i) {
      section_shares[i].push_back({s[i], section.trials});
      section_benefits[i].push_back({section.costs[std::size_t{1} << i] - s[i], section.trials});
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    out.share.push_back(by_sections(shares[i], section_shares[i]));
    out.benefit_share.push_back(by_sections(cost[std::size_t{1} << i] - shares[i], section_benefits[i]));
  }
  const LeastCore core = least_core(cost, n);
  out.least_core = core.allocation;
  for (const LeastCore::Claim& c : core.claims) out.claims.push_back(members_of(c.coalition));
  out.core_excess = by_sections_of(counts, core.excess, [&](const std::vector<double>& c) {
    double sum = core.cover * c[all];
    for (const LeastCore::Claim& claim : core.claims) sum -= claim.weight * c[claim.coalition];
    return sum;
  });
  const double nothing = 1e-9 * std::max(1.0, *std::max_element(cost.begin(), cost.end()));
  out.core = out.core_excess.low > nothing     ? GameResult::Core::empty
             : out.core_excess.high <= nothing ? GameResult::Core::not_empty
                                               : GameResult::Core::unclear;
  const Objection objection = strongest_objection(cost, shares);
  out.objectors = members_of(objection.coalition);
  out.objection = by_sections_of(counts, objection.excess, [&](const std::vector<double>& c) {
    const std::vector<double> s = shapley(c, n);
    double sum = -c[objection.coalition];
    for (const std::uint32_t i : out.objectors) sum += s[i];
    return sum;
  });
  return out;
}

AgreementPoolResult ranks_result(const Plans& plans, const BreakingRanks& ranks, const RankCounts& counts, const PoolDesign& design,
                                 std::uint64_t trials, double material) {
  AgreementPoolResult out;
  out.agreed = ranks.agreed;
  out.members = ranks.members;
  out.aid = ranks.aid;
  std::vector<Temptations> temptations;
  for (std::size_t k = 0; k < ranks.members.size(); ++k) {
    const RankCounts::Member& c = counts.each[k];
    MemberResult m;
    m.organisation = ranks.members[k];
    std::size_t first = 0;
    for (std::size_t before = 0; before < m.organisation; ++before) first += plans.organisations[before].schemes.size();
    for (const std::size_t i : ranks.each[k].withdraws) m.withdraws.push_back(plans.organisations[m.organisation].schemes[i - first].id.value);
    m.all_stay = proportion(c.leaving.base_only + c.leaving.both, trials);
    m.i_leave = proportion(c.leaving.variant_only + c.leaving.both, trials);
    m.others_leave = proportion(c.following.base_only + c.following.both, trials);
    m.everyone_alone = proportion(c.all_leave.variant_only + c.all_leave.both, trials);
    m.left_behind = proportion(c.left_behind.variant_only + c.left_behind.both, trials);
    m.left_behind_change = cautious_difference(c.left_behind, trials);
    m.temptations = {cautious_difference(c.leaving, trials), cautious_difference(c.all_leave, trials), cautious_difference(c.following, trials)};
    m.interest = interest_of(m.temptations, material);
    temptations.push_back(m.temptations);
    out.ranks.push_back(std::move(m));
  }
  out.verdict = verdict_of(temptations, material);
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t g = 0; g < ranks.groups.size(); ++g) {
    const Paired& p = counts.groups[g];
    const Estimate change = cautious_difference(p, trials);
    if (change.value >= least) continue;
    least = change.value;
    out.safest_group = design.coalitions[ranks.groups[g]];
    out.safest_group_change = change;
  }
  return out;
}

// Where P(any fails) comes down to the level, between the levels of aid that were simulated; and likewise for the ends of the interval.
std::optional<Estimate> least_aid_of(const std::vector<AidResult>& aid, double level) {
  const auto crossing = [&](auto of) -> std::optional<double> {
    for (std::size_t k = 0; k < aid.size(); ++k) {
      if (of(aid[k].any) > level) continue;
      if (k == 0 || !std::isfinite(aid[k].aid)) return k == 0 ? 0 : aid[k - 1].aid;
      const double before = of(aid[k - 1].any) - level, after = level - of(aid[k].any);
      return aid[k - 1].aid + (aid[k].aid - aid[k - 1].aid) * before / (before + after);
    }
    return {};
  };
  const auto value = crossing([](const Estimate& e) { return e.value; });
  if (!value) return {};
  const auto low = crossing([](const Estimate&e) { return e.low; }), high = crossing([](const Estimate&e) { return e.high; });
  return Estimate{*value, low.value_or(*value), high.value_or(std::numeric_limits<double>::infinity()), aid.front().any.trials};
}

}  // namespace

std::string_view name_of(GameResult::Core core) {
  switch (core) {
    case GameResult::Core::not_empty:
      return "not empty";
    case GameResult::Core::empty:
      return "empty";
    case GameResult::Core::unclear:
      return "too close to call";
  }
  return "";
}

PoolingResult pooling(const Plans& plans, const PoolingOptions& options) {
  const PoolDesign design = design_of(plans, options.run);
  const Model& base = design.models.front();
  const std::size_t n = design.all.size();
  const std::uint64_t trials = options.run.trials;

  const PoolCounts counts =
      record(pointers_to(design.models), {.first = 0, .count = trials}, paired_options(options.run), PoolObserver(design)).counts;

  PoolingResult out;
  out.setting = setting_of(base, options.run);
  out.material = options.material;
  out.every_coalition = design.game;
  std::vector<double> cost = {0};
  for (std::size_t c = 0; c < design.coalitions.size(); ++c) {
    out.coalitions.push_back({design.coalitions[c], design.reserves[c], proportion(counts.fails[c], trials),
                              beyond(quantile_of(counts.shortfalls[c], sure), design.reserves[c])});
    if (Estimate& fails = out.coalitions.back().fails; !counts.by_draw.empty())
      fails.known = no_closer(
          known_chance_of(counts.by_draw[c], {paired_method(options.run.sampling), trials, trials / block_trials, counts.draw_trials}, fails.value),
          fails);
    cost.push_back(out.coalitions.back().contingency.value);
  }
  if (design.game) out.game = game_of(cost, n, counts);
  std::stable_sort(out.coalitions.begin(), out.coalitions.end(), [](const CoalitionResult& a, const CoalitionResult& b) {
    return std::pair(a.members.size(), a.members) < std::pair(b.members.size(), b.members);
  });
  for (std::size_t r = 0; r < design.ranks.size(); ++r)
    out.pools.push_back(ranks_result(plans, design.ranks[r], counts.ranks[r], design, trials, options.material));

  static constexpr const char* names[] = {"as agreed", "one pool of all", "mutual aid without limit"};
  for (std::size_t a = 0; a < counts.agreements.size(); ++a) {
    const AgreementCounts& c = counts.agreements[a];
    SwimSinkResult s{names[a], {}, proportion(c.any, trials), proportion(c.all, trials)};
    for (const CellCounts& cell : c.organisations)
      s.organisations.push_back(
          {proportion(cell.swims, trials), proportion(cell.rescued, trials), proportion(cell.dragged_under, trials), proportion(cell.sinks, trials)});
    out.agreements.push_back(std::move(s));
  }
  for (std::size_t a = 0; a < design.aid.size(); ++a)
    out.aid.push_back({design.aid[a] == without_limit ? std::numeric_limits<double>::infinity() : design.aid[a],
                       proportion(counts.aid[a].any, trials), proportion(counts.aid[a].all, trials)});
  if (!base.system_excess.empty()) out.own_target = *std::max_element(base.system_excess.begin(), base.system_excess.end());
  out.any_fails = options.any_fails;
  out.least_aid = least_aid_of(out.aid, options.any_fails);
  return out;
}

}  // namespace shortfall
