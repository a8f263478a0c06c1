#include "sim/schedule.hpp"

#include <algorithm>
#include <cmath>

#include "model/landing.hpp"

namespace shortfall {
namespace {

// The organisations beside its own that a scheme saves or costs anything, each once, those that it saves first.
std::vector<std::uint32_t> others_of(const SchemeModel& scheme) {
  std::vector<std::uint32_t> out;
  const auto add = [&](std::uint32_t organisation) {
    if (organisation != scheme.organisation && std::find(out.begin(), out.end(), organisation) == out.end()) out.push_back(organisation);
  };
  for (const Landing& l : scheme.lands) add(l.organisation);
  for (const auto& [organisation, row] : scheme.cost_rows) add(organisation);
  return out;
}

}  // namespace

OwnLuck own_luck_of(const SchemeModel& scheme) {
  const double own = static_cast<double>(scheme.luck.own_weight) * static_cast<double>(scheme.luck.own_weight);
  const double common = static_cast<double>(scheme.scheme_weight) * static_cast<double>(scheme.scheme_weight);
  OwnLuck out{0, Eigen::Matrix3f::Zero()};
  if (scheme.scheme_held_at || scheme.scheme_stream != 0 || common == 0) {
    if (scheme.scheme_held_at) out.constant = scheme.scheme_weight * *scheme.scheme_held_at;
    out.cholesky.diagonal().setConstant(scheme.luck.own_weight);
    return out;
  }
  // Of a correlation ρ between each two of the three.
  const double all = std::sqrt(own + common), rho = common / (own + common);
  const double by_delay = rho * std::sqrt((1 - rho) / (1 + rho));
  Eigen::Matrix3d cholesky;
  cholesky << all, 0, 0,                             //
      all * rho, all * std::sqrt(1 - rho * rho), 0,  //
      all * rho, all * by_delay, all * std::sqrt(std::max(0.0, 1 - rho * rho - by_delay * by_delay));
  out.cholesky = cholesky.cast<float>();
  return out;
}

Schedule::Schedule(const Model& model)
    : years(model.years.size()),
      lanes(lanes_for(model.years.size())),
      early(model.needs_order),
      claimants(model.opportunities.size()),
      claim(model.schemes.size()),
      bringers(model.organisations.size()),
      receives(model.organisations.size()) {
  const int most = model.table().latest();
  for (std::uint32_t i = 0; i < model.schemes.size(); ++i) {
    const SchemeModel& s = model.schemes[i];
    while (first_scheme.size() <= s.organisation) first_scheme.push_back(i);
    own_luck.push_back(own_luck_of(s));
    wait.push_back(waited(s, model.blackouts, most));
    scheme.push_back(sums.sum_of(s.luck));
    brings.push_back(others_of(s));
    for (const std::uint32_t other : brings.back()) receives[other] = true;
    if (!brings.back().empty()) bringers[s.organisation].push_back(i);
    if (s.opportunity < 0) continue;
    std::vector<std::uint32_t>& of_opportunity = claimants[static_cast<std::size_t>(s.opportunity)];
    claim[i] = static_cast<std::uint32_t>(of_opportunity.size());
    of_opportunity.push_back(i);
    if (std::find(early.begin(), early.end(), i) == early.end()) early.push_back(i);
  }
  while (first_scheme.size() <= model.organisations.size()) first_scheme.push_back(model.schemes.size());
  for (const TeamModel& t : model.teams) team.push_back(sums.sum_of(t.luck));
  for (const OrganisationModel& o : model.organisations)
    for (std::size_t y = 0; y < years; ++y) pressure.push_back(o.pressure_sd == 0 ? LuckSums::Sum{} : sums.sum_of(o.pressure_luck[y]));
  for (const OrganisationModel& o : model.organisations) {
    finding.push_back(o.finds());
    substitute.push_back(o.finds() ? sums.sum_of(o.substitute_luck) : LuckSums::Sum{});
  }
}

}  // namespace shortfall
