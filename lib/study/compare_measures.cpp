#include "study/compare_measures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "plan/profile.hpp"

namespace shortfall {
namespace {

template <class Combine>
Mask combined(const Mask& a, const Mask& b, Combine combine) {
  Mask out;
  for (std::size_t w = 0; w < out.size(); ++w) out[w] = combine(a[w], b[w]);
  return out;
}
Mask first_only(const Mask& a, const Mask& b) {
  return combined(a, b, [](std::uint64_t x, std::uint64_t y) { return x & ~y; });
}

std::vector<Mask> counted(const std::vector<Mask>& fails) {
  Mask all;
  all.fill(~std::uint64_t{0});
  std::vector<Mask> count(fails.size() + 1);
  count[0] = all;
  // Who had failed k times moves on to k + 1.
  for (std::size_t o = 0; o < fails.size(); ++o)
    for (std::size_t k = o + 1; k-- > 0;) {
      const Mask moved = vectors::both(count[k], fails[o]);
      count[k + 1] = combined(count[k + 1], moved, [](std::uint64_t x, std::uint64_t y) { return x | y; });
      count[k] = first_only(count[k], fails[o]);
    }
  return count;
}

class MeasureList {
 public:
  MeasureList(const Plans& old_plans, const Model& before, const Model& after, const CompareOptions& options)
      : before_(before), after_(after), options_(options), single_(before.organisations.size() == 1 && after.organisations.size() == 1) {
    for (const Organisation& o : old_plans.organisations)
      for (const Scheme& s : o.schemes)
        for (const double saving : planned_saving(s, old_plans.system.years)) saving_[o.id.value] += saving, whole_saving_ += saving;
    system();
    for (std::size_t o = 0; o < after.organisations.size(); ++o) {
      const std::size_t at = index(before.organisations, [&](const OrganisationModel& x) { return x.id == after.organisations[o].id; });
      if (at == before.organisations.size()) continue;
      both_.emplace_back(at, o);
      organisation(at, o);
    }
    for (std::size_t p = 0; p < after.pools.size(); ++p) {
      const std::size_t at = index(before.pools, [&](const PoolModel& x) { return members(before, x) == members(after, after.pools[p]); });
      if (at != before.pools.size()) pool(at, p);
    }
    counts();
    pairs();
  }

  Measures measures;

 private:
  template <class List, class Test>
  static std::size_t index(const List& list, Test test) {
    return static_cast<std::size_t>(std::find_if(list.begin(), list.end(), test) - list.begin());
  }
  static std::string members(const Model& model, const PoolModel& pool) {
    std::string out;
    for (const std::uint32_t o : pool.members) out += (out.empty() ? "" : "+") + model.organisations[o].id;
    return out;
  }

  void chance(const std::string& subject, std::string measure, Direction direction, bool headline, Happens before, Happens after) {
    MeasureChange m{subject, std::move(measure), true, direction, headline && (!single_ || subject == "system"), 0, 0, {}, options_.material, {}};
    measures.chances.push_back({std::move(m), std::move(before), std::move(after)});
  }
  void amount(const std::string& subject, std::string measure, bool headline, Amount before, Amount after) {
    const auto own = saving_.find(subject);
    const double planned = own == saving_.end() || own->second == 0 ? whole_saving_ : own->second;
    const Direction direction = higher_is_better(measure) ? Direction::higher_is_better : Direction::higher_is_worse;
    MeasureChange m{subject,
                    std::move(measure),
                    false,
                    direction,
                    headline && (!single_ || subject == "system"),
                    0,
                    0,
                    {},
                    options_.material_money.value_or(0.01 * planned),
                    {}};
    measures.money.push_back({std::move(m), std::move(before), std::move(after)});
  }

  // The measures of a shortfall, and of what it leaves uncovered by reserves.
  template <class Find>
  void shortfalls(const std::string& subject, Find shortfall, double reserves_before, double reserves_after, bool headline) {
    const auto add = [&](const std::string& name, auto value) {
      amount(
          subject, "shortfall." + name, false, [=](const Tally& t) { return value(shortfall(t, false)); },
          [=](const Tally& t) { return value(shortfall(t, true)); });
    };
    add("mean", [](const Histogram& h) { return h.mean(); });
    static constexpr std::pair<const char*, double> levels[] = {{"p50", 0.5}, {"p80", 0.8}, {"p90", 0.9}, {"p95", 0.95}};
    for (const auto& [name, q] : levels) add(name, [q = q](const Histogram& h) { return h.quantile(q); });
    add("es95", [](const Histogram& h) { return h.mean_above(0.95).mean; });
    contingencies(subject, shortfall, reserves_before, reserves_after, headline);
  }
  template <class Find>
  void contingencies(const std::string& subject, Find shortfall, double reserves_before, double reserves_after, bool headline) {
    static constexpr std::pair<const char*, double> levels[] = {{"p50", 0.5}, {"p80", 0.8}, {"p90", 0.9}, {"p95", 0.95}};
    for (const auto& [name, q] : levels) {
      const auto value = [=, q = q](const Tally& t, bool after, double reserves) {
        return std::max(0.0, shortfall(t, after).quantile(q) - reserves);
      };
      amount(
          subject, fmt::format("{}.{}", name_of(Family::contingency), name), headline && std::string_view(name) == "p80",
          [=](const Tally& t) { return value(t, false, reserves_before); }, [=](const Tally& t) { return value(t, true, reserves_after); });
    }
  }

  void system() {
    const Happens fails = [](const Fates& f) { return f.system; };
    chance("system", name_of(Family::fails, Figure::whole), Direction::higher_is_worse, true, fails, fails);
    shortfalls(
        "system", [](const Tally& t, bool) -> const Histogram& { return t.system.shortfall; }, reserves_of(before_), reserves_of(after_), true);
  }

  void organisation(std::size_t a, std::size_t b) {
    const std::string& id = after_.organisations[b].id;
    const auto fate = [&](std::string measure, Direction direction, bool headline, auto of) {
      chance(
          id, std::move(measure), direction, headline, [=](const Fates& f) { return of(f, a); }, [=](const Fates& f) { return of(f, b); });
    };
    constexpr Direction bad = Direction::higher_is_worse;
    fate(name_of(Family::fails, Figure::alone), bad, true, [](const Fates& f, std::size_t o) { return f.alone[o]; });
    fate(name_of(Family::fails, Figure::together), bad, true, [](const Fates& f, std::size_t o) { return f.together[o]; });
    const std::size_t years_before = before_.years.size(), years_after = after_.years.size();
    for (std::size_t y = 0; y < years_after; ++y) {
      const std::size_t at = index(before_.years, [&](const std::string& label) { return label == after_.years[y]; });
      if (at == years_before) continue;
      const std::size_t i = a * years_before + at, j = b * years_after + y;
      chance(
          id, name_of(Family::fails, Figure::alone_by_year) + "." + after_.years[y], bad, false, [i](const Fates& f) { return f.alone_by_year[i]; },
          [j](const Fates& f) { return f.alone_by_year[j]; });
      chance(
          id, name_of(Family::fails, Figure::together_by_year) + "." + after_.years[y], bad, false,
          [i](const Fates& f) { return f.together_by_year[i]; }, [j](const Fates& f) { return f.together_by_year[j]; });
    }
    fate("swim_sink.swims", Direction::higher_is_better, false, [](const Fates& f, std::size_t o) {
      return combined(f.alone[o], f.together[o], [](std::uint64_t x, std::uint64_t y) { return ~(x | y); });
    });
    fate("swim_sink.rescued", Direction::neither, false, [](const Fates& f, std::size_t o) { return first_only(f.alone[o], f.together[o]); });
    fate("swim_sink.dragged_under", bad, false, [](const Fates& f, std::size_t o) { return first_only(f.together[o], f.alone[o]); });
    fate("swim_sink.sinks", bad, false, [](const Fates& f, std::size_t o) { return vectors::both(f.alone[o], f.together[o]); });
    shortfalls(
        id, [a, b](const Tally& t, bool after) -> const Histogram& { return t.organisation[after ? b : a].shortfall; },
        before_.organisations[a].reserves, after_.organisations[b].reserves, true);
    const auto saving = [&](const char* name, auto value) {
      amount(
          id, fmt::format("{}.{}", name_of(Family::saving), name), false, [=](const Tally& t) { return value(t.organisation[a].saving); },
          [=](const Tally& t) { return value(t.organisation[b].saving); });
    };
    saving("mean", [](const Histogram& h) { return h.mean(); });
    saving("p10", [](const Histogram& h) { return h.quantile(0.1); });
    saving("p50", [](const Histogram& h) { return h.quantile(0.5); });
    saving("p90", [](const Histogram& h) { return h.quantile(0.9); });
    if (before_.organisations[a].finds() || after_.organisations[b].finds()) found(id, a, b);
  }

  // What is found elsewhere; nothing in a revision in which nothing may be.
  void found(const std::string& id, std::size_t a, std::size_t b) {
    const auto add = [&](const char* name, auto value) {
      const auto of = [value](const Tally& t, std::size_t o) {
        const std::optional<std::size_t> place = t.place_of_finder(o);
        return place ? value(t.found[*place].found) : 0.0;
      };
      amount(
          id, fmt::format("found.{}", name), false, [=](const Tally& t) { return of(t, a); }, [=](const Tally& t) { return of(t, b); });
    };
    add("mean", [](const Histogram& h) { return h.mean(); });
    add("p10", [](const Histogram& h) { return h.quantile(0.1); });
    add("p50", [](const Histogram& h) { return h.quantile(0.5); });
    add("p90", [](const Histogram& h) { return h.quantile(0.9); });
  }

  void pool(std::size_t a, std::size_t b) {
    const std::string subject = "pool:" + members(after_, after_.pools[b]);
    chance(
        subject, name_of(Family::fails, Figure::whole), Direction::higher_is_worse, false, [a](const Fates& f) { return f.pools[a]; },
        [b](const Fates& f) { return f.pools[b]; });
    const PoolModel &x = before_.pools[a], &y = after_.pools[b];
    if (x.aid.has_value() != y.aid.has_value()) return;  // a sum of members' shortfalls is not the shortfall of a sum
    const auto excess = [a, b](const Tally& t, bool after) -> const Histogram& { return t.pools[after ? b : a].excess; };
    const auto shortfall = [a, b](const Tally& t, bool after) -> const Histogram& { return t.pools[after ? b : a].shortfall; };
    if (y.aid)
      contingencies(subject, excess, 0, 0, false);
    else
      contingencies(subject, shortfall, reserves_of(before_, x.members), reserves_of(after_, y.members), false);
  }

  void counts() {
    const bool same = before_.organisations.size() == after_.organisations.size();
    for (const bool together : {false, true}) {
      const auto counts = [together](const Fates& f) -> const std::vector<Mask>& { return together ? f.together_count : f.alone_count; };
      const std::string suffix = together ? ".together" : "";
      const Happens any = [counts](const Fates& f) { return combined(counts(f).front(), Mask{}, [](std::uint64_t x, std::uint64_t) { return ~x; }); };
      const Happens all = [counts](const Fates& f) { return counts(f).back(); };
      chance("any", name_of(Family::fails, Figure::whole) + suffix, Direction::higher_is_worse, true, any, any);
      chance("all", name_of(Family::fails, Figure::whole) + suffix, Direction::higher_is_worse, true, all, all);
      for (std::size_t k = 0; same && k <= after_.organisations.size(); ++k) {
        const Happens exactly = [counts, k](const Fates& f) { return counts(f)[k]; };
        const Direction direction = k == 0                             ? Direction::higher_is_better
                                    : k == after_.organisations.size() ? Direction::higher_is_worse
                                                                       : Direction::neither;
        chance("any", fmt::format("count{}.{}", suffix, k), direction, false, exactly, exactly);
      }
    }
  }

  void pairs() {
    for (std::size_t i = 0; i < both_.size(); ++i)
      for (std::size_t j = i + 1; j < both_.size(); ++j) {
        const auto [a, b] = both_[i];
        const auto [c, d] = both_[j];
        chance(
            fmt::format("pair:{}+{}", after_.organisations[b].id, after_.organisations[d].id), name_of(Family::fails, Figure::whole),
            Direction::higher_is_worse, false, [a = a, c = c](const Fates& f) { return vectors::both(f.alone[a], f.alone[c]); },
            [b = b, d = d](const Fates& f) { return vectors::both(f.alone[b], f.alone[d]); });
      }
  }

  const Model &before_, &after_;
  const CompareOptions& options_;
  bool single_;  // one organisation: the system, any and all are itself
  double whole_saving_ = 0;
  std::map<std::string, double> saving_;                   // planned, of the old revision
  std::vector<std::pair<std::size_t, std::size_t>> both_;  // organisations of both plans: their places in each
};

}  // namespace

Mask first_rows(std::size_t rows) {
  Mask mask{};
  for (std::size_t i = 0; i < rows; ++i) mask[i / 64] |= std::uint64_t{1} << (i % 64);
  return mask;
}

Fates::Fates(const BlockResult& r) {
  for (const Flags& f : r.alone_by_year) alone_by_year.push_back(vectors::mask_of(f));
  for (const Flags& f : r.together_by_year) together_by_year.push_back(vectors::mask_of(f));
  for (const Flags& f : r.pool_fails) pools.push_back(vectors::mask_of(f));
  for (std::size_t o = 0; o < r.organisations; ++o) {
    alone.push_back(alone_by_year[(o + 1) * r.years - 1]);
    together.push_back(together_by_year[(o + 1) * r.years - 1]);
  }
  alone_count = counted(alone);
  together_count = counted(together);
  system = vectors::mask_of(r.system_fails);
}

Measures measures_of(const Plans& old_plans, const Model& before, const Model& after, const CompareOptions& options) {
  return MeasureList(old_plans, before, after, options).measures;
}

}  // namespace shortfall
