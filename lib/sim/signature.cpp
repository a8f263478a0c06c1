#include "sim/signature.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <type_traits>

namespace shortfall {
namespace {

// A running hash of words, each mixed in by the finaliser of SplitMix64 (Steele, Lea, Flood 2014), so that every bit of a word reaches every bit.
class Hash {
 public:
  Hash& add(std::uint64_t word) {
    std::uint64_t x = value_ ^ (word + 0x9e3779b97f4a7c15u);
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    value_ = (x ^ x >> 31) + 0x9e3779b97f4a7c15u;
    return *this;
  }
  template <class T>
  requires std::is_integral_v<T> Hash& add(T number) { return add(static_cast<std::uint64_t>(number)); }
  Hash& add(double number) { return add(std::bit_cast<std::uint64_t>(number)); }
  Hash& add(float number) { return add(std::uint64_t{std::bit_cast<std::uint32_t>(number)}); }
  template <class T>
  Hash& add(const std::optional<T>& value) {
    add(value.has_value());
    return value ? add(*value) : *this;
  }
  template <class T>
  Hash& add(const std::vector<T>& values) {
    add(values.size());
    for (const T& value : values) add(value);
    return *this;
  }
  // Tables that are shared are the same tables: all models of a study take theirs from one place, which outlives them.
  template <class T>
  Hash& add(const std::shared_ptr<const T>& table) {
    return add(reinterpret_cast<std::uintptr_t>(table.get()));
  }
  Hash& add(const Marginal& m) {
    add(static_cast<int>(m.kind)).add(m.value).add(m.dropped).add(m.drop_threshold).add(m.reversed).add(m.limited).add(m.least).add(m.most);
    return add(m.thresholds).add(m.first).add(m.slope).add(m.curve).add(m.conditional);
  }
  Hash& add(const Months& months) { return add(months.certain()).add(months.thresholds()); }
  Hash& add(const BlackoutModel& blackout) { return add(blackout.from).add(blackout.to); }

  Signature value() const { return value_; }

 private:
  Signature value_ = 0;
};

class Signer {
 public:
  explicit Signer(const Model& model) : model_(model) {
    out_.outcome.resize(model.schemes.size());
    for (const TeamModel& t : model.teams) team_.push_back(of_team(t));
    for (const std::uint32_t i : model.needs_order) out_.outcome[i] = of_outcome(model.schemes[i]);
    for (std::size_t i = 0; i < model.schemes.size(); ++i)
      if (model.schemes[i].needs.empty()) out_.outcome[i] = of_outcome(model.schemes[i]);
    // What a scheme delivers in full, its outcome, and whom it shares an opportunity with.
    std::vector<Hash> opportunity;
    for (const std::vector<double>& size : model.opportunities) opportunity.push_back(begun().add(size));
    std::vector<Hash> delivery;
    for (std::size_t i = 0; i < model.schemes.size(); ++i) {
      const SchemeModel& s = model.schemes[i];
      delivery.push_back(Hash(begun()).add(out_.outcome[i]).add(s.saving).add(s.programme));
      if (s.opportunity >= 0) opportunity[static_cast<std::size_t>(s.opportunity)].add(delivery.back().value());
    }
    for (const Hash& h : opportunity) out_.opportunity.push_back(h.value());
    std::vector<Hash> home, away;
    for (const OrganisationModel& o : model.organisations) {
      home.push_back(begun().add(o.before_pressure).add(o.finds()));
      away.push_back(begun().add(o.finds()));
    }
    for (std::size_t i = 0; i < model.schemes.size(); ++i) add_positions(model.schemes[i], delivery[i], home, away);
    for (const Hash& h : home) out_.home.push_back(h.value());
    for (const Hash& h : away) out_.away.push_back(h.value());
  }

  Signatures take() { return std::move(out_); }

 private:
  // Columns of other years, or under another copula, are never the same.
  Hash begun() const {
    Hash out;
    out.add(model_.years.size()).add(model_.years_before);
    if (model_.student_t) out.add(model_.student_t->degrees_of_freedom).add(model_.student_t->stream);
    return out;
  }
  void add_luck(const Luck& luck, Hash& hash) const {
    hash.add(luck.own_weight).add(luck.loadings.size());
    for (const Loading& l : luck.loadings) hash.add(l.weight).add(model_.factors[l.factor].stream).add(model_.factors[l.factor].held_at);
  }
  template <class Table>
  static void add_drawn(const std::vector<std::shared_ptr<const Table>>& drawn, std::uint32_t at, Hash& hash) {
    hash.add(at < drawn.size() && drawn[at] != nullptr ? drawn[at]->key : std::uint64_t{0});
  }
  Signature of_team(const TeamModel& t) const {
    Hash out = begun();
    add_luck(t.luck, out);
    return out.add(t.stream).add(t.staffing).add(t.wte).add(t.effort).value();
  }
  Signature of_outcome(const SchemeModel& s) const {
    Hash out = begun();
    add_luck(s.luck, out);
    out.add(s.share_stream).add(s.delay_stream).add(s.overrun_stream).add(s.scheme_stream).add(s.scheme_weight).add(s.scheme_held_at);
    out.add(model_.marginals[s.share]).add(model_.months[s.delay]).add(!s.cost_rows.empty());
    if (!s.cost_rows.empty()) out.add(model_.marginals[s.overrun]);
    if (model_.draws > 0) {
      add_drawn(model_.drawn_marginals, s.share, out);
      add_drawn(model_.drawn_months, s.delay, out);
      if (!s.cost_rows.empty()) add_drawn(model_.drawn_marginals, s.overrun, out);
    }
    out.add(s.consults);
    if (s.consults) out.add(s.start).add(model_.blackouts);
    out.add(s.effort.size());
    for (const TeamEffort& e : s.effort) out.add(team_[e.team]).add(e.wte);
    out.add(s.may_harm && !model_.harm_waits);
    out.add(s.needs.size());
    for (const std::uint32_t j : s.needs) out.add(out_.outcome[j]);
    return out.value();
  }
  void add_positions(const SchemeModel& s, Hash delivery, std::vector<Hash>& home, std::vector<Hash>& away) const {
    if (s.opportunity >= 0) delivery.add(out_.opportunity[static_cast<std::size_t>(s.opportunity)]);
    const auto at = [&](std::uint32_t organisation) -> Hash& { return organisation == s.organisation ? home[organisation] : away[organisation]; };
    home[s.organisation].add(delivery.value());
    for (const Landing& l : s.lands) at(l.organisation).add(delivery.value()).add(l.share);
    for (const auto& [organisation, row] : s.cost_rows) at(organisation).add(delivery.value()).add(row);
  }

  const Model& model_;
  Signatures out_;
  std::vector<Signature> team_;
};

}  // namespace

Signatures signatures_of(const Model& model) { return Signer(model).take(); }

Signature lucks_signature_of(const Model& model, const LuckSums& sums) {
  Hash out;
  out.add(model.years.size()).add(model.factors.size());
  for (const Factor& f : model.factors) out.add(f.stream).add(f.held_at);
  if (model.student_t) out.add(model.student_t->degrees_of_freedom).add(model.student_t->stream);
  out.add(sums.beginnings().size());
  for (const LuckSums::Beginning& b : sums.beginnings()) out.add(b.before).add(b.loading.factor).add(b.loading.weight);
  for (const TeamModel& t : model.teams) {
    out.add(t.luck.own_weight).add(t.luck.loadings.size());
    for (const Loading& l : t.luck.loadings) out.add(l.factor).add(l.weight);
    out.add(t.stream).add(t.staffing).add(t.wte).add(t.effort);
  }
  return out.value();
}

}  // namespace shortfall
