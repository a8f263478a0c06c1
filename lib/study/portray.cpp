#include "study/portray.hpp"

#include <algorithm>

#include "model/compile.hpp"
#include "sim/record.hpp"
#include "sim/settle.hpp"

namespace shortfall {
namespace {

constexpr double curve_shares[] = {0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4,  0.45, 0.5,
                                   0.55, 0.6,  0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99};

// The system's margin in a year, above its own target too where it has one of its own.
void margin_of_system(const Model& model, const BlockResult& block, std::size_t year, Doubles& margin) {
  margin = Doubles::Constant(-model.system_excess[year]);
  for (std::size_t o = 0; o < block.organisations; ++o) margin += block.margin[o * block.years + year];
}

// Of one block, what the system's position comes to in a year.
void position_of_system(const Model& model, const BlockResult& block, std::size_t year, Doubles& position) {
  position = Doubles::Zero();
  for (std::size_t o = 0; o < block.organisations; ++o) position += block.margin[o * block.years + year] + model.organisations[o].target[year];
}

struct Record {
  Record(const Model& model, const Scales& scales, const std::vector<Scale>& position_scales, Method method)
      : tally(model, scales, method), fails_later(model.years.size()), model_(&model) {
    for (const Scale& s : position_scales) position.emplace_back(s);
    reserves_ = reserves_of(model);
  }

  void add(const std::vector<const BlockResult*>& results, std::size_t rows) {
    const BlockResult& block = *results.front();
    tally.add(block, rows);
    Doubles gap = Doubles::Zero(), worst = Doubles::Constant(-HUGE_VAL), column;
    for (std::size_t y = 0; y < block.years; ++y) {
      position_of_system(*model_, block, y, column);
      position[y].add(column, rows);
      margin_of_system(*model_, block, y, column);
      carry(column, model_->carry, gap, worst);
      double later = 0;
      for (std::size_t i = 0; i < rows; ++i) later += block.system_fails[i] != 0 && worst[i] <= reserves_ + grace;
      fails_later[y].add(later, rows);
    }
  }

  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.tally), f(self.position), f(self.fails_later);
  }

  Tally tally;
  std::vector<Histogram> position;     // [year]
  std::vector<Frequency> fails_later;  // [year]: not by its end, but by the end of the last

 private:
  const Model* model_;
  double reserves_ = 0;
};

std::vector<Scale> scales_of_positions(const Model& model, std::uint64_t seed, const Update* luck) {
  SideBySide alone({&model});
  Draws draws(seed, Draws::Keep::no, Sampling::plain, luck);
  std::vector<std::vector<double>> values(model.years.size());
  Doubles column;
  for (std::size_t b = 0; b < pilot_blocks; ++b) {
    draws.start(b);
    const BlockResult& block = alone.first().simulate(draws);
    for (std::size_t y = 0; y < values.size(); ++y) {
      position_of_system(model, block, y, column);
      values[y].insert(values[y].end(), column.begin(), column.end());
    }
  }
  double size = 0;
  for (const OrganisationModel& o : model.organisations) size += *std::max_element(o.spend.begin(), o.spend.end());
  std::vector<Scale> out;
  for (std::vector<double>& v : values) {
    out.push_back(scale_of(v, size));
    out.back().atoms = Atoms::within_a_bin;
  }
  return out;
}

Pictures pictures_of(const Model& model, const Record& record, const RunResult& run) {
  Pictures out;
  const double n = static_cast<double>(record.tally.trials);
  for (std::size_t y = 0; y < model.years.size(); ++y) {
    Pictures::Year year;
    year.target = model.system_excess[y];
    for (const OrganisationModel& o : model.organisations) year.target += o.target[y];
    for (const OrganisationResult& o : run.organisations) year.planned += o.position.planned[y];
    year.mean = record.position[y].mean(), year.p10 = record.position[y].quantile(0.1), year.p90 = record.position[y].quantile(0.9);
    // What is known best is the chance to fail at all; years are told apart by those that fail only later.
    const double later = record.fails_later[y].sum.value() / n;
    year.failed = run.system_fails;
    if (y + 1 < model.years.size())
      year.failed = chance_of(record.tally.system.fails, record.tally, n * std::max(0.0, run.system_fails.value - later));
    out.years.push_back(year);
  }
  for (const double share : curve_shares) out.curve.push_back({share, record.tally.system.shortfall.quantile(share)});
  return out;
}

}  // namespace

Portrayal portray(const Plans& plans, const RunOptions& options) {
  const Model model = compile(plans, compile_options(options));
  const Update* luck = luck_of(options.seen);
  const Scales scales = pilot(model, options.seed, luck);
  const Method method = own_method(model, options.sampling, luck);
  SimulateOptions simulate_options{.seed = options.seed, .method = method, .threads = options.threads, .ranks = options.ranks, .update = luck};
  if (options.progress) simulate_options.progress = [&](std::uint64_t done) { options.progress(done, options.trials); };
  const Record record = shortfall::record({&model}, {.first = 0, .count = options.trials}, simulate_options,
                                          Record(model, scales, scales_of_positions(model, options.seed, luck), method));
  Portrayal out{result_of(plans, model, record.tally, options), {}};
  out.pictures = pictures_of(model, record, out.run);
  return out;
}

}  // namespace shortfall
