// What is written is written whole, to where it was asked for, or an error says that it was not; and what plans say steers nothing.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

std::string plan_named(const std::string& title) {
  return "organisation: a\ntitle: \"" + title +
         "\"\nyears: [2025]\nincome: 100\nspend: 100\ntarget: 1\nschemes:\n  s: {class: workforce, saving: [2]}\n";
}

std::vector<std::string> names_in(const Folder& folder) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path())) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// As GitHub's runner finds its orders: "::" at the start of a line, blanks aside; "##[" anywhere.
bool gives_orders(const std::string& text) {
  if (text.find("##[") != std::string::npos || text.find("##vso[") != std::string::npos) return true;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) == std::string::npos ? text.size() : text.find('\n', at) + 1) {
    const std::size_t first = text.find_first_not_of(" \t", at);
    if (first != std::string::npos && text.compare(first, 2, "::") == 0) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("with any of the standard descriptors closed a file is written all the same, and a closed output is an error") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", plan_named("A")), out = folder.path("out.json");
  const std::string expected = run({"run", plan, "--quiet", "--trials", "1024", "--format", "json"}).out;
  for (const char* closed : {">&-", "<&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"}) {
    CAPTURE(std::string(closed));
    fs::remove(out);
    const Ran ran =
        run_in_shell(std::string("exec \"$@\" ") + closed, {"run", plan, "--quiet", "--trials", "1024", "--format", "json", "--output", out});
    CHECK(ran.status == 0);
    CHECK(text_of(out) == expected);
  }
  const Ran ran = run_in_shell("exec \"$@\" >&-", {"run", plan, "--quiet", "--trials", "1024"});
  CHECK(ran.status == 3);
  CHECK(ran.err.starts_with("shortfall: cannot write standard output: "));
}

TEST_CASE("an output that is one of the process's own descriptors goes on where that is") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", plan_named("A")), log = folder.write("log", "earlier\n");
  const std::string expected = run({"run", plan, "--quiet", "--trials", "1024"}).out;
  for (const char* name : {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"}) {
    CAPTURE(std::string(name));
    folder.write("log", "earlier\n");
    const Ran ran = run_in_shell("\"$@\" >> " + log + "; s=$?; echo later >> " + log + "; exit $s",
                                 {"run", plan, "--quiet", "--trials", "1024", "--output", name});
    CHECK(ran.status == 0);
    CHECK(text_of(log) == "earlier\n" + expected + "later\n");
  }
  const Ran other = run_in_shell("exec \"$@\" 5>> " + log, {"run", plan, "--quiet", "--trials", "1024", "--output", "/dev/fd/5"});
  CHECK(other.status == 0);
  CHECK(text_of(log) == "earlier\n" + expected + "later\n" + expected);
}

TEST_CASE("a link stays a link, and what it leads to is written, there already or not") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", plan_named("A"));
  fs::create_directory(folder.path("deep"));
  fs::create_symlink("deep/target.txt", folder.path("link"));
  fs::create_symlink("link", folder.path("link-to-link"));
  for (int i = 0; i < 2; ++i) {
    CHECK(run({"run", plan, "--quiet", "--trials", "1024", "--output", folder.path("link-to-link")}).status == 0);
    CHECK(fs::is_symlink(folder.path("link")));
    CHECK(fs::is_symlink(folder.path("link-to-link")));
    CHECK(text_of(folder.path("deep/target.txt")).starts_with("A, 2025"));
  }
  fs::create_symlink("circle", folder.path("circle"));
  const Ran ran = run({"run", plan, "--quiet", "--trials", "1024", "--output", folder.path("circle")});
  CHECK(ran.status != 128 + SIGSEGV);
  CHECK(names_in(folder) == std::vector<std::string>{"circle", "deep", "link", "link-to-link", "plan.yaml"});
}

TEST_CASE("a slow reader of an output that does not wait gets all of it") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", plan_named("A"));
  const std::string whole = run({"run", scenario("midshire"), "--quiet", "--trials", "1024", "--format", "json"}).out;
  REQUIRE(whole.size() > 8000);
  const std::string copy = folder.path("copy");
  // A pipe of 4 KiB whose reader waits first, and then takes a little at a time.
  const Ran nonblocking = run_in_shell(
      "python3 -c \"import os,sys,subprocess,fcntl,time\n"
      "r,w=os.pipe(); fcntl.fcntl(w,1031,4096); os.set_blocking(w,False)\n"
      "p=subprocess.Popen(sys.argv[1:],stdout=w); os.close(w); time.sleep(0.7)\n"
      "data=b''\n"
      "while True:\n"
      "  part=os.read(r,1000)\n"
      "  if not part: break\n"
      "  data+=part\n"
      "open('" +
          copy + "','wb').write(data); sys.exit(p.wait())\" \"$@\"",
      {"run", scenario("midshire"), "--quiet", "--trials", "1024", "--format", "json"});
  CHECK(nonblocking.status == 0);
  CHECK(text_of(copy) == whole);
}

TEST_CASE("every signal that ends the program leaves no unfinished file; a file that may not grow is an error") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", plan_named("A"));
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU}) {
    CAPTURE(signal);
    Running running({"run", plan, "--trials", "1000000000", "--output", folder.path("out.txt"), "--quiet"});
    running.work(100ms);
    running.signal(signal);
    CHECK(running.wait(20s).status == 128 + signal);
    CHECK(names_in(folder) == std::vector<std::string>{"plan.yaml"});
  }
  const Ran ran = run_in_shell("ulimit -f 1; exec \"$@\"",
                               {"run", scenario("midshire"), "--quiet", "--trials", "1024", "--format", "json", "--output", folder.path("out.json")});
  CHECK(ran.status == 3);
  CHECK(ran.err == "shortfall: cannot write " + fs::canonical(folder.path()).string() + "/out.json: File too large\n");
  CHECK(names_in(folder) == std::vector<std::string>{"plan.yaml"});
}

TEST_CASE("no title, file name or option gives an order to a CI system") {
  const Folder folder;
  for (const std::string order :
       {"::error::stolen", "  ::add-mask::x", "##[error]stolen", "x ##[group]y", "##vso[task.setvariable variable=a]b", "::set-output name=x::y"}) {
    CAPTURE(order);
    const std::string plan = folder.write("plan.yaml", plan_named(order));
    const std::string second = folder.write("second.yaml", plan_named(order + " of another") + "reserves: 1\n");
    for (const std::vector<std::string>& command :
         std::vector<std::vector<std::string>>{{"run", plan, "--trials", "1024"},
                                               {"run", plan, "--trials", "1024", "--format", "json"},
                                               {"validate", plan},
                                               {"explain", plan, "--trials", "2048"},
                                               {"explain", plan, "--trials", "2048", "--format", "markdown"},
                                               {"reverse", plan, "--trials", "2048"},
                                               {"compare", plan, second, "--trials", "10240", "--max-trials", "10240"},
                                               {"compare", plan, second, "--trials", "10240", "--max-trials", "10240", "--format", "markdown"},
                                               {"run", plan, "--set", order + "=1"},
                                               {"run", plan, "--given", order},
                                               {"run", order + ".yaml"},
                                               {order}}) {
      const Ran ran = run(command);
      CHECK_MESSAGE(!gives_orders(ran.out), ran.out);
      CHECK_MESSAGE(!gives_orders(ran.err), ran.err);
    }
    // JSON says the same as it did.
    const json result = json::parse(run({"run", plan, "--trials", "1024", "--format", "json"}).out);
    CHECK(result.at("organisations").at(0).at("title") == order);
  }
}

TEST_CASE("a value that a spreadsheet would reckon is a text in a sweep's table") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", plan_named("A"));
  const std::string points = folder.write("points.csv", "a.title,a.target\n\"=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",-1\n+x,+2\n-x,-5\n");
  const Ran ran = run({"sweep", plan, "--points", points, "--trials", "1024", "--quiet"});
  REQUIRE_MESSAGE(ran.status == 0, ran.err);
  CHECK(ran.out.find("\nplans,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",-1,") != std::string::npos);
  CHECK(ran.out.find("\nplans,'+x,+2,") != std::string::npos);
  CHECK(ran.out.find("\nplans,'-x,-5,") != std::string::npos);
}

TEST_CASE("plans whose file names are no UTF-8 are run, sharded, merged, swept and compared") {
  const Folder folder;
  const std::string plan = folder.write("pl\xff\xfe n.yaml", plan_named("A"));
  const Ran whole = run({"run", plan, "--trials", "2048", "--quiet", "--format", "json"});
  REQUIRE(whole.status == 0);
  std::vector<std::string> merge = {"merge", "--quiet", "--format", "json"};
  for (const char* part : {"1/2", "2/2"}) {
    const std::string shard = folder.path(std::string("part") + part[0]);
    const Ran ran = run({"run", plan, "--trials", "2048", "--quiet", "--shard", part, "--output", shard});
    CHECK_MESSAGE(ran.status == 0, ran.err);
    merge.push_back(shard);
  }
  CHECK(without_bridge(run(merge).out) == without_bridge(whole.out));
  for (const char* format : {"text", "markdown", "json", "junit", "github"})
    CHECK(run({"compare", plan, plan, "--trials", "10240", "--max-trials", "10240", "--quiet", "--format", format}).status == 0);
  for (const char* format : {"text", "json", "sarif", "github"}) CHECK(run({"validate", plan, "--format", format}).status == 0);
  CHECK(run({"sweep", plan, "--vary", "optimism=0,1", "--trials", "1024", "--quiet", "--store", folder.path("store.sqlite")}).status == 0);
}

TEST_CASE("a store is a file, or is refused; one that is deleted meanwhile is not said to be done") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", plan_named("A"));
  for (const char* name : {":memory:", "file:x.sqlite", "file::memory:?cache=shared", "file:x?mode=memory", "/dev/null"}) {
    CAPTURE(std::string(name));
    const Ran ran = run({"sweep", plan, "--vary", "optimism=0,1", "--trials", "1024", "--quiet", "--store", name});
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK(ran.err.starts_with(std::string(name) + ": error: "));
  }
  const std::string store = folder.path("store.sqlite");
  Running running({"sweep", plan, "--vary", "optimism=0:2:0.001", "--trials", "200000", "--store", store});
  while (!fs::exists(store)) running.work(1ms);
  running.work(300ms);
  for (const char* end : {"", "-wal", "-shm"}) fs::remove(store + end);
  const Ran ran = running.wait(60s);
  CHECK(ran.status == 3);
  CHECK(ran.err.find("it was deleted or replaced meanwhile, and what was done is lost; run again") != std::string::npos);
}

TEST_CASE("a system shows nothing that lies outside its folder, unless it may") {
  const Folder folder;
  fs::create_directory(folder.path("system"));
  const std::string secret = folder.write("secret", "root:x:0:0:root:/root:/bin/bash\npassword: hunter2\n");
  const std::string good = folder.write("good.yaml", plan_named("A"));
  const auto system = [&](const std::string& more) { return folder.write("system/system.yaml", "system: s\nyears: [2025]\n" + more); };
  fs::create_symlink("../secret", folder.path("system/link.yaml"));
  fs::create_symlink("../good.yaml", folder.path("system/linked.yaml"));
  for (const std::string& more :
       {"organisations: [" + secret + "]\n", std::string("organisations: [../secret]\n"), std::string("organisations: [link.yaml]\n"),
        std::string("organisations: [../good.yaml]\n"), std::string("organisations: [../system/../good.yaml]\n"), std::string(""),
        "reference: " + secret + "\norganisations: [own.yaml]\n", std::string("reference: ../secret\norganisations: [own.yaml]\n")}) {
    CAPTURE(more);
    folder.write("system/own.yaml", plan_named("A"));
    for (const std::string& path : {system(more), folder.path("system")}) {
      const Ran ran = run({"run", path, "--trials", "1024", "--quiet"});
      CHECK(ran.status == 2);
      CHECK_MESSAGE((ran.err.find("outside the system's folder") != std::string::npos), ran.err);
      CHECK(ran.err.find("root") == std::string::npos);
      CHECK(ran.err.find("hunter2") == std::string::npos);
    }
  }
  system("organisations: [../good.yaml]\n");
  CHECK(run({"run", folder.path("system"), "--trials", "1024", "--quiet", "--allow-outside"}).status == 0);
  for (const char* special : {"/dev/zero", "/dev/null", "/dev/stdin"}) {
    CAPTURE(std::string(special));
    system("organisations: [" + std::string(special) + "]\n");
    const Ran ran = run({"run", folder.path("system"), "--trials", "1024", "--quiet", "--allow-outside"});
    CHECK(ran.status == 2);
    CHECK(ran.err.find("not a file but a pipe or device") != std::string::npos);
  }
}

TEST_CASE("a shard that claims what no run can have is refused at once") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", plan_named("A")), shard = folder.path("shard");
  REQUIRE(run({"run", plan, "--trials", "2048", "--quiet", "--shard", "1/2", "--output", shard}).status == 0);
  // Signed again, as somebody who means it would.
  const std::string forge =
      "import sys,hashlib,json\n"
      "t=open(sys.argv[1],'rb').read()[:-65]; i=t.index(b'\\n'); n=int(t[:i].split()[1]); h=json.loads(t[i+1:i+1+n])\n"
      "h['shard']['of']=10**12\n"
      "j=json.dumps(h).encode(); t=t[:i].split()[0]+b' '+str(len(j)).encode()+b'\\n'+j+t[i+1+n:]\n"
      "open(sys.argv[2],'wb').write(t+hashlib.sha256(t).hexdigest().encode()+b'\\n')\n";
  const std::string script = folder.write("forge.py", forge), forged = folder.path("forged");
  REQUIRE(run_in_shell("exec python3 " + script + " " + shard + " " + forged, {}).status == 0);
  const Ran ran = run({"merge", forged});
  CHECK(ran.status == 2);
  CHECK(ran.err == forged + ": error: no shard that this program has written (its number makes no sense)\n");
}

TEST_CASE("what grows with the square has a limit that is said") {
  const Folder folder;
  std::string head = "a.target";
  for (int k = 0; k < 20'000; ++k) head += ",a.k" + std::to_string(k);
  const std::string plan = folder.write("plan.yaml", plan_named("A")), points = folder.write("points.csv", head + "\n1\n");
  const Ran columns = run({"sweep", plan, "--points", points});
  CHECK(columns.status == 2);
  CHECK(columns.err.find("20,001 columns; at most 1,000 make sense") != std::string::npos);

  fs::create_directory(folder.path("many"));
  folder.write("many/system.yaml", "system: many\nyears: [2025]\n");
  const auto add = [&](int from, int to) {
    for (int k = from; k < to; ++k)
      folder.write("many/o" + std::to_string(k) + ".yaml", "organisation: o" + std::to_string(k) + "\nincome: 1\nspend: 1\ntarget: 0\n");
  };
  add(0, 64);
  CHECK(json::parse(run({"run", folder.path("many"), "--quiet", "--trials", "256", "--format", "json"}).out).at("joint").contains("pairs"));
  add(64, 65);
  const Ran without = run({"run", folder.path("many"), "--quiet", "--trials", "256", "--format", "json"});
  CHECK(!json::parse(without.out).at("joint").contains("pairs"));
  check_schema("result-1", without.out);
  const Ran with = run({"run", folder.path("many"), "--quiet", "--trials", "256", "--format", "json", "--pairs"});
  CHECK(json::parse(with.out).at("joint").at("pairs").at("ids").size() == 65);
  add(65, 129);
  const Ran pool = run({"pool", folder.path("many"), "--quiet"});
  CHECK(pool.status == 2);
  CHECK(pool.err.find("129 organisations; at most 128 can be told of together") != std::string::npos);
}

TEST_CASE("files whose names look like options are plans after --") {
  const Folder folder;
  folder.write("--quiet.yaml", plan_named("A"));
  const Ran ran = run_in_shell("cd " + folder.path() + " && exec \"$@\"", {"run", "--trials", "1024", "--", "--quiet.yaml"});
  CHECK(ran.status == 0);
  CHECK(ran.out.starts_with("A, 2025"));
}

TEST_CASE("the line of progress is never wider than the terminal, and is wiped away (long)") {
  // A terminal of so many columns; what the program writes to it.
  const std::string terminal =
      "exec python3 -c \"import fcntl,os,pty,struct,sys,termios\n"
      "pid,fd=pty.fork()\n"
      "if pid==0:\n"
      "  fcntl.ioctl(2,termios.TIOCSWINSZ,struct.pack('HHHH',24,int(os.environ['WIDTH']),0,0)); os.close(1); os.open('/dev/null',1)\n"
      "  os.execv(sys.argv[1],sys.argv[1:])\n"
      "data=b''\n"
      "while True:\n"
      "  try: part=os.read(fd,4096)\n"
      "  except OSError: break\n"
      "  if not part: break\n"
      "  data+=part\n"
      "os.waitpid(pid,0); sys.stdout.buffer.write(data)\" \"$@\"";
  for (const std::size_t width : {20u, 40u, 80u, 200u}) {
    CAPTURE(width);
    const Ran ran =
        run_in_shell("export TERM=xterm WIDTH=" + std::to_string(width) + "; " + terminal, {"explain", scenario("midshire"), "--trials", "60000"});
    REQUIRE(ran.status == 0);
    std::size_t lines = 0;
    for (std::size_t at = 0; (at = ran.out.find('\r', at)) != std::string::npos;) {
      if (ran.out[++at] == '\n') continue;  // the end of a note's line
      ++lines;
      const std::size_t end = ran.out.find("\x1b[K", at);
      REQUIRE(end != std::string::npos);
      std::size_t cells = 0;
      for (std::size_t k = at; k < end; ++k) cells += (static_cast<unsigned char>(ran.out[k]) & 0xc0) != 0x80;
      CHECK(cells < width);
      if (width == 200) CHECK((cells == 0 || ran.out.substr(at, end - at).find(" of ") != std::string::npos));
      at = end;
    }
    CHECK(lines > 1);
    CHECK(ran.out.find("\r\x1b[K") != std::string::npos);
  }
}

TEST_CASE("a title in which something cannot be seen is refused with its place") {
  const Folder folder;
  for (const auto& [what, unseen] : std::vector<std::pair<std::string, std::string>>{{"200b", "\u200b"},
                                                                                     {"2060", "\u2060"},
                                                                                     {"feff", "\ufeff"},
                                                                                     {"202e", "\u202e"},
                                                                                     {"2066", "\u2066"},
                                                                                     {"200f", "\u200f"},
                                                                                     {"ad", "\u00ad"},
                                                                                     {"180e", "\u180e"},
                                                                                     {"2062", "\u2062"},
                                                                                     {"3164", "\u3164"},
                                                                                     {"e0041", "\U000e0041"}}) {
    CAPTURE(what);
    const Ran ran = run({"validate", folder.write("plan.yaml", plan_named("Riverside" + unseen + " Trust"))});
    CHECK(ran.status == 2);
    CHECK(ran.out == "");
    CHECK_MESSAGE(ran.err.find("plan.yaml:2:8: error: title has line ends or unprintable characters (Riverside\\u{" + what +
                               "} Trust); delete them\n") != std::string::npos,
                  ran.err);
    CHECK(ran.err.find(unseen) == std::string::npos);
  }
  // Of a name in any script, a joined emoji among them, nothing is unseen.
  for (const char* title : {"Ysbyty Gwynedd", "東京病院", "مستشفى", "Trust \u2695\ufe0f", "می\u200cروم"})
    CHECK(run({"validate", folder.write("plan.yaml", plan_named(title))}).status == 0);
}
