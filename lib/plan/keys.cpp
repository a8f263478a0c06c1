#include "plan/keys.hpp"

#include <fmt/format.h>

#include <vector>

namespace shortfall {
namespace {

constexpr std::string_view required = "required", years = "[1.5, 2, 2] or 2", id = "an-id", share = "30%",
                           distribution = "{p10, p50, p90} or another";

constexpr PlanKey key_table[] = {
    {"system", "system", id, required, "the system's id; begins system.yaml"},
    {"system", "title", "text", "the id", "what reports call it"},
    {"system", "currency", "£m", "£m", "what money is counted in; also called unit"},
    {"system", "unit", "£m", "£m", "what money is counted in: £m, £k, £000, £, €m, $k, kr m"},
    {"system", "years", "[2017/18, 2018/19]", "the plans'", "the years planned for"},
    {"system", "organisations", "[a.yaml, b.yaml]", "all in the folder", "the plans' files"},
    {"system", "reference", "classes.yaml", "the built-in classes", "how such schemes have been delivered"},
    {"system", "target", years, "the sum of the plans'", "the system's own target, by year"},
    {"system", "carry", share, "100%", "how much of a year's gap goes into the next, of plans that say nothing of it"},
    {"system", "outcome", "{2017/18: ...}", "", "what happened, for back-tests"},
    {"system", "agreement", "{pools: [...]}", "none stated", "who stands with whom"},
    {"agreement", "pools", "[[a, b], {members: [c, d], aid: 2}]", "none stated", "members that are joint and several, or help each other"},
    {"pool", "members", "[a, b]", required, "the organisations of a pool"},
    {"pool", "aid", "2", "joint and several", "the most that a member gives in a year"},
    {"system", "dependence", "{shared: {...}}", "the defaults below", "how luck is shared"},
    {"dependence", "copula", "gaussian or student-t", "gaussian", "whether the worst come together"},
    {"dependence", "degrees_of_freedom", "5", "5", "of a student-t copula"},
    {"dependence", "shared", "{system: 25%}", "as below", "parts of all luck that have a cause in common"},
    {"shared", "system", share, "25%", "by the whole system"},
    {"shared", "organisation", share, "15%", "within an organisation"},
    {"shared", "class", share, "10%", "by the schemes of a class"},
    {"shared", "scheme", share, "30%", "by a scheme's share, delay and overrun"},
    {"shared", "year", share, "10%", "by the pressures of a year"},
    {"dependence", "factors", "[{name, share, organisations, classes}]", "", "causes of your own"},
    {"factor", "name", id, required, "what --given calls it"},
    {"factor", "share", share, required, "the part of luck that it moves"},
    {"factor", "classes", "[workforce]", "all", "whose luck it moves"},
    {"system", "teams", "{team: {wte: 5}}", "", "people that schemes of several organisations share"},
    {"system", "opportunities", "{name: 3}", "", "savings that can be had once, whoever claims them"},
    {"system", "blackouts", "[{from: 2017-04, to: 2017-06}]", "", "months in which nothing can be consulted on"},
    {"blackout", "from", "2017-04", required, "the first month"},
    {"blackout", "to", "2017-06", required, "the month in which work resumes"},
    {"blackout", "why", "text", "", "for reports"},
    {"system", "gates", "[system.fails <= 30%]", "", "limits that the exit status tells of"},
    {"gates", "limits", "[system.fails <= 30%]", "", "limits on measures"},
    {"gates", "changes", "[system.fails +2pp]", "", "limits on what a revision may change"},
    {"organisation", "organisation", id, required, "the organisation's id; begins a plan"},
    {"organisation", "title", "text", "the id", "what reports call it"},
    {"organisation", "years", "[2017/18, 2018/19]", "the system's", "the years planned for"},
    {"organisation", "unit", "£k", "the system's", "what this plan counts money in; converted to the system's"},
    {"organisation", "basis", "in-year or year-on-year", "in-year",
     "what a list of savings says: what a year has, or what it adds to the year before"},
    {"organisation", "kind", "provider, commissioner, council or other", "other", "which rate of substitutes is its"},
    {"organisation", "substitutes", "{rate, most}", "its kind's rate", "what is found elsewhere, once, of what schemes miss"},
    {"substitutes", "rate", distribution, required, "the part of it that is found"},
    {"substitutes", "most", years, "no limit", "what can be found at most, by year"},
    {"organisation", "carry", share, "the system's", "how much of a year's gap goes into the next"},
    {"organisation", "outcome", "{2017/18: ...}", "", "what happened, for back-tests"},
    {"organisation", "income", years, required, "by year"},
    {"organisation", "spend", years, required, "by year, before savings"},
    {"organisation", "target", years, required, "the surplus to be reached: income less spend, by year"},
    {"organisation", "reserves", "4", "0", "what may be missed over the years without failing"},
    {"organisation", "one_offs", years, "0", "measures held back for a bad year"},
    {"organisation", "adjustments", "{name: [1, -1]}", "", "known sums of either sign, by year: what is re-profiled or written off"},
    {"organisation", "conditional_funding", "{amount: 2}", "", "money that is paid where the target is met"},
    {"conditional_funding", "amount", years, required, "by year"},
    {"conditional_funding", "tied_to", "{organisation: 70%, system: 30%}", "the organisation's", "whose target it hangs on"},
    {"organisation", "pressure", "{mean, sd, persistence}", "as below", "by how much spend misses its plan"},
    {"pressure", "mean", share, "0", "of spend, by year"},
    {"pressure", "sd", share, "1%", "of spend"},
    {"pressure", "persistence", share, "50%", "what of a year's is still there the year after"},
    {"organisation", "teams", "{team: {wte: 5}}", "", "people that schemes share"},
    {"team", "wte", years, required, "whole-time equivalents, by year"},
    {"team", "staffing", distribution, "100%", "the part of them that is there"},
    {"organisation", "schemes", "{scheme: {...}}", "", "the schemes, by id"},
    {"scheme", "title", "text", "the id", "what reports call it"},
    {"scheme", "class", id, "required, or delivery", "its reference class"},
    {"scheme", "stage", "in-progress", "in-progress", "delivered, developed, in-progress, opportunity, unidentified"},
    {"scheme", "saving", "[1.5, 2, 2] or {full_year, starts, ramp_months}", required,
     "planned, by year, or by month from its start; also {monthly} and {quarterly}"},
    {"scheme", "basis", "in-year or year-on-year", "the plan's", "what the list of savings says"},
    {"saving", "full_year", "2.4", required, "of a saving that runs on"},
    {"saving", "starts", "2017-10", required, "its first month"},
    {"saving", "ramp_months", "6", "0", "until it runs in full"},
    {"scheme", "lapses", share, "its class's", "the part of a recurrent saving that does not last the year"},
    {"scheme", "about", "{owner: text}", "", "words for people, under keys of your own"},
    {"scheme", "recurrent", "true or false", "true", "whether it runs on"},
    {"scheme", "cost", years, "0", "by year"},
    {"scheme", "was", id, "", "its id in an earlier revision"},
    {"scheme", "effort", "{team: 1.5}", "", "what it takes of teams, in whole-time equivalents"},
    {"scheme", "consultation", "true or false", "false", "whether it must wait for a blackout's end"},
    {"scheme", "needs", "[scheme, other/scheme]", "", "what it cannot do without"},
    {"scheme", "claims", id, "", "the opportunity that it draws on"},
    {"scheme", "lands", "{a: 60%, b: 40%}", "its owner", "on whose books the saving falls"},
    {"scheme", "cost_falls", "{a: 100%}", "its owner", "on whose books the cost falls"},
    {"scheme", "delivery", distribution, "the class's", "the share delivered of what is planned"},
    {"scheme", "delay", distribution, "the class's", "months late"},
    {"scheme", "overrun", distribution, "the class's", "cost over planned cost"},
    {"reference", "stages", "{opportunity: 50%}", "built in", "chance to drop out, by stage"},
    {"reference", "classes", "{class: {...}}", required, "reference classes, by id"},
    {"reference", "substitutes", "{provider: {rate: ...}}", "none", "what kinds of organisations find elsewhere"},
    {"class", "share", distribution, required, "delivered of what was planned"},
    {"class", "grade", "evidence, derived or judgement", required, "how good the ground is"},
    {"class", "source", "text", required, "where it comes from"},
    {"class", "lapses", share, "0", "the part of a recurrent saving that does not last the year"},
    {"class", "programme", "true or false", "false", "whether its record is of whole programmes, substitutes among them"},
    {"class", "drops_out", share, "0", "chance that nothing is delivered, beside the stage's"},
};

}  // namespace

std::span<const PlanKey> plan_keys() { return key_table; }

std::string where_it_belongs(std::string_view key) {
  std::vector<std::string_view> scopes;
  for (const PlanKey& k : key_table)
    if (k.key == key) scopes.push_back(k.scope);
  if (scopes.empty() || scopes.size() > 2) return {};
  return fmt::format(" (it belongs in {}{})", scopes.front().starts_with('o') || scopes.front().starts_with('a') ? "an " : "a ",
                     fmt::join(scopes, " or a "));
}

}  // namespace shortfall
