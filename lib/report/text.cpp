#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/money.hpp"
#include "report/number_text.hpp"

namespace shortfall {
namespace {

class Page {
 public:
  Page(const RunResult& r, const TextStyle& style) : r_(r), style_(style), width_(std::clamp<std::size_t>(style.width, 60, 120)) {}

  std::string whole() {
    head();
    table();
    gates();
    meaning();
    grounds();
    return std::move(out_);
  }

 private:
  enum class Tone { plain, strong, faint, good, doubtful, bad };
  std::string toned(std::string_view text, Tone tone) const {
    if (!style_.colour || tone == Tone::plain) return std::string(text);
    static constexpr const char* codes[] = {"", "1", "2", "32", "33", "31"};
    return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(tone)], text);
  }
  static Tone tone_of(double chance) { return chance < 0.2 ? Tone::good : chance < 0.5 ? Tone::doubtful : Tone::bad; }

  void line(std::string_view text = "") { out_.append(text).append("\n"); }
  void paragraph(const std::string& text) { out_ += wrapped(text, width_); }

  std::string money(double amount) const { return money_text(amount, r_.currency, money_digits_); }

  void head() {
    double most = 0;
    for (const OrganisationResult& o : r_.organisations) most = std::max(most, o.saving.planned);
    // Of money the plans' own unit and a tenth of it, unless the plans are small.
    money_digits_ = most > 0 && most < 1 ? 3 : 1;
    percent_digits_ = digits_for(100 * r_.widest, 2);
    const std::string years = r_.years.size() == 1 ? r_.years.front() : fmt::format("{} to {}", r_.years.front(), r_.years.back());
    const std::string& title = r_.title.empty() && r_.organisations.size() == 1 ? r_.organisations.front().title : r_.title;
    line(toned(padded_title(title.empty() ? fmt::format("{} plans", r_.organisations.size()) : title, years), Tone::strong));
    line(fmt::format("{} organisation{}, {} scheme{}, {} of savings planned; {} simulated futures", r_.organisations.size(),
                     r_.organisations.size() == 1 ? "" : "s", r_.schemes, r_.schemes == 1 ? "" : "s", money(r_.planned_saving), grouped(r_.trials)));
    line();
  }

  std::string padded_title(const std::string& title, const std::string& years) const {
    const std::size_t room = width_ - width_of(years) - 2;
    return fmt::format("{}, {}", width_of(title) > room ? padded(title, room) : title, years);
  }

  static constexpr std::size_t bar_cells = 10;
  std::string bar(double chance) const {
    static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto filled = static_cast<std::size_t>(std::lround(chance * bar_cells * 8));
    std::string full;
    for (std::size_t i = 0; i < filled / 8; ++i) full += "█";
    full += eighths[filled % 8];
    return toned(padded(full, bar_cells), tone_of(chance));
  }

  std::string chance_cell(const Estimate& e, std::size_t width) const {
    return toned(right_aligned(percent(e.value, percent_digits_), width), tone_of(e.value));
  }

  struct Row {
    std::string name;
    const Estimate* alone;
    const Estimate* together;
    std::optional<double> planned, expected, reserves, extra;
  };

  void table() {
    const bool bars = style_.colour;
    const std::size_t numbers = 9 + 10 + (bars ? bar_cells + 1 : 0) + 10 + 10 + 10;
    std::size_t name_width = 4;
    for (const OrganisationResult& o : r_.organisations) name_width = std::max(name_width, width_of(o.title));
    name_width = std::min(std::max<std::size_t>(name_width, 22), width_ - numbers);
    const std::string gap = bars ? std::string(bar_cells + 1, ' ') : "";
    const std::string unit = r_.currency;
    line(toned(fmt::format("{}{}{}{}{}", padded("", name_width), right_aligned("chance of failing", 19), gap, right_aligned("saving, " + unit, 20),
                           right_aligned("reserves", 10)),
               Tone::faint));
    line(toned(fmt::format("{}{}{}{}{}{}{}", padded("", name_width), right_aligned("alone", 9), right_aligned("together", 10), gap,
                           right_aligned("planned", 10), right_aligned("expected", 10), right_aligned("to add *", 10)),
               Tone::faint));
    double planned = 0, expected = 0;
    for (const OrganisationResult& o : r_.organisations) {
      planned += o.saving.planned;
      expected += o.saving.mean.value;
      row({o.title, &o.alone, &o.together, o.saving.planned, o.saving.mean.value, o.reserves, o.contingency.p80.value}, name_width);
    }
    if (r_.organisations.size() > 1) {
      line(toned(rule(name_width + numbers), Tone::faint));
      row({"system as a whole", nullptr, &r_.system_fails, planned, expected, r_.reserves, r_.system_contingency.p80.value}, name_width);
      row({fmt::format("any of the {}", r_.organisations.size()), &r_.joint.any, &r_.joint_together.any, {}, {}, {}, {}}, name_width);
      row({fmt::format("all of the {}", r_.organisations.size()), &r_.joint.all, &r_.joint_together.all, {}, {}, {}, {}}, name_width);
    }
    line(toned(fmt::format("* {} to be 80 % sure not to fail{}", unit, r_.organisations.size() > 1 ? " (each organisation: alone)" : ""),
               Tone::faint));
    line();
  }

  static std::string rule(std::size_t width) {
    std::string out;
    for (std::size_t i = 0; i < width; ++i) out += "─";
    return out;
  }

  void row(const Row& r, std::size_t name_width) {
    const auto amount = [&](const std::optional<double>& x) { return right_aligned(x ? fmt::format("{:.{}f}", *x + 0.0, money_digits_) : "", 10); };
    std::string text = padded(r.name, name_width);
    text += r.alone == nullptr ? std::string(9, ' ') : chance_cell(*r.alone, 9);
    text += chance_cell(*r.together, 10);
    if (style_.colour) text += " " + bar(r.together->value);
    text += amount(r.planned) + amount(r.expected) + amount(r.extra);
    while (!text.empty() && text.back() == ' ') text.pop_back();
    line(text);
  }

  void gates() {
    if (r_.gates.empty()) return;
    for (const GateResult& g : r_.gates) {
      const Tone tone = g.verdict == Verdict::passed ? Tone::good : g.verdict == Verdict::crossed ? Tone::bad : Tone::doubtful;
      const bool is_chance = g.gate.measure.starts_with("fails");
      const int digits = digits_for(g.value.half_width(), 3);
      const std::string value = is_chance ? percent_with_interval(g.value)
                                          : fmt::format("{} ({:.{}f} to {:.{}f})", money_text(g.value.value, r_.currency, digits), g.value.low,
                                                        digits, g.value.high, digits);
      line(fmt::format("gate {}  {}  it is {}", toned(fmt::format("{:<7}", name_of(g.verdict)), tone), g.gate.expression, value));
    }
    line();
  }

  static std::string name(const OrganisationResult& o) { return o.title; }

  // Three or four sentences that a board can read.
  void meaning() {
    const std::size_t n = r_.organisations.size();
    std::string s;
    if (n == 1) {
      const OrganisationResult& o = r_.organisations.front();
      s += fmt::format("{} falls further below its target than its reserves of {} can carry in {}. ", name(o), money(o.reserves), futures(o.alone));
    } else {
      s += fmt::format("Together they miss the system's target by more than their reserves of {} in {}. ", money(r_.reserves),
                       futures(r_.system_fails));
      s += fmt::format("Each on its own, at least one of the {} fails in {}, all of them in {}. ", n, futures(r_.joint.any), futures(r_.joint.all));
      const auto dragged = std::max_element(r_.organisations.begin(), r_.organisations.end(),
                                            [](const auto& a, const auto& b) { return a.dragged_under.value < b.dragged_under.value; });
      const auto rescued = std::max_element(r_.organisations.begin(), r_.organisations.end(),
                                            [](const auto& a, const auto& b) { return a.rescued.value < b.rescued.value; });
      if (dragged->dragged_under.value >= 0.005)
        s += fmt::format("{} would survive alone but is dragged under in {}. ", name(*dragged), futures(dragged->dragged_under));
      if (rescued->rescued.value >= 0.005) s += fmt::format("{} would fail alone but is rescued in {}. ", name(*rescued), futures(rescued->rescued));
    }
    double expected = 0;
    for (const OrganisationResult& o : r_.organisations) expected += o.saving.mean.value;
    if (r_.planned_saving > 0)
      s += fmt::format("Of {} planned, {} ({:.0f} %) is to be expected. ", money(r_.planned_saving), money(expected),
                       100 * expected / r_.planned_saving);
    if (n > 1)
      s += r_.pooling_benefit_p80 >= 0
               ? fmt::format("To be 80 % sure each by itself they would have to add {} of reserves, as one system {}: standing together is worth {}.",
                             money(r_.pooling_benefit_p80 + r_.system_contingency.p80.value), money(r_.system_contingency.p80.value),
                             money(r_.pooling_benefit_p80))
               : fmt::format("To be 80 % sure each by itself they would have to add {} of reserves, as one system {}: the whole is dearer by {}.",
                             money(r_.pooling_benefit_p80 + r_.system_contingency.p80.value), money(r_.system_contingency.p80.value),
                             money(-r_.pooling_benefit_p80));
    while (s.ends_with(' ')) s.pop_back();
    paragraph(s);
    line();
  }

  void grounds() {
    std::string s = "Rests on: ";
    double by_grade[4] = {}, total = 0;
    static constexpr const char* grades[] = {"evidence", "derived", "judgement", ""};
    for (const ClassUsed& c : r_.classes) {
      const auto at = std::find(std::begin(grades), std::end(grades), c.grade);
      by_grade[at - std::begin(grades)] += c.planned;
      total += c.planned;
    }
    if (total > 0) {
      static constexpr const char* words[] = {"on evidence", "derived from it", "on judgement", "on the plan's own word"};
      std::string parts;
      for (std::size_t g = 0; g < 4; ++g)
        if (by_grade[g] > 0) parts += fmt::format("{}{:.0f} % {}", parts.empty() ? "" : ", ", 100 * by_grade[g] / total, words[g]);
      s += fmt::format("delivery as such schemes have gone ({}: {} of the planned saving); ", r_.reference, parts);
    }
    s += r_.optimism == 1   ? "optimism 1, the track record as it is"
         : r_.optimism == 0 ? "optimism 0, all as planned"
                            : fmt::format("optimism {:g} (0: as planned, 1: the track record)", r_.optimism);
    const Shared& w = r_.dependence.shared;
    s += fmt::format(
        "; {:g} % of all luck shared by the system, {:g} % within an organisation{}. ", 100 * w.system, 100 * w.organisation,
        r_.dependence.copula == Copula::student_t ? fmt::format(" (student-t, {:g} degrees of freedom)", r_.dependence.degrees_of_freedom) : "");
    s += fmt::format("Chances are good to {:.{}f} points or better, 19 times in 20; seed {}.", 100 * r_.widest, std::min(percent_digits_ + 1, 2),
                     r_.seed);
    out_ += toned_block(wrapped(s, width_));
  }

  std::string toned_block(const std::string& block) const {
    std::string out;
    for (std::size_t at = 0; at < block.size();) {
      const std::size_t end = block.find('\n', at);
      out += toned(block.substr(at, end - at), Tone::faint) + "\n";
      at = end + 1;
    }
    return out;
  }

  const RunResult& r_;
  TextStyle style_;
  std::size_t width_;
  int money_digits_ = 1, percent_digits_ = 1;
  std::string out_;
};

}  // namespace

std::string text(const RunResult& result, const TextStyle& style) { return Page(result, style).whole(); }

}  // namespace shortfall
