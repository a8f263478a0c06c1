#include "study/provenance.hpp"

#include <fmt/format.h>

namespace shortfall {

std::string changes(const std::vector<std::string>& edits, const std::vector<Given>& given) {
  std::string out;
  for (const std::string& edit : edits) out += fmt::format("{}set {}", out.empty() ? "" : "; ", edit);
  for (const Given& g : given) out += fmt::format("{}given {}=p{:g}", out.empty() ? "" : "; ", g.factor, 100 * g.quantile);
  return out;
}

}  // namespace shortfall
