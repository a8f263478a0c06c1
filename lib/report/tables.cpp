#include "report/tables.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "plan/number.hpp"

namespace shortfall {
namespace {

constexpr std::string_view run_columns = "organisation,measure,year,value,low,high,trials,seed,optimism,changes";
// Behind the others, and only where what is not known of the reference classes was drawn.
constexpr std::string_view known_columns = ",known_low,known_high";

std::string known_cells(const Row& row) { return fmt::format(",{},{}", cell(row.known_low), cell(row.known_high)); }
std::string known_cells(const Estimate& e) { return e.known ? fmt::format(",{},{}", e.known->low, e.known->high) : ",,"; }

std::string cells(const Row& row) {
  return fmt::format("{},{},{},{},{},{}", row.organisation, row.measure, row.year, cell(row.value), cell(row.low), cell(row.high));
}

// Rows of a subject and a measure.
class SubjectTable {
 public:
  SubjectTable(const Setting& s, const Provenance& provenance) : known_(s.knowledge_draws > 0), system_(s.system) {
    out_ = fmt::format("system,subject,measure,value,low,high,trials,seed,optimism,changes{}\n", known_ ? known_columns : "");
    ends_ = fmt::format("{},{},{},{}", s.trials, s.seed, s.optimism, quoted(changes(provenance.edits, s.given, s.seen)));
  }
  void row(const std::string& subject, std::string_view measure, const Estimate& e) {
    const auto end = [](double x) { return std::isfinite(x) ? fmt::format("{}", x) : std::string(); };
    out_ += fmt::format("{},{},{},{},{},{},{}{}\n", system_, quoted(subject), measure, end(e.value), end(e.low), end(e.high), ends_,
                        known_ ? known_cells(e) : "");
  }
  std::string take() { return std::move(out_); }

 private:
  bool known_;
  std::string system_, ends_, out_;
};

const std::string fails = name_of(Family::fails, Figure::whole), contingency = name_of(Family::contingency, Figure::p80);

}  // namespace

std::string no_formula(const std::string& text) {
  if (text.empty() || std::string_view("=+-@\t\r").find(text.front()) == std::string_view::npos || parse_fraction(text)) return text;
  return "'" + text;
}

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string csv(const RunResult& r, const Provenance& provenance) {
  const bool known = r.knowledge_draws > 0;
  std::string out = fmt::format("system,{}{}\n", run_columns, known ? known_columns : "");
  const std::string ends = fmt::format("{},{},{},{}", r.trials, r.seed, r.optimism, quoted(changes(provenance.edits, r.given, r.seen)));
  for (const Row& row : rows(r))
    out += fmt::format("{},{},{}{}\n", r.system, cells(row), ends, known ? known_cells(row) : "");
  return out;
}

std::string csv(const ExplainResult& r, const Provenance& provenance) {
  const Setting& s = r.setting;
  SubjectTable t(s, provenance);
  for (const SchemeResult& x : r.schemes) {
    const std::string who = s.organisations[x.organisation].id + "/" + x.id;
    for (const auto& [name, effect] : {std::pair("certain", &x.certain), std::pair("lost", &x.lost), std::pair("late", &x.late)}) {
      t.row(who, fmt::format("{}.system.{}", name, fails), effect->system);
      t.row(who, fmt::format("{}.system.{}", name, contingency), effect->system_contingency);
      t.row(who, fmt::format("{}.owner.{}", name, fails), effect->owner);
      t.row(who, fmt::format("{}.owner.{}", name, contingency), effect->owner_contingency);
    }
    t.row(who, "missing.all", x.missing);
    t.row(who, "missing.in_failure", x.missing_in_failure);
    t.row(who, "missing.more", x.missing_more);
  }
  for (const FactorResult& f : r.factors)
    for (std::size_t q = 0; q < f.fails.size(); ++q) t.row("factor:" + f.name, fmt::format("{}.p{:g}", fails, 100 * factor_quantiles[q]), f.fails[q]);
  for (std::size_t o = 0; o < s.organisations.size(); ++o) {
    t.row(s.organisations[o].id, name_of(Family::fails, Figure::alone), r.fails[o]);
    t.row(s.organisations[o].id, contingency, r.contingency[o]);
  }
  for (std::size_t o = 0; o < r.tail.parts.size(); ++o)
    t.row(o < s.organisations.size() ? s.organisations[o].id : "own target", "es95", r.tail.parts[o]);
  t.row("system", fails, r.system_fails);
  t.row("system", contingency, r.system_contingency);
  t.row("system", "es95", r.tail.whole);
  if (r.variance) {
    for (std::size_t k = 0; k < r.variance->shares.size(); ++k)
      t.row("system", fmt::format("variance.{}", name_of(static_cast<DriverKind>(k))), r.variance->shares[k]);
    if (r.variance->knowledge) t.row("system", "variance.knowledge", *r.variance->knowledge);
    t.row("system", "variance.interactions", r.variance->interactions);
  }
  return t.take();
}

std::string csv(const PoolingResult& r, const Provenance& provenance) {
  const Setting& s = r.setting;
  SubjectTable t(s, provenance);
  const auto joined = [&](const Members& members) {
    std::string out;
    for (const std::uint32_t o : members) out += (out.empty() ? "" : "+") + s.organisations[o].id;
    return out;
  };
  for (const CoalitionResult& c : r.coalitions) {
    t.row("coalition:" + joined(c.members), fails, c.fails);
    t.row("coalition:" + joined(c.members), contingency, c.contingency);
  }
  for (std::size_t o = 0; r.game && o < s.organisations.size(); ++o) {
    t.row(s.organisations[o].id, fmt::format("shapley.{}", contingency), r.game->share[o]);
    t.row(s.organisations[o].id, "shapley.benefit", r.game->benefit_share[o]);
  }
  if (r.game) t.row("system", "benefit", r.game->benefit);
  for (const AgreementPoolResult& p : r.pools)
    for (const MemberResult& m : p.ranks)
      for (const auto& [name, e] : {std::pair("all_stay", &m.all_stay), std::pair("i_leave", &m.i_leave), std::pair("others_leave", &m.others_leave),
                                    std::pair("everyone_alone", &m.everyone_alone)})
        t.row(s.organisations[m.organisation].id, fmt::format("{}.{}", fails, name), *e);
  for (const SwimSinkResult& a : r.agreements)
    for (std::size_t o = 0; o < a.organisations.size(); ++o) {
      const SwimSinkResult::Fate& f = a.organisations[o];
      for (const auto& [figure, e] : {std::pair(Figure::swims, &f.swims), std::pair(Figure::rescued, &f.rescued),
                                      std::pair(Figure::dragged_under, &f.dragged_under), std::pair(Figure::sinks, &f.sinks)})
        t.row(s.organisations[o].id, fmt::format("{} ({})", name_of(Family::swim_sink, figure), a.agreement), *e);
    }
  for (const AidResult& a : r.aid) {
    const std::string who = std::isfinite(a.aid) ? fmt::format("aid:{}", a.aid) : "aid:unlimited";
    t.row(who, "any." + fails, a.any);
    t.row(who, "all." + fails, a.all);
  }
  return t.take();
}

std::string csv(const ReverseResult& r, const Provenance& provenance) {
  SubjectTable t(r.setting, provenance);
  t.row(r.until.subject, r.until.measure, r.now);
  for (const DialResult& d : r.dials) {
    const std::string who = "dial:" + d.name;
    if (d.now) t.row(who, "now", exactly(*d.now));
    if (d.outcome == Search::Outcome::found) t.row(who, "answer", d.answer);
    t.row(who, r.until.measure, d.chance);
  }
  return t.take();
}

std::string csv(const CompareResult& r, const Provenance& provenance) {
  const bool known = r.after.knowledge_draws > 0;
  std::string out = fmt::format("system,organisation,measure,before,after,change,low,high,material,verdict,trials,seed,optimism,changes{}\n",
                                known ? known_columns : "");
  const std::string ends =
      fmt::format("{},{},{},{}", r.after.trials, r.after.seed, r.after.optimism, quoted(changes(provenance.edits, r.after.given, r.after.seen)));
  for (const MeasureChange& m : r.measures)
    out += fmt::format("{},{},{},{},{},{},{},{},{},{},{}{}\n", r.after.system, m.subject, m.measure, cell(m.before), cell(m.after), cell(m.change.value),
                       cell(m.change.low), cell(m.change.high), cell(m.material), name_of(m.verdict), ends, known ? known_cells(m.change) : "");
  return out;
}

std::string csv(const RecoverResult& r, const Provenance& provenance) {
  SubjectTable t(r.setting, provenance);
  const std::string aim = r.recovery.aim.subject + "." + r.recovery.aim.measure;
  const auto set = [&](const SetOfOptions& s, std::string_view kind) {
    std::string name = fmt::format("{}:", kind);
    for (const std::size_t i : s.options) name += (name.ends_with(':') ? "" : "+") + r.recovery.options[i].id.value;
    t.row(name, "cost", exactly(s.cost));
    t.row(name, aim, s.aim);
    t.row(name, aim + ".change", s.aim_change);
    t.row(name, "net_benefit", s.net_benefit);
  };
  set(r.chosen, "chosen");
  for (const SetOfOptions& s : r.frontier) set(s, "set");
  for (const SetOfOptions& s : r.alike) set(s, "alike");
  for (std::size_t i = 0; i < r.options.size(); ++i) {
    const OptionResult& o = r.options[i];
    const std::string name = "option:" + r.recovery.options[i].id.value;
    t.row(name, "cost", exactly(r.recovery.options[i].total_cost()));
    if (o.alone.trials > 0) {
      t.row(name, aim + ".alone", o.alone);
      t.row(name, "net_benefit.alone", o.alone_net_benefit);
    }
    if (o.has_marginal) {
      t.row(name, aim + ".marginal", o.marginal);
      t.row(name, "net_benefit.marginal", o.marginal_net_benefit);
    }
  }
  for (const InformationResult& i : r.information) t.row(i.scheme ? i.name : "factor:" + i.name, "information", i.value);
  return t.take();
}

std::string csv(const Problems& problems) {
  std::string out = "file,line,column,severity,message,code\n";
  for (const Problem& p : problems)
    out += fmt::format("{},{},{},{},{},{}\n", quoted(p.place.file ? *p.place.file : ""), p.place.line, p.place.column,
                       std::string(name_of(p.severity())), quoted(printable(p.message, 2000)), name_of(p.code));
  return out;
}

namespace {

using Json = nlohmann::json;

bool has_column(const std::string& path) { return path == "optimism" || path == "seed" || path == "trials"; }

}  // namespace

std::string sweep_csv_head(const std::vector<std::string>& paths, bool knowledge) {
  std::string out = "system";
  for (const std::string& path : paths)
    if (!has_column(path)) out += "," + quoted(path);
  return fmt::format("{},{}{}\n", out, run_columns, knowledge ? known_columns : "");
}

std::string sweep_csv(const PointRecord& point) {
  std::string start = point.system;
  for (const auto& [path, value] : point.settings)
    if (!has_column(path)) start += "," + quoted(no_formula(value));
  const std::string ends = fmt::format("{},{},{},{}", point.trials, point.seed, point.optimism, quoted(point.changes));
  std::string out;
  for (const Row& row : point.rows) out += fmt::format("{},{},{}{}\n", start, cells(row), ends, point.knowledge ? known_cells(row) : "");
  return out;
}

std::string sweep_json_line(const PointRecord& point) {
  const auto text = [](const std::string& word) { return Json(word).dump(-1, ' ', false, Json::error_handler_t::replace); };
  std::string settings, measures;
  for (const auto& [path, value] : point.settings) settings += fmt::format("{}{}:{}", settings.empty() ? "" : ",", text(path), text(value));
  for (const Row& row : point.rows) {
    const std::string name = row.organisation + "." + row.measure + (row.year.empty() ? "" : "@" + row.year);
    measures += fmt::format("{}{}:{{\"value\":{}", measures.empty() ? "" : ",", text(name), row.value);
    if (!std::isnan(row.low)) measures += fmt::format(",\"low\":{}", row.low);
    if (!std::isnan(row.high)) measures += fmt::format(",\"high\":{}", row.high);
    if (!std::isnan(row.known_low)) measures += fmt::format(",\"known\":{{\"low\":{},\"high\":{}}}", row.known_low, row.known_high);
    measures += "}";
  }
  return fmt::format(
      "{{\"schema\":\"shortfall/point/1\",\"program\":{},\"point\":{},\"system\":{},\"settings\":{{{}}},\"trials\":{},\"seed\":{},\"optimism\":{},"
      "{}\"measures\":{{{}}}}}\n",
      text(point.program), text(point.point), text(point.system), settings, point.trials, point.seed, point.optimism,
      point.changes.empty() ? "" : fmt::format("\"changes\":{},", text(point.changes)), measures);
}

}  // namespace shortfall
