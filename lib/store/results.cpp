#include "store/results.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <SQLiteCpp/SQLiteCpp.h>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "store/failure.hpp"
#include "store/load.hpp"

namespace shortfall {
namespace {

constexpr int application = 0x53484654;
constexpr int schema = 1;
constexpr std::chrono::seconds patience(60);  // that one writer waits for another
constexpr std::chrono::seconds silence(1);    // before it says so

constexpr const char* tables = R"(
CREATE TABLE inputs(
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, program TEXT NOT NULL, system TEXT NOT NULL, title TEXT NOT NULL, currency TEXT NOT NULL,
  files TEXT NOT NULL, changes TEXT NOT NULL);
CREATE TABLE points(
  id INTEGER PRIMARY KEY, point TEXT NOT NULL UNIQUE, input INTEGER NOT NULL REFERENCES inputs(id), settings TEXT NOT NULL,
  trials INTEGER NOT NULL, seed TEXT NOT NULL, optimism REAL NOT NULL, digest TEXT NOT NULL);
CREATE TABLE measures(
  point INTEGER NOT NULL REFERENCES points(id), place INTEGER NOT NULL, organisation TEXT NOT NULL, measure TEXT NOT NULL, year TEXT NOT NULL,
  value REAL NOT NULL, low REAL, high REAL, PRIMARY KEY(point, place)) WITHOUT ROWID;
CREATE VIEW results AS
  SELECT p.point, i.system, p.settings, m.organisation, m.measure, m.year, m.value, m.low, m.high, p.trials, p.seed, p.optimism, i.changes, i.program,
         i.hash AS input
  FROM measures m JOIN points p ON p.id = m.point JOIN inputs i ON i.id = p.input;
)";

// Of points that tell how far measures are known. A database without any is what it was before there were such points.
constexpr const char* tables_of_ranges = R"(
CREATE TABLE IF NOT EXISTS ranges(
  point INTEGER NOT NULL REFERENCES points(id), place INTEGER NOT NULL, known_low REAL NOT NULL, known_high REAL NOT NULL,
  PRIMARY KEY(point, place)) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS known AS
  SELECT p.point, i.system, p.settings, m.organisation, m.measure, m.year, m.value, m.low, m.high, r.known_low, r.known_high, p.trials, p.seed,
         p.optimism, i.changes, i.program, i.hash AS input
  FROM measures m JOIN points p ON p.id = m.point JOIN inputs i ON i.id = p.input JOIN ranges r ON r.point = m.point AND r.place = m.place;
)";

[[noreturn]] void wrong_file(const std::string& path, std::string why) { throw BadInput({{whole_file(path), Code::bad_database, std::move(why)}}); }

[[noreturn]] void failed(const std::string& path, const SQLite::Exception& error) {
  switch (error.getErrorCode()) {
    case SQLITE_NOTADB:
      wrong_file(path, "not a results database (another kind of file); name a new file, or one that sweep has made");
    case SQLITE_FULL:
      throw MachineFailed(fmt::format("cannot write {}: the disk is full; what is stored stays, so make room and run again", path));
    case SQLITE_BUSY:
      throw MachineFailed(fmt::format("cannot write {}: another program has kept it locked for a minute", path));
    case SQLITE_CANTOPEN: {
      std::error_code code;
      const std::filesystem::path folder = std::filesystem::path(path).parent_path();
      if (std::filesystem::is_directory(path, code)) throw MachineFailed(fmt::format("cannot write {}: it is a folder", path));
      if (!folder.empty() && !std::filesystem::is_directory(folder, code)) throw MachineFailed(fmt::format("cannot write {}: no such folder", path));
      throw MachineFailed(fmt::format("cannot write {}: {}", path, error.what()));
    }
    case SQLITE_CORRUPT:
      throw MachineFailed(fmt::format("cannot use {}: the database is damaged ({})", path, error.what()));
    default:
      throw MachineFailed(fmt::format("cannot use {}: {}", path, error.what()));
  }
}

bool has_range(const Row& row) { return !std::isnan(row.known_low); }

// Of a point's measures, to tell whether they still are what was stored.
std::string digest_of(const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    text += fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", row.organisation, row.measure, row.year, cell(row.value), cell(row.low), cell(row.high));
    if (has_range(row)) text += fmt::format("{}\n{}\n", cell(row.known_low), cell(row.known_high));
  }
  return sha256(text);
}

void bind(SQLite::Statement& statement, int at, double value) {
  if (std::isnan(value))
    statement.bind(at);
  else
    statement.bind(at, value);
}

}  // namespace

namespace {

std::optional<std::pair<dev_t, ino_t>> file_at(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {};
  return std::pair(status.st_dev, status.st_ino);
}

}  // namespace

struct Store::Database {
  Database(const std::string& name, const Tell& say)
      : path(name), db(name, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE), tell(say), read_only(sqlite3_db_readonly(db.getHandle(), "main") == 1) {
    sqlite3_busy_handler(
        db.getHandle(), [](void* self, int times) { return static_cast<Database*>(self)->wait(times) ? 1 : 0; }, this);
  }
  // Of a file that nobody can write to.
  Database(const std::string& name, const std::string& uri) : path(name), db(uri, SQLite::OPEN_READONLY | SQLite::OPEN_URI), read_only(true) {}

  // Where another program has it locked, for the n-th time in a row: whether to try again.
  bool wait(int times) {
    const auto now = std::chrono::steady_clock::now();
    if (times == 0) waits_since = now, told = false;
    if (now - waits_since > patience) return false;
    if (now - waits_since > silence && !std::exchange(told, true))
      tell(fmt::format("{}: locked by another program; waiting for it, a minute at most", path));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return true;
  }

  // Two sweeps may make it at once: who comes second finds it made.
  void prepare() {
    refuse_others();
    write_ahead();
    if (number("PRAGMA user_version") == 0) {
      SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
      if (number("PRAGMA user_version") == 0) {
        db.exec(tables);
        db.exec(fmt::format("PRAGMA application_id = {}", application));
        db.exec(fmt::format("PRAGMA user_version = {}", schema));
      }
      transaction.commit();
    }
    refuse_others();
  }

  // Before anything is written to it. All of it is read as it stands at one moment: another sweep may be making it.
  void refuse_others() {
    const SQLite::Transaction moment(db);
    const int version = number("PRAGMA user_version");
    if (version == 0 && number("SELECT count(*) FROM sqlite_master") == 0) return;
    if (number("PRAGMA application_id") != application) wrong_file(path, "a database that another program has made; name a new file");
    if (version != schema)
      wrong_file(path, fmt::format("a results database of schema {}, and this program knows schema {}; name a new file", version, schema));
  }

  int number(const char* query) { return db.execAndGet(query).getInt(); }

  bool has_ranges() { return number("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'ranges'") > 0; }
  void add_ranges(std::int64_t point, const std::vector<Row>& rows) {
    if (std::none_of(rows.begin(), rows.end(), has_range)) return;
    db.exec(tables_of_ranges);
    SQLite::Statement add(db, "INSERT INTO ranges VALUES (?,?,?,?)");
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (!has_range(rows[k])) continue;
      add.reset();
      add.bind(1, point);
      add.bind(2, static_cast<std::int64_t>(k));
      add.bind(3, rows[k].known_low);
      add.bind(4, rows[k].known_high);
      add.exec();
    }
  }
  void read_ranges(const std::string& point, std::vector<Row>& rows) {
    if (!has_ranges()) return;
    SQLite::Statement ranges(db, "SELECT place, known_low, known_high FROM ranges WHERE point = (SELECT id FROM points WHERE point = ?)");
    ranges.bind(1, point);
    while (ranges.executeStep()) {
      const auto place = static_cast<std::size_t>(ranges.getColumn(0).getInt64());
      if (place < rows.size()) rows[place].known_low = ranges.getColumn(1).getDouble(), rows[place].known_high = ranges.getColumn(2).getDouble();
    }
  }

  // Where the file system cannot have a write-ahead log, the rollback journal is as safe. SQLite does not wait for others here, so this does.
  void write_ahead() {
    for (int times = 0;; ++times) {
      try {
        const bool ahead = db.execAndGet("PRAGMA journal_mode = WAL").getString() == "wal";
        db.exec(ahead ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
        return;
      } catch (const SQLite::Exception& error) {
        if (error.getErrorCode() != SQLITE_BUSY || !wait(times)) throw;
      }
    }
  }

  std::string path;
  std::optional<std::pair<dev_t, ino_t>> file;  // which it was when it was opened
  SQLite::Database db;
  Tell tell;
  bool read_only = false;
  std::chrono::steady_clock::time_point waits_since;
  bool told = false;
  std::optional<SQLite::Statement> find, read, digest;
};

namespace {

// A path as SQLite's URIs have it, of a file that does not change while it is read.
std::string uri_of(const std::string& path) {
  std::string out = "file:";
  for (const char c : std::filesystem::absolute(path).string())
    out += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string(1, c);
  return out + "?immutable=1";
}

// SQLite goes on writing to a file that has been deleted, and all of it is lost.
template <class Database>
void must_be_there(const Database& database) {
  if (database.file && file_at(database.path) != database.file)
    throw MachineFailed(fmt::format("cannot write {}: it was deleted or replaced meanwhile, and what was done is lost; run again", database.path));
}

// Whether all that is stored stands in the file itself, none of it in a journal beside it.
bool is_closed(const std::string& path) {
  std::error_code code;
  const auto is_empty = [&](const char* end) {
    return !std::filesystem::exists(path + end, code) || std::filesystem::file_size(path + end, code) == 0;
  };
  return std::filesystem::is_regular_file(path, code) && is_empty("-wal") && is_empty("-journal");
}

}  // namespace

Store::Store(const std::string& path, const Tell& tell) {
  // SQLite has names that are no files: what is written to them is gone with the process.
  if (path == ":memory:" || path.starts_with("file:"))
    wrong_file(path, fmt::format("would keep nothing, as SQLite takes the name for no file; write ./{} if a file is to be called so", path));
  std::error_code code;
  if (const auto status = std::filesystem::status(path, code); std::filesystem::exists(status) && std::filesystem::is_other(status))
    wrong_file(path, "a device or a pipe, which keeps nothing; name a file");
  try {
    database_ = std::make_unique<Database>(path, tell);
    database_->prepare();
    database_->file = file_at(path);
  } catch (const SQLite::Exception& error) {
    const int why = error.getErrorCode();
    if ((why != SQLITE_CANTOPEN && why != SQLITE_READONLY) || !is_closed(path)) failed(path, error);
    open_to_read(path);
  }
}

// Where not even a lock can be written beside it.
void Store::open_to_read(const std::string& path) {
  try {
    database_ = std::make_unique<Database>(path, uri_of(path));
    database_->refuse_others();
  } catch (const SQLite::Exception& error) {
    failed(path, error);
  }
}

Store::~Store() = default;

bool Store::is_read_only() const { return database_->read_only; }

std::uint64_t Store::leave() {
  if (!in_use_.try_lock_for(std::chrono::seconds(2))) return given_;
  // Where others read it meanwhile, its log is brought in by the last of them.
  sqlite3_busy_timeout(database_->db.getHandle(), 1000);
  database_->db.tryExec("PRAGMA wal_checkpoint(TRUNCATE)");
  database_.reset();
  return given_;
}

bool Store::has(const std::string& point) {
  const std::lock_guard lock(in_use_);
  try {
    auto& find = database_->find;
    if (!find) find.emplace(database_->db, "SELECT 1 FROM points WHERE point = ?");
    find->reset();
    find->bind(1, point);
    const bool found = find->executeStep();
    find->reset();
    return found;
  } catch (const SQLite::Exception& error) {
    failed(database_->path, error);
  }
}

void Store::add(const StoredInput& input, const std::vector<PointRecord>& points) {
  const std::lock_guard lock(in_use_);
  SQLite::Database& db = database_->db;
  try {
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    for (const Input& file : input.files) files.push_back({{"path", file.path}, {"sha256", file.sha256}});
    SQLite::Statement add_input(db, "INSERT OR IGNORE INTO inputs(hash, program, system, title, currency, files, changes) VALUES (?,?,?,?,?,?,?)");
    const std::string words[] = {input.hash,   input.program,  input.system,
                                 input.title,  input.currency, files.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                                 input.changes};
    for (int k = 0; k < 7; ++k) add_input.bind(k + 1, words[k]);
    add_input.exec();
    SQLite::Statement find_input(db, "SELECT id FROM inputs WHERE hash = ?");
    find_input.bind(1, input.hash);
    find_input.executeStep();
    const std::int64_t input_id = find_input.getColumn(0).getInt64();
    SQLite::Statement add_point(db, "INSERT OR IGNORE INTO points(point, input, settings, trials, seed, optimism, digest) VALUES (?,?,?,?,?,?,?)");
    SQLite::Statement add_row(db, "INSERT INTO measures VALUES (?,?,?,?,?,?,?,?)");
    for (const PointRecord& p : points) {
      nlohmann::ordered_json settings = nlohmann::ordered_json::object();
      for (const auto& [path, value] : p.settings) settings[path] = value;
      add_point.reset();
      add_point.bind(1, p.point);
      add_point.bind(2, input_id);
      add_point.bind(3, settings.dump());
      add_point.bind(4, static_cast<std::int64_t>(p.trials));
      add_point.bind(5, std::to_string(p.seed));
      add_point.bind(6, p.optimism);
      add_point.bind(7, digest_of(p.rows));
      if (add_point.exec() == 0) continue;
      const std::int64_t id = db.getLastInsertRowid();
      for (std::size_t k = 0; k < p.rows.size(); ++k) {
        const Row& row = p.rows[k];
        add_row.reset();
        add_row.bind(1, id);
        add_row.bind(2, static_cast<std::int64_t>(k));
        add_row.bind(3, row.organisation);
        add_row.bind(4, row.measure);
        add_row.bind(5, row.year);
        bind(add_row, 6, row.value);
        bind(add_row, 7, row.low);
        bind(add_row, 8, row.high);
        add_row.exec();
      }
      database_->add_ranges(id, p.rows);
    }
    transaction.commit();
    must_be_there(*database_);
    given_ += points.size();
  } catch (const SQLite::Exception& error) {
    failed(database_->path, error);
  }
}

std::vector<Row> Store::rows(const std::string& point) {
  const std::lock_guard lock(in_use_);
  try {
    auto& read = database_->read;
    if (!read)
      read.emplace(
          database_->db,
          "SELECT organisation, measure, year, value, low, high FROM measures WHERE point = (SELECT id FROM points WHERE point = ?) ORDER BY "
          "place");
    read->reset();
    read->bind(1, point);
    const auto number = [&](int at) {
      return read->getColumn(at).isNull() ? std::numeric_limits<double>::quiet_NaN() : read->getColumn(at).getDouble();
    };
    std::vector<Row> out;
    while (read->executeStep())
      out.push_back(
          {read->getColumn(0).getString(), read->getColumn(1).getString(), read->getColumn(2).getString(), number(3), number(4), number(5)});
    read->reset();
    database_->read_ranges(point, out);
    auto& digest = database_->digest;
    if (!digest) digest.emplace(database_->db, "SELECT digest FROM points WHERE point = ?");
    digest->reset();
    digest->bind(1, point);
    const bool good = digest->executeStep() && digest->getColumn(0).getString() == digest_of(out);
    digest->reset();
    if (!good)
      throw MachineFailed(
          fmt::format("cannot use {}: what it holds of a point has been damaged or changed since it was stored; name a new file", database_->path));
    return out;
  } catch (const SQLite::Exception& error) {
    failed(database_->path, error);
  }
}

}  // namespace shortfall
