// A tracker as CSV: read, its mapping guessed, imported. The plans that come out must be well formed, and the same twice; every row has a fate.
#include "fuzz.hpp"
#include "store/spreadsheet/guess.hpp"
#include "store/spreadsheet/import.hpp"

using namespace shortfall;

namespace {

void must_be_well_formed(const std::vector<Source>& files) {
  Sources sources;
  sources.reference = built_in_reference();
  for (const Source& file : files)
    if (file.name == "system.yaml")
      sources.system = file;
    else
      sources.organisations.push_back(file);
  const Checked<Plans> plans = assemble(sources);
  if (!plans) fuzz::must(false, "an imported plan that is not well formed", to_text(plans.error().front()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Checked<SheetFile> file = read_csv({reinterpret_cast<const char*>(data), size}, "t.csv");
  if (!file) {
    fuzz::must(file.error().size() == 1, "refused in other than one line");
    fuzz::must_be_message(file.error().front());
    return 0;
  }
  Problems problems;
  GuessHints hints;
  hints.years = {*parse_year("2025/26")};
  const Mapping mapping = guess_mapping({*file}, hints, problems);
  for (const Problem& problem : problems) fuzz::must_be_message(problem);
  if (has_errors(problems)) return 0;
  const Checked<Imported> imported = import_sheets({*file}, mapping);
  if (!imported) return 0;
  fuzz::must(mapping.transposed || imported->sheets.front().rows.size() == file->sheets.front().rows.size(), "rows without a fate");
  account_text(*imported, mapping, true);
  if (imported->organisations.empty()) return 0;
  must_be_well_formed(plan_files(*imported, mapping, {"a file"}));
  Problems reading;
  read_mapping(mapping_text(mapping), "mapping.yaml", reading);
  if (!reading.empty()) fuzz::must(false, "a written mapping that is not read back", to_text(reading.front()));
  return 0;
}
