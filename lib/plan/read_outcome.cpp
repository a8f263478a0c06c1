// What happened, as a plan or a system says it after the event.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "plan/fields.hpp"
#include "plan/read.hpp"

namespace shortfall {
namespace {

std::optional<double> amount(Fields& fields, std::string_view key, Limits limits = any_number) {
  const Node* node = fields.optional(key);
  return node == nullptr ? std::nullopt : read_number(*node, key, fields.problems(), limits);
}

std::optional<int> month(Fields& fields, std::string_view key) {
  const Node* node = fields.optional(key);
  if (node == nullptr) return {};
  const auto value = parse_month(node->text);
  if (!value) report(fields.problems(), Code::bad_month, node->place, fmt::format("{} is {}, not a month like 2018-06", key, shown(*node)));
  return value;
}

std::optional<Placed<Year>> year_of(Fields& fields, const std::vector<Year>& years) {
  const Node* node = fields.optional("year");
  if (node == nullptr) return {};
  const auto year = parse_year(node->text);
  if (!year) {
    report(fields.problems(), Code::bad_year, node->place, fmt::format("year is {}, not a year like 2017/18", shown(*node)));
    return {};
  }
  if (!years.empty() && std::none_of(years.begin(), years.end(), [&](const Year& y) { return y.label == year->label; })) {
    report(fields.problems(), Code::bad_outcome, node->place,
           fmt::format("the outcome is of {}, but the plan is of {} to {}", year->label, years.front().label, years.back().label));
    return {};
  }
  return Placed<Year>{*year, node->place};
}

void read_failure(Fields& fields, const Node& node, OutturnOf whose, Outturn& outturn) {
  if (node.find("failed") == nullptr) return;
  if (whose == OutturnOf::organisation) {
    outturn.failed = fields.boolean("failed", false);
    return;
  }
  const Node* failed = fields.optional("failed");
  const auto count = read_number(*failed, "failed", fields.problems(), at_least_0);
  if (count && *count != std::floor(*count))
    report(fields.problems(), Code::wrong_form, failed->place,
           fmt::format("failed is {}, not a whole number (of a system: how many of its organisations failed)", *count));
  else if (count)
    outturn.organisations_failed = static_cast<std::size_t>(*count);
}

Outturn read_outturn(const Node& node, OutturnOf whose, const std::vector<Year>& years, Problems& problems) {
  Fields fields(node, "the outcome", problems);
  Outturn outturn;
  outturn.place = node.place;
  outturn.year = year_of(fields, years);
  outturn.saving = amount(fields, "saving");
  outturn.recurrent = amount(fields, "recurrent");
  outturn.position = amount(fields, "position");
  if (const Node* share = fields.optional("last_year")) outturn.last_year = read_fraction(*share, "last_year", problems, {-10, 10, ""});
  read_failure(fields, node, whose, outturn);
  outturn.as_at = month(fields, "as_at");
  outturn.published = month(fields, "published");
  if (const Node* seen = fields.optional("seen")) outturn.seen = read_ids(*seen, "seen", problems);
  if (const Node* source = fields.required("source")) outturn.source = read_text(*source, "source", problems).value_or("");
  fields.finish();
  const bool says = outturn.saving || outturn.position || outturn.failed || outturn.organisations_failed;
  const bool tried = node.find("saving") != nullptr || node.find("position") != nullptr || node.find("failed") != nullptr;
  if (node.kind == Node::Kind::map && !says && !tried)
    report(problems, Code::bad_outcome, node.place, "the outcome says nothing that a forecast could be scored by (give saving, position or failed)");
  return outturn;
}

}  // namespace

std::vector<Outturn> read_outturns(const Node* node, OutturnOf whose, const std::vector<Year>& years, Problems& problems) {
  std::vector<Outturn> outturns;
  if (node == nullptr) return outturns;
  if (node->kind == Node::Kind::list) {
    for (const Node& item : node->items) outturns.push_back(read_outturn(item, whose, years, problems));
  } else {
    outturns.push_back(read_outturn(*node, whose, years, problems));
  }
  return outturns;
}

}  // namespace shortfall
