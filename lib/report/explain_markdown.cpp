#include "report/explain_markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/money.hpp"
#include "report/markdown_text.hpp"
#include "report/number_text.hpp"
#include "report/page.hpp"

namespace shortfall {
namespace {

constexpr std::size_t most_schemes = 20;

// "+2.1 (2.0 to 2.2)", in points.
std::string change(const Estimate& e, int digits) {
  return fmt::format("{} ({} to {})", points(e, digits), signed_decimal(100 * e.low, digits), signed_decimal(100 * e.high, digits));
}

// Digits that all of a table's chances support.
int chance_digits(const std::vector<Estimate>& chances, int most) {
  double widest = 0;
  for (const Estimate& e : chances) widest = std::max(widest, e.half_width());
  return digits_for(100 * widest, most);
}

// Of the table of schemes.
struct TableColumn {
  SchemeEffect SchemeResult::*variant;
  Estimate SchemeEffect::*what;
  const Estimate& of(const SchemeResult& s) const { return s.*variant.*what; }
};

constexpr TableColumn chances[] = {{&SchemeResult::certain, &SchemeEffect::system},
                                   {&SchemeResult::late, &SchemeEffect::system},
                                   {&SchemeResult::lost, &SchemeEffect::system},
                                   {&SchemeResult::certain, &SchemeEffect::owner},
                                   {&SchemeResult::lost, &SchemeEffect::owner}};
constexpr TableColumn sums[] = {{&SchemeResult::certain, &SchemeEffect::system_contingency},
                                {&SchemeResult::lost, &SchemeEffect::system_contingency}};

}  // namespace

std::string explain_markdown(const ExplainResult& r, const Provenance& provenance) {
  const Setting& s = r.setting;
  std::string out;
  const auto line = [&](const std::string& text = "") { out += text + "\n"; };
  line(fmt::format("### What drives the failures: {}", markdown_text(s.title.empty() ? s.system : s.title)));
  line();
  line(fmt::format("The system fails in {} of {}.", percent_with_interval(r.system_fails), counted(s.trials, "simulated future")));
  line();
  line(fmt::format("| scheme | certain | {} months later | lost | its owner alone: certain | lost | reserves to be 80 % sure, {}: certain | lost |",
                   months_late, markdown_text(s.currency)));
  line("|---|---:|---:|---:|---:|---:|---:|---:|");
  const std::size_t shown = std::min(most_schemes, r.schemes.size());
  const auto digits_of = [&](const TableColumn& column, auto digits) {
    std::vector<Estimate> cells;
    for (std::size_t k = 0; k < shown; ++k) cells.push_back(column.of(r.schemes[k]));
    return digits(cells);
  };
  for (std::size_t k = 0; k < shown; ++k) {
    const SchemeResult& x = r.schemes[k];
    std::string row = fmt::format("| {}/{} |", markdown_text(s.organisations[x.organisation].id), markdown_text(x.id));
    for (const TableColumn& c : chances) row += " " + change(c.of(x), digits_of(c, [](const auto& cells) { return chance_digits(cells, 1); })) + " |";
    for (const TableColumn& c : sums) row += " " + signed_amount(c.of(x), digits_of(c, money_digits)) + " |";
    line(row);
  }
  line();
  line(
      fmt::format("Points of P(system fails), with 95 % intervals{}.",
                  r.schemes.size() > most_schemes ? fmt::format("; the {} schemes with the widest span of {}", most_schemes, r.schemes.size()) : ""));
  line();
  if (!r.factors.empty()) {
    line("| P(system fails) when a factor sits at | P5 | P25 | P50 | P75 | P95 |");
    line("|---|---:|---:|---:|---:|---:|");
    std::vector<Estimate> all;
    for (const FactorResult& f : r.factors) all.insert(all.end(), f.fails.begin(), f.fails.end());
    for (const FactorResult& f : r.factors) {
      std::string row = "| " + markdown_text(f.name);
      for (const Estimate& e : f.fails) row += " | " + percent(e.value, chance_digits(all, 2));
      line(row + " |");
    }
    line();
  }
  line(fmt::format("| expected shortfall in the worst 5 %, {} | share | |", markdown_text(s.currency)));
  line("|---|---:|---:|");
  for (std::size_t o = 0; o < r.tail.parts.size(); ++o)
    line(fmt::format("| {} | {} | {} % |", o < s.organisations.size() ? markdown_text(s.organisations[o].id) : "the system's own target",
                     amount(r.tail.parts[o], money_digits(r.tail.parts)),
                     decimal(r.tail.whole.value > 0 ? 100 * r.tail.parts[o].value / r.tail.whole.value : 0, 0)));
  line(fmt::format("| **whole** | {} | |", amount(r.tail.whole, money_digits({r.tail.whole}))));
  line();
  if (r.tail.trials < thin_tail) line(fmt::format("Only {} in that tail.\n", lie(r.tail.trials)));
  if (r.variance) {
    line("| share of the variance of the system's shortfall | |");
    line("|---|---:|");
    const auto row = [&](std::string_view kind, const Estimate& e) {
      line(fmt::format("| {} | {} % ± {} |", kind, decimal(100 * e.value, 1), decimal(100 * e.half_width(), 1)));
    };
    for (std::size_t k = 0; k < r.variance->shares.size(); ++k) row(name_of(static_cast<DriverKind>(k)), r.variance->shares[k]);
    row("only together", r.variance->interactions);
    line();
  }
  line(fmt::format("<sub>{}; seed {}; {}</sub>", counted(s.trials, "simulated future"), s.seed, markdown_text(provenance.program)));
  return out;
}

}  // namespace shortfall
