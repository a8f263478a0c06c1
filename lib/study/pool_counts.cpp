#include "study/pool_counts.hpp"

#include <algorithm>
#include <cmath>

#include "sim/settle.hpp"
#include "study/coalitions.hpp"

namespace shortfall {
namespace {

void count_any_and_all(const std::vector<Flags>& failed, std::size_t rows, AgreementCounts& out) {
  Flags any = failed.front(), all = failed.front();
  for (const Flags& f : failed)
    for (std::size_t i = 0; i < block_trials; ++i) {
      any[i] |= f[i];
      all[i] &= f[i];
    }
  out.any += count_of(any, rows);
  out.all += count_of(all, rows);
}

void count_fates(const BlockResult& base, const std::vector<Flags>& together, std::size_t rows, AgreementCounts& out) {
  count_any_and_all(together, rows, out);
  for (std::size_t o = 0; o < together.size(); ++o) {
    Paired paired;
    count(fails_alone(base, o), together[o], rows, paired);
    out.organisations[o].rescued += paired.base_only;
    out.organisations[o].dragged_under += paired.variant_only;
    out.organisations[o].sinks += paired.both;
    out.organisations[o].swims += rows - paired.base_only - paired.variant_only - paired.both;
  }
}

}  // namespace

PoolCounts::PoolCounts(const PoolDesign& design) : fails(design.coalitions.size()), agreements(3), aid(design.aid.size()) {
  const std::size_t draws = design.models.front().draws;
  for (const Scale& s : design.scales) shortfalls.emplace_back(s, draws);
  if (draws > 0) by_draw.assign(design.coalitions.size(), Frequency{{}, {}, std::vector<Sum>(draws)});
  draw_trials.resize(draws);
  for (const BreakingRanks& r : design.ranks) ranks.push_back({std::vector<RankCounts::Member>(r.each.size()), std::vector<Paired>(r.groups.size())});
  for (AgreementCounts& a : agreements) a.organisations.resize(design.all.size());
}

PoolObserver::PoolObserver(const PoolDesign& design) : counts(design), design_(design), fails_(design.coalitions.size()) {
  if (design.game) section_.resize(design.coalitions.size());
}

void PoolObserver::add(const std::vector<const BlockResult*>& results, std::size_t rows) {
  const BlockResult& base = *results[0];
  if (!counts.draw_trials.empty()) counts.draw_trials[base.draw] += rows;
  const auto see = [&](std::size_t c, const Doubles& shortfall) {
    fails(shortfall, design_.reserves[c], fails_[c]);
    counts.fails[c] += count_of(fails_[c], rows);
    if (!counts.by_draw.empty()) counts.by_draw[c].add(static_cast<double>(count_of(fails_[c], rows)), rows, base.draw);
    counts.shortfalls[c].add(shortfall, rows, 0, base.draw);
    if (design_.game) section_[c].insert(section_[c].end(), shortfall.data(), shortfall.data() + rows);
  };
  if (design_.game)
    for_each_coalition(base, [&](Coalition coalition, const Doubles& shortfall) { see(coalition - 1, shortfall); });
  else
    for (std::size_t c = 0; c < design_.coalitions.size(); ++c) {
      shortfall_of_pool(base, design_.coalitions[c], shortfall_);
      see(c, shortfall_);
    }
  for (std::size_t r = 0; r < design_.ranks.size(); ++r) break_ranks(design_.ranks[r], results, rows, counts.ranks[r]);
  stand(base, rows);
}

void PoolObserver::end_section(std::uint64_t section) {
  if (!design_.game) return;
  SectionCosts& out = counts.sections[section];
  out.trials = section_[0].size();
  out.costs.assign(design_.coalitions.size() + 1, 0.0);
  for (std::size_t c = 0; c < design_.coalitions.size(); ++c) {
    out.costs[c + 1] = contingency_of(section_[c], design_.reserves[c]);
    section_[c].clear();
  }
}

void PoolObserver::fate_of_pool(const BlockResult& result, const Members& members, Flags& failed) {
  shortfall_of_pool(result, members, shortfall_);
  fails(shortfall_, reserves_of(design_.models.front(), members), failed);
}

void PoolObserver::fates_under_aid(const BlockResult& result, const Members& members, double aid, std::vector<Flags>& each, Flags& any) {
  shortfalls_under_aid(result, members, aid, shortfalls_);
  each.resize(members.size());
  any.setZero();
  for (std::size_t k = 0; k < members.size(); ++k) {
    fails(shortfalls_[k], design_.models.front().organisations[members[k]].reserves, each[k]);
    for (std::size_t i = 0; i < block_trials; ++i) any[i] |= each[k][i];
  }
}

void PoolObserver::break_ranks(const BreakingRanks& ranks, const std::vector<const BlockResult*>& results, std::size_t rows, RankCounts& out) {
  const BlockResult& base = *results[0];
  Flags pool_fails, rest_fails;
  std::vector<Flags> stay, rest;
  if (ranks.aid) {
    fates_under_aid(base, ranks.members, *ranks.aid, stay, pool_fails);
  } else {
    fate_of_pool(base, ranks.members, pool_fails);
    stay.assign(ranks.members.size(), pool_fails);
  }
  for (std::size_t k = 0; k < ranks.members.size(); ++k) {
    const std::uint32_t o = ranks.members[k];
    const BreakingRanks::Member& member = ranks.each[k];
    const Flags& everyone_alone = fails_alone(*results[ranks.everyone_alone], o);
    count(stay[k], fails_alone(*results[member.i_leave], o), rows, out.each[k].leaving);
    count(stay[k], everyone_alone, rows, out.each[k].all_leave);
    count(fails_alone(*results[member.others_leave], o), everyone_alone, rows, out.each[k].following);
    Members others = ranks.members;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
    if (ranks.aid)
      fates_under_aid(*results[member.i_leave], others, *ranks.aid, rest, rest_fails);
    else
      fate_of_pool(*results[member.i_leave], others, rest_fails);
    count(pool_fails, rest_fails, rows, out.each[k].left_behind);
  }
  for (std::size_t g = 0; g < ranks.groups.size(); ++g) count(pool_fails, fails_[ranks.groups[g]], rows, out.groups[g]);
}

void PoolObserver::stand(const BlockResult& base, std::size_t rows) {
  const std::size_t n = design_.all.size();
  Flags any;
  together_.resize(n);
  for (std::size_t o = 0; o < n; ++o) together_[o] = fails_together(base, o);
  count_fates(base, together_, rows, counts.agreements[0]);
  together_.assign(n, fails_.back());
  count_fates(base, together_, rows, counts.agreements[1]);
  for (std::size_t a = 0; a < design_.aid.size(); ++a) {
    fates_under_aid(base, design_.all, design_.aid[a], together_, any);
    count_any_and_all(together_, rows, counts.aid[a]);
  }
  count_fates(base, together_, rows, counts.agreements[2]);
}

}  // namespace shortfall
