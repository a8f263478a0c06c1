#include "cli/ask.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "cli/terminal.hpp"
#include "report/inert.hpp"
#include "store/output.hpp"

namespace shortfall {

void needs_a_file(const OutputOptions& output) {
  if (output.format == "xlsx" && output.file.empty()) throw bad_input("--format xlsx", "needs --output FILE.xlsx");
}

// The same workbook for the same answer: SOURCE_DATE_EPOCH where it is set, else the year 2000.
long time_of_creation() {
  const char* epoch = std::getenv("SOURCE_DATE_EPOCH");
  const long given = epoch == nullptr ? 0 : std::strtol(epoch, nullptr, 10);
  return given > 0 ? given : 946'684'800;
}

void print(const Forms& forms, const OutputOptions& output) {
  const std::string& format = output.format;
  const auto text_of = [&] {
    if (format == "json") return forms.json();
    if (format == "csv") return forms.csv();
    if (format == "junit") return forms.junit();
    if (format == "github") return forms.github();
    if (format == "sarif") return forms.sarif();
    if (format == "xlsx") return workbook_bytes(forms.xlsx(), time_of_creation());
    if (format == "markdown") return inert(markdown(forms.document()));
    if (format == "html") return html(forms.document());
    return inert(text(forms.document(), text_style(output)));
  };
  if (is_first()) write_output(text_of(), output.file);
}

Loaded loaded(const InputOptions& input, RunOptions& run, const std::vector<std::string>& given, const std::string& reference,
              KeyPlacesAre key_places) {
  Files files = read_files(input.plans, input.outside(), reference);
  files.sources.edits = input.edits;
  files.sources.key_places = key_places;
  return loaded(std::move(files), run, given);
}

Loaded loaded(Files files, RunOptions& run, const std::vector<std::string>& given) {
  Loaded out = load(std::move(files));
  if (is_first())
    for (const std::string& text : out.notes) note("note: " + text);
  run.given = good(parse_given(given, out.plans));
  spread_over_ranks(run);
  return out;
}

Recovery recovery_of(const std::string& path, const Plans& plans, const Documents& documents, Provenance& provenance) {
  constexpr std::uintmax_t largest = 8u << 20;
  const std::string text = text_of_file(path, largest);
  provenance.inputs.push_back({path, sha256(text)});
  return good(read_recovery(text, path, plans, documents));
}

RunResult told_by_run(const Plans& plans, RunOptions options) {
  options.max_trials = options.trials;
  options.progress = {};
  return run(plans, options);
}

bool is_page(const OutputOptions& output) { return output.format == "text" || output.format == "markdown" || output.format == "html"; }

Status status_of(const std::vector<GateResult>& gates) {
  Status status = Status::good;
  for (const GateResult& g : gates) {
    if (g.verdict == Verdict::crossed) return Status::gate_crossed;
    if (g.verdict == Verdict::unclear) status = Status::gate_unclear;
  }
  return status;
}

void note(const std::string& text) {
  if (is_first()) std::fputs(inert(shown_on(STDERR_FILENO, text + "\n")).c_str(), stderr);
}

}  // namespace shortfall
