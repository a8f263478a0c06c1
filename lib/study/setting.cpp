#include "study/setting.hpp"

#include "model/model.hpp"

namespace shortfall {

Setting setting_of(const Model& model, const RunOptions& options) {
  Setting out{model.id,         model.title,      model.currency, model.years,  {},         options.trials,
              options.seed,     options.optimism, options.given,  options.seen, model.draws};
  for (const OrganisationModel& o : model.organisations) out.organisations.push_back({o.id, o.title, o.reserves});
  return out;
}

}  // namespace shortfall
