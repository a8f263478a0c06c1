#include "plan/profile.hpp"

#include <algorithm>

namespace shortfall {

namespace {

// Numbers of `length` months each, spread evenly over them. Each one's end is the sum of the numbers, to the last bit, whatever a part of it rounds
// to.
CumulativeSaving spread(const std::vector<double>& numbers, std::size_t length) {
  CumulativeSaving out{0, std::vector<double>(length * numbers.size() + 1, 0.0)};
  double before = 0;
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    for (std::size_t m = 1; m <= length; ++m)
      out.at[length * k + m] = m == length ? before + numbers[k] : before + numbers[k] * static_cast<double>(m) / static_cast<double>(length);
    before += numbers[k];
  }
  return out;
}

CumulativeSaving ramped(const Ramp& ramp, const std::vector<Year>& years) {
  const int start = ramp.starts - first_month(years.front()), months = static_cast<int>(12 * years.size());
  const int end = ramp.ends ? *ramp.ends + 1 - first_month(years.front()) : months;
  const auto of_month = [&](int m) {
    const int j = m - start;
    const double share = j < 0 || m >= end ? 0.0 : j < ramp.ramp_months ? (j + 0.5) / ramp.ramp_months : 1.0;
    return share * ramp.full_year / 12;
  };
  CumulativeSaving out{std::min(start, 0), {}};
  out.at.assign(static_cast<std::size_t>(months - out.first) + 1, 0.0);
  double* s = out.at.data() - out.first;
  for (int m = 0; m < months; ++m) s[m + 1] = s[m] + of_month(m);
  for (int m = -1; m >= out.first; --m) s[m] = s[m + 1] - of_month(m);
  return out;
}

}  // namespace

CumulativeSaving cumulative_saving(const Scheme& scheme, const std::vector<Year>& years) {
  if (const Yearly* list = std::get_if<Yearly>(&scheme.saving.profile)) return spread(*list, 12);
  if (const PartsOfYears* parts = std::get_if<PartsOfYears>(&scheme.saving.profile)) return spread(parts->amounts, 12 / parts->a_year);
  return ramped(std::get<Ramp>(scheme.saving.profile), years);
}

Yearly planned_saving(const Scheme& scheme, const std::vector<Year>& years) {
  if (const Yearly* list = std::get_if<Yearly>(&scheme.saving.profile)) return *list;
  Yearly out(years.size());
  if (const PartsOfYears* parts = std::get_if<PartsOfYears>(&scheme.saving.profile)) {
    for (std::size_t k = 0; k < parts->amounts.size(); ++k) out[k / parts->a_year] += parts->amounts[k];
    return out;
  }
  const CumulativeSaving saved = cumulative_saving(scheme, years);
  for (std::size_t y = 0; y < years.size(); ++y) out[y] = saved(static_cast<int>(12 * y + 12)) - saved(static_cast<int>(12 * y));
  return out;
}

int start_month(const Scheme& scheme, const std::vector<Year>& years) {
  if (const Ramp* ramp = std::get_if<Ramp>(&scheme.saving.profile)) return ramp->starts - first_month(years.front());
  const PartsOfYears* parts = std::get_if<PartsOfYears>(&scheme.saving.profile);
  const std::vector<double>& list = parts != nullptr ? parts->amounts : std::get<Yearly>(scheme.saving.profile);
  const auto first = std::find_if(list.begin(), list.end(), [](double s) { return s != 0; });
  return static_cast<int>((parts != nullptr ? 12 / parts->a_year : 12) * static_cast<std::size_t>(first - list.begin()));
}

}  // namespace shortfall
