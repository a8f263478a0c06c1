// Reference classes from an organisation's own records of what was planned and what was delivered.
#include "history/calibrate.hpp"

#include <fmt/format.h>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "cli/record_table.hpp"
#include "plan/assemble.hpp"
#include "plan/number.hpp"
#include "plan/read.hpp"
#include "report/history.hpp"
#include "store/load.hpp"
#include "store/output.hpp"

namespace shortfall {
namespace {

struct Words {
  std::string records, prior, as_at, file, format = "text", prior_weight;
  bool quiet = false;
  CalibrateOptions calibrate;
};

constexpr std::uintmax_t largest_records = 256u << 20, largest_reference = 8u << 20;

Status calibrate_command(Words& words) {
  if (words.file.empty()) throw bad_input("--output", "needs the name of the reference file to write, as in --output reference.yaml");
  std::optional<int> as_at;
  if (!words.as_at.empty()) as_at = month_of("--as-at", words.as_at);
  if (!words.prior_weight.empty()) words.calibrate.prior_weight = parse_number(words.prior_weight);
  const Source source = words.prior.empty() ? built_in_reference() : Source{words.prior, text_of_file(words.prior, largest_reference)};
  const Node document = good(parse_document(source.text, source.name));
  Problems problems;
  const Reference prior = read_reference(document, problems);
  if (has_errors(problems)) throw BadInput(sorted(std::move(problems)));
  std::vector<std::string> classes;
  for (const ReferenceClass& c : prior.classes)
    if (c.id.value.find('@') == std::string::npos) classes.push_back(c.id.value);
  const std::string text = text_of_file(words.records, largest_records);
  const Records records = good(read_records(record_table(text, words.records), words.records, classes, as_at));
  if (!words.quiet)
    for (const Problem& problem : records.warnings) note(to_text(problem));
  const Calibration calibration = calibrate(records, prior, words.calibrate);
  const std::string hash = sha256(text);
  const Provenance provenance{"shortfall " SHORTFALL_VERSION, {{words.records, hash}, {source.name, sha256(source.text)}}};
  write_output(to_yaml(calibration, document, words.records, hash), words.file, is_first());
  Forms forms;
  forms.document = [&] { return view_calibration(calibration, provenance); };
  forms.json = [&] { return json(calibration, provenance); };
  OutputOptions report;
  report.format = words.format;
  print(forms, report);
  return Status::good;
}

}  // namespace

Action add_calibrate(CommandLine& line) {
  const Command command = line.add("calibrate", "Reference classes from your own records of what was planned and what was delivered");
  auto words = std::make_shared<Words>();
  command
      .option("RECORDS", words->records, "A table (CSV or XLSX): organisation, scheme, class, stage, year, planned, delivered, and more where known")
      .required();
  command.option("--prior", words->prior, "The reference file to start from (default: the built-in classes)").type_name("FILE");
  command.option("--prior-weight", words->prior_weight, "How many records the prior is worth (default: by its grade, 10 to 40)")
      .check(a_number(0.001, 1e6));
  command.option("--as-at", words->as_at, "The month up to which the records tell (default: the end of their last year)").type_name("MONTH");
  command.option("--output", words->file, "The reference file to write").type_name("FILE");
  command.option("--format", words->format, "Of the report on standard output").one_of({"text", "markdown", "html", "json"}).show_default();
  command.option("--seed", words->calibrate.seed, "Of permutations and posterior draws")
      .transform(a_count(0, std::numeric_limits<std::uint64_t>::max()))
      .show_default();
  command.flag("--quiet", words->quiet, "No notes on standard error");
  command.examples(
      "  shortfall calibrate records.csv --output classes.yaml\n"
      "  shortfall run plans/ --reference classes.yaml            the plans by your own record");
  return [words] { return calibrate_command(*words); };
}

}  // namespace shortfall
