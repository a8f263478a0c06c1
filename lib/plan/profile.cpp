#include "plan/profile.hpp"

#include <algorithm>

namespace shortfall {

std::vector<double> cumulative_saving(const Scheme& scheme, const std::vector<Year>& years) {
  const std::size_t months = 12 * years.size();
  std::vector<double> cumulative(months + 1, 0.0);
  if (const Yearly* list = std::get_if<Yearly>(&scheme.saving.profile)) {
    // Each year's end is the sum of the years, to the last bit, whatever a twelfth rounds to.
    double before = 0;
    for (std::size_t y = 0; y < years.size(); ++y) {
      for (std::size_t m = 1; m <= 12; ++m)
        cumulative[12 * y + m] = m == 12 ? before + (*list)[y] : before + (*list)[y] * static_cast<double>(m) / 12;
      before += (*list)[y];
    }
    return cumulative;
  }
  const Ramp& ramp = std::get<Ramp>(scheme.saving.profile);
  const int start = start_month(scheme, years);
  for (std::size_t m = 0; m < months; ++m) {
    const int j = static_cast<int>(m) - start;
    const double share = j < 0 ? 0.0 : j < ramp.ramp_months ? (j + 0.5) / ramp.ramp_months : 1.0;
    cumulative[m + 1] = cumulative[m] + share * ramp.full_year / 12;
  }
  return cumulative;
}

Yearly planned_saving(const Scheme& scheme, const std::vector<Year>& years) {
  if (const Yearly* list = std::get_if<Yearly>(&scheme.saving.profile)) return *list;
  const std::vector<double> cumulative = cumulative_saving(scheme, years);
  Yearly out(years.size());
  for (std::size_t y = 0; y < years.size(); ++y) out[y] = cumulative[12 * y + 12] - cumulative[12 * y];
  return out;
}

int start_month(const Scheme& scheme, const std::vector<Year>& years) {
  if (const Ramp* ramp = std::get_if<Ramp>(&scheme.saving.profile)) return ramp->starts - first_month(years.front());
  const Yearly& list = std::get<Yearly>(scheme.saving.profile);
  const auto first = std::find_if(list.begin(), list.end(), [](double s) { return s != 0; });
  return 12 * static_cast<int>(first - list.begin());
}

}  // namespace shortfall
