// Where what schemes save and cost lands: at home, with others, and within opportunities that several claim (lib/README.md, section 4).
#pragma once

#include <array>

#include "sim/memo.hpp"

namespace shortfall {

// Of the organisation whose schemes are being delivered.
struct HomeRows {
  explicit HomeRows(std::size_t lanes)
      : saves(lanes, block_trials), saves_elsewhere(lanes, block_trials), programmes(lanes, block_trials), spends(lanes, block_trials) {}
  void start();
  void add_pending();  // what waits to be added at home

  Rows saves, saves_elsewhere, programmes, spends;  // whole programmes stand apart from `saves`; `spends` is money out: below 0 where it costs
  bool any_elsewhere = false, any_programme = false, any_spent = false;  // the rows mean nothing where there is none
  std::array<Savings, most_savings> pending;
  std::size_t pending_count = 0;
};

// rows += weight · what the scheme saves by itself.
void add_alone(const SchemeModel& scheme, const SavingTable& shape, const SchemeOutcome& outcome, double weight, Rows& rows);

// What each claimant of an opportunity is left with once all have claimed: as it would save alone, scaled by min(1, size / all that is claimed).
void share_opportunity(const Model& model, const Schedule& schedule, std::size_t opportunity, const Memo& memo, const MemoPlaces& places,
                       std::vector<Rows>& left);

// What a scheme brings its owner: `left` is what it is left with of an opportunity, or null where it claims none.
void deliver_at_home(const SchemeModel& scheme, const SavingTable& shape, const SchemeOutcome& outcome, const Rows* left, HomeRows& home);
// What it brings another organisation.
void deliver_away(const SchemeModel& scheme, const SavingTable& shape, const SchemeOutcome& outcome, const Rows* left, std::uint32_t organisation,
                  AwayRows& away);

// The rows as columns by year, on top of what the organisation has before pressure; and what its schemes save at home, whole programmes aside, where
// `landed` has room for it.
void bring_home(const OrganisationModel& organisation, HomeRows& home, std::span<Doubles> margin, std::span<Doubles> landed, Doubles& saving,
                Doubles& last_year_saving);

}  // namespace shortfall
