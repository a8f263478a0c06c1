#include "plan/assemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "base/for_each.hpp"
#include "base/money.hpp"
#include "plan/check.hpp"
#include "plan/fields.hpp"
#include "plan/read.hpp"
#include "plan/suggestion.hpp"
#include "plan/yaml.hpp"

namespace shortfall {
namespace {

std::optional<Node> parse(const Source& source, Problems& problems) {
  Checked<Node> document = parse_document(source.text, source.name);
  if (document && document->kind == Node::Kind::map && document->entries.empty()) {
    report(problems, Code::empty_file, whole_file(source.name), "empty (there is not one key in it)");
    return {};
  }
  if (document) return std::move(*document);
  std::move(document.error().begin(), document.error().end(), std::back_inserter(problems));
  return {};
}

const std::vector<std::string>& system_keys() {
  static const std::vector<std::string> keys = {"title",     "currency",   "unit",  "years",         "year_starts", "target", "carry",
                                                "agreement", "dependence", "teams", "opportunities", "blackouts",   "gates"};
  return keys;
}

std::string id_of(const Node& organisation) {
  const Node* id = organisation.find("organisation");
  return id == nullptr ? std::string() : id->text;
}

// A file from its text to what it says. Its tree is let go as soon as it has been read: trees take many times the memory of the plans.
struct Document {
  std::optional<Node> tree;
  bool parsed = false;
  KeyPlaces places;
  Problems parsing, reading;
  System limits;  // the gates of a plan by itself, which has no system.yaml
};

Document parsed(const Source& source) {
  Document out;
  out.tree = parse(source, out.parsing);
  out.parsed = out.tree.has_value();
  return out;
}

// With a file that cannot be parsed, an edit of its organisation is no mistake.
void apply_edits(const std::vector<Checked<Edit>>& edits, bool all_parsed, Node& system, std::vector<Document>& organisations, Problems& problems) {
  for (const Checked<Edit>& edit : edits) {
    if (!edit) {
      problems.insert(problems.end(), edit.error().begin(), edit.error().end());
      continue;
    }
    const std::string& first = edit->path.front();
    const auto owner = std::find_if(organisations.begin(), organisations.end(), [&](const Document& o) { return o.tree && id_of(*o.tree) == first; });
    if (owner != organisations.end()) {
      if (edit->path.size() == 1)
        report(problems, Code::bad_edit, edit->place,
               fmt::format("'{}' is a whole organisation; name one of its keys, as in {}.reserves=5", first, first));
      else
        apply(*edit, 1, *owner->tree, problems);
    } else if (std::find(system_keys().begin(), system_keys().end(), first) != system_keys().end()) {
      apply(*edit, 0, system, problems);
    } else if (all_parsed) {
      std::vector<std::string> names = system_keys();
      for (const Document& o : organisations)
        if (o.tree) names.push_back(id_of(*o.tree));
      report(problems, Code::bad_edit, edit->place,
             fmt::format("'{}' is neither an organisation here nor a key of system.yaml{}", first, did_you_mean(first, names)));
    }
  }
}

void add_places(const Node& node, const std::string& path, KeyPlaces& places) {
  for (const Entry& entry : node.entries) {
    const std::string here = path.empty() ? entry.key : path + "." + entry.key;
    places.emplace(here, entry.place);
    add_places(entry.value, here, places);
  }
}

template <class Named>
void sort_by_id(std::vector<Named>& list) {
  const auto before = [](const Named& a, const Named& b) { return a.id.value < b.id.value; };
  if (!std::is_sorted(list.begin(), list.end(), before)) std::sort(list.begin(), list.end(), before);
}

// So that no result depends, to the last bit, on the order in which the files name things.
void put_in_order(Plans& plans) {
  sort_by_id(plans.organisations);
  for (Organisation& o : plans.organisations) {
    sort_by_id(o.schemes);
    sort_by_id(o.teams);
  }
  sort_by_id(plans.system.teams);
  sort_by_id(plans.system.opportunities);
  std::vector<NamedFactor>& factors = plans.system.dependence.factors;
  std::sort(factors.begin(), factors.end(), [](const NamedFactor& a, const NamedFactor& b) { return a.name.value < b.name.value; });
}

}  // namespace

Checked<SystemFiles> files_of_system(const Source& source) {
  Problems problems;
  const auto document = parse(source, problems);
  if (!document) return tl::make_unexpected(std::move(problems));
  // Only these two keys now; `assemble` reads, and complains of, the rest.
  Problems ignored;
  SystemFiles files;
  if (const Node* list = document->find("organisations"))
    for (const Node& item : list->items)
      if (auto name = read_text(item, "an organisation's file", ignored)) files.organisations.push_back({*name, item.place});
  if (const Node* reference = document->find("reference"))
    if (auto name = read_text(*reference, "reference", ignored)) files.reference = Id{*name, reference->place};
  return files;
}

namespace {

using Edits = std::vector<Checked<Edit>>;

// A plan in a unit of its own, in the system's.
void convert(Organisation& o, const Node& unit, const std::string& currency, Problems& problems) {
  const UnitOfMoney from = unit_of_money(unit.text), to = unit_of_money(currency);
  if (from.symbol != to.symbol || !from.understood || !to.understood) {
    if (unit.text != currency)
      report(problems, Code::bad_unit, unit.place,
             fmt::format("unit is {}, but the system counts in '{}' (a unit is a currency and a power of a thousand: £m, £k, £000, £)", shown(unit),
                         currency));
    return;
  }
  const double by = from.worth() / to.worth();
  if (by != 1) o.own_unit = unit.text;
  const auto scale = [&](Yearly& list) {
    for (double& x : list) x *= by;
  };
  for (Yearly* list : {&o.income, &o.spend, &o.target, &o.one_offs, &o.conditional_funding.amount}) scale(*list);
  o.reserves *= by;
  if (o.substitutes) scale(o.substitutes->most);
  for (Outturn& outturn : o.outturns)
    for (std::optional<double>* sum : {&outturn.saving, &outturn.recurrent, &outturn.position})
      if (*sum) **sum *= by;
  for (Scheme& s : o.schemes) {
    scale(s.cost);
    if (Yearly* list = std::get_if<Yearly>(&s.saving.profile))
      scale(*list);
    else if (PartsOfYears* parts = std::get_if<PartsOfYears>(&s.saving.profile))
      scale(parts->amounts);
    else
      std::get<Ramp>(s.saving.profile).full_year *= by;
  }
}

// Of plans without a system.yaml: the unit that the first of them names.
std::optional<std::string> unit_of_first(const std::vector<Document>& documents) {
  for (const Document& d : documents)
    if (const Node* unit = d.tree ? d.tree->find("unit") : nullptr; unit != nullptr && unit->kind == Node::Kind::scalar) return unit->text;
  return {};
}

// What there is to assemble: the files of the system and the classes, and how to come by each organisation's.
struct Parts {
  bool has_system = false;
  KeyPlacesAre key_places = KeyPlacesAre::left_out;
  Document system, reference;
  std::size_t organisations = 0;
  std::function<Document(std::size_t)> organisation;  // called by several threads at once, once for each
  unsigned threads = 0;                               // 0: as many as the machine has
};

Document document_of_system(const Sources& sources) {
  if (sources.system) return parsed(*sources.system);
  Document none;
  none.tree = Node{Node::Kind::map, {}, {}, false, {}, {}};
  return none;
}

Edits edits_of(const Sources& sources) {
  Edits edits;
  for (const std::string& edit : sources.edits) edits.push_back(parse_edit(edit));
  return edits;
}

Checked<Plans> assemble_parts(Parts parts, const Edits& edits) {
  Plans plans;
  Document &system = parts.system, &reference = parts.reference;
  const auto places_of = [&](Document& document, const std::string& path) {
    if (parts.key_places == KeyPlacesAre::kept) add_places(*document.tree, path, document.places);
  };
  const auto read_shared = [&] {
    if (system.tree && (parts.has_system || !system.tree->entries.empty())) {
      // Bare plan files have no system.yaml; what --set adds to the system is read as if they had.
      if (!parts.has_system) system.tree->entries.push_back({"system", {}, Node{Node::Kind::scalar, {}, "plans", false, {}, {}}});
      plans.system = read_system(*system.tree, system.reading);
    } else if (!parts.has_system) {
      plans.system.id.value = "plans";
    }
    if (!parts.has_system && system.tree && system.tree->find("title") == nullptr) plans.system.title.clear();
    if (system.tree) places_of(system, "");
  };
  std::vector<Document> documents(parts.organisations);
  std::vector<Organisation> organisations(documents.size());
  const auto read_document = [&](std::size_t i) {
    Document& document = documents[i];
    if (!document.tree) return;
    organisations[i] = read_organisation(*document.tree, plans.system.years, document.reading);
    if (const Node* gates = document.tree->find("gates")) {
      if (parts.has_system)
        report(document.reading, Code::contradiction, gates->place, "gates of a plan that is part of a system stand in system.yaml, for all of it");
      else
        read_gates(gates, document.limits, document.reading);
    }
    if (const Node* unit = document.tree->find("unit")) convert(organisations[i], *unit, plans.system.currency, document.reading);
    places_of(document, id_of(*document.tree));
    document.tree.reset();
  };

  Problems problems;
  const auto add = [&](const Problems& more) { problems.insert(problems.end(), more.begin(), more.end()); };
  const auto add_parsing = [&] {
    add(system.parsing);
    for (const Document& d : documents) add(d.parsing);
    add(reference.parsing);
  };
  if (edits.empty()) {
    read_shared();
    for_each(documents.size(), parts.threads, [&](std::uint64_t i, unsigned) {
      documents[i] = parts.organisation(i);
      if (parts.has_system) read_document(i);
    });
    // A plan by itself says its unit, which must be known before any is read.
    if (!parts.has_system) {
      if (const auto unit = unit_of_first(documents)) plans.system.currency = *unit;
      for_each(documents.size(), parts.threads, [&](std::uint64_t i, unsigned) { read_document(i); });
    }
    add_parsing();
  } else {
    // An edit may be of anything, so all trees are kept until all edits are made.
    for_each(documents.size(), parts.threads, [&](std::uint64_t i, unsigned) { documents[i] = parts.organisation(i); });
    add_parsing();
    if (system.tree) apply_edits(edits, problems.empty(), *system.tree, documents, problems);
    read_shared();
    if (const auto unit = parts.has_system ? std::nullopt : unit_of_first(documents)) plans.system.currency = *unit;
    for_each(documents.size(), parts.threads, [&](std::uint64_t i, unsigned) { read_document(i); });
  }
  for (std::size_t i = 0; i < documents.size(); ++i)
    if (documents[i].parsed) plans.organisations.push_back(std::move(organisations[i]));
  for (Document& d : documents) {
    std::move(d.limits.gates.begin(), d.limits.gates.end(), std::back_inserter(plans.system.gates));
    std::move(d.limits.changes.begin(), d.limits.changes.end(), std::back_inserter(plans.system.changes));
  }
  if (plans.system.years.empty()) {
    const auto with_years =
        std::find_if(plans.organisations.begin(), plans.organisations.end(), [](const Organisation& o) { return !o.years.empty(); });
    if (with_years != plans.organisations.end()) plans.system.years = with_years->years;
  }
  if (reference.tree) {
    plans.reference = read_reference(*reference.tree, reference.reading);
    places_of(reference, "reference");
  }
  const auto add_reading = [&](const Document& document) {
    for (const Problem& problem : document.reading)
      if (problems.size() < most_problems) problems.push_back(problem);
  };
  add_reading(system);
  for (const Document& d : documents) add_reading(d);
  add_reading(reference);

  // Every error of every file at once; but where a whole file or a class could not be read, its names would seem to be missing.
  const bool all_parsed = system.tree && reference.tree && reference.reading.empty() && plans.organisations.size() == documents.size();
  if (all_parsed) check(plans, problems);
  if (has_errors(problems)) {
    problems = sorted(std::move(problems));
    if (problems.size() >= most_problems)
      problems.push_back({whole_file(problems.back().place.file ? *problems.back().place.file : "(input)"), Code::too_many,
                          "and more like these; at most 1,000 are shown, so mend some and run again"});
    return tl::make_unexpected(std::move(problems));
  }
  put_in_order(plans);
  if (parts.key_places == KeyPlacesAre::kept) {
    auto places = std::make_shared<KeyPlaces>(std::move(system.places));
    for (Document& d : documents) places->merge(d.places);
    places->merge(reference.places);
    plans.places = std::move(places);
  }
  return plans;
}

}  // namespace

Checked<Plans> assemble(const Sources& sources) {
  return assemble_parts({sources.system.has_value(), sources.key_places, document_of_system(sources), parsed(sources.reference),
                         sources.organisations.size(), [&](std::size_t i) { return parsed(sources.organisations[i]); }, 0},
                        edits_of(sources));
}

struct Documents::Parsed {
  Parts parts;
  std::vector<Document> organisations;
  Edits edits;
};

Documents::Documents(const Sources& sources) {
  auto all = std::make_shared<Parsed>();
  all->parts = {
      sources.system.has_value(), sources.key_places, document_of_system(sources), parsed(sources.reference), sources.organisations.size(), {}, 1};
  for (const Source& source : sources.organisations) all->organisations.push_back(parsed(source));
  all->edits = edits_of(sources);
  parsed_ = std::move(all);
}

Checked<Plans> Documents::assemble(const std::vector<Placed<std::string>>& more) const {
  Edits edits;
  for (const auto& [text, place] : more) edits.push_back(parse_edit(text, place));
  return assemble_with(std::move(edits));
}

Checked<Plans> Documents::with(const std::vector<Edit>& more) const { return assemble_with({more.begin(), more.end()}); }

Checked<Plans> Documents::assemble_with(std::vector<Checked<Edit>> more) const {
  Parts parts = parsed_->parts;
  parts.organisation = [&](std::size_t i) { return parsed_->organisations[i]; };
  Edits edits = parsed_->edits;
  edits.insert(edits.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return assemble_parts(std::move(parts), edits);
}

Checked<Sources> Documents::edited(const Sources& sources, const std::vector<Edit>& more) const {
  Document system = parsed_->parts.system;
  std::vector<Document> organisations = parsed_->organisations;
  Edits edits = parsed_->edits;
  edits.insert(edits.end(), more.begin(), more.end());
  Problems problems;
  apply_edits(edits, true, *system.tree, organisations, problems);
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  Sources out = sources;
  out.edits.clear();
  const std::string untouched = yaml_of(*parsed_->parts.system.tree);
  if (const std::string text = yaml_of(*system.tree); text != untouched) {
    if (!out.system) out.system = Source{"system.yaml", {}};
    out.system->text = (sources.system ? "" : "system: plans\n") + text;
  }
  for (std::size_t i = 0; i < organisations.size(); ++i)
    if (const std::string text = yaml_of(*organisations[i].tree); text != yaml_of(*parsed_->organisations[i].tree)) out.organisations[i].text = text;
  return out;
}

}  // namespace shortfall
