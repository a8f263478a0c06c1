// The main of a fuzz target where libFuzzer is not at hand (it is clang's): gives the target the files of a folder, for half of the time at most,
// then random edits of them, which nothing guides, for the rest. Takes the options of libFuzzer that scripts/fuzz gives, and ignores the others.
//   usage: TARGET FOLDER [-dict=FILE] [-max_total_time=SECONDS] [-max_len=BYTES] [-timeout=SECONDS] [-artifact_prefix=PREFIX] [-seed=NUMBER]
// The input at hand stands in PREFIX"input"; it is removed where all went well, and is what failed where the process ended before.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

struct Options {
  std::string folder, dictionary, prefix = "./";
  std::size_t longest = 8192;
  unsigned seconds = 10, timeout = 60;
  std::uint64_t seed = std::random_device()();
};

Options options_of(int count, char** words) {
  Options out;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals), value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (name == "-dict") out.dictionary = value;
    if (name == "-artifact_prefix") out.prefix = value;
    if (name == "-max_len") out.longest = std::stoul(value);
    if (name == "-max_total_time") out.seconds = static_cast<unsigned>(std::stoul(value));
    if (name == "-timeout") out.timeout = static_cast<unsigned>(std::stoul(value));
    if (name == "-seed") out.seed = std::stoull(value);
    if (!word.starts_with('-')) out.folder = word;
  }
  return out;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The words of libFuzzer's dictionaries: a line each, in quotes, with \xAB for a byte.
std::vector<std::string> words_of(const std::string& file) {
  std::vector<std::string> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find('"'), last = line.rfind('"');
    if (line.starts_with('#') || first == last) continue;
    std::string word;
    for (std::size_t i = first + 1; i < last; ++i) {
      if (line[i] == '\\' && line[i + 1] == 'x') {
        word += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
        i += 3;
      } else {
        word += line[i] == '\\' ? line[++i] : line[i];
      }
    }
    out.push_back(word);
  }
  return out;
}

class Editor {
 public:
  Editor(const std::vector<std::string>& texts, const std::vector<std::string>& words, std::uint64_t seed)
      : texts_(texts), words_(words), random_(seed) {}

  std::string edited() {
    std::string text = any_of(texts_);
    for (std::size_t edits = 1 + below(5); edits > 0; --edits) edit(text);
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(shortfall::uniform(random_) * static_cast<double>(n)); }
  const std::string& any_of(const std::vector<std::string>& all) { return all[below(all.size())]; }
  std::string part_of(const std::string& text) {
    const std::size_t from = below(text.size() + 1);
    return text.substr(from, below(64));
  }
  void edit(std::string& text) {
    const std::size_t at = below(text.size() + 1), length = below(16);
    switch (below(6)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, part_of(any_of(texts_)));
        break;
      case 4:
        text.replace(at, std::min(length, text.size() - at), part_of(text));
        break;
      default:
        if (!words_.empty()) text.replace(at, std::min(below(2) * length, text.size() - at), any_of(words_));
    }
  }

  const std::vector<std::string>&texts_, &words_;
  std::mt19937_64 random_;
};

}  // namespace

int main(int count, char** arguments) {
  const Options options = options_of(count, arguments);
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(options.folder))
    if (entry.is_regular_file()) texts.push_back(text_of(entry.path()));
  std::sort(texts.begin(), texts.end());
  if (texts.empty()) texts.emplace_back();
  const std::vector<std::string> words = words_of(options.dictionary);
  const std::string at_hand = options.prefix + "input";
  fmt::print("INFO: Seed: {}\n", options.seed);
  std::fflush(stdout);

  std::uint64_t executions = 0;
  const auto execute = [&](const std::string& text) {
    std::ofstream(at_hand, std::ios::binary) << text;
    alarm(options.timeout);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    ++executions;
  };
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now(), end = start + std::chrono::seconds(options.seconds);
  std::mt19937_64 random(options.seed);
  std::vector<std::string> in_turn = texts;
  shortfall::shuffle(in_turn, random);
  for (std::size_t i = 0; i < in_turn.size() && Clock::now() < start + (end - start) / 2; ++i) execute(in_turn[i]);
  for (Editor editor(texts, words, options.seed); Clock::now() < end;) execute(editor.edited().substr(0, options.longest));
  std::filesystem::remove(at_hand);
  fmt::print("stat::number_of_executed_units: {}\n", executions);
}
