#include "sim/memo.hpp"

#include <algorithm>
#include <unordered_map>

#include "sim/signature.hpp"

namespace shortfall {
namespace {

// How many models have a signature; one that has it twice counts once.
class Census {
 public:
  void count(std::vector<Signature> of_model) {
    std::sort(of_model.begin(), of_model.end());
    of_model.erase(std::unique(of_model.begin(), of_model.end()), of_model.end());
    for (const Signature s : of_model) ++models_[s];
  }
  bool shared(Signature s) const { return models_.at(s) > 1; }

 private:
  std::unordered_map<Signature, std::size_t> models_;
};

// Places on one shelf, handed out by signature.
template <class T>
class Places {
 public:
  explicit Places(Shelf<T>& shelf) : shelf_(shelf) {}
  template <class Make>
  std::int32_t of(Signature signature, Make make) {
    const auto [at, fresh] = place_.try_emplace(signature, static_cast<std::int32_t>(shelf_.at.size()));
    if (fresh) shelf_.at.push_back(make());
    return at->second;
  }

 private:
  Shelf<T>& shelf_;
  std::unordered_map<Signature, std::int32_t> place_;
};

// A single model shares nothing with any other, so that what it keeps needs no more than a number of its own.
Signatures numbered(const Model& model) {
  Signatures out{std::vector<Signature>(model.schemes.size()), std::vector<Signature>(model.opportunities.size()),
                 std::vector<Signature>(model.organisations.size()), std::vector<Signature>(model.organisations.size())};
  for (std::vector<Signature>* each : {&out.outcome, &out.opportunity, &out.home, &out.away})
    for (std::size_t i = 0; i < each->size(); ++i) (*each)[i] = i;
  return out;
}

void forget(std::vector<bool>& known) { std::fill(known.begin(), known.end(), false); }

}  // namespace

Memo::Memo(std::span<const Model* const> models, std::span<const Schedule> schedules) {
  std::vector<Signatures> signatures;
  Census outcome_census, home_census;
  for (const Model* m : models) {
    signatures.push_back(models.size() == 1 ? numbered(*m) : signatures_of(*m));
    outcome_census.count(signatures.back().outcome);
    home_census.count(signatures.back().home);
  }
  Places outcome_places(outcomes);
  Places home_places(homes);
  Places claim_places(claims);
  Places away_places(aways);
  for (std::size_t m = 0; m < models.size(); ++m) {
    const Schedule& schedule = schedules[m];
    const Signatures& of = signatures[m];
    std::vector<bool> early(models[m]->schemes.size());
    for (const std::uint32_t i : schedule.early) early[i] = true;
    MemoPlaces places;
    for (std::size_t i = 0; i < early.size(); ++i)
      places.outcome.push_back(early[i] || !schedule.brings[i].empty() || outcome_census.shared(of.outcome[i])
                                   ? outcome_places.of(of.outcome[i], [] { return SchemeOutcome(); })
                                   : -1);
    for (std::size_t k = 0; k < schedule.claimants.size(); ++k)
      places.opportunity.push_back(
          claim_places.of(of.opportunity[k], [&] { return std::vector<Rows>(schedule.claimants[k].size(), Rows(schedule.lanes, block_trials)); }));
    for (std::size_t o = 0; o < schedule.receives.size(); ++o) {
      places.home.push_back(
          home_census.shared(of.home[o])
              ? home_places.of(
                    of.home[o],
                    [&] {
                      return HomeColumns{std::vector<Doubles>(schedule.years), std::vector<Doubles>(schedule.finds(o) ? schedule.years : 0), {}, {}};
                    })
              : -1);
      places.away.push_back(
          schedule.receives[o]
              ? away_places.of(of.away[o],
                               [&] {
                                 const bool finds = schedule.finds(o);
                                 return AwayRows{Rows(schedule.lanes, block_trials), Rows(finds ? schedule.lanes : 0, block_trials), finds};
                               })
              : -1);
    }
    places_.push_back(std::move(places));
  }
  outcomes.known.resize(outcomes.at.size());
  homes.known.resize(homes.at.size());
  claims.known.resize(claims.at.size());
  aways.known.resize(aways.at.size());
}

void Memo::start(std::uint64_t occasion) {
  if (occasion == occasion_) return;
  occasion_ = occasion;
  forget(outcomes.known);
  forget(homes.known);
  forget(claims.known);
  forget(aways.known);
}

}  // namespace shortfall
