#include "report/number_text.hpp"

#include <doctest/doctest.h>

#include "base/money.hpp"

using namespace shortfall;

TEST_CASE("no digit is shown that the interval does not support") {
  CHECK(percent(Estimate{0.41234, 0.409, 0.415, 1}) == "41.2 %");       // ± 0.3 points
  CHECK(percent(Estimate{0.41234, 0.38, 0.44, 1}) == "41 %");           // ± 3 points
  CHECK(percent(Estimate{0.41234, 0.41204, 0.41264, 1}) == "41.23 %");  // ± 0.03 points
  CHECK(percent_with_interval(Estimate{0.412, 0.409, 0.415, 1}) == "41.2 % (40.9 to 41.5)");
  CHECK(percent(Estimate{1, 0.9999, 1, 1}) == "100.00 %");
}

TEST_CASE("chances as futures") {
  CHECK(futures({0.61, 0, 0, 100'000}) == "61 of 100 futures");
  CHECK(futures({0.0044, 0, 0, 100'000}) == "4 of 1,000 futures");
  CHECK(futures({0.0, 0, 0, 100'000}) == "none of 100,000 futures");
  CHECK(futures({1.0, 0, 0, 2'000}) == "all of 2,000 futures");
  CHECK(futures({0.99999, 0, 0, 100'000}) == "more than 9,999 of 10,000 futures");
  CHECK(futures({0.993, 0, 0, 100'000}) == "99 of 100 futures");
  // What is known of one is told of as many futures.
  const auto known = [](double value, double low, double high) { return known_text({value, value, value, 100'000, KnownRange{low, high}}); };
  CHECK(known(0.61, 0.5, 0.7) == "50 to 70");
  CHECK(known(0.0044, 0.001, 0.02) == "1 to 20");
  CHECK(known(0.998, 0.994, 0.9996) == "994 to 1,000");
  CHECK(known(0.00001, 0, 0.0009) == "0 to 9");
  CHECK(known(0, 0, 0.0001) == "0 to 10");
  CHECK(futures({0.00001, 0, 0, 100'000}) == "fewer than 1 of 10,000 futures");
}

TEST_CASE("money as its readers write it") {
  CHECK(money_text(8.1, "£m") == "£8.1m");
  CHECK(money_text(-3, "£m") == "-£3.0m");
  CHECK(money_text(-0.01, "£m") == "£0.0m");
  CHECK(money_text(1234.5, "£m", 0) == "£1,234m");
  CHECK(money_text(12, "€k", 2) == "€12.00k");
  CHECK(money_text(23'484, "£000", 0) == "£23,484k");
  CHECK(money_text(66.8, "kr m") == "66.8m kr");
  CHECK(money_text(5, "beans", 0) == "5 beans");
  CHECK(unit_of_money("£'000").worth() == 1000);
  CHECK(unit_of_money("£m").worth() / unit_of_money("£k").worth() == 1000);
  CHECK(grouped(std::uint64_t{100'000}) == "100,000");
  CHECK(grouped(std::uint64_t{999}) == "999");
  CHECK(grouped(std::string("-1234567.25")) == "-1,234,567.25");
}

TEST_CASE("what rounds to nothing has no sign, and one is one") {
  CHECK(decimal(-0.04, 1) == "0.0");
  CHECK(decimal(-0.0, 0) == "0");
  CHECK(decimal(-0.06, 1) == "-0.1");
  CHECK(signed_decimal(-0.004, 2) == "0.00");
  CHECK(signed_decimal(0.3, 1) == "+0.3");
  CHECK(counted(1, "scheme") == "1 scheme");
  CHECK(counted(0, "scheme") == "0 schemes");
  CHECK(counted(1'200, "scheme") == "1,200 schemes");
}

TEST_CASE("text is counted in a terminal's cells, and a sign is never cut from its accents") {
  CHECK(width_of("東京都") == 6);
  CHECK(width_of("Cafe\u0301") == 4);
  CHECK(width_of("🏥 ok") == 5);
  CHECK(width_of("£ – … █ │") == 9);
  CHECK(padded("東京都", 8) == "東京都  ");
  CHECK(padded("東京都", 5) == "東京…");
  CHECK(padded("東京都", 4) == "東… ");
  CHECK(padded("Cafe\u0301 de Paris", 5) == "Cafe\u0301…");
  CHECK(right_aligned("東京", 6) == "  東京");
  CHECK(wrapped("東京都と大阪府", 6, " ") == "東京都\n と大\n 阪府\n");
  CHECK(wrapped("see abcdefghij now", 6) == "see\nabcdef\nghij\nnow\n");
}

TEST_CASE("text is cut, aligned and wrapped by characters, not by bytes") {
  CHECK(padded("£1", 4) == "£1  ");
  CHECK(padded("Cañada Real", 6) == "Cañad…");
  CHECK(right_aligned("£1", 4) == "  £1");
  CHECK(wrapped("one two three", 7) == "one two\nthree\n");
  CHECK(wrapped("it is 50 % of all", 8) == "it is\n50 % of\nall\n");
  // A path too long for a line is broken where a folder ends, so that the file and its line stay together.
  CHECK(wrapped("was b (plans/acute/a.yaml:20)", 14, " ") == "was b\n (plans/acute/\n a.yaml:20)\n");
  CHECK(wrapped("/abcdefghij", 6) == "/abcde\nfghij\n");
}
