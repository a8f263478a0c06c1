// From a savings tracker, a workbook or CSV, to a folder of plans.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <iterator>

#include "base/money.hpp"
#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "store/folder.hpp"
#include "store/load.hpp"
#include "store/output.hpp"
#include "store/spreadsheet/export.hpp"
#include "store/spreadsheet/guess.hpp"
#include "store/spreadsheet/import.hpp"

namespace shortfall {
namespace {

struct Words {
  std::vector<std::string> files;
  std::string to, map, write_map, sheet, years, number, hidden;
  bool dry_run = false, partial = false, replace = false, quiet = false;
};

[[noreturn]] void refuse(const std::string& option, const std::string& why) { throw bad_input(option, why); }

struct ReadFiles {
  std::vector<SheetFile> sheets;
  std::vector<std::string> origins;
};

std::string origin(const std::string& name, const std::string& bytes) {
  return fmt::format("Made by shortfall import from {} (SHA-256 {}).", printable(name, 200), sha256(bytes));
}

ReadFiles read_trackers(const std::vector<std::string>& paths) {
  ReadFiles out;
  Problems problems;
  for (const std::string& path : paths) {
    std::string bytes, name = path == "-" ? "standard-input" : path;
    if (path == "-")
      bytes.assign(std::istreambuf_iterator<char>(std::cin), {});
    else
      bytes = text_of_file(path, most_file_bytes);
    Checked<SheetFile> sheets = read_sheets(bytes, name);
    if (!sheets) {
      problems.insert(problems.end(), sheets.error().begin(), sheets.error().end());
      continue;
    }
    out.sheets.push_back(std::move(*sheets));
    out.origins.push_back(origin(name, bytes));
  }
  if (!problems.empty()) throw BadInput(std::move(problems));
  return out;
}

// A workbook that export has written brings its mapping along. Empty: it does not.
std::string mapping_within(const SheetFile& file) {
  std::string out;
  const Sheet* sheet = file.find(mapping_sheet);
  if (sheet == nullptr || sheet->rows.empty() || sheet->rows.front().cells.front().text != "mapping: 1") return out;
  for (const SheetRow& row : sheet->rows) out += row.cells.front().text + "\n";
  return out;
}

Mapping mapping_of(const Words& words, const std::vector<SheetFile>& files, Problems& warnings) {
  Problems problems;
  Mapping mapping;
  if (!words.map.empty()) {
    mapping = read_mapping(text_of_file(words.map, 8u << 20), words.map, problems);
    if (mapping.system.empty()) mapping.system = "tracker";
  } else if (const std::string within = mapping_within(files.front()); !within.empty()) {
    mapping = read_mapping(within, fmt::format("{}!{}", files.front().name, mapping_sheet), problems);
  } else {
    GuessHints hints;
    hints.sheet = words.sheet;
    if (!words.number.empty()) hints.number = parse_number_form(words.number);
    for (std::size_t at = 0; at < words.years.size();) {
      const auto end = std::min(words.years.find(',', at), words.years.size());
      const auto year = parse_year(words.years.substr(at, end - at));
      if (!year) refuse("--years", fmt::format("'{}' is not a year like 2025/26", printable(words.years.substr(at, end - at), 40)));
      hints.years.push_back(*year);
      at = end + 1;
    }
    mapping = guess_mapping(files, hints, problems);
  }
  for (const Problem& problem : problems)
    if (problem.severity() == Severity::warning) warnings.push_back(problem);
  if (has_errors(problems)) throw BadInput(std::move(problems));
  if (words.map.empty() && mapping.heading_rows.empty()) refuse("--map", "needed: the headings were not found");
  if (!words.sheet.empty()) mapping.sheets = {words.sheet};
  if (!words.hidden.empty()) mapping.hidden = words.hidden == "include" ? Mapping::HiddenRows::include : Mapping::HiddenRows::exclude;
  return mapping;
}

std::string head_of_mapping(const std::vector<std::string>& origins) {
  std::string out;
  for (const std::string& line : origins) out += "# " + line + "\n";
  return out +
         "# What its columns and words were taken for. Mend what is wrong, then import again: shortfall import FILE --map THIS --to FOLDER "
         "--replace\n";
}

// Throws unless the plans are well formed.
void check_plans(const std::vector<Source>& files, const std::string& folder) {
  Sources sources;
  sources.reference = built_in_reference();
  for (const Source& file : files)
    if (file.name == "system.yaml")
      sources.system = Source{folder + "/" + file.name, file.text};
    else
      sources.organisations.push_back({folder + "/" + file.name, file.text});
  const Checked<Plans> plans = assemble(sources);
  if (plans) return;
  note("shortfall: the plans would not be well formed, so nothing was written; what is wrong comes from the mapping:");
  if (sources.system) sources.organisations.push_back(*sources.system);
  throw BadInput(plans.error(), std::move(sources.organisations));
}

// Without finances a plan's target is what its schemes save: of the rows that were imported, which are not all that the tracker counts.
Problems targets_of_parts(const Imported& imported, const SheetFile& file) {
  Problems out;
  for (const ImportedOrganisation& o : imported.organisations)
    if (!o.income)
      out.push_back({whole_file(file.name), Code::doubtful_import,
                     fmt::format("the target of '{}' is of the imported rows alone: what {} to save, whatever the tracker's total is", o.id,
                                 o.schemes.size() == 1 ? "its 1 scheme is" : fmt::format("its {} are", counted(o.schemes.size(), "scheme")))});
  return out;
}

void tell_warnings(const Problems& warnings, bool quiet) {
  for (const Problem& warning : sorted(warnings))
    if (!quiet) note(to_text(warning));
}

Status import_command(const Words& words) {
  if (words.to.empty() && !words.dry_run && words.write_map.empty()) refuse("--to", "missing: name the folder for the plans, or ask for a --dry-run");
  ReadFiles read = read_trackers(words.files);
  Problems warnings;
  const Mapping mapping = mapping_of(words, read.sheets, warnings);
  const std::string map_text = head_of_mapping(read.origins) + mapping_text(mapping);
  if (!words.write_map.empty()) write_output(map_text, words.write_map);
  if (words.to.empty() && !words.dry_run) return Status::good;
  Checked<Imported> imported = import_sheets(read.sheets, mapping);
  if (!imported) throw BadInput(imported.error());
  warnings.insert(warnings.end(), imported->warnings.begin(), imported->warnings.end());
  std::string notes;
  for (const SheetFile& file : read.sheets)
    for (const std::string& note : file.notes) notes += fmt::format("{}: {}\n", printable(file.name, 200), note);
  write_output(shown_on(STDOUT_FILENO, notes + account_text(*imported, mapping, words.dry_run)), "");
  const bool whole = imported->whole();
  if (!whole && words.partial) {
    const Problems partial = targets_of_parts(*imported, read.sheets.front());
    warnings.insert(warnings.end(), partial.begin(), partial.end());
  }
  tell_warnings(warnings, words.quiet);
  if (!whole && !words.partial) {
    note(fmt::format(
        "shortfall: some rows were not understood, or a total does not agree; nothing was written. Mend the tracker, or say in a mapping what is "
        "meant{}, or leave it at that with --partial",
        words.map.empty() ? " (--write-map FILE writes the one that was guessed)" : ""));
    return Status::bad_input;
  }
  if (imported->organisations.empty()) refuse(read.sheets.front().name, "no row is a scheme, so there is no plan to write");
  std::vector<Source> files = plan_files(*imported, mapping, read.origins);
  // A tracker of a hundred thousand rows takes hundreds of megabytes, and so does the check of its plans: one goes before the other comes.
  read.sheets.clear();
  imported->organisations.clear();
  check_plans(files, words.to.empty() ? "plans" : words.to);
  if (words.dry_run) return Status::good;
  if (words.map.empty()) files.push_back({"mapping.yaml", map_text});
  write_folder(files, words.to, words.replace ? Existing::replaced : Existing::refused);
  if (!words.quiet) note(fmt::format("wrote {} into {}; next: shortfall run {}", counted(files.size(), "file"), words.to, words.to));
  return Status::good;
}

}  // namespace

Action add_import(CommandLine& line) {
  const Command command = line.add("import", "From a savings tracker (a workbook or CSV) to a folder of plans");
  auto words = std::make_shared<Words>();
  command.option("FILE", words->files, "Trackers, .xlsx or CSV; several are an organisation each; - is standard input").required();
  command.option("--to", words->to, "The folder for the plans").type_name("FOLDER");
  command.option("--map", words->map, "What the columns and words stand for; else guessed, and written beside the plans").type_name("MAPPING.yaml");
  command.option("--write-map", words->write_map, "Write the mapping to this file, to be mended").type_name("FILE");
  command.flag("--dry-run", words->dry_run, "Say what would become of every row, and write nothing");
  command.flag("--partial", words->partial, "Write the plans even where rows are not understood or totals do not agree");
  command.option("--hidden", words->hidden, "What becomes of hidden rows").one_of({"include", "exclude"});
  command.option("--sheet", words->sheet, "The sheet with the schemes").type_name("NAME");
  command.option("--years", words->years, "The years of the savings, where the tracker does not say them").type_name("2025/26,2026/27");
  command.option("--number", words->number, "How the tracker writes its numbers").one_of({"1,234.56", "1.234,56"});
  command.flag("--replace", words->replace, "Replace plans that are there already");
  command.flag("--quiet", words->quiet, "No warnings");
  command.examples(
      "  shortfall import tracker.xlsx --to plans\n"
      "  shortfall import tracker.xlsx --map plans/mapping.yaml --to plans --replace   next month's");
  return [words] { return import_command(*words); };
}

}  // namespace shortfall
