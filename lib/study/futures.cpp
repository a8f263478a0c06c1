#include "study/futures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/for_each.hpp"
#include "model/compile.hpp"
#include "sim/record.hpp"
#include "sim/simulated_blocks.hpp"

namespace shortfall {
namespace {

Model model_of(const Plans& plans, const RunOptions& options) { return compile(plans, compile_options(options)); }

}  // namespace

void each_block_of_futures(const Plans& plans, const RunOptions& options,
                           const std::function<std::string(const BlockResult& block, std::uint64_t first)>& made,
                           const std::function<void(const std::string&)>& taken) {
  const Model model = model_of(plans, options);
  const Sampling sampling = paired_method(options.sampling).sampling;
  const std::uint64_t blocks = whole_blocks(options.trials) / block_trials;
  constexpr std::uint64_t at_once = 64;
  SimulatedBlocks simulated(model, options.seed, sampling, threads_for(at_once, options.threads), luck_of(options.seen));
  for (std::uint64_t first = 0; first < blocks; first += at_once) {
    std::vector<std::string> texts(std::min(at_once, blocks - first));
    for_each(texts.size(), options.threads,
             [&](std::uint64_t k, unsigned thread) { texts[k] = made(simulated.of(first + k, thread), (first + k) * block_trials); });
    for (const std::string& text : texts) taken(text);
  }
}

std::string futures_head(const std::vector<std::string>& organisations, const std::vector<std::string>& years) {
  std::string out = "future";
  for (const std::string& id : organisations) {
    out += fmt::format(",{0}.saving,{0}.found", id);
    for (const std::string& year : years) out += fmt::format(",{}.margin.{}", id, year);
    out += fmt::format(",{0}.shortfall,{0}.fails.alone,{0}.fails.together", id);
  }
  return out + ",system.shortfall,system.fails\n";
}

std::string futures_lines(const BlockResult& b, std::uint64_t first) {
  std::string out;
  const auto to = std::back_inserter(out);
  for (Eigen::Index i = 0; i < static_cast<Eigen::Index>(block_trials); ++i) {
    fmt::format_to(to, "{}", first + static_cast<std::uint64_t>(i) + 1);
    for (std::size_t o = 0; o < b.organisations; ++o) {
      double found = 0;
      for (std::size_t y = 0; y < b.years && !b.found.empty(); ++y) found += b.found[o * b.years + y][i];
      fmt::format_to(to, ",{},{}", b.saving[o][i], found);
      for (std::size_t y = 0; y < b.years; ++y) fmt::format_to(to, ",{}", b.margin[o * b.years + y][i]);
      const std::size_t last = (o + 1) * b.years - 1;
      fmt::format_to(to, ",{},{},{}", b.shortfall[o][i], int{b.alone_by_year[last][i]}, int{b.together_by_year[last][i]});
    }
    fmt::format_to(to, ",{},{}\n", b.system_shortfall[i], int{b.system_fails[i]});
  }
  return out;
}

std::vector<QuantileRow> quantiles(const Plans& plans, const RunOptions& options, const std::vector<double>& levels) {
  const Model model = model_of(plans, options);
  const Update* luck = luck_of(options.seen);
  const Method method = own_method(model, options.sampling, luck);
  const Tally tally = simulate(model, pilot(model, options.seed, luck), {.first = 0, .count = options.trials},
                               {.seed = options.seed, .method = method, .threads = options.threads, .ranks = options.ranks, .update = luck});
  std::vector<QuantileRow> out;
  const auto add = [&](const std::string& subject, const char* measure, const std::string& year, const Histogram& h) {
    QuantileRow row{subject, measure, year, {}};
    for (const double level : levels) row.at.push_back(quantile_of(h, level, method));
    out.push_back(std::move(row));
  };
  for (std::size_t o = 0; o < model.organisations.size(); ++o) {
    const std::string& id = model.organisations[o].id;
    add(id, "shortfall", "", tally.organisation[o].shortfall);
    add(id, "saving", "", tally.organisation[o].saving);
    for (std::size_t y = 0; y < tally.years; ++y) add(id, "position", model.years[y], tally.organisation[o].position[y]);
  }
  for (std::size_t p = 0; p < model.pools.size(); ++p) {
    std::string name;
    for (const std::uint32_t o : model.pools[p].members) name += (name.empty() ? "pool:" : "+") + model.organisations[o].id;
    add(name, "shortfall", "", tally.pools[p].shortfall);
  }
  add("system", "shortfall", "", tally.system.shortfall);
  return out;
}

}  // namespace shortfall
