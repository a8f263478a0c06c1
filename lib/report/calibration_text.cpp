#include "report/calibration_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/money.hpp"
#include "report/markdown_text.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

std::string share(double x) { return decimal(x, 2); }
std::string range(const Range& r) { return fmt::format("{} to {}", share(r.low), share(r.high)); }
std::string percents(const Range& r) { return fmt::format("{:.0f} to {:.0f} %", 100 * r.low, 100 * r.high); }

std::string headline(const Calibration& c) {
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
                     s.at_least > 0 ? fmt::format(" and {} that say at least how much", s.at_least) : "", s.before.p50, s.after.p50, unit, s.before.p90,
                     s.after.p90, unit);
}

// Each of a class's findings in a sentence.
std::vector<std::string> findings(const ClassCalibration& c) {
  std::vector<std::string> out;
  out.push_back(fmt::format("drops out: {} of {}; {:.0f} % before, {:.0f} % now ({}), {:.1f} % of it beyond what its stages say", c.dropped,
                            c.records - c.running, 100 * c.prior_chance, 100 * c.chance.mean(), percents(c.chance_range), 100 * c.drops_out));
  out.push_back(fmt::format("share of what goes ahead, by {} and a prior worth {:g}: P50 {} → {} ({}), mean {} → {} ({})", counted(c.shares, "record"),
                            c.prior_weight, share(c.before.p50), share(c.after.p50), range(c.p50_range), share(c.before.mean), share(c.after.mean),
                            range(c.mean_range)));
  out.push_back(fmt::format("with half the prior's weight P50 {}, mean {}; with twice, {} and {}", share(c.half_prior.p50), share(c.half_prior.mean),
                            share(c.twice_prior.p50), share(c.twice_prior.mean)));
  out.push_back(fmt::format("delivered over planned, drop-outs among them: {} by count, {} by value", share(c.by_count), share(c.by_value)));
  out.push_back(side_sentence("delay", c.delay, " months"));
  out.push_back(side_sentence("overrun", c.overrun, ""));
  if (c.not_begun > 0) out.push_back(fmt::format("{} came too late to save anything in the year: they count for the delay alone", counted(c.not_begun, "record")));
  for (const OrganisationLine& line : c.lines)
    out.push_back(fmt::format("{} has its own line: {} delivered {}, credibility {:.2f}, so {}", line.organisation, counted(line.records, "record"),
                              share(line.own_mean), line.factor, share(line.estimate)));
  if (c.scores.records > 0)
    out.push_back(fmt::format("left out in turn{}, records were forecast with a CRPS of {:.3f}, {:.3f} by the prior ({}); they stood at P{:.0f} on average, by fifths {}",
                              c.scores.by_parts ? " by twentieths" : "", c.scores.crps, c.scores.prior_crps,
                              c.scores.crps < c.scores.prior_crps ? "better" : "no better", 100 * c.scores.pit_mean, fmt::join(c.scores.pit_fifths, ", ")));
  return out;
}

class Page {
 public:
  Page(const Calibration& c, const TextStyle& style) : c_(c), colour_(style.colour), width_(std::clamp<std::size_t>(style.width, 72, 120)) {}

  std::string whole(const Provenance& provenance) {
    strong("Calibrated reference classes");
    paragraph(headline(c_));
    out_ += "\n";
    table();
    out_ += "\n";
    for (const StageCalibration& s : c_.stages)
      if (s.records > 0) bullet(stage_sentence(s));
    for (const std::string& text : c_.warnings) bullet("note: " + text);
    for (const ClassCalibration& c : c_.classes) {
      out_ += "\n";
      strong(c.id);
      for (const std::string& text : findings(c)) bullet(text);
      for (const std::string& text : c.warnings) bullet("note: " + text);
      for (const std::string& text : c.collect) bullet("collect: " + text);
    }
    out_ += "\n";
    paragraph(fmt::format("Ranges in brackets hold nine in ten of what the class may be, as far as records and prior say. What a prior is worth (judgement "
                          "10 records, derived 20, evidence 40) is ours: no publication says. {}.",
                          provenance.program));
    return std::move(out_);
  }

 private:
  void strong(const std::string& text) { out_ += (colour_ ? "\x1b[1m" + text + "\x1b[0m" : text) + "\n"; }
  void paragraph(const std::string& text) { out_ += wrapped(printable(text, 2000), width_); }
  void bullet(const std::string& text) { out_ += wrapped("- " + printable(text, 2000), width_, "  "); }

  void table() {
    const std::size_t name = 24;
    out_ += padded("", name) + right_aligned("records", 9) + right_aligned("dropped", 9) + right_aligned("P10", 8) + right_aligned("P50", 7) +
            right_aligned("P90", 7) + right_aligned("(before)", 10) + "\n";
    for (const ClassCalibration& c : c_.classes)
      out_ += padded(printable(c.id, 100), name) + right_aligned(grouped(std::uint64_t{c.records}), 9) + right_aligned(percent(c.chance.mean(), 0), 9) +
              right_aligned(share(c.after.p10), 8) + right_aligned(share(c.after.p50), 7) + right_aligned(share(c.after.p90), 7) +
              right_aligned("(" + share(c.before.p50) + ")", 10) + "\n";
  }

  const Calibration& c_;
  bool colour_;
  std::size_t width_;
  std::string out_;
};

std::string item(const std::string& text) { return "- " + markdown_text(text, 2000) + "\n"; }

}  // namespace

std::string calibration_text(const Calibration& calibration, const Provenance& provenance, const TextStyle& style) {
  return Page(calibration, style).whole(provenance);
}

std::string calibration_markdown(const Calibration& c, const Provenance& provenance) {
  std::string out = fmt::format("### Calibrated reference classes\n\n{}\n\n", markdown_text(headline(c), 2000));
  out += "| class | records | drops out | before | P10 | P50 | P90 | P50 before |\n|---|--:|--:|--:|--:|--:|--:|--:|\n";
  for (const ClassCalibration& k : c.classes)
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", markdown_text(k.id), k.records, percent(k.chance.mean(), 0), percent(k.prior_chance, 0),
                       share(k.after.p10), share(k.after.p50), share(k.after.p90), share(k.before.p50));
  out += "\n";
  for (const StageCalibration& s : c.stages)
    if (s.records > 0) out += item(stage_sentence(s));
  for (const std::string& text : c.warnings) out += item("note: " + text);
  for (const ClassCalibration& k : c.classes) {
    out += fmt::format("\n#### {}\n\n", markdown_text(k.id));
    for (const std::string& text : findings(k)) out += item(text);
    for (const std::string& text : k.warnings) out += item("note: " + text);
    for (const std::string& text : k.collect) out += item("collect: " + text);
  }
  return out + fmt::format("\n<sub>{}</sub>\n", markdown_text(provenance.program));
}

}  // namespace shortfall
