// An organisation's records as CSV: read, calibrated against the built-in classes, and written as classes that must read back. A row that was
// believed holds what calibration counts on; every figure is finite, every chance one.
#include <algorithm>
#include <cmath>

#include "fuzz.hpp"
#include "history/calibrate.hpp"
#include "history/records.hpp"
#include "plan/read.hpp"
#include "report/history.hpp"

using namespace shortfall;

namespace {

// The built-in classes, as a document and as what it says.
struct Prior {
  Source source = built_in_reference();
  Node document;
  Reference reference;
  std::vector<std::string> ids;
  Prior() {
    Checked<Node> read = parse_document(source.text, source.name);
    fuzz::must(read.has_value(), "the built-in classes do not read");
    document = std::move(*read);
    Problems problems;
    reference = read_reference(document, problems);
    for (const ReferenceClass& c : reference.classes)
      if (c.id.value.find('@') == std::string::npos) ids.push_back(c.id.value);
  }
};

void must_be_sound(const Records& records) {
  for (const Record& r : records.rows) {
    fuzz::must(std::isfinite(r.planned) && r.planned > 0, "a record without a plan");
    fuzz::must(!r.delivered || std::isfinite(*r.delivered), "a record that delivered no number");
    fuzz::must(!r.delivered || r.status != RecordStatus::dropped || *r.delivered == 0, "dropped, yet delivered");
  }
}

void must_be_sound(const ClassCalibration& c) {
  for (const ShareFigures& f : {c.before, c.after, c.half_prior, c.twice_prior}) {
    fuzz::must(std::isfinite(f.mean) && std::isfinite(f.p50), "a share that is no number", c.id);
    fuzz::must(f.p10 <= f.p50 && f.p50 <= f.p90, "quantiles out of order", c.id);
  }
  fuzz::must(c.drops_out >= 0 && c.drops_out <= 1, "a chance beyond 0 and 1", c.id + " " + std::to_string(c.drops_out));
  fuzz::must(c.dropped + c.went_ahead + c.running <= c.records, "more records than there are", c.id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Prior prior;
  const Checked<RecordTable> table = read_record_csv({reinterpret_cast<const char*>(data), size}, "records.csv");
  if (!table) {
    for (const Problem& problem : table.error()) fuzz::must_be_message(problem);
    return 0;
  }
  const Checked<Records> records = read_records(*table, "records.csv", prior.ids, {});
  if (!records) {
    for (const Problem& problem : records.error()) fuzz::must_be_message(problem);
    return 0;
  }
  must_be_sound(*records);
  if (records->rows.size() > 200) return 0;
  const Calibration found = calibrate(*records, prior.reference, {});
  for (const ClassCalibration& c : found.classes) must_be_sound(c);
  json(found, {});
  text(view_calibration(found, {}), {});
  const Checked<Node> again = parse_document(to_yaml(found, prior.document, "records.csv", "0"), "classes.yaml");
  fuzz::must(again.has_value(), "written classes that are no document");
  Problems problems;
  read_reference(*again, problems);
  if (has_errors(problems)) fuzz::must(false, "written classes that are refused", to_text(problems.front()));
  return 0;
}
