#include "store/spreadsheet/vocabulary.hpp"

#include <algorithm>
#include <array>

#include "plan/stage_words.hpp"
#include "store/spreadsheet/dates.hpp"
#include "store/spreadsheet/words.hpp"

namespace shortfall {
namespace {

bool has_any(std::string_view text, const std::vector<std::string_view>& phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) { return has_phrase(text, phrase); });
}

bool is_one_of(std::string_view text, const std::vector<std::string_view>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Of columns of words.
Role role_of_words(std::string_view h) {
  static const std::vector<std::string_view> ref = {"ref", "reference", "unique ref", "id",  "scheme id", "project number", "scheme number", "number",
                                                    "no",  "#",         "code",       "pid", "line"};
  if (is_one_of(h, {"ref", "reference", "id", "#", "no", "number", "code", "pid", "line", "row", "s no", "sr no", "item no"}) ||
      has_any(h, {"unique ref",    "ref no",       "reference no",  "reference number", "ref number", "scheme id",  "scheme no",
                  "scheme number", "scheme ref",   "scheme code",   "scheme reference", "project id", "project no", "project number",
                  "project ref",   "project code", "cip ref",       "cip no",           "cip id",     "unique id",  "savings ref",
                  "proposal ref",  "proposal no",  "initiative id", "budget ref"}) ||
      (h.size() <= 6 && h.starts_with("pte")) || h.ends_with(" ref") || h.ends_with(" id"))
    return Role::ref;
  if (has_any(h, {"qia", "quality impact*", "eia", "equality impact*", "eqia"})) return Role::qia;
  if (has_any(h, {"recurrent", "recurring", "non recurrent", "r nr", "nr", "one off", "recurrence", "permanent"})) return Role::recurrent;
  if (has_any(h, {"notes", "note", "comment*", "explanation*", "mitigation*", "mitigating", "narrative", "update", "assumption*", "commentary",
                  "next steps", "rationale", "remarks", "progress update", "action*"}))
    return Role::notes;
  if (has_any(h, {"rag", "brag", "status", "stage", "gateway", "confidence", "dca", "risk rating", "risk", "maturity", "deliverability",
                  "delivery risk", "phase"}))
    return Role::stage;
  if (has_any(h, {"delay", "slippage", "lead time", "duration", "timescale*", "time to deliver", "timeline"})) return Role::delay;
  if (has_any(h, {"end date", "end", "finish", "finish date", "completion", "end month", "target date", "due", "due date", "deadline"}))
    return Role::ends;
  if (has_any(h, {"start", "starts", "start date", "start month", "go live", "commence*", "implementation date", "date from", "effective from",
                  "effective date", "live date", "begins", "implementation"}))
    return Role::starts;
  if (has_any(h,
              {"owner", "sro", "lead", "manager", "sponsor", "accountable", "responsible", "holder", "champion", "officer", "director", "lead name"}))
    return Role::owner;
  if (has_any(h, {"scheme name",
                  "scheme title",
                  "project name",
                  "project title",
                  "scheme",
                  "initiative",
                  "lever",
                  "savings proposal",
                  "saving proposal",
                  "proposal",
                  "title",
                  "project",
                  "measure",
                  "opportunity",
                  "cip",
                  "cip scheme",
                  "item",
                  "saving",
                  "savings",
                  "savings line",
                  "budget saving",
                  "name",
                  "name of scheme",
                  "programme line",
                  "efficiency",
                  "workstream scheme"}) &&
      !has_any(h, {"description", "type", "category", "savings type", "saving type", "group"}))
    return Role::title;
  if (has_any(h, {"description", "detail*", "scope", "summary", "what"})) return Role::description;
  if (has_any(h, {"category", "type", "theme", "workstream", "work stream", "classification", "subjective", "pod", "programme", "group",
                  "pay non pay", "spend type", "class", "area of spend", "stream"}))
    return Role::category;
  if (has_any(h, {"organisation", "organization", "trust", "provider", "agency", "partner", "council", "employer", "body", "icb", "ccg", "authority",
                  "entity", "place", "member"}))
    return Role::organisation;
  if (has_any(h, {"directorate", "department", "division", "care group", "service", "service area", "cost centre", "business unit", "clinical group",
                  "portfolio", "section", "team", "cabinet member", "area", "location", "site"}))
    return Role::directorate;
  return Role::none;
}

// Of columns of numbers.
Role role_of_numbers(std::string_view h) {
  if (is_one_of(h, {"ref", "reference", "id", "#", "no", "number", "code", "line", "row", "s no", "sr no", "item no", "pid"}) ||
      has_any(h, {"unique ref", "ref no", "scheme id", "scheme no", "scheme number", "project number", "project no", "project id", "cost centre",
                  "unique id", "pte*"}))
    return Role::ref;
  if (has_any(h, {"variance",
                  "var",
                  "ytd",
                  "year to date",
                  "to date",
                  "actual",
                  "actuals",
                  "achieved",
                  "unachieved",
                  "at risk",
                  "slippage",
                  "movement",
                  "gap",
                  "shortfall",
                  "difference",
                  "prior year",
                  "last year",
                  "delivered",
                  "baseline",
                  "budget baseline",
                  "current budget",
                  "wte",
                  "fte",
                  "headcount",
                  "probability",
                  "weighting",
                  "risk adjusted",
                  "risk weighted",
                  "%",
                  "score",
                  "percent",
                  "percentage",
                  "likelihood",
                  "impact score",
                  "original budget",
                  "total budget",
                  "change from"}))
    return Role::not_plan;
  if (has_any(h, {"fot", "forecast", "outturn", "anticipated", "projected", "expected", "latest estimate"})) return Role::forecast;
  if (has_any(h, {"cost", "costs", "wlc", "investment", "transition", "reprovision", "one off cost", "invest to save", "implementation cost",
                  "spend to save", "upfront", "redundancy"}))
    return Role::cost;
  if (has_any(h, {"fye", "full year", "full year effect", "full year impact"})) return Role::full_year;
  if (has_any(h, {"pye", "part year", "part year effect"})) return Role::part_year;
  if (has_any(h, {"start", "start date", "go live", "start month", "implementation date"})) return Role::starts;
  if (has_any(h, {"end date", "finish date", "end", "completion date", "due date"})) return Role::ends;
  if (has_any(h, {"delay", "months delay", "lead time"})) return Role::delay;
  if (has_any(h, {"confidence", "gateway", "stage", "rag"})) return Role::stage;
  if (has_any(h, {"saving", "savings", "est saving", "value",    "target",     "plan",      "planned",       "budget",     "amount",
                  "gross",  "net",     "proposed",   "approved", "efficiency", "benefit*",  "reduction",     "total",      "in year",
                  "cip",    "qipp",    "two year",   "annual",   "£",          "recurrent", "non recurrent", "opportunity"}) ||
      year_in(h) || part_of_year_in(h))
    return Role::saving;
  return Role::none;
}

}  // namespace

Role role_of(std::string_view heading, bool numbers) {
  const std::string h = plain_words(heading);
  if (h.empty()) return Role::none;
  return numbers ? role_of_numbers(h) : role_of_words(h);
}

std::optional<Stage> stage_of(std::string_view status, bool risk) { return stage_of_words(plain_words(status), risk); }

bool is_cancelled(std::string_view status) {
  return has_any(plain_words(status), {"cancelled", "canceled", "rejected", "withdrawn", "abandoned", "removed", "stopped", "void", "deleted",
                                       "not proceeding", "discontinued"});
}

std::optional<ClassGuess> class_of(std::string_view words) {
  struct Entry {
    std::string_view reference_class;
    std::vector<std::string_view> phrases;
  };
  // Those that go wrong in their own way come first: a digital rota is digital.
  static const std::vector<Entry> table = {
      {"unidentified", {"unidentified", "to be identified", "to be found", "stretch", "balancing figure"}},
      {"it-enabled",
       {"digital*", "epr", "electronic*", "it system*", "it enabled", "automation", "robotic*", "rpa", "telehealth", "virtual ward*", "software",
        "app", "online", "e rostering", "scanning"}},
      // What is bought, wherever it is used: theatres' consumables are no redesign of theatres.
      {"transactional", {"procure*", "purchas*", "consumables", "non pay", "nonpay"}},
      {"shared-services", {"shared service*", "back office", "consolidation of", "pathology network", "payroll service*", "corporate consolidation"}},
      {"demand-reduction",
       {"admission avoidance", "demand", "prevention", "avoidance", "frailty", "integrated care", "out of hospital", "referral*", "a e attendance*",
        "early help", "reablement"}},
      {"service-redesign",
       {"pathway*", "theatre*", "length of stay", "los", "redesign", "transformation", "reconfigur*", "outpatient*", "bed*", "ward", "productivity",
        "service review*", "flow", "clinic*", "new model", "restructur*"}},
      {"income",
       {"income", "fee", "fees", "charge", "charges", "charging", "commercial", "private patient*", "overseas", "tariff", "car park*", "parking",
        "rental*", "sponsorship", "coding"}},
      {"workforce",
       {"pay",  "agency",   "rota*",     "roster*", "vacanc*", "skill mix", "staff*",        "workforce", "nursing",     "medical staffing", "locum*",
        "bank", "sickness", "headcount", "posts",   "post",    "overtime",  "establishment", "job plan*", "recruitment", "management costs"}},
      {"transactional",
       {"medicine*", "drug*",     "pharmac*", "prescribing",   "biosimilar*", "estate*",  "energy",     "contract*",   "supplies",   "printing",
        "travel",    "insurance", "rates",    "lease*",        "utilities",   "catering", "cleaning",   "maintenance", "stationery", "postage",
        "price*",    "grip",      "rebate*",  "accommodation", "buildings",   "fleet",    "facilities", "supplier*"}}};
  const std::string w = plain_words(words);
  const bool non_pay = has_phrase(w, "non pay");
  for (const auto& [reference_class, phrases] : table)
    for (const std::string_view phrase : phrases) {
      if (phrase == "pay" && non_pay) continue;
      if (has_phrase(w, phrase)) return ClassGuess{std::string(reference_class), std::string(phrase)};
    }
  return {};
}

std::optional<bool> recurrent_of(std::string_view text, bool heading_is_non_recurrent) {
  const std::string s = plain_words(text);
  if (is_one_of(s, {"nr", "non recurrent", "non recurring", "nonrecurrent", "one off", "non rec", "n r", "temporary"}) ||
      has_any(s, {"non recurrent", "one off", "non recurring"}))
    return false;
  if (is_one_of(s, {"r", "rec", "recurrent", "recurring", "permanent"}) || has_phrase(s, "recurrent")) return true;
  if (is_one_of(s, {"yes", "y", "true", "1", "x"})) return !heading_is_non_recurrent;
  if (is_one_of(s, {"no", "n", "false", "0"})) return heading_is_non_recurrent;
  return {};
}

const std::vector<std::string>& words_of_totals() {
  static const std::vector<std::string> words = {"total",       "totals",       "sub total", "subtotal",     "subtotals",
                                                 "grand total", "sum of above", "sum",       "overall total"};
  return words;
}

int preference_of(std::string_view heading) {
  const std::string h = plain_words(heading);
  int out = 0;
  if (has_any(h, {"approved", "agreed"})) out += 40;
  if (has_any(h, {"plan", "planned", "annual plan", "in year"})) out += 30;
  if (has_any(h, {"saving", "savings", "value", "amount", "est saving", "benefit*"})) out += 20;
  if (has_any(h, {"net"})) out += 5;
  if (has_any(h, {"gross", "original", "revised"})) out -= 5;
  if (has_any(h, {"proposed", "target", "opportunity"})) out += 10;
  if (has_any(h, {"total", "two year", "cumulative", "overall"})) out -= 50;
  if (has_any(h, {"non recurrent"})) out -= 20;
  return out;
}

}  // namespace shortfall
