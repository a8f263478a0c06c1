// The points of a sweep: which systems, which settings, what each is called in a results database, and what is wrong with any before the first is
// simulated.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "plan/grid.hpp"
#include "store/load.hpp"
#include "store/results.hpp"
#include "study/sweep.hpp"

namespace shortfall {

struct SweepRequest {
  std::vector<std::string> plans, edits, given;
  std::string points_file;  // of a list of points: what messages call it
  Outside outside = Outside::refused;
  RunOptions run;
  // Actuals, of all points: what they say by the end of a month, which `as_at` names, or their latest where it is empty. None: no actuals.
  std::function<Checked<MaybeSeen>(const Plans& plans, const RunOptions& run, const std::string& as_at)> seen;
  std::string as_at;             // of the points that name no month
  std::optional<Input> actuals;  // their file
};

// Which of `count` things in a row fall to this rank.
std::pair<std::uint64_t, std::uint64_t> share_of(const Ranks* ranks, std::uint64_t count);

// Rows as they travel between ranks; what else a record has every rank knows.
nlohmann::json as_json(const std::vector<Row>& rows);
std::vector<Row> rows_of(const nlohmann::json& list);
std::string as_bytes(const nlohmann::json& json);

class Swept {
 public:
  // Throws BadInput.
  Swept(SweepRequest request, Points points, Ranks* ranks);

  std::uint64_t count() const { return systems_.size() * points_.count(); }
  // Every point is read and checked before the first is simulated, and every mistake reported once, with the first point that has it: BadInput.
  void check(const std::vector<std::uint64_t>& which, const std::function<void(std::uint64_t done, std::uint64_t of)>& progress);
  SweepPoint make(std::uint64_t at) const;
  PointRecord record(std::uint64_t at) const;  // without its rows

  const std::vector<std::string>& paths() const { return points_.paths(); }
  // Where a path's values stand.
  Place place(std::size_t path) const { return points_.place_of_path(path); }
  std::size_t system_index(std::uint64_t at) const { return at / points_.count(); }
  const StoredInput& input(std::size_t system) const { return systems_[system].input; }

 private:
  struct System {
    Documents documents;
    StoredInput input;
  };

  const System& system_of(std::uint64_t at) const { return systems_[system_index(at)]; }
  void describe(System& system, const std::string& path, std::vector<std::string>& ids, Problems& problems);
  std::vector<Placed<std::string>> edits_of(std::uint64_t at) const;
  Checked<Plans> plans_of(std::uint64_t at) const { return system_of(at).documents.assemble(edits_of(at)); }
  RunOptions options_of(std::uint64_t at) const;
  std::optional<std::size_t> path_of_month() const;  // among the paths
  std::string as_at_of(std::uint64_t at) const;
  void add_problems_of_actuals(std::uint64_t at, const Plans& plans, Problems& problems) const;
  Problems problems_of(std::uint64_t at) const;
  bool names_its_value(const Problem& problem) const;
  std::string settings_text(std::uint64_t at) const;
  std::string hash_of(const Files& files) const;
  std::string hash_of(std::uint64_t at, const RunOptions& options) const;

  SweepRequest request_;
  Points points_;
  Ranks* ranks_;
  std::vector<System> systems_;
};

}  // namespace shortfall
