#include "cli/backtest_cases.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "cli/ask.hpp"

namespace shortfall {
namespace {

namespace fs = std::filesystem;

// A folder that holds no plan itself stands for the folders in it.
void add_cases(const std::string& path, std::vector<std::string>& out) {
  std::error_code code;
  if (!fs::is_directory(path, code)) return out.push_back(path);
  std::vector<std::string> folders;
  for (fs::directory_iterator entry(path, code), end; !code && entry != end; entry.increment(code)) {
    if (entry->path().extension() == ".yaml") return out.push_back(path);
    if (entry->is_directory(code)) folders.push_back(entry->path().string());
  }
  if (folders.empty()) return out.push_back(path);  // to be told what is wrong with it
  std::sort(folders.begin(), folders.end());
  for (const std::string& folder : folders) add_cases(folder, out);
}

BacktestCase case_of(const std::string& path, Provenance& provenance, std::vector<Source>& sources) {
  std::error_code code;
  if (fs::is_regular_file(path, code)) {
    const std::string text = text_of_file(path, largest_forecast);
    if (is_frozen_forecast(text)) {
      auto frozen = read_frozen_forecast(text, path);
      if (!frozen) throw BadInput(std::move(frozen.error()));
      provenance.inputs.push_back({path, sha256(text)});
      return {path, {}, std::move(*frozen), {}};
    }
  }
  Loaded loaded = load({path}, {}, Outside::refused);
  provenance.inputs.insert(provenance.inputs.end(), loaded.provenance.inputs.begin(), loaded.provenance.inputs.end());
  std::move(loaded.sources.begin(), loaded.sources.end(), std::back_inserter(sources));
  BacktestCase out{path, std::move(loaded.plans), {}, {}};
  out.outturns = outturns_of(*out.plans);
  return out;
}

}  // namespace

BacktestCases backtest_cases(const std::vector<std::string>& paths, Provenance& provenance) {
  std::vector<std::string> all;
  for (const std::string& path : paths) add_cases(path, all);
  BacktestCases out;
  for (const std::string& path : all) out.list.push_back(case_of(path, provenance, out.sources));
  return out;
}

}  // namespace shortfall
