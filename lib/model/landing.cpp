#include "model/landing.hpp"

#include <algorithm>

namespace shortfall {
namespace {

struct Outcome {
  float share = 1;
  std::int32_t months = 0;
};

class Planned {
 public:
  explicit Planned(const Model& model) : model_(model), years_(model.years.size()), outcomes_(model.schemes.size()) {
    for (const std::uint32_t i : model.needs_order) outcomes_[i] = outcome(i);
    for (std::size_t i = 0; i < outcomes_.size(); ++i)
      if (model.schemes[i].needs.empty()) outcomes_[i] = outcome(i);
    claim();
  }

  // Home savings and those that others bring are summed apart, as in a trial.
  std::vector<double> landing(std::uint32_t organisation) const {
    std::vector<double> home(years_, 0.0), brought(years_, 0.0);
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      const SchemeModel& s = model_.schemes[i];
      if (s.programme) continue;
      if (s.organisation == organisation) {
        double at_home = 0;
        for (const Landing& l : s.lands)
          if (l.organisation == organisation) at_home += l.share;
        add(i, at_home, home);
      } else {
        for (const Landing& l : s.lands)
          if (l.organisation == organisation) add(i, l.share, brought);
      }
    }
    for (std::size_t y = 0; y < years_; ++y) home[y] += brought[y];
    return home;
  }

 private:
  float stretch(const SchemeModel& s) const {
    double total = 0;
    for (const TeamEffort& e : s.effort)
      for (const double wte : e.wte) total += wte;
    float mean = 1;
    for (const TeamEffort& e : s.effort)
      for (std::size_t y = 0; y < years_; ++y) {
        if (!(e.wte[y] > 0)) continue;
        const TeamModel& team = model_.teams[e.team];
        const float filled = static_cast<float>(team.wte[y] / team.effort[y]);
        mean -= static_cast<float>(e.wte[y] / total) * (1.0f - std::min(filled, 1.0f));
      }
    return mean;
  }

  Outcome outcome(std::size_t i) const {
    const SchemeModel& s = model_.schemes[i];
    Outcome out;
    if (!s.effort.empty()) out.share *= stretch(s);
    float weakest = 1;
    for (const std::uint32_t j : s.needs) {
      weakest = std::min(weakest, std::max(outcomes_[j].share, 0.0f));
      out.months = std::max(out.months, outcomes_[j].months);
    }
    if (!s.needs.empty()) out.share *= weakest;
    const std::vector<std::int32_t> after = waited(s, model_.blackouts, model_.table().latest());
    if (!after.empty()) out.months = after[static_cast<std::size_t>(out.months)];
    return out;
  }

  void claim() {
    std::vector<std::vector<double>> claims(model_.opportunities.size(), std::vector<double>(years_, 0.0));
    claimed_.resize(outcomes_.size());
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      if (model_.schemes[i].opportunity < 0) continue;
      std::vector<double>& saving = claimed_[i];
      saving.assign(years_, 0.0);
      add_alone(i, 1, saving);
      for (std::size_t y = 0; y < years_; ++y) claims[static_cast<std::size_t>(model_.schemes[i].opportunity)][y] += std::max(saving[y], 0.0);
    }
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      if (model_.schemes[i].opportunity < 0) continue;
      const auto k = static_cast<std::size_t>(model_.schemes[i].opportunity);
      for (std::size_t y = 0; y < years_; ++y) {
        const double size = model_.opportunities[k][y];
        if (claims[k][y] > size && claimed_[i][y] > 0) claimed_[i][y] = claimed_[i][y] * (size / claims[k][y]);
      }
    }
  }

  void add_alone(std::size_t i, double weight, std::vector<double>& sum) const {
    const double* row = model_.schemes[i].saving.data() + model_.table().window(static_cast<std::size_t>(outcomes_[i].months));
    const double factor = static_cast<double>(outcomes_[i].share) * weight;
    for (std::size_t y = 0; y < years_; ++y) sum[y] += row[y] * factor;
  }

  void add(std::size_t i, double weight, std::vector<double>& sum) const {
    if (model_.schemes[i].opportunity < 0) return add_alone(i, weight, sum);
    for (std::size_t y = 0; y < years_; ++y) sum[y] += weight * claimed_[i][y];
  }

  const Model& model_;
  std::size_t years_;
  std::vector<Outcome> outcomes_;
  std::vector<std::vector<double>> claimed_;  // [scheme]; empty: it claims nothing
};

}  // namespace

void plan_landing(Model& model) {
  if (std::none_of(model.organisations.begin(), model.organisations.end(), [](const OrganisationModel& o) { return o.finds(); })) return;
  const Planned planned(model);
  for (std::uint32_t o = 0; o < model.organisations.size(); ++o)
    if (model.organisations[o].finds()) model.organisations[o].planned_landing = planned.landing(o);
}

void find_nothing(OrganisationModel& organisation) {
  organisation.planned_landing.clear();
  organisation.substitutes_most.clear();
}

std::vector<std::int32_t> waited(const SchemeModel& scheme, const std::vector<BlackoutModel>& blackouts, int most) {
  if (!scheme.consults || blackouts.empty()) return {};
  std::vector<std::int32_t> after(static_cast<std::size_t>(most) + 1);
  for (int late = 0; late <= most; ++late) {
    int start = scheme.start + late;
    for (const BlackoutModel& b : blackouts)
      if (start >= b.from && start < b.to) start = b.to;
    after[static_cast<std::size_t>(late)] = std::min(start - scheme.start, most);
  }
  return after;
}

double least_carry(const std::vector<OrganisationModel>& organisations, const std::vector<std::uint32_t>& members) {
  double least = 1;
  for (const std::uint32_t o : members) least = std::min(least, organisations[o].carry);
  return least;
}

}  // namespace shortfall
