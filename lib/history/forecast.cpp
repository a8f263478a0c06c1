#include "history/forecast.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "model/compile.hpp"
#include "sim/block.hpp"
#include "sim/simulate.hpp"

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
        return measured_.year ? block.last_year_saving[o][t] : block.saving[o][t];
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

  Measured measured_;
  const Model& model_;
  std::size_t first_, last_;
};

struct RecordedColumn {
  std::size_t index;  // into the measures
  Reading reading;
};

class Recorder : public Worker {
 public:
  Recorder(const Model& model, const std::vector<RecordedColumn>& columns, std::uint64_t seed, Eigen::ArrayXXd& values)
      : columns_(columns), values_(values), simulator_(model), draws_(seed, Draws::Keep::no) {}
  void work(std::uint64_t block, std::size_t rows) override {
    draws_.start(block);
    const BlockResult& result = simulator_.simulate(draws_);
    for (const RecordedColumn& column : columns_)
      for (std::size_t t = 0; t < rows; ++t)
        values_(static_cast<Eigen::Index>(block * block_trials + t), static_cast<Eigen::Index>(column.index)) = column.reading.of(result, t);
  }

 private:
  const std::vector<RecordedColumn>& columns_;
  Eigen::ArrayXXd& values_;  // each block writes its own rows
  BlockSimulator simulator_;
  Draws draws_;
};

void record(const Model& model, const std::vector<RecordedColumn>& columns, const FuturesOptions& options, Eigen::ArrayXXd& values) {
  for_each_block({0, static_cast<std::uint64_t>(values.rows())}, {.seed = options.seed, .threads = options.threads},
                 [&] { return std::make_unique<Recorder>(model, columns, options.seed, values); }, [](shortfall::Worker&) {});
}

}  // namespace

Futures futures_of(const Plans& plans, const std::vector<Measured>& measured, const FuturesOptions& options) {
  Futures out;
  out.measured = measured;
  out.values.resize(static_cast<Eigen::Index>(options.trials), static_cast<Eigen::Index>(measured.size()));
  Eigen::ArrayXXd planned(1, static_cast<Eigen::Index>(measured.size()));
  const std::size_t years = plans.system.years.size();
  // What is asked of a year's saving is asked of the plan that ends with it; everything else of the whole plan.
  std::map<std::size_t, std::vector<std::size_t>> by_end;
  for (std::size_t m = 0; m < measured.size(); ++m)
    by_end[measured[m].kind == Measured::Kind::saving && measured[m].year ? *measured[m].year + 1 : years].push_back(m);
  for (const auto& [end, indices] : by_end) {
    const Plans ended = end == years ? plans : ended_after(plans, end);
    const Model model = compile(ended, {.optimism = options.optimism, .threads = options.threads}), plain = as_planned(ended);
    std::vector<RecordedColumn> columns, plain_columns;
    for (const std::size_t m : indices) columns.push_back({m, Reading(measured[m], model)}), plain_columns.push_back({m, Reading(measured[m], plain)});
    record(model, columns, options, out.values);
    record(plain, plain_columns, options, planned);
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
