#include "store/spreadsheet/export.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "plan/document.hpp"
#include "plan/number.hpp"
#include "store/spreadsheet/mapping.hpp"
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

class Exporter {
 public:
  Exporter(const Sources& sources, const Plans& plans) : sources_(sources), years_(plans.system.years), currency_(plans.system.currency) {}

  Checked<OutWorkbook> workbook() {
    start();
    for (const Source& source : sources_.organisations) {
      const Checked<Node> document = parse_document(source.text, source.name);
      if (!document) return tl::make_unexpected(document.error());
      organisation(*document);
    }
    OutSheet system{"System", {}};
    if (sources_.system) {
      const Checked<Node> document = parse_document(sources_.system->text, sources_.system->name);
      if (!document) return tl::make_unexpected(document.error());
      system.tables.push_back(system_table(*document));
    }
    if (mapping_.system.empty()) mapping_.system = "plans";
    if (system.tables.empty()) system.tables.push_back({"", {}, {{"key"}, {"value"}}, {}, {}, false});
    OutWorkbook out{mapping_.title.empty() ? mapping_.system : mapping_.title,
                    {{"Schemes", {std::move(schemes_)}}, {"Organisations", {std::move(organisations_)}}, std::move(system)}};
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
    mapping_.plan_unit = parse_unit(currency_).value_or(SheetUnit{});
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
    for (const char* what : {"Saving", "Cost"})
      for (const Year& year : years_) {
        const std::string heading = fmt::format("{} {} {}", what, year.label, currency_);
        schemes_.columns.push_back({heading, CellForm::number, 3, 12, false});
        (std::string_view(what) == "Saving" ? mapping_.saving : mapping_.cost).push_back({year.label, {heading}});
      }
    for (const char* what : {"Income", "Spend", "Target"})
      for (const Year& year : years_)
        organisations_.columns.push_back({fmt::format("{} {} {}", what, year.label, currency_), CellForm::number, 3, 12, false});
    organisations_.columns.push_back({"Reserves", CellForm::number, 3, 12, false});
    for (OutTable* table : {&schemes_, &organisations_}) table->columns.push_back({"Other keys", CellForm::text, 0, 60, false});
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
    std::vector<OutCell> row = {id, text_at(document, "title")};
    Mapping::Finances o;
    o.id.value = o.name = id;
    o.title = text_at(document, "title");
    const std::string line = std::to_string(organisations_.rows.size() + 2);
    const auto cell = [&](std::size_t column) { return column_letters(static_cast<int>(column)) + line; };
    std::size_t column = 2;
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
    organisations_.rows.push_back(std::move(row));
    mapping_.organisations.push_back(std::move(o));
    if (const Node* schemes = document.find("schemes"))
      for (const Entry& entry : schemes->entries) scheme(id, entry);
  }

  void scheme(const std::string& owner, const Entry& entry) {
    const Node& s = entry.value;
    std::set<std::string, std::less<>> taken = {"title", "class", "stage", "recurrent"};
    const std::string title = text_at(s, "title"), recurrent = text_at(s, "recurrent");
    std::vector<OutCell> row = {
        entry.key, owner, title.empty() ? entry.key : title, text_at(s, "class"), text_at(s, "stage"), recurrent == "false" ? "no" : "yes"};
    for (const char* key : {"saving", "cost"})
      if (cells(s, key, row)) taken.insert(key);
    row.emplace_back(other_keys(s, taken));
    schemes_.rows.push_back(std::move(row));
  }

  OutTable system_table(const Node& document) {
    OutTable table;
    table.filters = false;
    table.columns = {{"key", CellForm::text, 0, 20, false}, {"value", CellForm::text, 0, 100, false}};
    mapping_.system = text_at(document, "system");
    mapping_.title = text_at(document, "title");
    static const std::set<std::string, std::less<>> taken = {"system", "title", "currency", "unit", "years", "organisations", "reference"};
    for (const Entry& entry : document.entries)
      if (!taken.contains(entry.key)) table.rows.push_back({entry.key, flow(entry.value)});
    return table;
  }

  const Sources& sources_;
  const std::vector<Year>& years_;
  std::string currency_;
  Mapping mapping_;
  OutTable schemes_, organisations_;
};

}  // namespace

Checked<OutWorkbook> tracker_of(const Sources& sources, const Plans& plans) { return Exporter(sources, plans).workbook(); }

}  // namespace shortfall
