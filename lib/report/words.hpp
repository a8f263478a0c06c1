// The words that reports have in common, so that one thing is said in one way.
#pragma once

#include <string>
#include <vector>

#include "report/document.hpp"
#include "report/number_text.hpp"
#include "study/compare.hpp"
#include "study/provenance.hpp"
#include "study/setting.hpp"

namespace shortfall {

// "given what was seen to the end of September 2017 (actuals.csv): of 61 schemes".
std::string seen_words(const Seen& seen);
// Why nothing is told of the luck of these factors ("the economy", "Midshire's schemes"), given what was seen.
std::string luck_not_told(const std::vector<std::string>& factors);
// What "one pool" is where the plans say nothing of who stands with whom; what nobody has signed is never said to be.
std::string no_agreement_words();
// The title and years, what was simulated, and what was asked of it beyond the plans: a stress, an optimism, actuals, --set.
Document begun(const Setting& setting, const std::string& simulated, const std::vector<std::string>& edits);
Setting setting_of(const RunResult& result);
// What a script finds beneath every report: the program and the seed.
void end(Document& document, const Setting& setting, const Provenance& provenance, const std::string& before = {});

std::string title_of(const Setting& setting, std::size_t organisation);
// A shared factor as a sentence names it: "the whole system" (of one plan "the whole plan"), an organisation's title, "the class workforce",
// "the year 2017/18", or a factor of the plans' own in quotes.
std::string factor_words(const Setting& setting, const std::string& factor);
// "any of the 6" and "all of the 6", of two "either" and "both".
std::string any_of(std::size_t organisations);
std::string all_of(std::size_t organisations);
std::string titles_of(const Setting& setting, const std::vector<std::uint32_t>& organisations);  // "A, B and C"

// A measure's value with its interval: "41.2 % (40.9 to 41.5)", "£8.1m (7.9 to 8.3)".
std::string value_text(std::string_view measure, const Estimate& e, std::string_view currency);
std::string value_text(std::string_view measure, double value, std::string_view currency);
// "system.fails <= 30%: it is 41.2 % (40.9 to 41.5)", and the same of a limit on a change: "system.fails +2pp: it is +3.1 (2.9 to 3.3) points".
std::string gate_text(const GateResult& gate, std::string_view currency);
// "gate passed  …", its verdict coloured.
Paragraph gate_paragraph(const GateResult& gate, std::string_view currency);
std::string limit_text(const CompareResult& result, const ChangeLimitResult& limit);
// What was found, without the expression.
std::string found_text(const GateResult& gate, std::string_view currency);
std::string found_text(const CompareResult& result, const ChangeLimitResult& limit);

// "+3.1 points (2.9 to 3.3)": a change of a chance.
std::string with_points(const Estimate& change);

Tone tone_of(Verdict verdict);
Tone tone_of_chance(double chance);
// A rise of a chance to fail, or of a need, is bad; what may be nothing is faint.
Tone tone_of_change(const Estimate& change);

// "two", "12".
std::string number_word(std::size_t n);
std::string sampling_words(const RunResult& result);  // "Latin hypercube sampling, pressures integrated"

// Digits that a column of planned sums needs: as many as tell the smallest from nothing, none where all are large.
int planned_digits(const std::vector<double>& sums);
int planned_digits(const RunResult& result);  // of its organisations' planned savings
// The sum of a column as it is printed.
double sum_as_printed(const std::vector<double>& column, int digits);

// "PATH (12 → 5)", "added: …", "was OLD"; where it stands: "plans/acute.yaml:12".
std::string edit_text(const Change& change);
std::string place_text(const Change& change);
std::string compare_headline(const CompareResult& result);

}  // namespace shortfall
