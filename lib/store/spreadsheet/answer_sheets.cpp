#include "store/spreadsheet/answer_sheets.hpp"

#include <fmt/format.h>

#include "base/money.hpp"

namespace shortfall {

OutColumn text_column(std::string title, double width) { return {std::move(title), CellForm::text, 0, width, false}; }
OutColumn count_column(std::string title) { return {std::move(title), CellForm::count, 0, 12, false}; }
OutColumn share_column(std::string title, int digits) { return {std::move(title), CellForm::share, digits, 12, false}; }
OutColumn money_column(std::string title) { return {std::move(title), CellForm::money, 3, 12, false}; }

void add_with_interval(std::vector<OutColumn>& columns, OutColumn column) {
  OutColumn low = column, high = column;
  low.title += ", from";
  high.title += ", to";
  low.heat = high.heat = false;
  for (OutColumn* c : {&column, &low, &high}) columns.push_back(std::move(*c));
}

void add_with_interval(OutCells& row, const Estimate& e) {
  for (const double x : {e.value, e.low, e.high}) row.emplace_back(x);
}

std::string asked_line(const Setting& s) {
  std::string out = fmt::format("Money in {}; {}; seed {}; optimism {:g}", s.currency, counted(s.trials, "simulated future"), s.seed, s.optimism);
  if (const std::string stresses = changes({}, s.given, s.seen); !stresses.empty()) out += "; " + stresses;
  return out + ". Intervals hold 95 times in 100.";
}

OutTable gates_table(const std::vector<GateResult>& gates) {
  OutTable t;
  t.title = "Gates";
  t.columns = {text_column("Gate", 44),
               {"Value", CellForm::number, 4, 12, false},
               {"from", CellForm::number, 4, 12, false},
               {"to", CellForm::number, 4, 12, false},
               text_column("Verdict", 12)};
  for (const GateResult& g : gates) t.rows.push_back({g.gate.expression, g.value.value, g.value.low, g.value.high, std::string(name_of(g.verdict))});
  if (t.rows.empty()) t.notes = {"The plans set no gates."};
  return t;
}

std::vector<OutTable> source_tables(const Provenance& provenance) {
  OutTable files, edits;
  files.title = "Files that were read";
  files.notes = {provenance.program};
  files.filters = edits.filters = false;
  files.columns = {text_column("File", 24), text_column("SHA-256", 12)};
  for (const Input& input : provenance.inputs) files.rows.push_back({input.path, input.sha256});
  std::vector<OutTable> out = {std::move(files)};
  if (provenance.edits.empty()) return out;
  edits.title = "Changed by --set";
  edits.columns = {text_column("Edit", 24)};
  for (const std::string& edit : provenance.edits) edits.rows.push_back({edit});
  out.push_back(std::move(edits));
  return out;
}

}  // namespace shortfall
