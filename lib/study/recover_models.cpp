#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/for_each.hpp"
#include "model/compile.hpp"
#include "study/recover_information.hpp"
#include "study/recover_search.hpp"
#include "study/standing.hpp"

namespace shortfall::recover_parts {
namespace {

// What the flags of some organisations come to: whether any, or each, is set.
void any_or_all(const BlockResult& result, const Target& target, Doubles& out) {
  Flags flags = Flags::Constant(target.of == Target::Of::any ? 0 : 1);
  for (std::size_t o = 0; o < result.organisations; ++o) {
    const Flags& fails = target.together ? fails_together(result, o) : fails_alone(result, o);
    if (target.of == Target::Of::any)
      flags = flags.max(fails);
    else
      flags = flags.min(fails);
  }
  out = flags.cast<double>();
}

Target::Value value_of_family(Family family) {
  if (family == Family::fails) return Target::Value::fails;
  if (family == Family::contingency) return Target::Value::beyond_reserves;
  return family == Family::saving ? Target::Value::saving : Target::Value::shortfall;
}

std::optional<double> level_of(Figure figure) {
  switch (figure) {
    case Figure::p10:
      return 0.1;
    case Figure::p50:
      return 0.5;
    case Figure::p80:
      return 0.8;
    case Figure::p90:
      return 0.9;
    case Figure::p95:
    case Figure::es95:
      return 0.95;
    default:
      return {};
  }
}

}  // namespace

Target target_of(const Aim& aim, const Model& model) {
  Target out;
  const MeasureOfYear found = find_measure(aim.measure);
  const Measure& m = *found.measure;
  out.value = value_of_family(m.family);
  out.higher_is_better = m.direction == Direction::higher_is_better;
  out.together = m.figure == Figure::together || m.figure == Figure::together_by_year;
  if (const auto level = level_of(m.figure)) {
    out.q = *level;
    out.statistic = m.figure == Figure::es95 ? Target::Statistic::tail : Target::Statistic::quantile;
  }
  out.of = aim.subject == "system" ? Target::Of::system
           : aim.subject == "any"  ? Target::Of::any
           : aim.subject == "all"  ? Target::Of::all
                                   : Target::Of::organisation;
  const auto index = [](const auto& list, auto test) {
    return static_cast<std::size_t>(std::find_if(list.begin(), list.end(), test) - list.begin());
  };
  if (out.of == Target::Of::organisation)
    out.organisation = index(model.organisations, [&](const OrganisationModel& o) { return o.id == aim.subject; });
  out.year = found.year.empty() ? model.years.size() - 1 : index(model.years, [&](const std::string& y) { return y == found.year; });
  return out;
}

void Target::value_of(const BlockResult& result, const Model& model, double reserves, Doubles& out) const {
  const bool system = of == Of::system;
  switch (value) {
    case Value::fails:
      if (system)
        out = result.system_fails.cast<double>();
      else if (of == Of::organisation)
        out = (together ? result.together_by_year : result.alone_by_year)[organisation * result.years + year].cast<double>();
      else
        any_or_all(result, *this, out);
      return;
    case Value::saving:
      out = result.saving[organisation];
      return;
    case Value::shortfall:
    case Value::beyond_reserves:
      out = system ? result.system_shortfall : result.shortfall[organisation];
      if (value == Value::beyond_reserves) out -= system ? reserves : model.organisations[organisation].reserves;
      return;
  }
}

double Target::statistic_of(std::vector<double>& values) const {
  const auto n = static_cast<double>(values.size());
  const auto rank = static_cast<std::ptrdiff_t>(std::ceil(q * n - 1e-9)) - 1;
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  const double at = values[static_cast<std::size_t>(rank)];
  if (statistic == Statistic::quantile) return value == Value::beyond_reserves ? std::max(0.0, at) : at;
  double sum = 0, count = n * (1 - q);
  const std::size_t above = values.size() - static_cast<std::size_t>(rank) - 1;
  std::sort(values.begin() + rank + 1, values.end());
  for (std::size_t i = values.size() - above; i < values.size(); ++i) sum += values[i];
  return (sum + (count - static_cast<double>(above)) * at) / count;
}

Plant::Plant(const Plans& plans, const Documents& documents, const Recovery& recovery, const RunOptions& run)
    : documents_(documents),
      recovery_(recovery),
      run_(run),
      base_(compile(plans, how(run.threads))),
      target_(target_of(recovery.aim, base_)) {}

CompileOptions Plant::how(unsigned threads) const {
  CompileOptions out = compile_options(run_);
  out.tables = tables_.get();
  out.threads = threads;
  return out;
}

std::vector<std::size_t> Plant::unsure() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < recovery_.options.size(); ++i)
    if (recovery_.options[i].succeeds < 1) out.push_back(i);
  return out;
}

std::size_t Plant::count_states(Set set) const {
  std::size_t out = 1;
  for (const std::size_t i : unsure())
    if ((set & bit(i)) != 0) out *= 2;
  return out;
}

std::vector<State> Plant::states_of(Set set) const {
  std::vector<State> out = {{set, set}};
  for (const std::size_t i : unsure()) {
    if ((set & bit(i)) == 0) continue;
    const std::size_t n = out.size();
    for (std::size_t k = 0; k < n; ++k) out.push_back({set, out[k].succeeding & ~bit(i)});
  }
  return out;
}

Yearly Plant::margin_cost(Set set) const {
  Yearly out(base_.years.size(), 0.0);
  for (std::size_t i = 0; i < recovery_.options.size(); ++i) {
    if ((set & bit(i)) == 0) continue;
    const RecoveryOption& option = recovery_.options[i];
    for (std::size_t y = 0; y < out.size(); ++y) {
      out[y] += option.scheme_cost[y];
      if (option.paid_from == PaidFrom::margin) out[y] += option.cost[y];
    }
  }
  return out;
}

Model Plant::model_of(const State& state, Problems& problems) const {
  if (state.paid == 0) return base_;
  const Checked<Plans> plans = documents_.with(edits_of(recovery_, state.paid, state.succeeding));
  if (!plans) {
    problems = plans.error();
    return base_;
  }
  Model out = compile(*plans, how(1));
  for (std::size_t i = 0; i < recovery_.options.size(); ++i) {
    const RecoveryOption& option = recovery_.options[i];
    if ((state.paid & bit(i)) == 0 || option.paid_from == PaidFrom::budget || option.owner.empty()) continue;
    for (OrganisationModel& o : out.organisations)
      for (std::size_t y = 0; o.id == option.owner && y < o.before_pressure.size(); ++y) o.before_pressure[y] -= option.cost[y];
  }
  return out;
}

std::vector<Model> Plant::models(const std::vector<State>& states, Problems& problems) const {
  std::vector<Model> out(states.size());
  std::vector<Problems> wrong(states.size());
  for_each(states.size(), run_.threads, [&](std::uint64_t i, unsigned) { out[i] = model_of(states[i], wrong[i]); });
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (wrong[i].empty() || !problems.empty()) continue;
    std::string ids;
    for (std::size_t k = 0; k < recovery_.options.size(); ++k)
      if ((states[i].paid & bit(k)) != 0) ids += (ids.empty() ? "" : ", ") + recovery_.options[k].id.value;
    for (Problem problem : wrong[i]) {
      problem.message += fmt::format(" (with the options {} together; let one exclude the other)", ids);
      problems.push_back(std::move(problem));
    }
  }
  return out;
}

std::vector<Driver> Plant::drivers_of_options(Problems& problems) const {
  std::vector<Driver> out;
  for (std::size_t i = 0; i < recovery_.options.size(); ++i) {
    const RecoveryOption& option = recovery_.options[i];
    if (option.added.empty()) continue;
    const Set set = with_needs(recovery_, bit(i));
    const Checked<Plans> plans = documents_.with(edits_of(recovery_, set, set));
    if (!plans) {
      problems = plans.error();
      return out;
    }
    const Model model = compile(*plans, {.optimism = run_.optimism, .given = run_.given});  // of which only the lucks are asked for
    add_drivers(
        *plans, model,
        [&](const Organisation& o, const Scheme& s) {
          return std::find(option.added.begin(), option.added.end(), std::pair(o.id.value, s.id.value)) != option.added.end();
        },
        out);
  }
  return out;
}

}  // namespace shortfall::recover_parts
