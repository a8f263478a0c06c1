#include <fmt/format.h>

#include "report/frame.hpp"
#include "report/number_text.hpp"
#include "report/views.hpp"

namespace shortfall {
namespace {

std::string bounds(const std::optional<double>& low, const std::optional<double>& high) {
  if (low && high) return fmt::format(", from {:g} to {:g}", *low, *high);
  if (low) return fmt::format(", at least {:g}", *low);
  return high ? fmt::format(", at most {:g}", *high) : "";
}

std::string words(const Fixed& d) { return fmt::format("{:g}", d.value); }
std::string words(const Uniform& d) { return fmt::format("uniform from {:g} to {:g}", d.low, d.high); }
std::string words(const Triangular& d) { return fmt::format("triangular {:g}, {:g}, {:g}", d.low, d.mode, d.high); }
std::string words(const Pert& d) { return fmt::format("PERT {:g}, {:g}, {:g}", d.low, d.mode, d.high); }
std::string words(const ScaledBeta& d) { return fmt::format("beta with mean {:g} and sd {:g} from {:g} to {:g}", d.mean, d.sd, d.low, d.high); }
std::string words(const Normal& d) { return fmt::format("normal with mean {:g} and sd {:g}{}", d.mean, d.sd, bounds(d.low, d.high)); }
std::string words(const Lognormal& d) { return fmt::format("lognormal with median {:g} and P90 {:g}{}", d.median, d.p90, bounds({}, d.high)); }
std::string words(const Metalog& d) { return fmt::format("P10 {:g}, P50 {:g}, P90 {:g}{}", d.p10, d.p50, d.p90, bounds(d.low, d.high)); }
std::string words(const Values& d) { return fmt::format("one of {} values", d.values.size()); }
std::string words(const Quantiles& d) { return fmt::format("by {} quantiles from {:g} to {:g}", d.levels.size(), d.values.front(), d.values.back()); }

// "P10 0.8, P50 0.95, P90 1.05, from 0 to 1.3": a distribution as a line.
std::string distribution_text(const Distribution& distribution) {
  std::string out = std::visit([](const auto& d) { return words(d); }, distribution.shape);
  return distribution.drops_out > 0 ? out + fmt::format("; drops out in {:g} %", 100 * distribution.drops_out) : out;
}

}  // namespace

Document view_sources(const Reference& reference) {
  Document out;
  out.title = "Reference classes of " + reference.name;
  std::string stages;
  for (std::size_t s = 0; s < stage_count; ++s)
    stages += fmt::format("{}{} {:g} %", s == 0 ? "" : ", ", stage_names()[s], 100 * reference.drops_out[s]);
  out.section().say("Chance that a scheme drops out, by its stage: " + stages + ".");
  for (const ReferenceClass& c : reference.classes) {
    Section& s = out.section(fmt::format("{} ({})", c.id.value, c.grade));
    PageTable t;
    t.columns = {{"", TableColumn::Kind::name}, {"", TableColumn::Kind::words}};
    t.row({PageCell("share delivered"), distribution_text(c.share)});
    t.row({PageCell("months late"), distribution_text(c.delay)});
    t.row({PageCell("cost / planned"), distribution_text(c.overrun)});
    t.row({PageCell("source"), c.source});
    s.add(std::move(t));
  }
  return out;
}

Document view_problems(const Problems& problems, const std::string& closing, Codes codes, const std::vector<Source>& framed, std::size_t width) {
  Document out;
  Section& s = out.section();
  for (const Problem& p : problems) {
    const bool error = p.severity() == Severity::error;
    s.blocks.emplace_back(Paragraph{codes == Codes::shown ? problem_line(p) : to_text(p), Tone::plain, "    ",
                                    fmt::format("{}:", name_of(p.severity())), error ? Tone::bad : Tone::doubtful,
                                    framed.empty()});  // for programs, one line; with the lines of sources it is for people
    for (std::string& line : frame(p.place, framed, width)) s.blocks.emplace_back(Paragraph{std::move(line), Tone::faint, {}, {}, {}, true});
  }
  if (!closing.empty()) s.say(closing);
  return out;
}

}  // namespace shortfall
