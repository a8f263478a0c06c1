// A results database: what a sweep has worked out, kept point by point, so that nothing that was done is lost or done twice. SQLite, in WAL mode.
//
// Schema 1 (PRAGMA user_version; PRAGMA application_id is 0x53484654, "SHFT"):
//
//   inputs    hash, program, system, title, currency, files (JSON: path, sha256), changes (--set, --given): a row for each set of plans
//   points    point (the SHA-256 of its whole input and settings), input, settings, trials, seed, optimism, digest (the SHA-256 of its measures, a
//   line
//             for each of organisation, measure, year, value, low, high, and known_low and known_high where told, as CSV has them): a row for each point
//   measures  organisation, measure, year, value, low, high: a row for each point and measure, in the order of a run's CSV
//   results   a view of all three: a row for each point and measure
//   ranges    known_low, known_high: a row for each point and measure of which it is told how far it is known; made with the first of them
//   known     a view of results with these beside; likewise
//
// settings is JSON by path: settings ->> '$."midshire-acute.reserves"'. A point stands with all its measures or not at all.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "study/measures.hpp"
#include "study/provenance.hpp"

namespace shortfall {

// What the points of one system have in common.
struct StoredInput {
  std::string hash, program, system, title, currency, changes;
  std::vector<Input> files;
};

class Store {
 public:
  using Tell = std::function<void(const std::string&)>;

  // Opens it, or makes it; `tell` is told where that, or anything later, must wait for another program. Throws BadInput where the file is something
  // else, MachineFailed where the disk will not have it; so do all others.
  Store(const std::string& path, const Tell& tell);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  bool has(const std::string& point);
  // All of them or, when the program or the machine stops meanwhile, none. What another sweep has stored by then stays as it is.
  void add(const StoredInput& input, const std::vector<PointRecord>& points);
  // The measures of a point that it has.
  std::vector<Row> rows(const std::string& point);

  // Nothing can be added to it.
  bool is_read_only() const;
  // Just before the program ends, in whichever thread: all that is stored comes to stand in the file itself, nothing in a journal beside it. Who asks
  // for anything afterwards waits for ever. How many points were given to it.
  std::uint64_t leave();

 private:
  struct Database;
  void open_to_read(const std::string& path);

  std::unique_ptr<Database> database_;
  std::timed_mutex in_use_;
  std::atomic<std::uint64_t> given_ = 0;
};

}  // namespace shortfall
