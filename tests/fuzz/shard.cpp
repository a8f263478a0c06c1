// The bytes of a tally that says it is of these plans: taken whole, or refused and nothing of it counted.
#include "study/shard.hpp"
#include "fuzz.hpp"
#include "report/json.hpp"

using namespace shortfall;

namespace {

const Plans& plans() {
  static const Plans all = [] {
    Sources sources;
    sources.system = Source{"system.yaml", "system: s\nyears: [2025, 2026]\n"};
    sources.organisations = {
        {"a.yaml", "organisation: a\nincome: 1\nspend: 1\ntarget: 0.5\nschemes:\n  s: {class: workforce, saving: [1, 1]}\n"},
        {"b.yaml", "organisation: b\nincome: 1\nspend: 1\ntarget: 0.4\nschemes:\n  s: {class: transactional, saving: [1, 1]}\n"}};
    sources.reference = built_in_reference();
    return *assemble(sources);
  }();
  return all;
}

RunOptions options() {
  RunOptions out;
  out.trials = out.max_trials = 1024;
  out.threads = 1;
  return out;
}

}  // namespace

// Bytes at places of a true tally: the first three bytes of every four say where, the fourth what. Fuzzers would not find the form by themselves.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string good = run_shard(plans(), options(), {1, 1});
  std::string tally = good;
  if (size > 0 && data[0] % 2 == 1) {
    tally.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  } else {
    for (std::size_t at = 1; at + 4 <= size; at += 4) {
      const std::size_t place = (std::size_t{data[at]} | std::size_t{data[at + 1]} << 8 | std::size_t{data[at + 2]} << 16) % tally.size();
      tally[place] = static_cast<char>(data[at + 3]);
    }
    if (size % 4 == 3) tally.resize(tally.size() - size % tally.size());
  }
  ShardSum sum(plans(), options());
  if (sum.add(tally)) json(sum.result(), {}, {});
  return 0;
}
