// Plans that once crashed the program, or made it say what is not so.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

const std::string head = "organisation: a\nyears: [2025]\nincome: 100\nspend: 100\ntarget: 1\n";

std::string with_scheme(const std::string& scheme) { return head + "schemes:\n  s: {" + scheme + "}\n"; }

}  // namespace

TEST_CASE("a comparison tells of edits that only make sense together as one") {
  const Folder folder;
  const std::string judged = folder.write("judged.yaml", with_scheme("delivery: 0.5, saving: [2]"));
  const std::string of_a_class = folder.write("class.yaml", with_scheme("class: transactional, saving: [2]"));
  for (const auto& [before, after] : {std::pair(judged, of_a_class), std::pair(of_a_class, judged)}) {
    const Ran ran = run({"compare", before, after, "--quiet", "--trials", "20000", "--max-trials", "20000"});
    CHECK(ran.status < 128);
    CHECK(ran.err == "");
    CHECK(ran.out.find("a.schemes.s.class with") != std::string::npos);
  }
}

TEST_CASE("numbers near the smallest of all are compared as any other") {
  const Folder folder;
  const auto plan = [&](const std::string& name, const std::string& sd) { return folder.write(name, head + "pressure: {sd: " + sd + "}\n"); };
  const std::string usual = plan("usual.yaml", "1%");
  for (const char* sd : {"1e-311", "5e-324", "2e-308%", "1e-320%"}) {
    CAPTURE(std::string(sd));
    const Ran ran = run({"compare", usual, plan("tiny.yaml", sd), "--quiet", "--trials", "20000", "--max-trials", "20000"});
    CHECK(ran.status < 2);
    CHECK(ran.err == "");
    CHECK(ran.out.find("a.pressure.sd") != std::string::npos);
  }
}

TEST_CASE("where there is nothing to turn, reverse says so and tells of the reserves") {
  const Folder folder;
  const std::string plan = folder.write("plan.yaml", head + "schemes: {}\n");
  const Ran ran = run({"reverse", plan, "--given", "system=p5", "--quiet", "--trials", "20480"});
  CHECK(ran.status == 0);
  CHECK(ran.err == "");
  CHECK(ran.out.find("there is nothing to turn\nbut the reserves.") != std::string::npos);
  CHECK(ran.out.find("reserves to add") != std::string::npos);
  const Ran as_json = run({"reverse", plan, "--given", "system=p5", "--quiet", "--trials", "20480", "--format", "json"});
  CHECK(as_json.status == 0);
  check_schema("reverse-1", as_json.out);
}
