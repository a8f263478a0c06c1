// What keys of a plan mean, told by exact figures: two ways to write one thing give one answer.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "support/program.hpp"

using namespace shortfall::test;
using nlohmann::json;

namespace {

// A plan whose savings are certain but for what `scheme` says of them; no pressure.
json savings_of(const std::string& scheme, const std::string& years = "years: [2025/26, 2026/27]", const std::string& delay = "0") {
  const Folder folder;
  const std::string plan =
      folder.write("one.yaml", fmt::format("organisation: one\n{}\nincome: 100\nspend: 105\ntarget: 0\npressure: {{sd: 0}}\nschemes:\n"
                                           "  only: {{{}, delivery: 1, delay: {}}}\n",
                                           years, scheme, delay));
  return result({plan, "--trials", "256"}).at("organisations").at(0);
}

double saved(const json& organisation) { return organisation.at("saving").at("mean").get<double>(); }
double saved_last(const json& organisation) { return organisation.at("saving").at("mean_last_year").get<double>(); }

bool near(double a, double b) { return std::abs(a - b) < 1e-6; }

}  // namespace

TEST_CASE("a scheme that starts before the plan has done its waiting there") {
  const std::string ramp = "saving: {full_year: 4, starts: 2023-04}", list = "saving: [4, 4]";
  CHECK(near(saved(savings_of(ramp)), 8));
  CHECK(near(saved(savings_of(ramp, "years: [2025/26, 2026/27]", "24")), 8));
  CHECK(near(saved(savings_of(list, "years: [2025/26, 2026/27]", "12")), 4));
  // Half a year before: half a year late costs nothing, a year late half a year, three years late all but nothing.
  const std::string half = "saving: {full_year: 4, starts: 2024-10}";
  for (const auto& [months, total] : {std::pair("0", 8.0), {"6", 8.0}, {"12", 6.0}, {"24", 2.0}, {"29", 1.0 / 3}, {"30", 0.0}, {"60", 0.0}}) {
    INFO(months);
    CHECK(near(saved(savings_of(half, "years: [2025/26, 2026/27]", months)), total));
  }
  // Beside it another scheme is as late as it was.
  const std::string both = "saving: [4, 4], delivery: 1, delay: 12}\n  before: {saving: {full_year: 4, starts: 2024-10}";
  CHECK(near(saved(savings_of(both, "years: [2025/26, 2026/27]", "12")), 10));
}

TEST_CASE("a saving that ends saves to its last month, as much later as it is late") {
  const std::string ends = "saving: {full_year: 12, starts: 2025-04, ends: 2026-03}";
  CHECK(near(saved(savings_of(ends)), 12));
  CHECK(near(saved_last(savings_of(ends)), 0));
  CHECK(near(saved_last(savings_of(ends, "years: [2025/26, 2026/27]", "3")), 3));
  CHECK(near(saved(savings_of("saving: {full_year: 12, starts: 2025-04, ends: 2026-06}")), 15));
  // It is not recurrent: nothing of it lapses.
  const auto lapsing = [](const std::string& more) {
    const Folder folder;
    const std::string plan = folder.write("one.yaml",
                                          "organisation: one\nyears: [2025/26, 2026/27]\nincome: 100\nspend: 105\ntarget: 0\npressure: {sd: 0}\n"
                                          "schemes: {only: {saving: {full_year: 12, starts: 2025-04, ends: 2026-09}, delivery: 1" +
                                              more + "}}\n");
    return run({"run", plan, "--trials", "256", "--quiet", "--format", "json"});
  };
  CHECK(lapsing(", lapses: 50%").status == 2);
  const json half = json::parse(lapsing(", lapses: 50%, recurrent: true").out);
  CHECK(near(saved(half.at("organisations").at(0)), 12 + 3));
}

TEST_CASE("savings by month and by quarter are late by months, not by years") {
  const std::string quarters = "saving: {quarterly: [0, 0, 0, 3, 3, 3, 3, 3]}",
                    months = "saving: {monthly: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}";
  for (const char* late : {"0", "1", "2", "3", "7", "12", "24"}) {
    INFO(late);
    const json by_quarter = savings_of(quarters, "years: [2025/26, 2026/27]", late), by_month = savings_of(months, "years: [2025/26, 2026/27]", late);
    CHECK(near(saved(by_quarter), std::max(0.0, 15 - std::stod(late))));
    CHECK(near(saved(by_month), saved(by_quarter)));
    CHECK(near(saved_last(by_month), saved_last(by_quarter)));
  }
  // What each quarter adds to the same quarter of the year before.
  const std::string added = "saving: {quarterly: [0, 0, 0, 3, 3, 3, 3, 0]}, basis: year-on-year";
  CHECK(saved(savings_of(added)) == saved(savings_of(quarters)));
}

TEST_CASE("year_starts says which month a year starts in") {
  const std::string scheme = "saving: {full_year: 12, starts: 2025-10}";
  CHECK(near(saved(savings_of(scheme, "years: [2025, 2026]")), 15));
  CHECK(near(saved(savings_of(scheme, "years: [2025, 2026]\nyear_starts: april")), 18));
  CHECK(near(saved(savings_of(scheme, "years: [2025/26, 2026/27]")), 18));
  CHECK(near(saved(savings_of(scheme, "years: [FY26, FY27]\nyear_starts: october")), 24));
  CHECK(near(saved(savings_of(scheme, "years: [2025/26, 2026/27]\nyear_starts: july")), 21));
}

TEST_CASE("a pool's own reserves go with the whole pool and the system, and with no member alone") {
  const Folder folder;
  for (const char* id : {"a", "b"})
    folder.write(std::string(id) + ".yaml", fmt::format("organisation: {}\nincome: 100\nspend: 103\ntarget: 0\npressure: {{sd: 2%}}\nreserves: 1\n"
                                                        "schemes: {{only: {{class: workforce, saving: [3, 4]}}}}\n",
                                                        id));
  const auto of = [&](const std::string& pools, const std::vector<std::string>& edits) {
    folder.write("system.yaml", "system: s\nyears: [2025/26, 2026/27]\nagreement: {pools: [" + pools + "]}\n");
    std::vector<std::string> arguments = {folder.path(), "--trials", "4096"};
    for (const std::string& edit : edits) arguments.insert(arguments.end(), {"--set", edit});
    return result(arguments);
  };
  const json own = of("{members: [a, b], reserves: 4}", {}), members = of("[a, b]", {"a.reserves=3", "b.reserves=3"}), none = of("[a, b]", {});
  for (const char* part : {"fails", "shortfall", "contingency"}) {
    CHECK(own.at("pools").at(0).at(part) == members.at("pools").at(0).at(part));
    CHECK(own.at("system_total").at(part) == members.at("system_total").at(part));
  }
  CHECK(own.at("pools").at(0).at("reserves") == 4);
  CHECK(!none.at("pools").at(0).contains("reserves"));
  for (std::size_t o = 0; o < 2; ++o) {
    CHECK(own.at("organisations").at(o).at("fails").at("alone") == none.at("organisations").at(o).at("fails").at("alone"));
    CHECK(own.at("organisations").at(o).at("fails").at("together") == members.at("organisations").at(o).at("fails").at("together"));
  }
  CHECK(own.at("pools").at(0).at("fails").at("p") < none.at("pools").at(0).at("fails").at("p"));
  of("{members: [a, b], reserves: 4}", {});
  const Ran text = run({"run", folder.path(), "--trials", "1024", "--quiet"});
  CHECK(text.out.find("with £4.0m of reserves of") != std::string::npos);
  // The reserves that make the pool sure are told beyond what it has.
  const Ran reverse = run({"reverse", folder.path(), "--trials", "1024", "--quiet", "--format", "json"});
  CHECK(reverse.status == 0);
  const Ran pool = run({"pool", folder.path(), "--trials", "1024", "--quiet", "--format", "json"});
  REQUIRE(pool.status == 0);
  bool found = false;
  const json coalitions = json::parse(pool.out).at("coalitions");
  for (const json& c : coalitions) {
    const bool whole = c.at("members").size() == 2;
    found = found || whole;
    CHECK(c.at("reserves") == (whole ? 6 : 1));
  }
  CHECK(found);
}

TEST_CASE("a new name of an organisation changes nothing, and a merger is one edit with what hangs on it") {
  const Folder folder;
  const std::string keys = "income: 100\nspend: 103\ntarget: 0\npressure: {sd: 1%}\n";
  const auto plan = [&](const std::string& file, const std::string& id, const std::string& more, const std::string& schemes) {
    folder.write(file, "organisation: " + id + "\n" + more + keys + "schemes:\n" + schemes);
  };
  const auto scheme = [](const std::string& id, const std::string& more = "") {
    return "  " + id + ": {class: workforce, saving: [2, 3]" + more + "}\n";
  };
  const auto system = [&](const std::string& folder_of, const std::string& pool) {
    folder.write(folder_of + "/system.yaml", "system: s\nyears: [2025/26, 2026/27]\nagreement: {pools: [" + pool + "]}\n");
  };
  const auto compare = [&](const std::string& from, const std::string& to) {
    const Ran ran = run({"compare", folder.path(from), folder.path(to), "--trials", "10240", "--quiet", "--format", "json"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    check_schema("comparison-1", ran.out);
    return json::parse(ran.out);
  };
  system("old", "[a, b]");
  plan("old/a.yaml", "a", "", scheme("x"));
  plan("old/b.yaml", "b", "", scheme("x", ", needs: [a/x]") + scheme("y"));
  // Renamed, to an id that stands elsewhere in the order.
  system("new", "[b, z]");
  plan("new/z.yaml", "z", "was: a\n", scheme("x"));
  plan("new/b.yaml", "b", "", scheme("x", ", needs: [z/x]") + scheme("y"));
  const json renamed = compare("old", "new");
  CHECK(renamed.at("identical") == true);
  CHECK(renamed.at("changes").size() == 1);
  for (const json& m : renamed.at("measures")) CHECK(m.at("change") == 0);
  // Without `was:` it is another organisation, and that is asked about.
  plan("new/z.yaml", "z", "", scheme("x"));
  CHECK(compare("old", "new").at("identical") == false);
  CHECK(run({"compare", folder.path("old"), folder.path("new"), "--trials", "10240", "--quiet"}).out.find("looks renamed from a") !=
        std::string::npos);
  // Merged: all savings with the same luck, so that the system saves what it saved.
  folder.write("merged/system.yaml", "system: s\nyears: [2025/26, 2026/27]\n");
  folder.write("merged/m.yaml", "organisation: m\nwas: [a, b]\nincome: 200\nspend: 206\ntarget: 0\npressure: {sd: 1%}\nschemes:\n" + scheme("x") +
                                    scheme("x2", ", needs: [x], was: b/x") + scheme("y", ", was: b/y"));
  const json merged = compare("old", "merged");
  std::size_t mergers = 0;
  for (const json& c : merged.at("changes")) mergers += c.at("kind") == "merged";
  CHECK(mergers == 1);
  CHECK(!merged.at("effects").is_null());
}
