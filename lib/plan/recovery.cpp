#include "plan/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "base/money.hpp"
#include "plan/fields.hpp"
#include "plan/number.hpp"
#include "plan/suggestion.hpp"

namespace shortfall {
namespace {

constexpr Limits an_amount{0, any_number.high, ""};
constexpr std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << i; }

std::vector<std::string> ids_of(const Plans& plans) {
  std::vector<std::string> out;
  for (const Organisation& o : plans.organisations) out.push_back(o.id.value);
  return out;
}

std::optional<int> read_month(const Node* node, std::string_view what, Problems& problems) {
  if (node == nullptr) return {};
  const auto month = node->kind == Node::Kind::scalar ? parse_month(node->text) : std::nullopt;
  if (!month) report(problems, Code::bad_options, node->place, fmt::format("{} is {}, not a month like 2018-06", what, shown(*node)));
  return month;
}

class OptionReader {
 public:
  OptionReader(const Plans& plans, Problems& problems) : plans_(plans), organisations_(ids_of(plans)), problems_(problems) {}

  RecoveryOption read(const Entry& entry) {
    Fields fields(entry.value, fmt::format("option '{}'", printable(entry.key, 60)), problems_);
    RecoveryOption out;
    out.id = {entry.key, entry.place};
    out.title = fields.text("title", entry.key);
    out.why = fields.text("why", "");
    const std::size_t years = plans_.system.years.size();
    out.cost = fields.yearly("cost", years, 0, an_amount);
    out.scheme_cost.assign(years, 0);
    out.paid_from = fields.word("paid_from", {"margin", "budget"}, 0) == 0 ? PaidFrom::margin : PaidFrom::budget;
    if (const Node* edits = fields.optional("edits")) read_edits(*edits, out);
    if (const Node* schemes = fields.optional("schemes")) read_schemes(*schemes, out);
    out.succeeds = fields.fraction("succeeds", 1);
    if (const Node* list = fields.optional("excludes")) out.excludes = read_ids(*list, "excludes", problems_);
    if (const Node* list = fields.optional("needs")) out.needs = read_ids(*list, "needs", problems_);
    out.by = read_month(fields.optional("by"), "by", problems_);
    read_owner(fields, entry, out);
    fields.finish();
    if (entry.value.kind == Node::Kind::map && out.edits.empty() && out.schemes.empty() && fields.problems().empty())
      report(problems_, Code::bad_options, entry.place, fmt::format("option '{}' changes nothing; give it edits: or schemes:", entry.key));
    const bool sure_without_edits = out.succeeds < 1 && out.edits.empty() && !out.schemes.empty();
    if (sure_without_edits)
      report(problems_, Code::bad_options, entry.value.find("succeeds")->place,
             fmt::format("succeeds is of edits, and option '{}' has none (its schemes have a delivery risk of their own)", entry.key));
    return out;
  }

 private:
  void read_edits(const Node& node, RecoveryOption& out) {
    Fields fields(node, fmt::format("edits of option '{}'", out.id.value), problems_);
    for (const Entry& entry : node.entries) {
      Edit edit;
      edit.place = entry.place;
      edit.text = entry.key;
      edit.path = words_of_path(entry.key);
      edit.value = entry.value;
      if (edit.path.empty())
        report(problems_, Code::bad_options, entry.place,
               fmt::format("'{}' is not a path like midshire-acute.reserves (two points, or one at an end)", printable(entry.key, 60)));
      else if (entry.value.kind == Node::Kind::null)
        report(problems_, Code::bad_options, entry.place, fmt::format("'{}' has no value", printable(entry.key, 60)));
      else
        out.edits.push_back(std::move(edit));
    }
  }

  void read_schemes(const Node& node, RecoveryOption& out) {
    Fields owners(node, fmt::format("schemes of option '{}'", out.id.value), problems_);
    for (const Entry& owner : node.entries) {
      if (!is_organisation(owner.key)) {
        report(problems_, Code::bad_options, owner.place, no_organisation(owner.key));
        continue;
      }
      Fields schemes(owner.value, fmt::format("schemes of '{}'", owner.key), problems_);
      for (const Entry& scheme : owner.value.entries) {
        out.schemes.push_back({scheme.place, scheme.key, {owner.key, "schemes", scheme.key}, scheme.value, true});
        out.added.emplace_back(owner.key, scheme.key);
      }
    }
  }

  // Where none is named, the one organisation that the option is about.
  void read_owner(Fields& fields, const Entry& entry, RecoveryOption& out) {
    if (const auto owner = fields.id("owner")) {
      if (!is_organisation(owner->value))
        report(problems_, Code::bad_options, owner->place, no_organisation(owner->value));
      else
        out.owner = owner->value;
      return;
    }
    std::vector<std::string> about;
    for (const auto* list : {&out.edits, &out.schemes})
      for (const Edit& edit : *list)
        if (is_organisation(edit.path.front())) about.push_back(edit.path.front());
    std::sort(about.begin(), about.end());
    about.erase(std::unique(about.begin(), about.end()), about.end());
    if (organisations_.size() == 1) about = organisations_;
    if (about.size() == 1) out.owner = about.front();
    const bool costs = std::any_of(out.cost.begin(), out.cost.end(), [](double c) { return c > 0; });
    if (out.owner.empty() && costs && out.paid_from == PaidFrom::margin)
      report(problems_, Code::bad_options, entry.place,
             fmt::format("option '{}' costs something and has no owner whose margin pays; name one of the organisations under owner:, or say "
                         "paid_from: budget",
                         printable(entry.key, 60)));
  }

  bool is_organisation(const std::string& id) const { return std::find(organisations_.begin(), organisations_.end(), id) != organisations_.end(); }
  std::string no_organisation(const std::string& id) const {
    return fmt::format("'{}' is no organisation here{}", printable(id, 60), did_you_mean(id, organisations_));
  }

  const Plans& plans_;
  std::vector<std::string> organisations_;
  Problems& problems_;
};

void read_value(const Node* node, Recovery& out, Problems& problems) {
  if (node == nullptr) return;
  Fields fields(*node, "value", problems);
  if (const Node* per_point = fields.required("per_point")) out.per_point = read_number(*per_point, "per_point", problems, an_amount);
  fields.finish();
  if (out.per_point && !out.aim.measure.starts_with("fails"))
    report(problems, Code::bad_options, node->place,
           fmt::format("per_point prices a percentage point, but the aim {} is money; leave value: out", out.aim.expression));
}

std::vector<RecoveryOption> read_options(const Node* node, const Plans& plans, Problems& problems) {
  std::vector<RecoveryOption> out;
  if (node == nullptr) return out;
  Fields all(*node, "options", problems);
  if (node->kind == Node::Kind::map && node->entries.empty())
    report(problems, Code::bad_options, node->place, "options names none; give at least one");
  if (node->entries.size() > most_options)
    report(problems, Code::bad_options, node->place,
           fmt::format("{} options; at most {} can be told of together", node->entries.size(), most_options));
  OptionReader reader(plans, problems);
  for (const Entry& entry : node->entries) {
    if (out.size() == most_options) break;
    if (is_id(entry.key))
      out.push_back(reader.read(entry));
    else
      report(problems, Code::bad_options, entry.place,
             fmt::format("'{}' is not an id (ids are up to 100 small letters, digits and hyphens)", printable(entry.key, 60)));
  }
  return out;
}

// What an option cannot be without, itself included.
std::uint64_t closure(const Recovery& recovery, std::uint64_t set) {
  for (std::uint64_t before = 0; before != set;) {
    before = set;
    for (std::size_t i = 0; i < recovery.options.size(); ++i)
      if ((set & bit(i)) != 0) set |= recovery.needs_mask[i];
  }
  return set;
}

// Whether the set holds two that exclude each other.
bool is_at_odds(const Recovery& recovery, std::uint64_t set) {
  for (std::size_t i = 0; i < recovery.options.size(); ++i)
    if ((set & bit(i)) != 0 && (set & recovery.excludes_mask[i]) != 0) return true;
  return false;
}

void connect(Recovery& recovery, Problems& problems) {
  std::vector<std::string> ids;
  for (const RecoveryOption& o : recovery.options) ids.push_back(o.id.value);
  recovery.needs_mask.assign(ids.size(), 0);
  recovery.excludes_mask.assign(ids.size(), 0);
  const auto find = [&](const Id& id, std::size_t self, std::string_view what) {
    const std::size_t at = static_cast<std::size_t>(std::find(ids.begin(), ids.end(), id.value) - ids.begin());
    if (at == ids.size())
      report(problems, Code::bad_options, id.place,
             fmt::format("{} names '{}', which is no option here{}", what, id.value, did_you_mean(id.value, ids)));
    if (at == self) report(problems, Code::bad_options, id.place, fmt::format("option '{}' {} itself", id.value, what));
    return at == self ? ids.size() : at;
  };
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (const Id& id : recovery.options[i].needs)
      if (const std::size_t at = find(id, i, "needs"); at < ids.size()) recovery.needs_mask[i] |= bit(at);
    for (const Id& id : recovery.options[i].excludes)
      if (const std::size_t at = find(id, i, "excludes"); at < ids.size()) {
        recovery.excludes_mask[i] |= bit(at);
        recovery.excludes_mask[at] |= bit(i);
      }
  }
  for (std::size_t i = 0; i < ids.size(); ++i)
    if (is_at_odds(recovery, closure(recovery, bit(i))))
      report(problems, Code::bad_options, recovery.options[i].id.place,
             fmt::format("option '{}' can never be chosen (what it needs is excluded)", ids[i]));
}

bool is_part_of(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return a.size() <= b.size() && std::equal(a.begin(), a.end(), b.begin());
}

// Two that may be chosen together and set one value: which would it be?
void refuse_clashes(const Recovery& recovery, Problems& problems) {
  for (std::size_t j = 1; j < recovery.options.size(); ++j)
    for (std::size_t i = 0; i < j; ++i) {
      if (is_at_odds(recovery, closure(recovery, bit(i) | bit(j)))) continue;
      const RecoveryOption &a = recovery.options[i], &b = recovery.options[j];
      for (const Edit& y : b.edits)
        for (const Edit& x : a.edits)
          if (is_part_of(x.path, y.path) || is_part_of(y.path, x.path))
            report(problems, Code::bad_options, y.place,
                   fmt::format("'{}' is set by option '{}', too (in a set of both, which of the two values holds?); let one exclude the other",
                               y.text, a.id.value));
      for (const Edit& y : b.schemes)
        for (const Edit& x : a.schemes)
          if (x.path == y.path)
            report(problems, Code::bad_options, y.place,
                   fmt::format("scheme '{}' of {} is added by option '{}', too; give one of them another id, or let one option exclude the other",
                               y.path.back(), y.path.front(), a.id.value));
    }
}

// What its schemes cost as planned; whether the plans with it are plans of the same system.
void try_out(Recovery& recovery, std::size_t i, const Plans& plans, const Documents& documents, Problems& problems) {
  RecoveryOption& option = recovery.options[i];
  const std::uint64_t set = closure(recovery, bit(i));
  const Checked<Plans> with = documents.with(edits_of(recovery, set, set));
  if (!with) {
    for (Problem problem : with.error()) {
      const bool here = problem.place.file && *problem.place.file == recovery.name;
      if (!here) problem.message += fmt::format(" (with option '{}')", option.id.value);
      report(problems, Code::bad_options, here ? problem.place : option.id.place,
             here ? problem.message : fmt::format("{}: {}", to_text(problem.place), problem.message));
    }
    return;
  }
  const auto same_years = [](const std::vector<Year>& a, const std::vector<Year>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Year& x, const Year& y) { return x.label == y.label; });
  };
  if (ids_of(*with) != ids_of(plans) || !same_years(with->system.years, plans.system.years) || with->system.currency != plans.system.currency)
    return report(problems, Code::bad_options, option.id.place,
                  fmt::format("option '{}' changes the organisations, the years or the currency, so that there is nothing to compare it with",
                              option.id.value));
  for (const auto& [owner, id] : option.added)
    for (const Scheme& s : with->find(owner)->schemes)
      for (std::size_t y = 0; s.id.value == id && y < s.cost.size(); ++y) option.scheme_cost[y] += s.cost[y];
}

void refuse_undated(const Recovery& recovery, Problems& problems) {
  const auto dated = std::find_if(recovery.options.begin(), recovery.options.end(), [](const RecoveryOption& o) { return o.by.has_value(); });
  if (dated != recovery.options.end() && !recovery.decide)
    report(problems, Code::bad_options, dated->id.place,
           fmt::format("option '{}' must be decided by {}, but the file does not say when it is decided; add decide: 2018-06, say", dated->id.value,
                       month_text(*dated->by)));
}

}  // namespace

double RecoveryOption::total_cost() const {
  return std::accumulate(cost.begin(), cost.end(), 0.0) + std::accumulate(scheme_cost.begin(), scheme_cost.end(), 0.0);
}

bool Recovery::too_late(std::size_t option) const { return options[option].by && decide && *decide > *options[option].by; }

bool Recovery::allows(std::uint64_t set) const {
  for (std::size_t i = 0; i < options.size(); ++i)
    if ((set & bit(i)) != 0 && (too_late(i) || (set & excludes_mask[i]) != 0 || (needs_mask[i] & ~set) != 0)) return false;
  return true;
}

double Recovery::cost_of(std::uint64_t set) const {
  double sum = 0;
  for (std::size_t i = 0; i < options.size(); ++i)
    if ((set & bit(i)) != 0) sum += options[i].total_cost();
  return sum;
}

Checked<Recovery> read_recovery(std::string_view text, const std::string& name, const Plans& plans, const Documents& documents) {
  Problems problems;
  const Checked<Node> document = parse_document(text, name);
  if (!document) return tl::make_unexpected(document.error());
  Recovery out;
  out.name = name;
  Fields fields(*document, "the file of options", problems);
  const Node* options = fields.required("options");
  if (options != nullptr && &document->entries.front().value != options)
    report(problems, Code::bad_options, document->entries.front().place, "options: stands first (so that a folder of plans passes the file over)");
  out.options = read_options(options, plans, problems);
  if (const Node* budget = fields.optional("budget")) out.budget = read_number(*budget, "budget", problems, an_amount);
  out.decide = read_month(fields.optional("decide"), "decide", problems);
  out.aim.expression = "system.fails";
  if (const Node* aim = fields.optional("aim"))
    if (const auto word = read_text(*aim, "aim", problems)) {
      std::vector<std::string> subjects = ids_of(plans);
      for (const char* all : {"system", "any", "all"}) subjects.emplace_back(all);
      if (auto read = parse_aim(*word, aim->place, subjects))
        out.aim = std::move(*read);
      else
        problems.insert(problems.end(), read.error().begin(), read.error().end());
    }
  read_value(fields.optional("value"), out, problems);
  fields.finish();
  connect(out, problems);
  refuse_undated(out, problems);
  if (problems.empty()) refuse_clashes(out, problems);
  for (std::size_t i = 0; problems.empty() && i < out.options.size(); ++i) {
    Problems of_option;
    try_out(out, i, plans, documents, of_option);
    problems.insert(problems.end(), of_option.begin(), of_option.end());
  }
  if (!problems.empty()) return tl::make_unexpected(sorted(std::move(problems)));
  return out;
}

std::vector<Edit> edits_of(const Recovery& recovery, std::uint64_t paid, std::uint64_t succeeding) {
  std::vector<Edit> out;
  // Schemes come first, so that an option may edit what another adds.
  for (std::size_t i = 0; i < recovery.options.size(); ++i)
    if ((paid & bit(i)) != 0) out.insert(out.end(), recovery.options[i].schemes.begin(), recovery.options[i].schemes.end());
  for (std::size_t i = 0; i < recovery.options.size(); ++i)
    if ((succeeding & bit(i)) != 0) out.insert(out.end(), recovery.options[i].edits.begin(), recovery.options[i].edits.end());
  return out;
}

std::vector<Edit> edits_to_write(const Recovery& recovery, std::uint64_t set, const Plans& plans, const Sources& sources) {
  std::vector<Edit> out = edits_of(recovery, set, set);
  for (std::size_t i = 0; i < recovery.options.size(); ++i) {
    const RecoveryOption& option = recovery.options[i];
    const bool costs = std::any_of(option.cost.begin(), option.cost.end(), [](double c) { return c > 0; });
    if ((set & bit(i)) == 0 || option.paid_from == PaidFrom::budget || !costs) continue;
    // A plan may count in a unit of its own.
    double by = 1;
    for (const Source& source : sources.organisations) {
      const Checked<Node> document = parse_document(source.text, source.name);
      const Node* id = document ? document->find("organisation") : nullptr;
      const Node* unit = id != nullptr && id->text == option.owner ? document->find("unit") : nullptr;
      if (unit != nullptr && unit->text != plans.system.currency)
        by = unit_of_money(plans.system.currency).worth() / unit_of_money(unit->text).worth();
    }
    Node costs_by_year{Node::Kind::list, option.id.place, {}, false, {}, {}};
    for (const double c : option.cost)
      costs_by_year.items.push_back({Node::Kind::scalar, option.id.place, fmt::format("{}", c == 0 ? 0 : -c * by), false, {}, {}});
    out.push_back({option.id.place, option.id.value, {option.owner, "adjustments", "recover-" + option.id.value}, std::move(costs_by_year), false});
  }
  return out;
}

}  // namespace shortfall
