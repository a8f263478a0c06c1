#include "study/grounds.hpp"

namespace shortfall {

Grounds grounds_of(const Plans& plans) {
  Grounds out;
  out.agreement_stated = plans.system.pools.has_value();
  for (const Organisation& o : plans.organisations) {
    out.targets[o.id.value] = o.target;
    out.pressures[o.id.value] = o.pressure;
    for (const Scheme& s : o.schemes) {
      out.stages[o.id.value + "/" + s.id.value] = s.stage.value;
      out.schemes_without_stage += !s.says_stage && s.reference_class && !s.delivery && !holds_a_programme(s, o.id.value, plans.reference);
      if (!s.about.empty()) out.about[o.id.value + "/" + s.id.value] = s.about;
    }
  }
  if (plans.system.target) {
    out.own_target = *plans.system.target;
    for (const Organisation& o : plans.organisations)
      for (std::size_t y = 0; y < out.own_target.size(); ++y) out.own_target[y] -= o.target[y];
  }
  return out;
}

}  // namespace shortfall
