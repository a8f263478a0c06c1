// Whatever it is given, the program answers at once, says what is wrong in one line for each mistake, and leaves nothing behind.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "support/program.hpp"

using namespace shortfall::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

const std::string head = "organisation: hospital\nyears: [2017/18, 2018/19]\nincome: [100, 102]\nspend: [104, 108]\ntarget: [-4, 0]\n";
const std::string good = head + "schemes:\n  theatres: {class: workforce, saving: [1, 2]}\n";

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

// What the program wrote, with the test's own folder left out of the paths.
std::string without(std::string text, const std::string& folder) {
  for (std::size_t at; (at = text.find(folder + "/")) != std::string::npos;) text.erase(at, folder.size() + 1);
  for (std::size_t at; (at = text.find(folder)) != std::string::npos;) text.replace(at, folder.size(), ".");
  return text;
}

bool steers_no_terminal(const std::string& text) {
  const auto steers = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; };
  // U+202E in UTF-8, which turns the text after it round.
  return std::none_of(text.begin(), text.end(), steers) && text.find("\xe2\x80\xae") == std::string::npos;
}

// Nothing is printed but `lines`, on standard error, and the status is 2.
void check_refused(const Ran& ran, const std::string& lines, const std::string& folder = "/nowhere") {
  CHECK(ran.status == 2);
  CHECK(ran.out == "");
  CHECK(without(ran.err, folder) == lines);
  CHECK(steers_no_terminal(ran.err));
}

std::size_t lines_of(const std::string& text) { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }

std::vector<std::string> names_in(const Folder& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path())) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

struct Case {
  const char* what;
  std::string text, lines;
};

std::string alias_bomb() {
  std::string text = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c <= 'z'; ++c)
    text += std::string(1, c) + ": &" + c + " [" + repeated(std::string("*") + static_cast<char>(c - 1) + ", ", 9) + "]\n";
  return text;
}

std::string nested_maps(std::size_t levels) {
  // The indentation alone of 100,000 levels would take 5 GB; '? ' and '- ' nest within one line.
  std::string text;
  for (std::size_t i = 0; i < levels; ++i) text += std::string(i, ' ') + "a:\n";
  return text;
}

}  // namespace

TEST_CASE("a hostile text is refused with its place and the reason") {
  const std::string too_many = "more than 500,000 lines and values (a plan is a text of some kilobytes)\n";
  const std::vector<Case> cases = {
      {"an alias bomb", alias_bomb(), "plan.yaml:1:4: error: an anchor (each value is written where it is used); leave the &name out\n"},
      {"100,000 brackets", repeated("[", 100'000), "plan.yaml:1:33: error: values nested more than 32 deep\n"},
      {"100,000 brackets, closed", "title: " + repeated("[", 100'000) + repeated("]", 100'000) + "\n",
       "plan.yaml:1:40: error: values nested more than 32 deep\n"},
      {"100,000 maps in braces", repeated("{a: ", 100'000), "plan.yaml:1:129: error: values nested more than 32 deep\n"},
      {"100,000 lists in one line", repeated("- ", 100'000), "plan.yaml:1:65: error: values nested more than 32 deep\n"},
      {"100,000 maps as keys", repeated("? ", 100'000), "plan.yaml:1:3: error: a list or a map as a key (a key is a word)\n"},
      {"3,000 indented maps", nested_maps(3000), "plan.yaml:33:33: error: values nested more than 32 deep\n"},
      {"8 million brackets", repeated("[", 8'000'000), "plan.yaml:1:33: error: values nested more than 32 deep\n"},
      {"a list of 4 million numbers", "organisation: hospital\nincome: [" + repeated("1,", 4'000'000) + "1]\n",
       "plan.yaml:2:1000003: error: " + too_many},
      {"a million unknown keys", repeated("k: 1\n", 1'000'000), "plan.yaml:250001:2: error: " + too_many},
      {"4 million quotation marks", repeated("\"", 4'000'000), "plan.yaml:1:500001: error: " + too_many},
      {"4 million empty lines", repeated("\n", 4'000'000), "plan.yaml:500001:1: error: " + too_many},
      {"4 million anchors", repeated("&a ", 2'000'000), "plan.yaml:1:1500001: error: " + too_many},
      {"not UTF-8", head + "title: \xff\xfe\n", "plan.yaml:6:8: error: not UTF-8 (a plan is text in UTF-8); save the file in that encoding\n"},
      {"an overlong encoding", head + "title: \xc0\xaf\n",
       "plan.yaml:6:8: error: not UTF-8 (a plan is text in UTF-8); save the file in that encoding\n"},
      {"half a surrogate", head + "title: \xed\xa0\x80\n",
       "plan.yaml:6:8: error: not UTF-8 (a plan is text in UTF-8); save the file in that encoding\n"},
      {"UTF-16",
       std::string("\xff\xfe"
                   "o\0r\0",
                   6),
       "plan.yaml:1:1: error: not UTF-8 (a plan is text in UTF-8); save the file in that encoding\n"},
      {"a zero byte", head + std::string("title: a\0b\n", 11), "plan.yaml:6:9: error: a control character (U+0000) in the text; delete it\n"},
      {"a raw escape", head + "title: \x1b[31mred\n", "plan.yaml:6:8: error: a control character (U+001B) in the text; delete it\n"},
      {"an escape written in YAML", head + "title: \"\\e[31mred\"\n",
       "plan.yaml:6:8: error: title has line ends or unprintable characters (\\u{1b}[31mred); delete them\n"},
      {"an escape in an id", "organisation: \"\\e[2J\"\n" + head.substr(head.find('\n') + 1),
       "plan.yaml:1:15: error: organisation is '\\u{1b}[2J', not an id (ids are up to 100 small letters, digits and hyphens)\n"},
      {"an escape in a key", head + "\"\\e]0;x\\a\": 1\n", "plan.yaml:6:1: error: the plan has no key '\\u{1b}]0;x\\u{7}'\n"},
      {"an escape in a repeated key", head + "\"\\e[1m\": 1\n\"\\e[1m\": 2\n",
       "plan.yaml:6:1: error: the plan has no key '\\u{1b}[1m'\n"
       "plan.yaml:7:1: error: '\\u{1b}[1m' is given twice (first in line 6); keep one\n"},
      {"a line end in a number", head + "reserves: \"1\\n2\"\n",
       "plan.yaml:6:11: error: reserves is '1\\u{a}2', not a number (it is quoted, which makes it text)\n"},
      {"text that runs backwards",
       head + "title: a\xe2\x80\xae"
              "b\n",
       "plan.yaml:6:8: error: title has line ends or unprintable characters (a\\u{202e}b); delete them\n"},
      {"a key that runs backwards",
       head + "\xe2\x80\xae"
              "serves: 1\n",
       "plan.yaml:6:1: error: the plan has no key '\\u{202e}serves'; did you mean 'reserves'?\n"},
      {"an id of 5 million letters", "organisation: " + repeated("a", 5'000'000) + "\n" + head.substr(head.find('\n') + 1),
       "plan.yaml:1:15: error: organisation is '" + repeated("a", 60) + "…', not an id (ids are up to 100 small letters, digits and hyphens)\n"},
      {"a title of 5 million letters", head + "title: " + repeated("a", 5'000'000) + "\n",
       "plan.yaml:6:8: error: title is longer than 1,000 characters; shorten it\n"},
      {"a number of a million digits", head + "reserves: " + repeated("9", 1'000'000) + "\n",
       "plan.yaml:6:11: error: reserves is '" + repeated("9", 60) + "…', not a number (numbers up to 1e12 are read)\n"},
      {"a key of a million letters", head + repeated("k", 1'000'000) + ": 1\n",
       "plan.yaml:6:1000001: error: a colon where no key can stand; put text that holds a colon in quotes, and align keys with their fellows\n"},
      {"a key of 1,000 letters", head + repeated("k", 1000) + ": 1\n", "plan.yaml:6:1: error: the plan has no key '" + repeated("k", 60) + "…'\n"},
      {"a number too large", head + "reserves: 1e400\n", "plan.yaml:6:11: error: reserves is '1e400', not a number (numbers up to 1e12 are read)\n"},
      {"a number too small", head + "reserves: 1e-400\n",
       "plan.yaml:6:11: error: reserves is '1e-400', not a number (it is too near to 0; write 0)\n"},
      {"a hexadecimal number", head + "reserves: 0x10\n", "plan.yaml:6:11: error: reserves is '0x10', not a number\n"},
      {"an underscore in a number", head + "reserves: 1_000\n",
       "plan.yaml:6:11: error: reserves is '1_000', not a number (decimals are written with a point, thousands without a mark)\n"},
      {"two signs", head + "reserves: +-1\n", "plan.yaml:6:11: error: reserves is '+-1', not a number\n"},
      {"an empty file", "", "plan.yaml: error: empty (there is not one key in it)\n"},
  };
  for (const Case& c : cases) {
    INFO(std::string(c.what));
    const Folder folder;
    check_refused(run({"run", folder.write("plan.yaml", c.text)}), c.lines, folder.path());
  }
}

TEST_CASE("a path that leads to no plan is refused with the reason") {
  const Folder folder;
  const auto refused = [&](const std::string& path, const std::string& lines) {
    INFO(path);
    check_refused(run({"run", path}), lines, folder.path());
  };
  refused(folder.path("none.yaml"), "none.yaml: error: no such file\n");
  refused("", ": error: no such file\n");
  refused("/dev/zero", "/dev/zero: error: not a file but a pipe or device; save the plan as a file, so that results can name it\n");
  const std::string pipe = folder.path("pipe.yaml");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  refused(pipe, "pipe.yaml: error: not a file but a pipe or device; save the plan as a file, so that results can name it\n");
  fs::create_directory(folder.path("empty"));
  refused(folder.path("empty"), "empty: error: a folder without a system.yaml or any other .yaml or .yml file\n");
  fs::create_directories(folder.path("system/plan.yaml"));
  folder.write("system/system.yaml", "system: midshire\norganisations: [plan.yaml]\n");
  refused(folder.path("system"),
          "system/system.yaml:2:17: error: names 'system/plan.yaml', which cannot be read (a folder where a file is needed)\n");
  fs::create_symlink("loop.yaml", folder.path("loop.yaml"));
  refused(folder.path("loop.yaml"), "loop.yaml: error: Too many levels of symbolic links\n");
  folder.write("large.yaml", "");
  fs::resize_file(folder.path("large.yaml"), 100'000'000);
  refused(folder.path("large.yaml"), "large.yaml: error: larger than 8 MiB; a plan is a text of some kilobytes\n");
  refused(repeated("long/", 1000), repeated("long/", 80) + "…: error: File name too long\n");
  refused("a\x1b[31m\n.yaml", "a\\u{1b}[31m\\u{a}.yaml: error: no such file\n");
  if (geteuid() != 0) {  // who may read everything
    fs::permissions(folder.write("secret.yaml", good), fs::perms::none);
    refused(folder.path("secret.yaml"), "secret.yaml: error: Permission denied\n");
  }
}

TEST_CASE("files that a system names are met where it names them") {
  const auto refused = [&](const std::string& rest, const std::string& lines) {
    INFO(rest);
    const Folder folder;
    folder.write("hospital.yaml", good);
    folder.write("system.yaml", "system: midshire\n" + rest);
    check_refused(run({"run", folder.path()}), lines, folder.path());
  };
  refused("organisations: [hospital.yaml, council.yaml]\n", "system.yaml:2:32: error: names 'council.yaml', which cannot be read (no such file)\n");
  refused("reference: classes.yaml\n", "system.yaml:2:12: error: names 'classes.yaml', which cannot be read (no such file)\n");
  refused(
      "reference: /dev/zero\n",
      "system.yaml:2:12: error: names '/dev/zero', which cannot be read (not a file but a pipe or device; save the plan as a file, so that results "
      "can name it)\n");
  refused("organisations: [\"\\e[31m\"]\n",
          "system.yaml:2:17: error: an organisation's file has line ends or unprintable characters (\\u{1b}[31m); delete them\n");
}

TEST_CASE("10,000 schemes are no trouble, nor 10,000 mistakes") {
  const Folder folder;
  std::string schemes = head + "schemes:\n", unknown = schemes;
  for (int i = 10'000; i < 20'000; ++i) {
    schemes += "  scheme-" + std::to_string(i) + ": {class: workforce, saving: 0.001}\n";
    unknown += "  scheme-" + std::to_string(i) + ": {class: workforce, saving: 1, needs: [scheme-" + std::to_string(i + 20'000) + "]}\n";
  }
  CHECK(run({"run", folder.write("many.yaml", schemes), "--trials", "1000"}).status == 0);
  const Ran ran = run({"run", folder.write("unknown.yaml", unknown)});
  CHECK(ran.status == 2);
  CHECK(ran.out == "");
  CHECK(lines_of(ran.err) == 1001);
  CHECK(
      without(ran.err, folder.path()).starts_with("unknown.yaml:7:55: error: needs 'scheme-30000', which is no scheme here; did you mean 'scheme-1"));
}

TEST_CASE("minus zero is zero") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", good + "reserves: -0\n");
  CHECK(result({plan, "--trials", "1000"})["organisations"][0]["reserves"] == 0.0);
  CHECK(run({"run", plan, "--trials", "1000"}).out.find("-0") == std::string::npos);
}

TEST_CASE("a bad --set is refused in one line that names it") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", good);
  const auto refused = [&](const std::string& edit, const std::string& reason) {
    INFO(edit.substr(0, 100));
    check_refused(run({"run", plan, "--set", edit}), "--set " + reason + "\n");
  };
  refused("hospitl.reserves=1",
          "hospitl.reserves=1: error: 'hospitl' is neither an organisation here nor a key of system.yaml; did you mean 'hospital'?");
  refused("hospital.reserve=1", "hospital.reserve=1: error: the plan has no key 'reserve'; did you mean 'reserves'?");
  refused("hospital=1", "hospital=1: error: 'hospital' is a whole organisation; name one of its keys, as in hospital.reserves=5");
  refused("hospital.schemes.wards.saving=1", "hospital.schemes.wards.saving=1: error: no 'wards' in schemes");
  refused("hospital.organisation.x=1", "hospital.organisation.x=1: error: 'organisation' is a single value and has no 'x'");
  refused("hospital.income.0=1", "hospital.income.0=1: error: 'income' is a list; give the whole of it, as in …=[1, 2]");
  refused("hospital.reserves=many", "hospital.reserves=many: error: reserves is 'many', not a number");
  refused("hospital.reserves=1e400", "hospital.reserves=1e400: error: reserves is '1e400', not a number (numbers up to 1e12 are read)");
  refused("hospital.reserves=", "hospital.reserves=: error: has no value after the =");
  refused("hospital.reserves", "hospital.reserves: error: needs path=value, as in midshire-acute.reserves=5");
  refused("=5", "=5: error: needs path=value, as in midshire-acute.reserves=5");
  refused("", ": error: needs path=value, as in midshire-acute.reserves=5");
  refused("hospital..reserves=5", "hospital..reserves=5: error: an empty word in the path (two points, or one at an end)");
  refused("hospital.income=[1, 2", "hospital.income=[1, 2: error: in the value: a [ before this is not closed; close it with ]");
  refused("hospital.income=&a [*a, *a]",
          "hospital.income=&a [*a, *a]: error: in the value: an anchor (each value is written where it is used); leave the &name out");
  refused("hospital.reserves=1\nincome: 2", "hospital.reserves=1\\u{a}income: 2: error: the value holds more than one key");
  refused("hospital.title=\x1b[31m", "hospital.title=\\u{1b}[31m: error: in the value: a control character (U+001B) in the text; delete it");
  refused("hospital.title=" + repeated("[", 100'000),
          "hospital.title=" + repeated("[", 400 - 21) + "…: error: in the value: values nested more than 32 deep");
  refused("hospital" + repeated(".a", 10'000) + "=1", "hospital" + repeated(".a", (400 - 14) / 2) + "…: error: the plan has no key 'a'");
}

TEST_CASE("an edit of a file that says nothing it could edit is refused by the file's own message") {
  const Folder folder;
  folder.write("hospital.yaml", good);
  folder.write("system.yaml", "- system: midshire\n");
  check_refused(run({"run", folder.path(), "--set", "title=x"}), "system.yaml:1:1: error: the system is a list, not a map of keys and values\n",
                folder.path());
}

TEST_CASE("a wrong command line is refused in one line") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", good);
  const auto refused = [&](const std::vector<std::string>& arguments, const std::string& reason) {
    const std::string last = arguments.empty() ? "" : arguments.back();
    INFO(last);
    // That of the sub-command, where one was given.
    const bool is_command = !arguments.empty() && (arguments.front() == "run" || arguments.front() == "validate");
    check_refused(run(arguments), reason + " (see 'shortfall " + (is_command ? arguments.front() + " " : "") + "--help')\n");
  };
  refused({}, "shortfall: A subcommand is required");
  refused({"rum"}, "shortfall: no command 'rum'; did you mean 'run'?");
  refused({"\x1b[31m"}, "shortfall: no command '\\u{1b}[31m'");
  refused({std::string(5000, 'x')}, "shortfall: no command '" + std::string(60, 'x') + "…'");
  refused({"--nonsense"}, "shortfall: A subcommand is required");
  refused({"run", plan, "--nonsense"}, "shortfall: The following argument was not expected: --nonsense");
  refused({"run", plan, "--\x1b[31m"}, "shortfall: The following argument was not expected: --\\u{1b}[31m");
  for (const char* trials : {"0", "-1", "1e99", "0x10", "many", "1.5", "99999999999999999999999"})
    refused({"run", plan, "--trials", trials}, std::string("shortfall: --trials: '") + trials + "' is not a whole number from 1 to 1000000000000");
  refused({"run", plan, "--seed", "-1"}, "shortfall: --seed: '-1' is not a whole number from 0 to 18446744073709551615");
  refused({"run", plan, "--threads", "-3"}, "shortfall: --threads: '-3' is not a whole number from 0 to 1024");
  refused({"run", plan, "--threads", "9999999"}, "shortfall: --threads: '9999999' is not a whole number from 0 to 1024");
  refused({"run", plan, "--precision", "2"}, "shortfall: --precision: '2' is not a fraction in range, like 0.005 or 0.5%");
  for (const char* optimism : {"nan", "inf", "-1", "11", "0x1"})
    refused({"run", plan, "--optimism", optimism}, std::string("shortfall: --optimism: '") + optimism + "' is not a number from 0 to 10");
  refused({"run", plan, "--format", "xml"}, "shortfall: --format: xml not in {text,markdown,html,json,csv,junit,github,xlsx}");
  refused({"run", plan, "--output"}, "shortfall: --output: 1 required FILE missing");
  refused({"validate"}, "shortfall: PLAN is required");
}

TEST_CASE("what cannot be written fails in one line, with status 3 and nothing left behind") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", good);
  const auto failed = [&](const Ran& ran, const std::string& line) {
    INFO(line);
    CHECK(ran.status == 3);
    CHECK(ran.out == "");
    CHECK(without(ran.err, folder.path()) == "shortfall: cannot write " + line + "\n");
    CHECK(names_in(folder) == std::vector<std::string>{"plan.yaml"});
  };
  const std::vector<std::string> arguments = {"run", plan, "--trials", "1000"};
  const auto to = [&](const std::string& output) {
    std::vector<std::string> words = arguments;
    words.insert(words.end(), {"--output", output});
    return run(words);
  };
  failed(to("/nonexistent/x"), "/nonexistent/x: No such file or directory");
  failed(to(folder.path()), ".: Is a directory");
  failed(to(plan + "/x"), "plan.yaml/x: Not a directory");
  failed(to("/dev/full"), "/dev/full: No space left on device");
  failed(to(folder.path(std::string(255, 'x'))), std::string(255, 'x') + ": File name too long");
  failed(run_in_shell("exec \"$@\" > /dev/full", arguments), "standard output: No space left on device");
  failed(run_in_shell("exec \"$@\" >&-", arguments), "standard output: Bad file descriptor");
  failed(run_in_shell("exec \"$@\" > /dev/full", {"--help"}), "standard output: No space left on device");
  CHECK(text_of(plan) == good);
}

TEST_CASE("a full disk leaves the earlier result as it was") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", good), output = folder.write("out.txt", "earlier\n");
  // No file of the program's may grow (the message cannot be written either): a full disk, for one process.
  const Ran ran = run_in_shell("trap '' XFSZ; ulimit -f 0; exec \"$@\" --quiet", {"run", plan, "--trials", "1000", "--output", output});
  CHECK(ran.status == 3);
  CHECK(text_of(output) == "earlier\n");
  CHECK(names_in(folder) == std::vector<std::string>{"out.txt", "plan.yaml"});
}

TEST_CASE("--output through a symbolic link replaces what it leads to, and keeps its mode") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", good), target = folder.write("target.txt", "earlier\n"), link = folder.path("link.txt");
  fs::permissions(target, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  fs::create_symlink("target.txt", link);
  REQUIRE(run({"run", plan, "--trials", "1000", "--output", link}).status == 0);
  CHECK(fs::is_symlink(link));
  CHECK(text_of(target) != "earlier\n");
  CHECK(fs::status(target).permissions() == (fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read));
}

TEST_CASE("an interrupted run ends at once and leaves nothing behind") {
  for (const auto& [number, status] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143), std::pair(SIGHUP, 129)}) {
    for (const bool has_earlier : {false, true}) {
      INFO("signal ", number, has_earlier ? " over an earlier result" : "");
      const Folder folder;
      const std::string plan = folder.write("plan.yaml", good), output = folder.path("out.txt");
      if (has_earlier) folder.write("out.txt", "earlier\n");
      Running running({"run", plan, "--trials", "1000000000000", "--output", output});
      running.work(1s);  // well into the simulation, which would take hours
      running.signal(number);
      const Ran ran = running.wait(5s);
      CHECK(ran.status == status);
      CHECK(ran.out == "");
      CHECK(ran.err == "shortfall: interrupted; what was done so far is lost, and nothing is written\n");
      CHECK(names_in(folder) == (has_earlier ? std::vector<std::string>{"out.txt", "plan.yaml"} : std::vector<std::string>{"plan.yaml"}));
      if (has_earlier) CHECK(text_of(output) == "earlier\n");
    }
  }
}
