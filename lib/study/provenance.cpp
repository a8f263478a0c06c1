#include "study/provenance.hpp"

#include <fmt/format.h>

#include "plan/calendar.hpp"

namespace shortfall {

std::string changes(const std::vector<std::string>& edits, const std::vector<Given>& given, const MaybeSeen& seen) {
  std::string out;
  for (const std::string& edit : edits) out += fmt::format("{}set {}", out.empty() ? "" : "; ", edit);
  for (const Given& g : given) out += fmt::format("{}given {}=p{:g}", out.empty() ? "" : "; ", g.factor, 100 * g.quantile);
  if (seen) out += fmt::format("{}actuals {} to {}", out.empty() ? "" : "; ", seen->file, month_text(seen->as_at));
  return out;
}

}  // namespace shortfall
