#include "history/forecast.hpp"

#include <algorithm>
#include <map>

#include "base/for_each.hpp"
#include "model/compile.hpp"
#include "sim/simulated_blocks.hpp"

namespace shortfall {

std::string name_of(Measured::Kind kind) {
  static constexpr const char* names[] = {"saving", "position", "failed", "organisations_failed"};
  return names[static_cast<std::size_t>(kind)];
}

namespace {

void cut(Yearly& values, std::size_t years) {
  if (values.size() > years) values.resize(years);
}

// The same plans, ended after so many years: what is delivered in the years that are left is the same.
Plans ended_after(Plans plans, std::size_t years) {
  const auto cut_teams = [&](std::vector<Team>& teams) {
    for (Team& team : teams) cut(team.wte, years);
  };
  System& system = plans.system;
  if (system.years.size() > years) system.years.resize(years);
  if (system.target) cut(*system.target, years);
  cut_teams(system.teams);
  for (Opportunity& o : system.opportunities) cut(o.size, years);
  for (Organisation& o : plans.organisations) {
    if (o.years.size() > years) o.years.resize(years);
    for (Yearly* values : {&o.income, &o.spend, &o.target, &o.one_offs, &o.conditional_funding.amount, &o.pressure.mean}) cut(*values, years);
    cut_teams(o.teams);
    for (Scheme& s : o.schemes) {
      if (Yearly* saving = std::get_if<Yearly>(&s.saving.profile)) cut(*saving, years);
      if (PartsOfYears* parts = std::get_if<PartsOfYears>(&s.saving.profile)) cut(parts->amounts, parts->a_year * years);
      cut(s.cost, years);
      for (Effort& e : s.effort) cut(e.wte, years);
    }
  }
  return plans;
}

// One measure of one block, to be read off its results.
class Reading {
 public:
  Reading(const Measured& measured, const Model& model) : measured_(measured), model_(model) {
    if (measured.organisation) {
      first_ = *measured.organisation, last_ = first_ + 1;
    } else {
      first_ = 0, last_ = model.organisations.size();
    }
  }

  double of(const BlockResult& block, std::size_t trial) const {
    const auto t = static_cast<Eigen::Index>(trial);
    double sum = 0;
    for (std::size_t o = first_; o < last_; ++o) sum += of_organisation(block, o, t);
    if (measured_.kind == Measured::Kind::failed && !measured_.organisation) return block.system_fails[t];
    return sum;
  }

 private:
  double of_organisation(const BlockResult& block, std::size_t o, Eigen::Index t) const {
    switch (measured_.kind) {
      case Measured::Kind::saving:
        // A year's saving is that of the last year of a plan that ends with it.
        // What is published as delivered holds what was found elsewhere in its place.
        return measured_.year ? block.last_year_saving[o][t] + found(block, o, block.years - 1, t) : block.saving[o][t] + found(block, o, 0, t);
      case Measured::Kind::position: {
        double sum = 0;
        for (std::size_t y = measured_.year.value_or(0); y < (measured_.year ? *measured_.year + 1 : block.years); ++y)
          sum += model_.organisations[o].target[y] + block.margin[o * block.years + y][t];
        return sum;
      }
      default:
        return block.together_by_year[o * block.years + measured_.year.value_or(block.years - 1)][t];
    }
  }

  // From year `since` to the last.
  static double found(const BlockResult& block, std::size_t o, std::size_t since, Eigen::Index t) {
    double sum = 0;
    for (std::size_t y = since; y < block.years && !block.found.empty(); ++y) sum += block.found[o * block.years + y][t];
    return sum;
  }

  Measured measured_;
  const Model& model_;
  std::size_t first_, last_;
};

struct RecordedColumn {
  std::size_t index;  // into the measures
  Reading reading;
};

// Every future's value of each measure, a row a future; each block writes its own rows.
void write_futures(const Model& model, const std::vector<RecordedColumn>& columns, const FuturesOptions& options, Eigen::ArrayXXd& values) {
  const auto futures = static_cast<std::uint64_t>(values.rows()), blocks = (futures + block_trials - 1) / block_trials;
  SimulatedBlocks simulated(model, options.seed, Sampling::plain, threads_for(blocks, options.threads));
  for_each(blocks, options.threads, [&](std::uint64_t block, unsigned thread) {
    const BlockResult& result = simulated.of(block, thread);
    const std::uint64_t first = block * block_trials;
    for (const RecordedColumn& column : columns)
      for (std::size_t t = 0; t < std::min<std::uint64_t>(block_trials, futures - first); ++t)
        values(static_cast<Eigen::Index>(first + t), static_cast<Eigen::Index>(column.index)) = column.reading.of(result, t);
  });
}

}  // namespace

Futures futures_of(const Plans& plans, const std::vector<Measured>& measured, const FuturesOptions& options) {
  Futures out;
  out.measured = measured;
  out.values.resize(static_cast<Eigen::Index>(options.trials), static_cast<Eigen::Index>(measured.size()));
  Eigen::ArrayXXd planned(1, static_cast<Eigen::Index>(measured.size()));
  const std::size_t years = plans.system.years.size();
  const std::uint64_t blocks = (options.trials + block_trials - 1) / block_trials;
  const KnowledgeDraws draws{options.knowledge && options.optimism > 0 && blocks > 1 ? std::min<std::size_t>(blocks, most_knowledge_draws) : 0,
                             options.seed};
  // What is asked of a year's saving is asked of the plan that ends with it; everything else of the whole plan.
  std::map<std::size_t, std::vector<std::size_t>> by_end;
  for (std::size_t m = 0; m < measured.size(); ++m)
    by_end[measured[m].kind == Measured::Kind::saving && measured[m].year ? *measured[m].year + 1 : years].push_back(m);
  for (const auto& [end, indices] : by_end) {
    const Plans ended = end == years ? plans : ended_after(plans, end);
    const Model model = compile(ended, {.optimism = options.optimism, .knowledge = draws, .threads = options.threads}), plain = as_planned(ended);
    std::vector<RecordedColumn> columns, plain_columns;
    for (const std::size_t m : indices)
      columns.push_back({m, Reading(measured[m], model)}), plain_columns.push_back({m, Reading(measured[m], plain)});
    write_futures(model, columns, options, out.values);
    write_futures(plain, plain_columns, options, planned);
  }
  out.planned.assign(planned.data(), planned.data() + planned.size());
  return out;
}

std::vector<Measured> everything_of(const Plans& plans) {
  using Kind = Measured::Kind;
  std::vector<Measured> out;
  const auto of = [&](std::optional<std::size_t> organisation) {
    for (const Kind kind : {Kind::saving, Kind::position}) {
      out.push_back({kind, organisation, {}});
      for (std::size_t y = 0; y < plans.system.years.size(); ++y) out.push_back({kind, organisation, y});
    }
    out.push_back({Kind::failed, organisation, {}});
    for (std::size_t y = 0; organisation && y < plans.system.years.size(); ++y) out.push_back({Kind::failed, organisation, y});
  };
  for (std::size_t o = 0; o < plans.organisations.size(); ++o) of(o);
  of({});
  out.push_back({Kind::organisations_failed, {}, {}});
  for (std::size_t y = 0; y < plans.system.years.size(); ++y) out.push_back({Kind::organisations_failed, {}, y});
  return out;
}

}  // namespace shortfall
