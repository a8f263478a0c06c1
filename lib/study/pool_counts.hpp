// What `shortfall pool` counts as the trials go by.
#pragma once

#include <map>
#include <vector>

#include "sim/tally.hpp"
#include "study/pool_design.hpp"
#include "study/vary.hpp"

namespace shortfall {

struct RankCounts {
  struct Member {
    Paired leaving, all_leave, following, left_behind;
    template <class Self, class F>
    static void each_field(Self& self, F&& f) {
      f(self.leaving), f(self.all_leave), f(self.following), f(self.left_behind);
    }
  };
  std::vector<Member> each;
  std::vector<Paired> groups;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.each), f(self.groups);
  }
};

struct CellCounts {
  std::uint64_t swims = 0, rescued = 0, dragged_under = 0, sinks = 0;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.swims), f(self.rescued), f(self.dragged_under), f(self.sinks);
  }
};

struct AgreementCounts {
  std::vector<CellCounts> organisations;
  std::uint64_t any = 0, all = 0;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.organisations), f(self.any), f(self.all);
  }
};

struct SectionCosts {
  std::uint64_t trials = 0;
  std::vector<double> costs;  // [mask]
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.trials), f.any(self.costs);
  }
};

struct PoolCounts {
  explicit PoolCounts(const PoolDesign& design);

  std::vector<std::uint64_t> fails;   // [coalition]
  std::vector<Histogram> shortfalls;  // [coalition]
  std::vector<Frequency> by_draw;     // [coalition]: fails, by draw of what is not known; empty where nothing is drawn
  std::vector<std::uint64_t> draw_trials;
  std::vector<RankCounts> ranks;
  std::vector<AgreementCounts> agreements;  // as agreed, one pool of all, aid without limit
  std::vector<AgreementCounts> aid;         // [level]; of its organisations nothing
  std::map<std::uint64_t, SectionCosts> sections;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    if (!self.by_draw.empty()) f(self.by_draw), f(self.draw_trials);
    f(self.fails), f(self.shortfalls), f(self.ranks), f(self.agreements), f(self.aid), f(self.sections);
  }
};

// One thread's share of it.
class PoolObserver {
 public:
  explicit PoolObserver(const PoolDesign& design);
  void add(const std::vector<const BlockResult*>& results, std::size_t rows);
  void end_section(std::uint64_t section);
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.counts);
  }

  PoolCounts counts;

 private:
  void fate_of_pool(const BlockResult& result, const Members& members, Flags& failed);
  // Of each member, and of any.
  void fates_under_aid(const BlockResult& result, const Members& members, double aid, std::vector<Flags>& each, Flags& any);
  void break_ranks(const BreakingRanks& ranks, const std::vector<const BlockResult*>& results, std::size_t rows, RankCounts& out);
  void stand(const BlockResult& base, std::size_t rows);

  const PoolDesign& design_;
  std::vector<Flags> fails_;  // [coalition]
  Doubles shortfall_;
  std::vector<Doubles> shortfalls_;
  std::vector<Flags> together_;
  std::vector<std::vector<double>> section_;  // [coalition]: the shortfalls of the section
};

}  // namespace shortfall
