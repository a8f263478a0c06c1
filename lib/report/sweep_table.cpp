#include "report/sweep_table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace shortfall {
namespace {

using Json = nlohmann::json;

bool has_column(const std::string& path) { return path == "optimism" || path == "seed" || path == "trials"; }

}  // namespace

std::string sweep_csv_head(const std::vector<std::string>& paths) {
  std::string out = "system";
  for (const std::string& path : paths)
    if (!has_column(path)) out += "," + quoted(path);
  return out + ",organisation,measure,year,value,low,high,trials,seed,optimism,changes\n";
}

std::string sweep_csv(const PointRecord& point) {
  std::string start = point.system;
  for (const auto& [path, value] : point.settings)
    if (!has_column(path)) start += "," + quoted(no_formula(value));
  const std::string ends = fmt::format("{},{},{},{}\n", point.trials, point.seed, point.optimism, quoted(point.changes));
  std::string out;
  for (const Row& row : point.rows)
    out +=
        fmt::format("{},{},{},{},{},{},{},{}", start, row.organisation, row.measure, row.year, cell(row.value), cell(row.low), cell(row.high), ends);
  return out;
}

std::string sweep_json_line(const PointRecord& point) {
  const auto text = [](const std::string& word) { return Json(word).dump(-1, ' ', false, Json::error_handler_t::replace); };
  std::string settings, measures;
  for (const auto& [path, value] : point.settings) settings += fmt::format("{}{}:{}", settings.empty() ? "" : ",", text(path), text(value));
  for (const Row& row : point.rows) {
    const std::string name = row.organisation + "." + row.measure + (row.year.empty() ? "" : "@" + row.year);
    measures += fmt::format("{}{}:{{\"value\":{}", measures.empty() ? "" : ",", text(name), row.value);
    if (!std::isnan(row.low)) measures += fmt::format(",\"low\":{}", row.low);
    if (!std::isnan(row.high)) measures += fmt::format(",\"high\":{}", row.high);
    measures += "}";
  }
  return fmt::format(
      "{{\"schema\":\"shortfall/point/1\",\"program\":{},\"point\":{},\"system\":{},\"settings\":{{{}}},\"trials\":{},\"seed\":{},\"optimism\":{},"
      "{}\"measures\":{{{}}}}}\n",
      text(point.program), text(point.point), text(point.system), settings, point.trials, point.seed, point.optimism,
      point.changes.empty() ? "" : fmt::format("\"changes\":{},", text(point.changes)), measures);
}

}  // namespace shortfall
