#include "sim/likeness.hpp"

#include <algorithm>

namespace shortfall {
namespace {

class Comparison {
 public:
  Comparison(const Model& one, const Model& other) : one_(one), other_(other) {}

  Likeness made() {
    Likeness out{std::vector<bool>(other_.schemes.size()), std::vector<bool>(other_.opportunities.size()),
                 std::vector<bool>(other_.organisations.size()), std::vector<bool>(other_.organisations.size())};
    if (!comparable()) return out;
    // A scheme comes after all that it needs.
    for (const std::uint32_t i : other_.needs_order) out.outcome[i] = same_outcome(i, out);
    for (std::size_t i = 0; i < other_.schemes.size(); ++i)
      if (other_.schemes[i].needs.empty()) out.outcome[i] = same_outcome(i, out);
    share_opportunities(out);
    share_positions(out);
    return out;
  }

 private:
  // Whether an index means the same thing in both.
  bool comparable() const {
    const auto owned_alike = [](const SchemeModel& a, const SchemeModel& b) { return a.organisation == b.organisation; };
    return one_.organisations.size() == other_.organisations.size() && one_.years.size() == other_.years.size() &&
           one_.teams.size() == other_.teams.size() && one_.opportunities.size() == other_.opportunities.size() && same_copula() &&
           std::equal(one_.schemes.begin(), one_.schemes.end(), other_.schemes.begin(), other_.schemes.end(), owned_alike);
  }

  bool same_copula() const {
    const Model::StudentT *a = one_.student_t.get(), *b = other_.student_t.get();
    return a == b || (a != nullptr && b != nullptr && a->degrees_of_freedom == b->degrees_of_freedom && a->stream == b->stream);
  }

  bool same_luck(const Luck& a, const Luck& b) const {
    const auto same_loading = [&](const Loading& x, const Loading& y) {
      const Factor &f = one_.factors[x.factor], &g = other_.factors[y.factor];
      return x.weight == y.weight && f.stream == g.stream && f.held_at == g.held_at;
    };
    return a.own_weight == b.own_weight && std::equal(a.loadings.begin(), a.loadings.end(), b.loadings.begin(), b.loadings.end(), same_loading);
  }

  bool same_team(std::size_t k) const {
    const TeamModel &a = one_.teams[k], &b = other_.teams[k];
    return a.stream == b.stream && a.wte == b.wte && a.effort == b.effort && a.staffing == b.staffing && same_luck(a.luck, b.luck);
  }

  bool same_outcome(std::size_t i, const Likeness& so_far) const {
    const SchemeModel &a = one_.schemes[i], &b = other_.schemes[i];
    return a.share_stream == b.share_stream && a.delay_stream == b.delay_stream && a.overrun_stream == b.overrun_stream &&
           a.scheme_stream == b.scheme_stream && a.scheme_weight == b.scheme_weight && a.scheme_held_at == b.scheme_held_at &&
           one_.marginals[a.share] == other_.marginals[b.share] && one_.marginals[a.overrun] == other_.marginals[b.overrun] &&
           one_.months[a.delay] == other_.months[b.delay] && a.cost_rows.empty() == b.cost_rows.empty() && a.start == b.start &&
           a.consults == b.consults && (!a.consults || one_.blackouts == other_.blackouts) && same_luck(a.luck, b.luck) && a.effort == b.effort &&
           std::all_of(b.effort.begin(), b.effort.end(), [&](const TeamEffort& e) { return same_team(e.team); }) && a.needs == b.needs &&
           std::all_of(b.needs.begin(), b.needs.end(), [&](std::uint32_t j) { return so_far.outcome[j]; });
  }

  void share_opportunities(Likeness& out) const {
    for (std::size_t k = 0; k < out.opportunity.size(); ++k) out.opportunity[k] = one_.opportunities[k] == other_.opportunities[k];
    for (std::size_t i = 0; i < other_.schemes.size(); ++i) {
      const SchemeModel &a = one_.schemes[i], &b = other_.schemes[i];
      if (a.opportunity == b.opportunity && out.outcome[i] && a.saving == b.saving) continue;
      for (const std::int32_t k : {a.opportunity, b.opportunity})
        if (k >= 0) out.opportunity[static_cast<std::size_t>(k)] = false;
    }
  }

  void share_positions(Likeness& out) const {
    for (std::size_t o = 0; o < out.home.size(); ++o) {
      out.home[o] = one_.organisations[o].before_pressure == other_.organisations[o].before_pressure;
      out.away[o] = true;
    }
    for (std::size_t i = 0; i < other_.schemes.size(); ++i) {
      const SchemeModel &a = one_.schemes[i], &b = other_.schemes[i];
      if (out.outcome[i] && a.saving == b.saving && a.lands == b.lands && a.cost_rows == b.cost_rows && a.opportunity == b.opportunity &&
          (b.opportunity < 0 || out.opportunity[static_cast<std::size_t>(b.opportunity)]))
        continue;
      out.home[b.organisation] = false;
      for (const SchemeModel* s : {&a, &b}) {
        for (const Landing& l : s->lands) out.away[l.organisation] = out.away[l.organisation] && l.organisation == s->organisation;
        for (const auto& [organisation, row] : s->cost_rows) out.away[organisation] = out.away[organisation] && organisation == s->organisation;
      }
    }
  }

  const Model &one_, &other_;
};

}  // namespace

Likeness likeness(const Model& one, const Model& other) { return Comparison(one, other).made(); }

}  // namespace shortfall
