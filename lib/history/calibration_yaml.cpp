#include <fmt/format.h>

#include <algorithm>

#include "base/money.hpp"
#include "history/calibrate.hpp"
#include "history/yaml_text.hpp"
#include "plan/notation.hpp"

namespace shortfall {
namespace {

// Ten digits: more than anybody knows, and enough to find the records' counts again.
double ten_digits(double x) { return std::stod(fmt::format("{:.10g}", x)); }

std::string distribution_text(Distribution d) {
  if (Metalog* m = std::get_if<Metalog>(&d.shape)) m->p10 = ten_digits(m->p10), m->p50 = ten_digits(m->p50), m->p90 = ten_digits(m->p90);
  d.drops_out = ten_digits(d.drops_out);
  return notation::distribution(d);
}

std::string records_text(const RecordsBehind& r) { return fmt::format("{{all: {:g}, went_ahead: {:g}, prior: {:g}}}", r.all, r.went_ahead, r.prior); }

class Writer {
 public:
  Writer(const Calibration& c, const Node& prior) : c_(c), prior_(prior) {}

  std::string whole(const std::string& records_name, const std::string& records_sha256) {
    out_ = "# Reference classes calibrated by 'shortfall calibrate': a prior, blended with records of what was delivered.\n";
    out_ += fmt::format("# records: {} ({} of {}, {} to {}), SHA-256 {}\n", printable(records_name), c_.records,
                        counted(c_.organisations, "organisation"), c_.first_year, c_.last_year, records_sha256);
    out_ += fmt::format("# prior: {}\n\n", printable(c_.prior_name));
    stages();
    for (const Entry& entry : prior_.entries)
      if (entry.key != "stages" && entry.key != "classes") out_ += fmt::format("\n{}: {}\n", entry.key, flow_text(entry.value));
    out_ += "\nclasses:\n";
    const Node* classes = prior_.find("classes");
    for (const ReferenceClass& c : c_.reference.classes) {
      const std::string id = c.id.value.substr(0, c.id.value.find('@'));
      const Node* from = classes == nullptr ? nullptr : classes->find(id);
      const bool calibrated = std::any_of(c_.classes.begin(), c_.classes.end(), [&](const ClassCalibration& k) { return k.id == id; });
      out_ += fmt::format("\n  {}:\n", c.id.value);
      if (calibrated) one(c, records_sha256);
      for (const Entry& entry : from == nullptr ? std::vector<Entry>() : from->entries)
        if (!calibrated || !is_written(entry.key)) out_ += fmt::format("    {}: {}\n", entry.key, flow_text(entry.value));
    }
    return std::move(out_);
  }

 private:
  void stages() {
    out_ += "stages:    # chance that a scheme drops out\n  delivered: 0\n";
    for (const StageCalibration& s : c_.stages) {
      const auto at = static_cast<std::size_t>(s.stage);
      out_ += s.records == 0
                  ? fmt::format("  {}: {}\n", name_of(s.stage), notation::fraction(ten_digits(c_.reference.drops_out[at])))
                  : fmt::format(
                        "  {}: {{chance: {}, grade: calibrated, records: {{all: {}, prior: {:g}}}}}    # {} of {} dropped out; the prior says {}\n",
                        name_of(s.stage), notation::fraction(ten_digits(s.chance.mean())), s.records,
                        s.chance.alpha + s.chance.beta - static_cast<double>(s.records), s.dropped, s.records, notation::fraction(s.before));
    }
  }

  static bool is_written(const std::string& key) {
    static const std::vector<std::string> keys = {"share", "delay", "overrun", "grade", "records", "period", "source", "drops_out"};
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  }

  void one(const ReferenceClass& c, const std::string& records_sha256) {
    out_ += fmt::format("    share: {}\n    delay: {}\n    overrun: {}\n", distribution_text(c.share), distribution_text(c.delay),
                        distribution_text(c.overrun));
    out_ += fmt::format("    grade: calibrated\n    records: {}\n    period: {}\n", records_text(*c.records), yaml_quoted(c.period));
    out_ += fmt::format("    source: {}\n", yaml_quoted(fmt::format("SHA-256 of the records {:.12}…; {}", records_sha256, c.source)));
  }

  const Calibration& c_;
  const Node& prior_;
  std::string out_;
};

}  // namespace

std::string to_yaml(const Calibration& calibration, const Node& prior, const std::string& records_name, const std::string& records_sha256) {
  return Writer(calibration, prior).whole(records_name, records_sha256);
}

}  // namespace shortfall
