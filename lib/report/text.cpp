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
  Page(const RunResult& r, const Extras& extras, const Provenance& provenance, const TextStyle& style)
      : r_(r), extras_(extras), provenance_(provenance), style_(style), width_(std::clamp<std::size_t>(style.width, 60, 120)) {}

  std::string whole() {
    head();
    table();
    gates();
    meaning();
    mechanisms();
    correlations();
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
    money_digits_ = most > 0 && most < 1 ? 3 : most >= 1000 ? 0 : 1;
    // As far as the least certain of the reserves to add supports it.
    double widest = 0;
    for (const OrganisationResult& o : r_.organisations) widest = std::max(widest, o.contingency.p80.half_width());
    money_digits_ = std::isfinite(widest) ? std::min(money_digits_, digits_for(widest, 3)) : 0;
    percent_digits_ = digits_for(100 * r_.widest, 2);
    const std::string years = r_.years.size() == 1 ? r_.years.front() : fmt::format("{} to {}", r_.years.front(), r_.years.back());
    std::string title = r_.title;
    if (title.empty()) title = single() ? r_.organisations.front().title : fmt::format("{} plans", r_.organisations.size());
    line(toned(cut(title, width_ - width_of(years) - 2) + ", " + years, Tone::strong));
    paragraph(fmt::format("{}, {}, {} of savings planned; {}", counted(r_.organisations.size(), "organisation"), counted(r_.schemes, "scheme"),
                          money_text(r_.planned_saving, r_.currency), counted(r_.trials, "simulated future")));
    if (!r_.given.empty()) {
      std::string held;
      for (const Given& g : r_.given) held += fmt::format("{}{} at P{:g}", held.empty() ? "" : ", ", g.factor, 100 * g.quantile);
      noticed("a stress: " + held);
    }
    if (!provenance_.edits.empty()) noticed(fmt::format("the plans as changed by --set {}", fmt::join(provenance_.edits, ", --set ")));
    line();
  }

  void noticed(const std::string& text) { out_ += toned_block(wrapped(printable(text, 2000), width_), Tone::doubtful); }

  bool single() const { return r_.organisations.size() == 1; }
  static std::string cut(const std::string& text, std::size_t width) { return width_of(text) > width ? padded(text, width) : text; }

  std::string bar(double chance) const {
    static constexpr const char* eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto filled = static_cast<std::size_t>(std::lround(chance * static_cast<double>(bar_cells_) * 8));
    std::string full;
    for (std::size_t i = 0; i < filled / 8; ++i) full += "█";
    full += eighths[filled % 8];
    return toned(padded(full, bar_cells_), tone_of(chance));
  }

  std::string chance_cell(const Estimate& e, std::size_t width) const {
    return toned(right_aligned(percent(e.value, percent_digits_), width), tone_of(e.value));
  }

  struct Row {
    std::string name;
    const Estimate* alone;
    const Estimate* together;
    std::optional<double> planned, expected, extra;
  };

  static constexpr std::size_t chance_width = 9, money_width = 9;

  void table() {
    std::size_t numbers = (single() ? 1 : 2) * chance_width + 3 * money_width, longest = 18;
    for (const OrganisationResult& o : r_.organisations) longest = std::max(longest, width_of(o.title) + 1);
    // Names come first, then bars, which can be short.
    const std::size_t room = width_ - numbers;
    constexpr std::size_t short_name = 24, least_bar = 4, longest_bar = 10;
    const std::size_t left = room > longest ? room - longest : 0;
    bar_cells_ = !style_.colour || room < std::min(longest, short_name) + least_bar + 1
                     ? 0
                     : std::clamp<std::size_t>(left, least_bar + 1, longest_bar + 1) - 1;
    if (bar_cells_ > 0) numbers += bar_cells_ + 1;
    name_width_ = std::min(longest, width_ - numbers);
    const std::string bars = bar_cells_ > 0 ? std::string(bar_cells_ + 1, ' ') : "";
    const std::string blank(name_width_, ' ');
    line(toned(blank + right_aligned("P(fails)", chance_width) + (single() ? "" : right_aligned("P(fails)", chance_width)) + bars +
                   right_aligned("savings", money_width) + right_aligned("savings", money_width) + right_aligned("reserves", money_width),
               Tone::faint));
    line(toned(blank + (single() ? std::string(chance_width, ' ') : right_aligned("alone", chance_width) + right_aligned("together", chance_width)) +
                   bars + right_aligned("planned", money_width) + right_aligned("expected", money_width) + right_aligned("to add *", money_width),
               Tone::faint));
    double planned = 0, expected = 0;
    for (const OrganisationResult& o : r_.organisations) {
      planned += o.saving.planned;
      expected += o.saving.mean.value;
      row({o.title, single() ? nullptr : &o.alone, &o.together, o.saving.planned, o.saving.mean.value, o.contingency.p80.value});
    }
    if (!single()) {
      line(toned(rule(name_width_ + numbers), Tone::faint));
      if (!r_.one_pool_of_all)
        for (const PoolResult& p : r_.pools)
          row({fmt::format("the pool of {}", p.members.size()), nullptr, &p.fails, {}, {}, p.contingency.p80.value});
      row({"all counted as one", nullptr, &r_.system_fails, planned, expected, r_.system_contingency.p80.value});
      row({fmt::format("any of the {}", r_.organisations.size()), &r_.joint.any, &r_.joint_together.any, {}, {}, {}});
      row({fmt::format("all of the {}", r_.organisations.size()), &r_.joint.all, &r_.joint_together.all, {}, {}, {}});
    }
    out_ += toned_block(
        wrapped(fmt::format("* {} of reserves to be 80 % sure not to fail{}", r_.currency, single() ? "" : ", each organisation by itself"), width_));
    if (!single()) agreement();
    line();
  }

  // Who stands with whom, where it is not simply everyone.
  void agreement() {
    if (r_.one_pool_of_all) return out_.append(toned_block(wrapped("Together: all in one pool, joint and several.", width_))), void();
    std::string s = "Together: ";
    std::size_t pooled = 0;
    for (const PoolResult& p : r_.pools) {
      pooled += p.members.size();
      s += fmt::format("{} {}; ", fmt::join(p.members, ", "),
                       p.aid ? fmt::format("help each other by up to {} a year", money(*p.aid)) : "are joint and several");
    }
    if (pooled < r_.organisations.size()) {
      std::string alone;
      for (const OrganisationResult& o : r_.organisations)
        if (std::none_of(r_.pools.begin(), r_.pools.end(),
                         [&](const PoolResult& p) { return std::find(p.members.begin(), p.members.end(), o.id) != p.members.end(); }))
          alone += (alone.empty() ? "" : ", ") + o.id;
      s += alone + (r_.organisations.size() - pooled == 1 ? " stands alone" : " stand alone");
    }
    while (s.ends_with(' ') || s.ends_with(';')) s.pop_back();
    out_ += toned_block(wrapped(s + ".", width_));
  }

  static std::string rule(std::size_t width) {
    std::string out;
    for (std::size_t i = 0; i < width; ++i) out += "─";
    return out;
  }

  void row(const Row& r) {
    const auto amount = [&](const std::optional<double>& x) { return right_aligned(x ? grouped(decimal(*x, money_digits_)) : "", money_width); };
    std::string text = padded(cut(r.name, name_width_ - 1), name_width_);
    if (!single()) text += r.alone == nullptr ? std::string(chance_width, ' ') : chance_cell(*r.alone, chance_width);
    text += chance_cell(*r.together, chance_width);
    if (bar_cells_ > 0) text += " " + bar(r.together->value);
    text += amount(r.planned) + amount(r.expected) + amount(r.extra);
    while (text.ends_with(' ')) text.pop_back();
    line(text);
  }

  static std::string end_text(double x, int digits) { return std::isfinite(x) ? decimal(x, digits) : "who knows"; }

  void gates() {
    if (r_.gates.empty()) return;
    for (const GateResult& g : r_.gates) {
      const Tone tone = g.verdict == Verdict::passed ? Tone::good : g.verdict == Verdict::crossed ? Tone::bad : Tone::doubtful;
      const bool is_chance = g.gate.measure.starts_with("fails");
      const int digits = digits_for(g.value.half_width(), 3);
      const std::string value = is_chance ? percent_with_interval(g.value)
                                          : fmt::format("{} ({} to {})", money_text(g.value.value, r_.currency, digits),
                                                        end_text(g.value.low, digits), end_text(g.value.high, digits));
      // Wrapped as it reads, coloured afterwards.
      std::string text = wrapped(fmt::format("gate {:<7} {}: it is {}", name_of(g.verdict), g.gate.expression, value), width_, "             ");
      text.replace(5, 7, toned(text.substr(5, 7), tone));
      out_ += text;
    }
    line();
  }

  // Three or four sentences that a board can read.
  void meaning() {
    const std::size_t n = r_.organisations.size();
    std::string s;
    if (n == 1) {
      const OrganisationResult& o = r_.organisations.front();
      s += fmt::format("{} falls further below its target than its reserves of {} can carry in {}. ", o.title, money(o.reserves), futures(o.alone));
    } else {
      s += fmt::format("Counted as one, they miss the system's target by more than all their reserves of {} in {}. ", money(r_.reserves),
                       futures(r_.system_fails));
      s += fmt::format("Each on its own, at least one of the {} fails in {}, all of them in {}. ", n, futures(r_.joint.any), futures(r_.joint.all));
      const auto dragged = std::max_element(r_.organisations.begin(), r_.organisations.end(),
                                            [](const auto& a, const auto& b) { return a.dragged_under.value < b.dragged_under.value; });
      const auto rescued = std::max_element(r_.organisations.begin(), r_.organisations.end(),
                                            [](const auto& a, const auto& b) { return a.rescued.value < b.rescued.value; });
      if (dragged->dragged_under.value >= 0.005)
        s += fmt::format("{} would survive alone but is dragged under in {}. ", dragged->title, futures(dragged->dragged_under));
      if (rescued != dragged && rescued->rescued.value >= 0.005)
        s += fmt::format("{} would fail alone but is rescued in {}. ", rescued->title, futures(rescued->rescued));
    }
    double expected = 0;
    for (const OrganisationResult& o : r_.organisations) expected += o.saving.mean.value;
    if (r_.planned_saving > 0)
      s += fmt::format("Of {} planned, {} ({:.0f} %) is to be expected. ", money(r_.planned_saving), money(expected),
                       100 * expected / r_.planned_saving);
    if (n > 1 && std::max(r_.contingency_alone_p80, r_.contingency_agreed_p80) >= 0.05 && !r_.pools.empty())
      s += fmt::format("To be 80 % sure each by itself they would have to add {} of reserves, standing as agreed {}: the agreement {} {}.",
                       money(r_.contingency_alone_p80), money(r_.contingency_agreed_p80), r_.pooling_benefit_p80 >= 0 ? "is worth" : "costs",
                       money(std::abs(r_.pooling_benefit_p80)));
    while (s.ends_with(' ')) s.pop_back();
    paragraph(s);
    line();
  }

  static std::string points(const Estimate& e, int digits) {
    const double value = 100 * e.value;
    const std::string number = fmt::format("{:+.{}f}", value, digits);
    // What rounds to nothing has a sign only where the interval has one.
    const bool nothing = number.find_first_not_of("+-0.") == std::string::npos;
    return nothing && e.low <= 0 && e.high >= 0 ? "0" : number;
  }

  // What each mechanism does to the chances: a column each, the same futures without it.
  void mechanisms() {
    if (extras_.mechanisms.empty()) return;
    static constexpr std::pair<const char*, const char*> headings[] = {
        {"needs", "needs"},     {"shared_staff", "staff"}, {"double_counting", "claims"}, {"blackouts", "waits"}, {"conditional_funding", "cliff"},
        {"dependence", "luck"}, {"agreement", "pools"}};
    constexpr std::size_t cell = 7;
    const std::size_t room = width_ - (extras_.mechanisms.size() + 1) * cell;
    std::size_t names = 18;
    for (const OrganisationResult& o : r_.organisations) names = std::max(names, width_of(o.id) + 1);
    names = std::min(names, room);
    out_ += toned_block(wrapped("What each mechanism does: points of P(fails together) without it, in the same futures", width_), Tone::strong);
    std::string heading = std::string(names, ' ') + right_aligned("as is", cell);
    for (const MechanismResult& m : extras_.mechanisms)
      for (const auto& [name, shown] : headings)
        if (m.name == name) heading += right_aligned(shown, cell);
    line(toned(heading, Tone::faint));
    double widest = 0;
    for (const MechanismResult& m : extras_.mechanisms) widest = std::max(widest, m.system.half_width());
    const int digits = digits_for(100 * widest, 2);
    const auto one = [&](const std::string& name, const Estimate& as_is, auto estimate) {
      std::string text = padded(cut(name, names - 1), names) + right_aligned(percent(as_is.value, percent_digits_), cell);
      for (const MechanismResult& m : extras_.mechanisms) {
        const Estimate e = estimate(m);
        const Tone tone = e.low > 0 ? Tone::bad : e.high < 0 ? Tone::good : Tone::plain;
        text += toned(right_aligned(points(e, digits), cell), tone);
      }
      line(text);
    };
    for (std::size_t o = 0; o < r_.organisations.size(); ++o)
      one(r_.organisations[o].id, r_.organisations[o].together, [&](const MechanismResult& m) { return m.together[o]; });
    if (!single()) one("system", r_.system_fails, [](const MechanismResult& m) { return m.system; });
    line();
    std::string s;
    for (const MechanismResult& m : extras_.mechanisms) {
      const Estimate& e = m.system;
      const double size = std::abs(100 * e.value), least = std::min(std::abs(100 * e.low), std::abs(100 * e.high)),
                   most = std::max(std::abs(100 * e.low), std::abs(100 * e.high));
      if ((e.low <= 0 && e.high >= 0) || size < 0.1) continue;
      s += fmt::format("The {} would fail {:.{}f} points {} often ({:.{}f} to {:.{}f}) {}. ", single() ? "plan" : "system", size, digits,
                       e.value < 0 ? "less" : "more", least, digits, most, digits, m.without);
    }
    if (s.empty()) return;
    s.pop_back();
    paragraph(s);
    line();
  }

  void correlations() {
    if (extras_.correlations.empty()) return;
    out_ += toned_block(wrapped("What the dependence comes to: correlation of the luck as set, then Spearman's of the outcomes as simulated", width_),
                        Tone::strong);
    for (const Correlation& c : extras_.correlations) {
      const std::string luck = std::isnan(c.luck) ? "  –  " : right_aligned(decimal(c.luck, 2), 5);
      out_ += wrapped(fmt::format("{}  {} ({} to {})  {} and {}", luck, right_aligned(decimal(c.rank.value, 2), 5), decimal(c.rank.low, 2),
                                  decimal(c.rank.high, 2), c.first, c.second),
                      width_, "        ");
    }
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
      static constexpr const char* words[] = {"on evidence", "derived from published figures", "on judgement", "on the plan's own word"};
      std::string parts;
      for (std::size_t g = 0; g < 4; ++g)
        if (by_grade[g] > 0) parts += fmt::format("{}{:.0f} % {}", parts.empty() ? "" : ", ", 100 * by_grade[g] / total, words[g]);
      s += fmt::format("how such schemes have been delivered before (of the planned saving {}; {}); ", parts, r_.reference);
    }
    s += r_.optimism == 1   ? "optimism 1, the track record as it is"
         : r_.optimism == 0 ? "optimism 0, every scheme as planned"
                            : fmt::format("optimism {:g} (0: as planned, 1: the track record)", r_.optimism);
    const Shared& w = r_.dependence.shared;
    s += fmt::format(
        "; {:g} % of all luck shared by the system, {:g} % within an organisation{}. ", 100 * w.system, 100 * w.organisation,
        r_.dependence.copula == Copula::student_t ? fmt::format(" (student-t, {:g} degrees of freedom)", r_.dependence.degrees_of_freedom) : "");
    s +=
        fmt::format("Chances are good to {:.{}f} points or better, 19 times in 20; seed {}{}{}.", 100 * r_.widest, std::min(percent_digits_ + 1, 2),
                    r_.seed, r_.sampling == "plain" ? "" : ", Latin hypercube sampling", r_.pressure == "integrated" ? ", pressures integrated" : "");
    out_ += toned_block(wrapped(s, width_));
  }

  std::string toned_block(const std::string& block, Tone tone = Tone::faint) const {
    std::string out;
    for (std::size_t at = 0; at < block.size();) {
      const std::size_t end = block.find('\n', at);
      out += toned(block.substr(at, end - at), tone) + "\n";
      at = end + 1;
    }
    return out;
  }

  const RunResult& r_;
  const Extras& extras_;
  const Provenance& provenance_;
  TextStyle style_;
  std::size_t width_;
  std::size_t name_width_ = 18, bar_cells_ = 0;
  int money_digits_ = 1, percent_digits_ = 1;
  std::string out_;
};

}  // namespace

std::string text(const RunResult& result, const Extras& extras, const Provenance& provenance, const TextStyle& style) {
  return Page(result, extras, provenance, style).whole();
}

}  // namespace shortfall
