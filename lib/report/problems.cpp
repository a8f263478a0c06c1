#include "report/problems.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace shortfall {

std::string problems_text(const Problems& problems) {
  std::string out;
  for (const Problem& p : problems) out += to_text(p) + "\n";
  return out;
}

std::string problems_json(const Problems& problems) {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (const Problem& p : problems)
    list.push_back({{"file", p.place.file ? *p.place.file : ""},
                    {"line", p.place.line},
                    {"column", p.place.column},
                    {"severity", p.severity == Severity::error ? "error" : "warning"},
                    {"message", p.message}});
  const auto errors = std::count_if(problems.begin(), problems.end(), [](const Problem& p) { return p.severity == Severity::error; });
  const Json out = {{"schema", "shortfall/problems/1"},
                    {"errors", errors},
                    {"warnings", static_cast<std::ptrdiff_t>(problems.size()) - errors},
                    {"problems", std::move(list)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shortfall
