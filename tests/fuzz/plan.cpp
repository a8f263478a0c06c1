// Texts of plans: read, checked and written, whatever they are. What two readings of one text say is the same; every message stands in a line of the
// text; a distribution that is written as a plan has it reads back as itself.
#include "fuzz.hpp"
#include "plan/difference.hpp"
#include "plan/fields.hpp"
#include "plan/notation.hpp"
#include "plan/optimism.hpp"
#include "plan/read.hpp"

using namespace shortfall;

namespace {

void reads_back(const Distribution& d) {
  const std::string text = notation::distribution(d);
  const Checked<Node> node = parse_document("value: " + text, "written");
  fuzz::must(node.has_value(), "a distribution that cannot be read back", text);
  Problems problems;
  const Distribution again = read_distribution(*node->find("value"), "delay", {-1e300, 1e300}, problems).distribution;
  // Weights that are written with six digits may miss a sum of 1; nothing else may be wrong.
  if (problems.empty()) fuzz::must(notation::distribution(again) == text, "a distribution that reads back as another", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Sources sources = fuzz::sources_of(bytes);
  sources.key_places = KeyPlacesAre::kept;
  const Checked<Plans> plans = assemble(sources);
  if (!plans) {
    fuzz::must(!plans.error().empty(), "refused without a problem");
    for (const Problem& problem : plans.error()) fuzz::must_be_message(problem);
    return 0;
  }
  for (const Problem& problem : signs_of_optimism(*plans)) fuzz::must_be_message(problem);
  const Checked<Plans> again = assemble(sources);
  fuzz::must(again && difference(*plans, *again).changes.empty(), "one text read as two plans");
  for (const Organisation& o : plans->organisations)
    for (const Scheme& s : o.schemes)
      for (const auto* d : {&s.delivery, &s.delay, &s.overrun})
        if (*d) reads_back((*d)->distribution);
  return 0;
}
