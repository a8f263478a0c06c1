#include "store/swept.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <mutex>

#include "plan/calendar.hpp"
#include "plan/number.hpp"
#include "store/failure.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::json;

constexpr const char* program_text = "shortfall " SHORTFALL_VERSION;
constexpr std::size_t most_shown = 20;
using Mistakes = std::map<std::string, std::pair<std::uint64_t, Problem>>;  // the first point that has each

// What a path of a sweep sets that is no key of a plan.
const std::vector<std::string>& run_settings() {
  static const std::vector<std::string> names = {"optimism", "seed", "trials", "as_at"};
  return names;
}

std::string written(const Mistakes& mistakes) {
  Json list = Json::array();
  for (const auto& [text, mistake] : mistakes) {
    const auto& [point, problem] = mistake;
    list.push_back({point, problem.place.file ? *problem.place.file : "", problem.place.line, problem.place.column, problem.code, problem.message});
  }
  return as_bytes(list);
}

// What is wrong with the value, or nothing.
std::string set(const std::string& path, std::string value, RunOptions& options) {
  if (path == "optimism") {
    const std::string wrong = wrong_number(value, 0, 10);
    if (wrong.empty()) options.optimism = *parse_number(value);
    return wrong;
  }
  if (path == "as_at") return parse_month(value) ? std::string() : fmt::format("'{}' is not a month like 2025-03", printable(value, 60));
  if (path != "seed" && path != "trials") return {};
  const bool seed = path == "seed";
  const std::string wrong = seed ? wrong_count(value, 0, std::numeric_limits<std::uint64_t>::max()) : wrong_count(value, 1, most_trials);
  if (wrong.empty()) (seed ? options.seed : options.trials) = seed ? std::stoull(value) : whole_blocks(std::stoull(value));
  return wrong;
}

}  // namespace

std::string as_bytes(const Json& json) {
  std::string out;
  Json::to_cbor(json, out);
  return out;
}

Json as_json(const std::vector<Row>& rows) {
  Json list = Json::array();
  for (const Row& r : rows) list.push_back({r.organisation, r.measure, r.year, r.value, r.low, r.high, r.known_low, r.known_high});
  return list;
}

std::vector<Row> rows_of(const Json& list) {
  std::vector<Row> out;
  for (const Json& r : list) out.push_back({r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]});
  return out;
}

std::pair<std::uint64_t, std::uint64_t> share_of(const Ranks* ranks, std::uint64_t count) {
  const std::uint64_t rank = rank_of(ranks), all = count_of(ranks), each = count / all, over = count % all;
  const std::uint64_t first = rank * each + std::min(rank, over);
  return {first, first + each + (rank < over ? 1 : 0)};
}

Swept::Swept(SweepRequest request, Points points, Ranks* ranks) : request_(std::move(request)), points_(std::move(points)), ranks_(ranks) {
  std::vector<std::string> ids;
  Problems problems;
  for (const std::vector<std::string>& paths : by_system(request_.plans)) {
    Files files = read_files(paths, request_.outside);
    files.sources.edits = request_.edits;
    StoredInput input{hash_of(files), program_text, {}, {}, {}, {}, std::move(files.inputs)};
    if (request_.actuals) input.files.push_back(*request_.actuals);
    systems_.push_back({Documents(files.sources), std::move(input)});
    describe(systems_.back(), paths.front(), ids, problems);
  }
  if (!problems.empty()) throw BadInput(std::move(problems));
}

void Swept::check(const std::vector<std::uint64_t>& which, const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  std::mutex mutex;
  Mistakes mistakes;
  const auto [begin, end] = share_of(ranks_, which.size());
  for_each_group(
      end - begin, 16, request_.run.threads,
      [&, begin = begin](std::uint64_t first, std::uint64_t last) {
        for (std::uint64_t k = begin + first; k < begin + last; ++k)
          for (Problem& problem : problems_of(which[k])) {
            const std::lock_guard lock(mutex);
            if (mistakes.size() > 100'000) return;
            auto& known = mistakes.try_emplace(to_text(problem), which[k], problem).first->second;
            if (which[k] < known.first) known = {which[k], std::move(problem)};
          }
      },
      [&](double share) { progress(static_cast<std::uint64_t>(share * static_cast<double>(which.size())), which.size()); });
  exchange(ranks_, written(mistakes), [&](const std::string& theirs) {
    for (const Json& m : Json::from_cbor(theirs)) {
      const Problem problem{{std::make_shared<const std::string>(m[1]), m[2], m[3]}, m[4].get<Code>(), m[5]};
      auto& known = mistakes.try_emplace(to_text(problem), m[0].get<std::uint64_t>(), problem).first->second;
      known.first = std::min(known.first, m[0].get<std::uint64_t>());
    }
  });
  if (mistakes.empty()) return;
  std::vector<std::pair<std::uint64_t, Problem>> found;
  for (auto& [text, mistake] : mistakes) found.push_back(std::move(mistake));
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  Problems problems;
  for (auto& [point, problem] : found) {
    if (problems.size() == most_shown) {
      problems.push_back({whole_file("shortfall sweep"), Code::too_many, "and more like these; mend some and run again"});
      break;
    }
    if (!names_its_value(problem)) problem.message += fmt::format(" (at {})", settings_text(point));
    problems.push_back(std::move(problem));
  }
  throw BadInput(std::move(problems));
}

SweepPoint Swept::make(std::uint64_t at) const {
  SweepPoint out{*plans_of(at), options_of(at)};
  out.options.given = *parse_given(request_.given, out.plans);
  if (request_.seen) out.options.seen = good(request_.seen(out.plans, out.options, as_at_of(at)));
  return out;
}

PointRecord Swept::record(std::uint64_t at) const {
  const System& system = system_of(at);
  const RunOptions options = options_of(at);
  PointRecord out{hash_of(at, options), program_text,     system.input.system,  {}, options.trials,
                  options.seed,         options.optimism, system.input.changes, {}, options.knowledge};
  const std::vector<std::string> values = points_.values(at % points_.count());
  for (std::size_t k = 0; k < values.size(); ++k) out.settings.emplace_back(points_.paths()[k], values[k]);
  return out;
}

void Swept::describe(System& system, const std::string& path, std::vector<std::string>& ids, Problems& problems) {
  const Checked<Plans> plans = system.documents.assemble({});
  if (!plans) return std::copy(plans.error().begin(), plans.error().end(), std::back_inserter(problems)), void();
  const auto given = parse_given(request_.given, *plans);
  if (!given) return std::copy(given.error().begin(), given.error().end(), std::back_inserter(problems)), void();
  StoredInput& input = system.input;
  input.system = plans->system.id.value;
  input.title = plans->system.title;
  input.currency = plans->system.currency;
  input.changes = changes(request_.edits, *given);
  if (request_.actuals)
    input.changes += fmt::format("{}actuals {}{}", input.changes.empty() ? "" : "; ", request_.actuals->path,
                                 request_.as_at.empty() ? "" : " to " + request_.as_at);
  const bool again = std::find(ids.begin(), ids.end(), input.system) != ids.end();
  ids.push_back(input.system);
  if (again)
    problems.push_back(
        {whole_file(path), Code::several_systems, fmt::format("a second system '{}'; results are told apart by the system's id", input.system)});
}

// A plan's path, by its own keys; a special one is empty of edits.
std::vector<Placed<std::string>> Swept::edits_of(std::uint64_t at) const {
  const std::uint64_t point = at % points_.count();
  const std::vector<std::string> values = points_.values(point);
  std::vector<Placed<std::string>> edits;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::string& path = points_.paths()[k];
    if (std::find(run_settings().begin(), run_settings().end(), path) == run_settings().end())
      edits.push_back({path + "=" + values[k], points_.place(point, k)});
  }
  return edits;
}

RunOptions Swept::options_of(std::uint64_t at) const {
  RunOptions options = request_.run;
  const std::vector<std::string> values = points_.values(at % points_.count());
  for (std::size_t k = 0; k < values.size(); ++k) set(points_.paths()[k], values[k], options);
  options.max_trials = options.trials;
  options.progress = {};
  return options;
}

std::optional<std::size_t> Swept::path_of_month() const {
  const auto found = std::find(points_.paths().begin(), points_.paths().end(), "as_at");
  return found == points_.paths().end() ? std::nullopt : std::optional<std::size_t>(found - points_.paths().begin());
}

std::string Swept::as_at_of(std::uint64_t at) const {
  const std::optional<std::size_t> path = path_of_month();
  return path ? points_.values(at % points_.count())[*path] : request_.as_at;
}

// What is wrong with a month that is varied stands at its value.
void Swept::add_problems_of_actuals(std::uint64_t at, const Plans& plans, Problems& problems) const {
  RunOptions options = options_of(at);
  options.given = *parse_given(request_.given, plans);
  auto seen = request_.seen(plans, options, as_at_of(at));
  if (seen) return;
  for (Problem& problem : seen.error()) {
    if (const auto path = path_of_month(); path && problem.code == Code::bad_month) problem.place = points_.place(at % points_.count(), *path);
    problems.push_back(std::move(problem));
  }
}

Problems Swept::problems_of(std::uint64_t at) const {
  Problems problems;
  const std::uint64_t point = at % points_.count();
  const std::vector<std::string> values = points_.values(point);
  RunOptions options;
  for (std::size_t k = 0; k < values.size(); ++k)
    if (std::string wrong = set(points_.paths()[k], values[k], options); !wrong.empty())
      problems.push_back({points_.place(point, k), Code::bad_grid, fmt::format("{}: {}", points_.paths()[k], wrong)});
  const Checked<Plans> plans = plans_of(at);
  if (!plans) {
    std::copy(plans.error().begin(), plans.error().end(), std::back_inserter(problems));
  } else if (const auto given = parse_given(request_.given, *plans); !given) {
    std::copy(given.error().begin(), given.error().end(), std::back_inserter(problems));
  } else if (request_.seen && problems.empty()) {
    add_problems_of_actuals(at, *plans, problems);
  }
  if (systems_.size() > 1)
    for (Problem& p : problems) p.message = fmt::format("in the system '{}': {}", system_of(at).input.system, p.message);
  return problems;
}

// A mistake in a value that is varied stands at that value; one that the values make together stands somewhere in the files.
bool Swept::names_its_value(const Problem& problem) const {
  const std::string file = problem.place.file ? *problem.place.file : "";
  return file.starts_with("--vary ") || file == request_.points_file;
}

std::string Swept::settings_text(std::uint64_t at) const {
  std::string out;
  const std::vector<std::string> values = points_.values(at % points_.count());
  for (std::size_t k = 0; k < values.size(); ++k) out += fmt::format("{}{}={}", k == 0 ? "" : ", ", points_.paths()[k], values[k]);
  return out;
}

// Of everything that the answers depend on beside a point's own settings; not of where files lie.
std::string Swept::hash_of(const Files& files) const {
  std::vector<std::string> parts;
  if (files.sources.system) parts.push_back("system " + sha256(files.sources.system->text));
  for (const Source& s : files.sources.organisations) parts.push_back("organisation " + sha256(s.text));
  parts.push_back("reference " + sha256(files.sources.reference.text));
  std::sort(parts.begin(), parts.end());
  std::string text = std::string("shortfall/input/1\n") + program_text + "\n";
  for (const std::string& part : parts) text += part + "\n";
  for (const std::string& edit : request_.edits) text += "set " + edit + "\n";
  for (const std::string& given : request_.given) text += "given " + given + "\n";
  if (request_.actuals) text += "actuals " + request_.actuals->sha256 + "\n";
  return sha256(text);
}

// The order in which paths were given makes no other point.
std::string Swept::hash_of(std::uint64_t at, const RunOptions& options) const {
  std::vector<std::string> edits;
  for (const auto& [text, place] : edits_of(at)) edits.push_back(text);
  std::sort(edits.begin(), edits.end());
  std::string text = fmt::format("shortfall/point/1\n{}\nseed {}\ntrials {}\noptimism {}\nsampling {}\n", system_of(at).input.hash, options.seed,
                                 options.trials, options.optimism, name_of(options.sampling));
  for (const std::string& edit : edits) text += "set " + edit + "\n";
  if (options.knowledge) text += "knowledge on\n";
  if (const std::string month = as_at_of(at); request_.actuals && !month.empty()) text += "as_at " + month + "\n";
  return sha256(text);
}

}  // namespace shortfall
