// One block of trials from draws to shortfalls: the stages of the model in their order.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "model/model.hpp"
#include "sim/column.hpp"
#include "sim/deliver.hpp"
#include "sim/draw.hpp"
#include "sim/integrate.hpp"
#include "sim/likeness.hpp"
#include "sim/luck.hpp"

namespace shortfall {

// What the trials of a block came to. `alone` is each organisation by its own margins and reserves (several); `together` is its fate under the
// agreement; both per organisation. The system is all margins against all reserves.
struct BlockResult {
  std::size_t organisations = 0, years = 0;
  std::vector<Doubles> margin;            // [organisation · years + year], before any aid
  std::vector<Doubles> shortfall;         // [organisation], alone
  std::vector<Doubles> saving;            // [organisation], of its own schemes over all years
  std::vector<Doubles> last_year_saving;  // [organisation]
  std::vector<Flags> alone_by_year;       // [organisation · years + year]: has failed by the year's end
  std::vector<Flags> together_by_year;
  std::vector<Doubles> pool_shortfall;  // [pool]; of an aid pool the sum of its members'
  std::vector<Doubles> pool_excess;     // [pool]: what was missing beyond reserves; of an aid pool the sum over its members
  std::vector<Flags> pool_fails;        // [pool]; an aid pool fails when a member does
  Doubles system_shortfall;
  Flags system_fails;
  // Where pressures are integrated: the chances of what the flags say of one sample. Given all else that is drawn, organisations fail independently
  // of each other, and so do pools.
  bool integrated = false;
  std::vector<Doubles> chance_alone;  // [organisation · years + year]
  std::vector<Doubles> chance_pool;   // [pool · years + year]
  std::vector<Doubles> chance_both;   // [organisation]: of failing alone and with its pool, of those in a pool
  Doubles chance_system;
};

// Reused from block to block; one a thread.
class BlockSimulator {
 public:
  enum class Pressure { sampled, integrated };
  explicit BlockSimulator(const Model& model, Pressure pressure = Pressure::sampled);
  void time(Timings* timings) { timings_ = timings; }
  // The block that `draws` was started at.
  const BlockResult& simulate(Draws& draws);
  // From now on takes from `other`, which has always just simulated the same block on the same draws, what both models deliver alike (sim/likeness):
  // the same bits in less time. `other` stays where it is as long as this is used.
  void stand_beside(BlockSimulator& other);

  struct SchemeOutcome {
    Floats share;
    Integers months;
    Floats overrun;
  };
  // What some schemes came to in that block, and nothing else of it.
  void sample(Draws& draws, const std::vector<std::size_t>& schemes, std::vector<SchemeOutcome>& outcomes);
  // What each scheme saves over all years in that block, after every rule between schemes, wherever it lands.
  void savings(Draws& draws, std::vector<Doubles>& saving);

 private:
  // What the normals of a scheme's share, delay and overrun weigh in their lucks, the scheme factor among them: with ρ the correlation that it gives
  // them, share = ε₁, delay = ρ ε₁ + sqrt(1 − ρ²) ε₂, and the overrun has ρ with both; times sqrt of their own and the factor's variance. Held at a
  // score, the factor is a constant instead.
  struct SchemeLuck {
    float constant, share, delay_by_share, delay, overrun_by_share, overrun_by_delay, overrun;
  };
  static SchemeLuck scheme_luck(const SchemeModel& scheme);

  void start(Draws& draws);
  void keep();
  void keep_outcome(std::size_t scheme);
  bool outcome_is_shared(std::size_t scheme) const { return beside_ != nullptr && alike_.outcome[scheme]; }
  const SchemeOutcome& kept_outcome(std::size_t scheme) const;  // of one that is kept, here or where it is shared from
  const SchemeOutcome& outcome_now(std::size_t scheme, Draws& draws);
  void draw_factors(Draws& draws);
  void score(const Floats& common, float own_weight, const Floats* own, Floats& out);
  void staff_teams(Draws& draws);
  void outcome_of(const SchemeModel& scheme, Draws& draws, SchemeOutcome& out);
  void deliver_from(std::size_t organisation, std::size_t first_scheme, std::size_t last_scheme, Draws& draws);
  void deliver_at_home(std::size_t scheme, const SchemeOutcome& outcome);
  void deliver_away(std::size_t scheme, const SchemeOutcome& outcome);
  const Rows* away(std::size_t organisation) const;  // what others bring it; null: nothing
  Rows* changed_away(std::size_t organisation);      // the same, null where that is shared
  bool lands_on_changed(std::size_t scheme);
  std::size_t claimant(std::size_t scheme) const;    // its place in claimed_
  const Rows& claimed(std::size_t scheme) const;     // what a claimant is left with
  bool claims_are_shared(std::size_t scheme) const;  // a claimant's
  void add_alone(Rows& rows, const SchemeModel& scheme, const SchemeOutcome& outcome, double weight);
  void add_pending();
  void bring_home(std::size_t organisation);
  void claim();
  void press(Draws& draws);
  void settle_all();
  void stand_alone();
  void stand_together();
  void stand_as_system();
  std::span<const Doubles> margins_of(std::size_t organisation) const { return std::span(result_.margin).subspan(organisation * years_, years_); }

  const Model& model_;
  Timings* timings_ = nullptr;
  std::optional<PressureIntegral> integral_;
  std::size_t years_;
  BlockResult result_;
  BlockSimulator* beside_ = nullptr;  // where what is alike is taken from
  Likeness alike_;
  std::vector<Doubles> delivered_;  // [organisation · years + year]: margins of the own schemes before pressure, where another takes from this
  std::vector<Floats> factors_;
  Floats mixing_, common_, score_;
  std::vector<Floats> stretch_;                  // [team · years + year]
  std::vector<std::int32_t> slot_;               // [scheme]: its outcome's place in kept_, or −1
  std::vector<SchemeOutcome> kept_;              // of the schemes that need, are needed, or claim; of all where another takes from this
  std::vector<std::size_t> early_;               // whose outcomes are known before anything is delivered, each after all that it needs
  std::vector<bool> is_early_;                   // [scheme]
  std::vector<std::vector<std::int32_t>> wait_;  // [scheme]: months late after blackouts; empty: none to wait for
  std::vector<std::size_t> claimants_;
  std::vector<Rows> claimed_;  // [claimant]
  std::vector<Rows> claims_;   // [opportunity]
  // Of the organisation whose schemes are being delivered: what they save at home, what they save elsewhere, and what they cost at home.
  Rows home_, elsewhere_, spent_;
  bool saves_elsewhere_ = false, spends_ = false;
  SchemeOutcome fresh_;                        // of the scheme that is being delivered
  std::array<Savings, most_savings> pending_;  // yet to be added at home
  Savings placed_;                             // of one scheme, somewhere else
  std::size_t pending_count_ = 0;
  std::vector<std::int32_t> away_slot_;  // [organisation]: its place in away_, or −1
  std::vector<Rows> away_;               // what others' schemes bring it
  std::vector<Doubles> pooled_;          // [year]: a pool's margins, or the system's
  std::vector<Doubles> aided_;           // [year · members + member]
  CommonLuck common_luck_;
  std::vector<CommonLuck::Sum> scheme_common_, team_common_;  // [scheme], [team]
  std::vector<CommonLuck::Sum> pressure_common_;              // [organisation · years + year]
  std::vector<SchemeLuck> scheme_luck_;                       // [scheme]
  Doubles gap_, worst_;
  Floats pressure_;
  Flags reached_, dropped_;
};

}  // namespace shortfall
