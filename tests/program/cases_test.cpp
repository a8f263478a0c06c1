// Inputs of people who do this job that once went wrong: each comes out right.
#include <doctest/doctest.h>

#include "support/program.hpp"

using namespace shortfall::test;

namespace {

const std::string borough =
    "organisation: borough\nyears: [2025/26, 2026/27, 2027/28]\nincome: [250, 255, 260]\nspend: [258, 270, 280]\ntarget: 0\nreserves: 6\n";
const std::string increments =
    "schemes:\n  libraries: {class: service-redesign, saving: [0.5, 0.25, 0]}\n  adults: {class: demand-reduction, saving: [3, 3.5, 2]}\n"
    "  parking: {class: transactional, saving: [2.5, 0, 0]}\n";
const std::string totals =
    "schemes:\n  libraries: {class: service-redesign, saving: [0.5, 0.75, 0.75]}\n  adults: {class: demand-reduction, saving: [3, 6.5, 8.5]}\n"
    "  parking: {class: transactional, saving: [2.5, 2.5, 2.5]}\n";

std::string csv_of(const std::string& plan, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"run", plan, "--trials", "2560", "--format", "csv", "--quiet"};
  words.insert(words.end(), more.begin(), more.end());
  const Ran ran = run(words);
  INFO(ran.err);
  CHECK(ran.status == 0);
  return ran.out;
}

}  // namespace

TEST_CASE("a council's table of what each year adds is read as such by its basis, and warned of without") {
  const Folder folder;
  const std::string plain = folder.write("plain.yaml", borough + increments),
                    marked = folder.write("marked.yaml", borough + "basis: year-on-year\n" + increments),
                    whole = folder.write("whole.yaml", borough + totals);
  CHECK(csv_of(marked) == csv_of(whole));
  CHECK(csv_of(plain) != csv_of(whole));
  CHECK(run({"validate", plain}).out.find("basis: year-on-year") != std::string::npos);
  CHECK(run({"validate", marked}).out.find("basis: year-on-year") == std::string::npos);
  CHECK(run({"validate", plain, "--fail-on", "warning"}).status == 1);
}

TEST_CASE("money is written in the plan's own unit") {
  const Folder folder;
  folder.write("system.yaml", "system: county\ncurrency: £000\n");
  folder.write(
      "county.yaml",
      "organisation: county\nyears: [2026/27, 2027/28]\nincome: [1329312, 1383641]\nspend: [1391203, 1453641]\ntarget: [0, 0]\nreserves: 23484\n"
      "schemes:\n  prog: {class: transactional, saving: [42927, 45000]}\n");
  const std::string page = run({"run", folder.path(), "--trials", "1000", "--quiet"}).out;
  CHECK(page.find("£23,484k") != std::string::npos);
  CHECK(page.find(",484000") == std::string::npos);
}

TEST_CASE("a plan in thousands beside one in millions is converted by its unit, and warned of without") {
  const auto system = [](const Folder& folder, const std::string& unit, const std::string& council) {
    folder.write("system.yaml", "system: two\nunit: £m\n");
    folder.write("a.yaml",
                 "organisation: trust\nyears: [2025/26]\nincome: 412\nspend: 420\ntarget: -2\nreserves: 5\nschemes:\n  s: {class: transactional, "
                 "saving: 6}\n");
    folder.write("b.yaml", "organisation: council\n" + unit + "years: [2025/26]\n" + council);
    return folder.path();
  };
  const Folder thousands, millions, mixed;
  const std::string in_k = "income: 310000\nspend: 318000\ntarget: 0\nreserves: 4000\nschemes:\n  s: {class: transactional, saving: 8000}\n",
                    in_m = "income: 310\nspend: 318\ntarget: 0\nreserves: 4\nschemes:\n  s: {class: transactional, saving: 8}\n";
  CHECK(csv_of(system(thousands, "unit: £k\n", in_k)) == csv_of(system(millions, "", in_m)));
  CHECK(run({"validate", system(mixed, "", in_k)}).out.find("unit: £k") != std::string::npos);
  CHECK(run({"validate", thousands.path()}).out.find("another unit") == std::string::npos);
  const Ran euro = run({"validate", system(mixed, "unit: €k\n", in_k)});
  CHECK(euro.status == 2);
  CHECK(euro.err.find("b.yaml:2:7: error: unit is '€k', but the system counts in '£m'") != std::string::npos);
}

TEST_CASE("known sums of either sign are adjustments, and a negative saving is told so") {
  const Folder folder;
  const std::string head = "organisation: shire\nyears: [2026/27]\nspend: [1391.203]\ntarget: [0]\nreserves: 5\n",
                    scheme = "schemes:\n  programme: {class: transactional, saving: [42.927]";
  const std::string refused = folder.write("refused.yaml",
                                           head + "income: [1329.25]\n" + scheme + "}\n  reprofiled: {class: service-redesign, saving: [-2.5]}\n"),
                    adjusted = folder.write("adjusted.yaml", head + "income: [1329.25]\nadjustments: {reprofiled: [-2.5]}\n" + scheme + "}\n"),
                    same = folder.write("same.yaml", head + "income: [1326.75]\n" + scheme + "}\n");
  CHECK(run({"validate", refused}).err.find("write it under adjustments:") != std::string::npos);
  CHECK(csv_of(adjusted) == csv_of(same));
}

TEST_CASE("amounts as people write them are read where only one thing can be meant") {
  const Folder folder;
  const auto plan = [&](const std::string& name, const std::string& income, const std::string& target) {
    return folder.write(name, "organisation: shire\nyears: [2026/27]\nincome: " + income + "\nspend: 1400\ntarget: " + target +
                                  "\nschemes:\n  s: {class: workforce, saving: 60}\n");
  };
  const std::string usual = csv_of(plan("usual.yaml", "1329.5", "-3.5"));
  CHECK(csv_of(plan("marks.yaml", "1,329.5", "(3.5)")) == usual);
  CHECK(csv_of(plan("minus.yaml", "1329.5", "−3.5")) == usual);
  CHECK(run({"validate", plan("odd.yaml", "13,29.5", "-3.5")}).status == 2);
  CHECK(run({"validate", plan("twice.yaml", "1329.5", "(-3.5)")}).status == 2);
}

TEST_CASE("years in any of the usual forms are one year, and savings may be by month or quarter") {
  const Folder folder;
  const auto plan = [&](const std::string& name, const std::string& years, const std::string& saving) {
    return folder.write(name, "organisation: a\nyears: " + years +
                                  "\nincome: 100\nspend: 104\ntarget: 0\nreserves: 1\nschemes:\n  s: {class: workforce, saving: " + saving + "}\n");
  };
  const std::string usual = csv_of(plan("usual.yaml", "[2025/26, 2026/27]", "[3, 6]"));
  for (const char* years : {"[2025-26, 2026-27]", "[2025/2026, 2026/2027]", "[FY26, FY27]"})
    CHECK(csv_of(plan("form.yaml", years, "[3, 6]")) == usual);
  CHECK(csv_of(plan("quarters.yaml", "[2025/26, 2026/27]", "{quarterly: [0.75, 0.75, 0.75, 0.75, 1.5, 1.5, 1.5, 1.5]}")) == usual);
  CHECK(csv_of(plan("months.yaml", "[2025/26]", "{monthly: [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]}")) ==
        csv_of(plan("year.yaml", "[2025/26]", "[3]")));
  CHECK(run({"validate", plan("few.yaml", "[2025/26]", "{monthly: [1, 2]}")})
            .err.find("monthly has 2 numbers, which is not one for each part of the plan's 1 year (12 are needed)") != std::string::npos);
}

TEST_CASE("three quantiles of any levels give the distribution through them") {
  const Folder folder;
  const auto plan = [&](const std::string& name, const std::string& delivery) {
    return folder.write(name, "organisation: a\nyears: [2025]\nincome: 0\nspend: 0\ntarget: 0.5\npressure: {sd: 0}\nschemes:\n  s: {delivery: " +
                                  delivery + ", saving: 1}\n");
  };
  // A symmetric metalog of three terms is logistic: the logits of 0.1 and 0.05 are in the ratio of their distances from the median.
  const std::string by_tens = csv_of(plan("tens.yaml", "{p10: 0.280277542267379, p50: 0.5, p90: 0.719722457732621}")),
                    by_fives = csv_of(plan("fives.yaml", "{p5: 0.205556102083325, p50: 0.5, p95: 0.794443897916675}"));
  std::size_t same = 0;
  for (std::size_t k = 0; k < std::min(by_tens.size(), by_fives.size()) && by_tens[k] == by_fives[k]; ++k) ++same;
  CHECK(same > 100);
  CHECK(run({"validate", plan("two.yaml", "{p5: 0.2, p95: 0.8}")}).err.find("2 quantiles are given") != std::string::npos);
}

TEST_CASE("a .yml is a plan like any other") {
  const Folder folder;
  const std::string plan = "years: [2025/26]\nincome: 100\nspend: 106\ntarget: 0\nreserves: 1\nschemes:\n  s: {class: workforce, saving: 5}\n";
  folder.write("system.yaml", "system: s\n");
  folder.write("a.yaml", "organisation: a\n" + plan);
  folder.write("c.yml", "organisation: c\n" + plan);
  CHECK(csv_of(folder.path()).find("\ns,c,fails.alone,") != std::string::npos);
  folder.write("broken.yml", "nonsense: [\n");
  const Ran ran = run({"validate", folder.path()});
  CHECK(ran.status == 2);
  CHECK(ran.err.find("broken.yml:") != std::string::npos);
}

TEST_CASE("a plan may come on standard input") {
  const Folder folder;
  const std::string plan =
      folder.write("a.yaml", "organisation: a\nyears: [2025]\nincome: 100\nspend: 104\ntarget: 0\nschemes:\n  s: {class: workforce, saving: 5}\n");
  const Ran piped = run_in_shell("exec \"$@\" < " + plan, {"run", "-", "--trials", "1000", "--format", "csv", "--quiet"});
  CHECK(piped.status == 0);
  CHECK(piped.out == run({"run", plan, "--trials", "1000", "--format", "csv", "--quiet"}).out);
}

TEST_CASE("test results of two systems have names of their own, and one stands once") {
  const Folder folder;
  const auto system = [&](const std::string& id) {
    const std::string sub = folder.path(id);
    std::filesystem::create_directories(sub);
    folder.write(id + "/system.yaml", "system: " + id + "\ngates: [system.fails <= 99%, system.fails <= 99%]\n");
    folder.write(id + "/a.yaml",
                 "organisation: a\nyears: [2025]\nincome: 100\nspend: 104\ntarget: 0\nreserves: 9\nschemes:\n  s: {class: workforce, saving: 5}\n");
    return run({"run", sub, "--trials", "1000", "--format", "junit", "--quiet"}).out;
  };
  const std::string north = system("north"), south = system("south");
  CHECK(north.find("classname=\"shortfall.north.gates\" name=\"system.fails &lt;= 99%\"") != std::string::npos);
  CHECK(north.find("name=\"system.fails &lt;= 99% (2)\"") != std::string::npos);
  CHECK(south.find("classname=\"shortfall.south.gates\"") != std::string::npos);
}

TEST_CASE("a scanner's paths are relative, without a dot") {
  const Folder folder;
  folder.write("a.yaml", "organisation: a\nnonsense: 1\n");
  const Ran ran = run_in_shell("cd " + folder.path() + "; exec \"$@\"", {"validate", "./a.yaml", "--format", "sarif"});
  CHECK(ran.out.find("\"uri\": \"a.yaml\"") != std::string::npos);
}
