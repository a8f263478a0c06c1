#include <fmt/format.h>

#include <algorithm>

#include "base/money.hpp"
#include "report/history.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

std::string two_digits(double x) { return decimal(x, 2); }
std::string range(const Range& r) { return fmt::format("{} to {}", two_digits(r.low), two_digits(r.high)); }
std::string percents(const Range& r) { return fmt::format("{:.0f} to {:.0f} %", 100 * r.low, 100 * r.high); }

std::string calibration_headline(const Calibration& c) {
  return fmt::format("{} of {}, {}, up to {}; prior: {}", counted(c.records, "record"), counted(c.organisations, "organisation"),
                     c.first_year == c.last_year ? c.first_year : c.first_year + " to " + c.last_year, month_text(c.as_at), c.prior_name);
}

std::string stage_sentence(const StageCalibration& s) {
  return fmt::format("{}: {} of {} dropped out; {:.0f} % before, {:.0f} % now ({})", name_of(s.stage), s.dropped, counted(s.records, "record"),
                     100 * s.before, 100 * s.chance.mean(), percents({s.chance.quantile(0.05), s.chance.quantile(0.95)}));
}

std::string side_sentence(const char* name, const SideCalibration& s, const char* unit) {
  if (s.held) return fmt::format("{}: held at the prior's, P50 {:.2g}{}, P90 {:.2g}{}", name, s.before.p50, unit, s.before.p90, unit);
  return fmt::format("{}: by {}{}; P50 {:.2g} → {:.2g}{}, P90 {:.2g} → {:.2g}{}", name, counted(s.ended, "record"),
                     s.at_least > 0 ? fmt::format(" and {} that {} at least how much", s.at_least, s.at_least == 1 ? "says" : "say") : "",
                     s.before.p50, s.after.p50, unit, s.before.p90, s.after.p90, unit);
}

// Each of a class's findings in a sentence.
std::vector<std::string> findings(const ClassCalibration& c) {
  std::vector<std::string> out;
  out.push_back(fmt::format("drops out: {} of {}; {:.0f} % before, {:.0f} % now ({}); of those that their stages spare, {:.1f} % drop out", c.dropped,
                            c.records - c.running, 100 * c.prior_chance, 100 * c.chance.mean(), percents(c.chance_range), 100 * c.drops_out));
  out.push_back(fmt::format("share of what goes ahead, by {} and a prior worth {:g}: P50 {} → {} ({}), mean {} → {} ({})",
                            counted(c.shares, "record"), c.prior_weight, two_digits(c.before.p50), two_digits(c.after.p50), range(c.p50_range),
                            two_digits(c.before.mean), two_digits(c.after.mean), range(c.mean_range)));
  out.push_back(fmt::format("with half the prior's weight P50 {}, mean {}; with twice, {} and {}", two_digits(c.half_prior.p50),
                            two_digits(c.half_prior.mean), two_digits(c.twice_prior.p50), two_digits(c.twice_prior.mean)));
  out.push_back(
      fmt::format("delivered over planned, drop-outs among them: {} by count, {} by value", two_digits(c.by_count), two_digits(c.by_value)));
  out.push_back(side_sentence("delay", c.delay, " months"));
  out.push_back(side_sentence("overrun", c.overrun, ""));
  if (c.not_begun > 0)
    out.push_back(fmt::format("{} came too late to save anything in the year, and {} for the delay alone", counted(c.not_begun, "record"),
                              c.not_begun == 1 ? "counts" : "count"));
  for (const OrganisationLine& line : c.lines)
    out.push_back(fmt::format("{} has its own line: {} delivered {}, credibility {:.2f}, so {}", line.organisation, counted(line.records, "record"),
                              two_digits(line.own_mean), line.factor, two_digits(line.estimate)));
  if (c.scores.records > 0)
    out.push_back(fmt::format(
        "left out in turn{}, records were forecast with a CRPS of {:.3f}, {:.3f} by the prior ({}); they stood at P{:.0f} on average, by fifths {}",
        c.scores.by_parts ? " by twentieths" : "", c.scores.crps, c.scores.prior_crps, c.scores.crps < c.scores.prior_crps ? "better" : "no better",
        100 * c.scores.pit_mean, fmt::join(c.scores.pit_fifths, ", ")));
  return out;
}

void bullet(Section& s, const std::string& text) { s.blocks.emplace_back(Paragraph{"- " + text, Tone::plain, "  ", {}, {}, false}); }

PageTable table_of(const Calibration& c) {
  PageTable t;
  t.columns = {{"class", TableColumn::Kind::name, 20}, {"records"}, {"drops out"}, {"before"}, {"P10"}, {"P50"}, {"P90"}, {"P50 before"}};
  for (const ClassCalibration& k : c.classes)
    t.row({k.id, grouped(std::uint64_t{k.records}), percent(k.chance.mean(), 0), percent(k.prior_chance, 0), two_digits(k.after.p10),
           two_digits(k.after.p50), two_digits(k.after.p90), two_digits(k.before.p50)});
  return t;
}

}  // namespace

Document view_calibration(const Calibration& c, const Provenance& provenance) {
  Document out;
  out.title = "Calibrated reference classes";
  out.section().say(calibration_headline(c));
  Section& first = out.section();
  first.add(table_of(c));
  for (const StageCalibration& s : c.stages)
    if (s.records > 0) bullet(first, stage_sentence(s));
  for (const std::string& text : c.warnings) bullet(first, "note: " + text);
  for (const ClassCalibration& k : c.classes) {
    Section& s = out.section(k.id);
    for (const std::string& text : findings(k)) bullet(s, text);
    for (const std::string& text : k.warnings) bullet(s, "note: " + text);
    for (const std::string& text : k.collect) bullet(s, "collect: " + text);
  }
  out.section().say(fmt::format("Ranges in brackets hold nine in ten of what the class may be, as far as records and prior say. What a prior is "
                                "worth (judgement 10 records, derived 20, evidence 40) "
                                "is our choice: no publication says it. {}.",
                                provenance.program),
                    Tone::faint);
  return out;
}

}  // namespace shortfall
