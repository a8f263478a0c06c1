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
std::string change(const Estimate& e) {
  const int digits = digits_for(100 * e.half_width(), 1);
  return fmt::format("{} ({:+.{}f} to {:+.{}f})", points(e, digits), 100 * e.low, digits, 100 * e.high, digits);
}
std::string sum(const Estimate& e) { return signed_amount(e, money_digits({e})); }

}  // namespace

std::string explain_markdown(const ExplainResult& r, const Provenance& provenance) {
  const Setting& s = r.setting;
  std::string out;
  const auto line = [&](const std::string& text = "") { out += text + "\n"; };
  line(fmt::format("### What drives the failures: {}", markdown_text(s.title.empty() ? s.system : s.title)));
  line();
  line(fmt::format("The system fails in {} of {} simulated futures.", percent_with_interval(r.system_fails), grouped(s.trials)));
  line();
  line(fmt::format("| scheme | certain | {} months later | lost | its owner alone: certain | lost | reserves to be 80 % sure, {}: certain | lost |",
                   months_late, markdown_text(s.currency)));
  line("|---|---:|---:|---:|---:|---:|---:|---:|");
  for (std::size_t k = 0; k < std::min(most_schemes, r.schemes.size()); ++k) {
    const SchemeResult& x = r.schemes[k];
    line(fmt::format("| {}/{} | {} | {} | {} | {} | {} | {} | {} |", markdown_text(s.organisations[x.organisation].id), markdown_text(x.id),
                     change(x.certain.system), change(x.late.system), change(x.lost.system), change(x.certain.owner), change(x.lost.owner),
                     sum(x.certain.system_contingency), sum(x.lost.system_contingency)));
  }
  line();
  line(
      fmt::format("Points of P(system fails), with 95 % intervals{}.",
                  r.schemes.size() > most_schemes ? fmt::format("; the {} schemes with the widest span of {}", most_schemes, r.schemes.size()) : ""));
  line();
  if (!r.factors.empty()) {
    line("| P(system fails) when a factor sits at | P5 | P25 | P50 | P75 | P95 |");
    line("|---|---:|---:|---:|---:|---:|");
    for (const FactorResult& f : r.factors) {
      std::string row = "| " + markdown_text(f.name);
      for (const Estimate& e : f.fails) row += " | " + percent(e);
      line(row + " |");
    }
    line();
  }
  line(fmt::format("| expected shortfall in the worst 5 %, {} | share | |", markdown_text(s.currency)));
  line("|---|---:|---:|");
  for (std::size_t o = 0; o < r.tail.parts.size(); ++o)
    line(fmt::format("| {} | {} | {:.0f} % |", o < s.organisations.size() ? markdown_text(s.organisations[o].id) : "the system's own target",
                     amount(r.tail.parts[o], money_digits(r.tail.parts)),
                     r.tail.whole.value > 0 ? 100 * r.tail.parts[o].value / r.tail.whole.value : 0));
  line(fmt::format("| **whole** | {} | |", amount(r.tail.whole, money_digits({r.tail.whole}))));
  line();
  if (r.tail.trials < thin_tail) line(fmt::format("Only {:.0f} futures lie in that tail.\n", r.tail.trials));
  if (r.variance) {
    line("| share of the variance of the system's shortfall | |");
    line("|---|---:|");
    const auto row = [&](std::string_view kind, const Estimate& e) {
      line(fmt::format("| {} | {:.1f} % ± {:.1f} |", kind, 100 * e.value, 100 * e.half_width()));
    };
    for (std::size_t k = 0; k < r.variance->shares.size(); ++k) row(name_of(static_cast<DriverKind>(k)), r.variance->shares[k]);
    row("only together", r.variance->interactions);
    line();
  }
  line(fmt::format("<sub>{} simulated futures; seed {}; {}</sub>", grouped(s.trials), s.seed, markdown_text(provenance.program)));
  return out;
}

}  // namespace shortfall
