// Words of the command line and of gates: --set, --given, --vary, --points, limits, numbers, months. The first byte says which.
#include <cmath>

#include "fuzz.hpp"
#include "plan/dependence.hpp"
#include "plan/edit.hpp"
#include "plan/gate.hpp"
#include "plan/grid.hpp"
#include "plan/notation.hpp"
#include "plan/number.hpp"
#include "plan/suggestion.hpp"

using namespace shortfall;

namespace {

template <class T>
void must_answer(const Checked<T>& checked) {
  if (checked) return;
  fuzz::must(!checked.error().empty(), "refused without a problem");
  for (const Problem& problem : checked.error()) fuzz::must_be_message(problem);
}

void points(const Checked<Points>& points) {
  must_answer(points);
  if (!points) return;
  for (std::uint64_t k = 0; k < std::min<std::uint64_t>(points->count(), 20); ++k)
    fuzz::must(points->values(k).size() == points->paths().size(), "a point with more or fewer values than paths");
}

void number(const std::string& text) {
  const auto value = parse_fraction(text);
  if (!value) return;
  fuzz::must(std::isfinite(*value), "a number that is not finite", text);
  const std::string written = notation::fraction(*value);
  fuzz::must(parse_fraction(written) == value, "a fraction that does not read back", text + " " + written);
}

void edited(const std::string& text) {
  const Checked<Edit> edit = parse_edit(text);
  must_answer(edit);
  static const Documents documents = [] {
    Sources sources;
    sources.organisations = {
        {"a.yaml", "organisation: a\nyears: [2025]\nincome: 1\nspend: 1\ntarget: 0\nschemes:\n  s: {class: workforce, saving: [1]}\n"}};
    sources.reference = built_in_reference();
    return Documents(sources);
  }();
  must_answer(documents.assemble({{text, whole_file("--set")}}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      edited(text);
      break;
    case 1: {
      const Checked<Axis> axis = parse_axis(text);
      must_answer(axis);
      if (axis) points(Points::grid({*axis}));
      break;
    }
    case 2:
      points(Points::list(text, "points.csv"));
      break;
    case 3:
      must_answer(parse_gate(text, {}));
      break;
    case 4:
      must_answer(parse_change_limit(text, {}));
      break;
    case 5:
      number(text);
      break;
    case 6:
      parse_month(text), parse_year(text);
      break;
    case 7:
      did_you_mean(text, {"transactional", "workforce", text});
      break;
  }
  return 0;
}
