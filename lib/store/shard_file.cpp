#include "store/shard_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "plan/number.hpp"
#include "store/failure.hpp"

namespace shortfall {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view magic = "shortfall/shard/";
constexpr std::string_view version = "2";
constexpr std::size_t digest_length = 64;

Json of(const Source& source) { return {{"name", source.name}, {"text", source.text}}; }
Source source_of(const Json& json) { return {json.at("name"), json.at("text")}; }

// What --trials said, before it was made whole blocks.
std::uint64_t asked(const RunOptions& run) { return run.trials_asked == 0 ? run.trials : run.trials_asked; }

Json head_of(const ShardFile& s) {
  const Trials trials = trials_of(s.shard, s.run.trials);
  Json head;
  head["program"] = s.program;
  head["shard"] = {{"index", s.shard.index}, {"of", s.shard.count}};
  head["part"] = {{"first", trials.first}, {"count", trials.count}};
  head["trials"] = s.run.trials;
  head["trials_asked"] = asked(s.run);
  head["max_trials"] = s.run.max_trials;
  head["seed"] = s.run.seed;
  head["optimism"] = s.run.optimism;
  head["sampling"] = name_of(s.run.sampling);
  if (s.run.knowledge) head["knowledge"] = true;
  head["set"] = s.files.sources.edits;
  head["given"] = s.given;
  head["inputs"] = Json::array();
  for (const Input& input : s.files.inputs) head["inputs"].push_back({{"path", input.path}, {"sha256", input.sha256}});
  head["system"] = s.files.sources.system ? of(*s.files.sources.system) : Json(nullptr);
  head["organisations"] = Json::array();
  for (const Source& source : s.files.sources.organisations) head["organisations"].push_back(of(source));
  head["reference"] = of(s.files.sources.reference);
  return head;
}

void read_head(const Json& head, ShardFile& s) {
  s.program = head.at("program");
  s.shard = {head.at("shard").at("index"), head.at("shard").at("of")};
  s.run.trials = head.at("trials");
  s.run.trials_asked = head.value("trials_asked", s.run.trials);
  s.run.max_trials = head.at("max_trials");
  s.run.seed = head.at("seed");
  s.run.optimism = head.at("optimism");
  s.run.sampling = head.at("sampling") == name_of(SamplingChoice::plain) ? SamplingChoice::plain : SamplingChoice::automatic;
  s.run.knowledge = head.value("knowledge", false);
  s.files.sources.edits = head.at("set").get<std::vector<std::string>>();
  s.given = head.at("given").get<std::vector<std::string>>();
  for (const Json& input : head.at("inputs")) s.files.inputs.push_back({input.at("path"), input.at("sha256")});
  if (!head.at("system").is_null()) s.files.sources.system = source_of(head.at("system"));
  for (const Json& source : head.at("organisations")) s.files.sources.organisations.push_back(source_of(source));
  s.files.sources.reference = source_of(head.at("reference"));
}

// What the files say, wherever they lie.
std::vector<std::string> texts_of(const ShardFile& s) {
  std::vector<std::string> out = {s.files.sources.reference.text, s.files.sources.system ? s.files.sources.system->text : ""};
  for (const Source& source : s.files.sources.organisations) out.push_back(source.text);
  std::sort(out.begin() + 2, out.end());
  return out;
}

std::string joined(const std::vector<std::string>& words) { return words.empty() ? "none" : fmt::format("{}", fmt::join(words, " ")); }

}  // namespace

std::string to_text(const ShardFile& shard) {
  const std::string head = head_of(shard).dump(-1, ' ', false, Json::error_handler_t::replace);  // a file's name may be no UTF-8
  std::string out = fmt::format("{}{} {}\n{}\n", magic, version, head.size(), head) + shard.tally + "\n";
  return out + sha256(out) + "\n";
}

ShardFile read_shard(const std::string& path) {
  const auto refuse = [&](std::string why) { throw BadInput({{whole_file(path), Code::bad_shard, std::move(why)}}); };
  std::string text = text_of_file(path, std::uintmax_t{1} << 40);
  if (!text.starts_with(magic)) refuse("no shard (a shard is what 'shortfall run --shard' writes)");
  const std::size_t line = text.find('\n'), space = text.find(' ');
  const std::string_view written = std::string_view(text).substr(magic.size(), space < line ? space - magic.size() : 0);
  if (line != std::string::npos && !written.empty() && written != version)
    refuse(fmt::format("a shard of format {}, and this program knows format {}; make it again", printable(written, 20), version));
  constexpr std::size_t tail = digest_length + 1;
  const bool whole = text.size() > tail + line && line != std::string::npos && text.back() == '\n' &&
                     sha256(text.substr(0, text.size() - tail)) == text.substr(text.size() - tail, digest_length);
  if (!whole) refuse("damaged or cut short (its checksum does not hold); make it again");
  ShardFile out;
  try {
    const std::size_t length = std::stoull(text.substr(space + 1, line - space - 1));
    read_head(Json::parse(text.substr(line + 1, length)), out);
    const std::size_t tally = line + 1 + length + 1;
    out.tally = text.substr(tally, text.size() - tail - 1 - tally);
  } catch (const std::exception&) {
    refuse("no shard that this program has written (its first part makes no sense)");
  }
  if (out.shard.index < 1 || out.shard.index > out.shard.count || out.shard.count > most_shards || out.run.trials < 1 ||
      out.run.trials > most_trials || !(out.run.optimism >= 0 && out.run.optimism <= 10))
    refuse("no shard that this program has written (its number makes no sense)");
  return out;
}

std::string difference(const ShardFile& a, const ShardFile& b, const std::string& path) {
  const auto tell = [&](std::string_view what, const auto& ours, const auto& theirs) {
    return fmt::format("{} {}, where {} has {}; shards of one run differ in nothing but their number", what, ours, path, theirs);
  };
  if (a.program != b.program) return tell("made by", a.program, b.program);
  if (a.shard.count != b.shard.count) return tell("a number of shards of", a.shard.count, b.shard.count);
  if (a.run.seed != b.run.seed) return tell("seed", a.run.seed, b.run.seed);
  if (a.run.trials != b.run.trials || asked(a.run) != asked(b.run)) return tell("trials", asked(a.run), asked(b.run));
  if (a.run.max_trials != b.run.max_trials) return tell("max-trials", a.run.max_trials, b.run.max_trials);
  if (a.run.optimism != b.run.optimism) return tell("optimism", a.run.optimism, b.run.optimism);
  if (a.run.sampling != b.run.sampling) return tell("sampling", name_of(a.run.sampling), name_of(b.run.sampling));
  if (a.run.knowledge != b.run.knowledge) return tell("--knowledge", a.run.knowledge ? "on" : "off", b.run.knowledge ? "on" : "off");
  if (a.files.sources.edits != b.files.sources.edits) return tell("--set", joined(a.files.sources.edits), joined(b.files.sources.edits));
  if (a.given != b.given) return tell("--given", joined(a.given), joined(b.given));
  if (texts_of(a) == texts_of(b)) return {};
  for (const Input& ours : a.files.inputs)
    for (const Input& theirs : b.files.inputs)
      if (ours.path == theirs.path && ours.sha256 != theirs.sha256)
        return fmt::format("made from another {} than {}; shards of one run have the same plans", ours.path, path);
  return fmt::format("made from other plans than {}; shards of one run have the same plans", path);
}

}  // namespace shortfall
