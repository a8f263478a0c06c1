#include "study/vary.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "sim/block.hpp"

namespace shortfall {
namespace {

class Comparison : public Observer {
 public:
  Comparison(std::size_t organisations, std::size_t variants)
      : variations(variants, {0, {}, std::vector<Paired>(organisations), std::vector<Paired>(organisations)}) {}

  void see(const std::vector<const BlockResult*>& results, std::size_t rows) override {
    const BlockResult& base = *results.front();
    for (std::size_t v = 0; v < variations.size(); ++v) {
      const BlockResult& variant = *results[v + 1];
      Variation& out = variations[v];
      out.trials += rows;
      count(base.system_fails, variant.system_fails, rows, out.system);
      for (std::size_t o = 0; o < base.organisations; ++o) {
        const std::size_t last = (o + 1) * base.years - 1;
        count(base.alone_by_year[last], variant.alone_by_year[last], rows, out.alone[o]);
        count(base.together_by_year[last], variant.together_by_year[last], rows, out.together[o]);
      }
    }
  }

  bool exchangeable() const override { return true; }
  void write(ArchiveWriter& archive) const override { archive(variations); }
  void read(ArchiveReader& archive) override { archive(variations); }

  std::vector<Variation> variations;
};

// The simulators of one thread, and its observer. Its unit of work is a section: what a worker's caller takes for a block.
class Observation : public Worker {
 public:
  Observation(const std::vector<const Model*>& models, std::uint64_t end, const SimulateOptions& options, std::unique_ptr<Observer> seer)
      : observer(std::move(seer)), end_(end), draws_(options.seed, Draws::Keep::yes, options.method.sampling), side_by_side_(models) {
  }

  void work(std::uint64_t section, std::size_t) override {
    const std::uint64_t first = section * section_trials;
    for (std::uint64_t at = first; at < std::min(end_, first + section_trials); at += block_trials) {
      draws_.start(at / block_trials);
      observer->see(side_by_side_.simulate(draws_), std::min<std::uint64_t>(block_trials, end_ - at));
    }
    observer->end_section(section);
  }

  std::unique_ptr<Observer> observer;

 private:
  std::uint64_t end_;
  Draws draws_;
  SideBySide side_by_side_;
};

}  // namespace

void count(const Flags& base, const Flags& variant, std::size_t rows, Paired& paired) {
  std::uint32_t both = 0, base_only = 0, variant_only = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    both += base[i] & variant[i];
    base_only += base[i] & (variant[i] ^ 1);
    variant_only += (base[i] ^ 1) & variant[i];
  }
  paired.both += both;
  paired.base_only += base_only;
  paired.variant_only += variant_only;
}

void merge(Paired& ours, const Paired& theirs) {
  ours.both += theirs.both;
  ours.base_only += theirs.base_only;
  ours.variant_only += theirs.variant_only;
}

Estimate difference(const Paired& paired, std::uint64_t trials) {
  if (trials == 0) return {0, -1, 1, 0};
  const double n = static_cast<double>(trials);
  const double b = static_cast<double>(paired.base_only) / n, v = static_cast<double>(paired.variant_only) / n, d = v - b;
  const double reach = score95 * std::sqrt(std::max(0.0, b + v - d * d) / n);
  return {d, d - reach, d + reach, trials};
}

Estimate cautious_difference(const Paired& paired, std::uint64_t trials) {
  if (trials == 0) return {0, -1, 1, 0};
  const double n = static_cast<double>(trials), all = n + 2;
  const double b = (static_cast<double>(paired.base_only) + 0.5) / all, v = (static_cast<double>(paired.variant_only) + 0.5) / all, d = v - b;
  const double reach = score95 * std::sqrt(std::max(0.0, b + v - d * d) / all);
  const double value = (static_cast<double>(paired.variant_only) - static_cast<double>(paired.base_only)) / n;
  return {value, std::max(-1.0, std::min(value, d - reach)), std::min(1.0, std::max(value, d + reach)), trials};
}

void observe(const std::vector<const Model*>& models, Trials trials, const SimulateOptions& options,
             const std::function<std::unique_ptr<Observer>()>& make, const std::function<void(Observer&)>& merge) {
  // Whole sections: a rank's part, or all of them where what was seen cannot travel.
  Ranks* ranks = count_of(options.ranks) > 1 && make()->exchangeable() ? options.ranks : nullptr;
  const std::uint64_t all_sections = (trials.count + section_trials - 1) / section_trials;
  const Trials part = part_of({.first = 0, .count = all_sections * block_trials}, rank_of(ranks), count_of(ranks));
  const std::uint64_t sections = part.count / block_trials;
  SimulateOptions by_section = options;
  if (options.progress)
    by_section.progress = [&](std::uint64_t done) {
      options.progress(std::min(trials.count, count_of(ranks) * done / block_trials * section_trials));
    };
  std::vector<std::string> seen;
  for_each_block(
      {.first = trials.first / section_trials * block_trials + part.first, .count = sections * block_trials}, by_section,
      [&] { return std::make_unique<Observation>(models, trials.first + trials.count, options, make()); },
      [&](Worker& worker) {
        Observer& observer = *static_cast<Observation&>(worker).observer;
        if (ranks != nullptr) {
          ArchiveWriter archive;
          observer.write(archive);
          seen.push_back(archive.take());
        }
        merge(observer);
      });
  if (ranks == nullptr) return;
  // A length before each observer's state.
  std::string mine;
  for (const std::string& bytes : seen) mine += to_bytes(std::uint64_t{bytes.size()}) + bytes;
  exchange(ranks, mine, [&](const std::string& theirs) {
    for (std::size_t at = 0; at < theirs.size();) {
      std::uint64_t size = 0;
      if (!from_bytes(std::string_view(theirs).substr(at, sizeof size), size)) throw std::runtime_error("the ranks do not understand each other");
      const std::unique_ptr<Observer> observer = make();
      ArchiveReader archive(std::string_view(theirs).substr(at + sizeof size, size));
      observer->read(archive);
      if (!archive.good()) throw std::runtime_error("the ranks do not simulate the same plans");
      merge(*observer);
      at += sizeof size + size;
    }
  });
}

std::vector<Variation> simulate_together(const Model& base, const std::vector<Model>& variants, Trials trials, const SimulateOptions& options) {
  std::vector<const Model*> models = {&base};
  for (const Model& v : variants) models.push_back(&v);
  std::vector<Variation> total;
  observe(
      models, trials, options, [&] { return std::make_unique<Comparison>(base.organisations.size(), variants.size()); },
      [&](Observer& observer) {
        std::vector<Variation>& part = static_cast<Comparison&>(observer).variations;
        if (total.empty()) {
          total = std::move(part);
          return;
        }
        for (std::size_t v = 0; v < total.size(); ++v) {
          total[v].trials += part[v].trials;
          merge(total[v].system, part[v].system);
          for (std::size_t o = 0; o < total[v].alone.size(); ++o) {
            merge(total[v].alone[o], part[v].alone[o]);
            merge(total[v].together[o], part[v].together[o]);
          }
        }
      });
  return total;
}

}  // namespace shortfall
