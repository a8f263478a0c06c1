#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/number_text.hpp"
#include "report/page.hpp"
#include "report/rests_on.hpp"

namespace shortfall {

std::string assumed_words(const RunResult& run, const Grounds& grounds) {
  const double carry =
      std::min_element(run.organisations.begin(), run.organisations.end(), [](const auto& a, const auto& b) { return a.carry < b.carry; })->carry;
  double found = 0, missed = 0;
  for (const OrganisationResult& o : run.organisations) found += o.found.mean.value, missed += o.saving.planned - o.saving.mean.value;
  const std::string grades = grades_words(run);
  return fmt::format(
      "What is assumed: {}; {}. {} of a year's gap must be made good in the next; {}{}.",
      grades.empty() ? "every scheme is delivered already"
      : run.optimism == 0
          ? "every scheme goes exactly as planned"
          : fmt::format("schemes go {} (what is known of that rests, by planned saving, {})",
                        run.optimism == 1 ? std::string("as such schemes have gone before")
                                          : fmt::format("{:g} times as far behind their plans as such schemes have before", run.optimism),
                        grades),
      "pressure: " + usual_pressure_words(grounds), percent(carry, 0),
      found > 0                 ? "part of what schemes miss is found elsewhere, once"
      : std::abs(missed) < 1e-9 ? "schemes miss nothing"
                                : "what schemes miss is not found elsewhere",
      run.organisations.size() == 1 || grounds.agreement_stated
          ? ""
          : "; the plans state no agreement, and \"one pool\" shows what would happen if all stood together");
}

PageTable glossary(bool several) {
  PageTable t;
  t.columns = {{"word", TableColumn::Kind::label}, {"what it means here", TableColumn::Kind::words}};
  const auto word = [&](const char* what, const char* means) { t.row({what, means}); };
  word("future", "one way in which all schemes, pressures and shared luck may turn out; many thousands are simulated");
  word("fails", "falls further below its target, years carried forward, than its reserves can carry");
  if (several) {
    word("alone", "by an organisation's own means, as if nobody helped and nobody had to be helped");
    word("together", "under the agreement: of a joint-and-several pool all members survive or all fail");
    word("counted as one", "all margins added up against all reserves, whoever owns them");
    word("dragged under, rescued", "would survive alone but fails together; would fail alone but survives together");
  }
  word("position", "income less spend of a year, after savings");
  word("reserves to add", "on top of today's, so as to be 80 % sure not to fail");
  word("P10, P90", "one future in ten is below P10, one in ten above P90");
  word("expected", "the mean over all futures");
  word("reference class", "schemes of one kind, and how they went in the past");
  word("shared luck", "what makes schemes go well or badly together");
  word("points", "percentage points of a chance");
  return t;
}

}  // namespace shortfall
