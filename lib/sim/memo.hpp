// What the schemes of one or several models have come to in a block, kept so that each is made once: outcomes of schemes that others need, that
// share an opportunity with others or that land on other organisations, and whatever several models deliver alike (by sim/signature). One a thread;
// the models must not change while it lives.
#pragma once

#include <span>
#include <vector>

#include "sim/deliver.hpp"
#include "sim/schedule.hpp"

namespace shortfall {

struct SchemeOutcome {
  Floats share;     // of what the plan promises; below 0 is harm
  Integers months;  // late
  Floats overrun;   // actual over planned cost; made only where the scheme costs anything
};

// An organisation's position by its own schemes, before pressure.
struct HomeColumns {
  std::vector<Doubles> margin;       // [year]
  std::vector<Doubles> landed;       // [year]: what its schemes save at home, whole programmes aside; none where it finds nothing elsewhere
  Doubles saving, last_year_saving;  // of its schemes, wherever these land
};

// What others' schemes bring an organisation.
struct AwayRows {
  Rows money;          // all of it, or all but `saves`
  Rows saves;          // the savings, those of whole programmes aside; apart where `parts`
  bool parts = false;  // of an organisation that finds substitutes for what it misses
  void start() {
    money.setZero();
    if (parts) saves.setZero();
  }
};

// Columns of one kind, some of them known in the present block.
template <class T>
struct Shelf {
  std::vector<T> at;
  std::vector<bool> known;
};

// Where a model finds its own on the shelves: places, or −1 for what is not kept.
struct MemoPlaces {
  std::vector<std::int32_t> outcome, home;      // [scheme], [organisation]
  std::vector<std::int32_t> opportunity, away;  // [opportunity]; [organisation], of those that receive anything
};

class Memo {
 public:
  Memo(std::span<const Model* const> models, std::span<const Schedule> schedules);

  // By a new start of the draws nothing is known yet.
  void start(std::uint64_t occasion);
  const MemoPlaces& places(std::size_t model) const { return places_[model]; }

  Shelf<SchemeOutcome> outcomes;
  Shelf<HomeColumns> homes;
  Shelf<std::vector<Rows>> claims;  // of each claimant of an opportunity, what it is left with
  Shelf<AwayRows> aways;

 private:
  std::vector<MemoPlaces> places_;
  std::uint64_t occasion_ = 0;
};

}  // namespace shortfall
