#include "store/spreadsheet/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/money.hpp"
#include "plan/document.hpp"
#include "plan/number.hpp"
#include "store/spreadsheet/mapping.hpp"
#include "store/spreadsheet/words.hpp"
#include "store/spreadsheet/yaml_text.hpp"

namespace shortfall {
namespace {

std::string yaml_key(const std::string& key) { return parse_year(key) ? key : yaml_text(key); }

// On one line: {a: 1, b: [2, 3]}. Numbers stand as the plan has them.
std::string flow(const Node& node) {
  std::string out;
  switch (node.kind) {
    case Node::Kind::null:
      return "~";
    case Node::Kind::scalar:
      return !node.quoted &&
                     (parse_fraction(node.text) || parse_year(node.text) || parse_month(node.text) || node.text == "true" || node.text == "false")
                 ? node.text
                 : yaml_text(node.text);
    case Node::Kind::list:
      for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + flow(item);
      return "[" + out + "]";
    case Node::Kind::map:
      for (const Entry& entry : node.entries) out += (out.empty() ? "" : ", ") + yaml_key(entry.key) + ": " + flow(entry.value);
      return "{" + out + "}";
  }
  return out;
}

bool is_list_of_numbers(const Node* node, std::size_t count) {
  return node != nullptr && node->kind == Node::Kind::list && node->items.size() == count &&
         std::all_of(node->items.begin(), node->items.end(), [](const Node& item) { return parse_number(item.text).has_value(); });
}

// All keys of a map but those, a line each.
std::string other_keys(const Node& map, const std::set<std::string, std::less<>>& taken) {
  std::string out;
  for (const Entry& entry : map.entries)
    if (!taken.contains(entry.key)) out += (out.empty() ? "" : "\n") + entry.key + ": " + flow(entry.value);
  return out;
}

std::string text_at(const Node& map, std::string_view key) {
  const Node* node = map.find(key);
  return node == nullptr ? std::string() : node->text;
}

// A unit that a mapping reads as the plans mean it; "£ million", say, is a name to them and a power of pounds to a mapping.
std::optional<SheetUnit> unit_of_plans(const std::string& text) {
  const UnitOfMoney money = unit_of_money(text);
  const auto unit = declared_unit(text);
  return unit == SheetUnit{money.symbol, money.thousands} ? unit : std::nullopt;
}

class Exporter {
 public:
  Exporter(const Sources& sources, const Plans& plans) : sources_(sources), years_(plans.system.years), currency_(plans.system.currency) {}

  Checked<OutWorkbook> workbook() {
    std::vector<Node> documents;
    for (const Source& source : sources_.organisations) {
      Checked<Node> document = parse_document(source.text, source.name);
      if (!document) return tl::make_unexpected(document.error());
      several_units_ = several_units_ || has_own_unit(*document);
      documents.push_back(std::move(*document));
    }
    start();
    for (const Node& document : documents) organisation(document);
    OutTable system;
    system.filters = false;
    system.columns = {{"key", CellForm::text, 0, 20, false}, {"value", CellForm::text, 0, 100, false}};
    if (sources_.system) {
      const Checked<Node> document = parse_document(sources_.system->text, sources_.system->name);
      if (!document) return tl::make_unexpected(document.error());
      system_keys(*document, system);
    }
    for (const Entry& entry : said_by_plans_)
      if (std::none_of(system.rows.begin(), system.rows.end(), [&](const auto& row) { return row.front().text == entry.key; }))
        system_key(entry, system);
    if (!problems_.empty()) return tl::make_unexpected(std::move(problems_));
    if (mapping_.system.empty()) mapping_.system = "plans";
    OutWorkbook out{mapping_.title.empty() ? mapping_.system : mapping_.title,
                    {{"Schemes", {std::move(schemes_)}}, {"Organisations", {std::move(organisations_)}}, {"System", {std::move(system)}}}};
    OutTable lines;
    lines.filters = false;
    lines.columns = {{"mapping: 1", CellForm::text, 0, 60, false}};
    const std::string text = mapping_text(mapping_);
    for (std::size_t at = text.find('\n') + 1; at < text.size();) {
      const auto end = std::min(text.find('\n', at), text.size());
      lines.rows.push_back({text.substr(at, end - at)});
      at = end + 1;
    }
    out.sheets.push_back({std::string(mapping_sheet), {std::move(lines)}});
    return out;
  }

 private:
  void start() {
    mapping_.sheets = {"Schemes"};
    mapping_.heading_rows = {1};
    mapping_.years = years_;
    // Amounts are in the plans' own unit.
    if (const auto unit = unit_of_plans(currency_))
      mapping_.plan_unit = *unit;
    else
      problems_.push_back({whole_file((sources_.system ? *sources_.system : sources_.organisations.front()).name), Code::bad_unit,
                           fmt::format("the plans count in '{}', which a workbook's mapping cannot say; write £m, £k, £000, £, €m, $k or kr m",
                                       printable(currency_, 60))});
    mapping_.unit = mapping_.plan_unit;
    mapping_.separates = Mapping::Separates::column;
    mapping_.id = "Id";
    mapping_.organisation = "Organisation";
    mapping_.title_column = "Scheme";
    mapping_.reference_class = "Class";
    mapping_.stage = "Stage";
    mapping_.recurrent = "Recurrent";
    mapping_.more = "Other keys";
    mapping_.system_sheet = "System";
    mapping_.skip = {"no scheme is a total"};
    schemes_.columns = {{"Id", CellForm::text, 0, 26, false},     {"Organisation", CellForm::text, 0, 20, false},
                        {"Scheme", CellForm::text, 0, 36, false}, {"Class", CellForm::text, 0, 20, false},
                        {"Stage", CellForm::text, 0, 13, false},  {"Recurrent", CellForm::text, 0, 10, false}};
    organisations_.columns = {{"Organisation", CellForm::text, 0, 20, false}, {"Title", CellForm::text, 0, 36, false}};
    if (several_units_) {
      mapping_.unit_column = "Unit";
      for (OutTable* table : {&schemes_, &organisations_}) table->columns.push_back({"Unit", CellForm::text, 0, 8, false});
    }
    for (const char* what : {"Saving", "Cost"})
      for (const Year& year : years_) {
        const std::string heading = heading_of(what, year);
        schemes_.columns.push_back({heading, CellForm::number, 3, 12, false});
        (std::string_view(what) == "Saving" ? mapping_.saving : mapping_.cost).push_back({year.label, {heading}});
      }
    for (const char* what : {"Income", "Spend", "Target"})
      for (const Year& year : years_) organisations_.columns.push_back({heading_of(what, year), CellForm::number, 3, 12, false});
    organisations_.columns.push_back({"Reserves", CellForm::number, 3, 12, false});
    for (OutTable* table : {&schemes_, &organisations_}) table->columns.push_back({"Other keys", CellForm::text, 0, 60, false});
  }

  // Where rows differ in it, the unit stands in a column of its own.
  std::string heading_of(std::string_view what, const Year& year) const {
    return fmt::format("{} {}{}", what, year.label, several_units_ ? "" : " " + currency_);
  }

  bool has_own_unit(const Node& document) const {
    const UnitOfMoney own = unit_of_money(text_at(document, "unit")), all = unit_of_money(currency_);
    return document.find("unit") != nullptr && own.understood && own.worth() != all.worth();
  }

  // A longer text would be cut, and what is cut off is lost to whoever imports it.
  void must_fit(const std::vector<OutCell>& row, const std::string& what, const Place& place) {
    for (const OutCell& cell : row)
      if (cell.text.size() > most_cell_bytes)
        problems_.push_back({place, Code::wrong_form,
                             fmt::format("{} has a text of {} ('{}'), but a cell of a workbook holds {}; shorten it", what,
                                         counted(cell.text.size(), "byte"), printable(cell.text, 40), grouped(std::to_string(most_cell_bytes)))});
  }

  // A list of a number a year as cells, or a number for all years as many of them; else none, and the key stays where it is.
  bool cells(const Node& map, std::string_view key, std::vector<OutCell>& row) const {
    const Node* node = map.find(key);
    const auto one = node == nullptr || node->kind != Node::Kind::scalar ? std::nullopt : parse_number(node->text);
    const bool list = is_list_of_numbers(node, years_.size());
    for (std::size_t y = 0; y < years_.size(); ++y)
      row.push_back(list ? OutCell(*parse_number(node->items[y].text)) : one ? OutCell(*one) : OutCell());
    return list || one;
  }

  void organisation(const Node& document) {
    const std::string id = text_at(document, "organisation");
    std::set<std::string, std::less<>> taken = {"organisation", "title", "years", "schemes"};
    for (const char* key : {"gates", "year_starts"})
      if (const Node* node = document.find(key)) taken.insert(key), add_for_system(key, *node);
    std::vector<OutCell> row = {id, text_at(document, "title")};
    const std::string unit = has_own_unit(document) ? text_at(document, "unit") : currency_;
    Mapping::Finances o;
    o.id.value = o.name = id;
    o.title = text_at(document, "title");
    const std::string line = std::to_string(organisations_.rows.size() + 2);
    const auto cell = [&](std::size_t column) { return column_letters(static_cast<int>(column)) + line; };
    if (several_units_) {
      o.unit.value = "Organisations!" + cell(row.size());
      taken.insert("unit");
      row.emplace_back(unit);
    }
    std::size_t column = row.size();
    for (auto& [key, into] : {std::pair{"income", &o.income}, {"spend", &o.spend}, {"target", &o.target}}) {
      if (cells(document, key, row)) {
        taken.insert(key);
        into->value = fmt::format("Organisations!{}:{}", cell(column), cell(column + years_.size() - 1));
      }
      column += years_.size();
    }
    const auto reserves = parse_number(text_at(document, "reserves"));
    row.push_back(reserves ? OutCell(*reserves) : OutCell());
    if (reserves) taken.insert("reserves"), o.reserves.value = "Organisations!" + cell(column);
    row.emplace_back(other_keys(document, taken));
    o.more = "Organisations!" + cell(column + 1);
    must_fit(row, fmt::format("organisation '{}'", id), document.place);
    organisations_.rows.push_back(std::move(row));
    mapping_.organisations.push_back(std::move(o));
    if (const Node* schemes = document.find("schemes"))
      for (const Entry& entry : schemes->entries) scheme(id, unit, entry);
  }

  void scheme(const std::string& owner, const std::string& unit, const Entry& entry) {
    const Node& s = entry.value;
    std::set<std::string, std::less<>> taken = {"title", "class", "stage", "recurrent"};
    const std::string title = text_at(s, "title"), recurrent = text_at(s, "recurrent");
    std::vector<OutCell> row = {
        entry.key, owner, title.empty() ? entry.key : title, text_at(s, "class"), text_at(s, "stage"), recurrent == "false" ? "no" : "yes"};
    if (several_units_) row.emplace_back(unit);
    for (const char* key : {"saving", "cost"})
      if (cells(s, key, row)) taken.insert(key);
    row.emplace_back(other_keys(s, taken));
    must_fit(row, fmt::format("scheme '{}'", entry.key), entry.place);
    schemes_.rows.push_back(std::move(row));
  }

  // What a plan by itself says and a plan of a system may not, as import writes a system.yaml: it goes there.
  void add_for_system(const std::string& key, const Node& value) {
    const auto said = std::find_if(said_by_plans_.begin(), said_by_plans_.end(), [&](const Entry& entry) { return entry.key == key; });
    if (said == said_by_plans_.end()) {
      said_by_plans_.push_back({key, value.place, value});
    } else if (key == "gates") {
      // Of several plans the limits of all hold.
      said->value = gates_by_kind(said->value);
      for (const Entry& more : gates_by_kind(value).entries)
        if (Node* same = said->value.find(more.key))
          same->items.insert(same->items.end(), more.value.items.begin(), more.value.items.end());
        else
          said->value.entries.push_back(more);
    }
  }

  // A list of gates is one of limits.
  static Node gates_by_kind(const Node& gates) {
    if (gates.kind == Node::Kind::map) return gates;
    return {Node::Kind::map, gates.place, {}, false, {}, {{"limits", gates.place, gates}}};
  }

  void system_key(const Entry& entry, OutTable& table) {
    table.rows.push_back({entry.key, flow(entry.value)});
    must_fit(table.rows.back(), fmt::format("'{}'", entry.key), entry.place);
  }

  void system_keys(const Node& document, OutTable& table) {
    mapping_.system = text_at(document, "system");
    mapping_.title = text_at(document, "title");
    static const std::set<std::string, std::less<>> taken = {"system", "title", "currency", "unit", "years", "organisations", "reference"};
    for (const Entry& entry : document.entries)
      if (!taken.contains(entry.key)) system_key(entry, table);
  }

  const Sources& sources_;
  const std::vector<Year>& years_;
  std::string currency_;
  bool several_units_ = false;  // an organisation counts otherwise than the system
  Mapping mapping_;
  OutTable schemes_, organisations_;
  std::vector<Entry> said_by_plans_;  // keys of the system that plans without one have themselves
  Problems problems_;
};

}  // namespace

Checked<OutWorkbook> tracker_of(const Sources& sources, const Plans& plans) { return Exporter(sources, plans).workbook(); }

}  // namespace shortfall
