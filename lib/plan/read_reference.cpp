#include <fmt/format.h>

#include "plan/fields.hpp"
#include "plan/read.hpp"

namespace shortfall {

namespace {

void read_grade_and_source(Fields& fields, std::string& grade, std::string& source) {
  if (fields.required("grade") != nullptr) grade = grades()[fields.word("grade", grades(), 2)];
  if (const Node* node = fields.required("source")) source = read_text(*node, "source", fields.problems()).value_or("");
}

// How much of what schemes miss each kind of organisation finds elsewhere.
void read_rates(const Node& node, Reference& reference, Problems& problems) {
  Fields kinds(node, "substitutes", problems);
  for (std::size_t k = 0; k < organisation_kind_count; ++k) {
    const Node* kind = kinds.optional(organisation_kind_names()[k]);
    if (kind == nullptr) continue;
    SubstituteRate& out = reference.substitutes[k];
    Fields fields(*kind, fmt::format("the substitutes of '{}'", organisation_kind_names()[k]), problems);
    out.rate = read_rate(fields.required("rate"), problems);
    read_grade_and_source(fields, out.grade, out.source);
    fields.finish();
  }
  kinds.finish();
}

}  // namespace

Reference read_reference(const Node& document, Problems& problems) {
  Fields fields(document, "the reference file", problems);
  Reference reference;
  reference.name = document.place.file ? *document.place.file : "";
  if (const Node* stages = fields.optional("stages")) {
    Fields chances(*stages, "stages", problems);
    for (std::size_t s = 0; s < stage_count; ++s) {
      read_stage(chances.optional(stage_names()[s]), s, reference, problems);
    }
    chances.finish();
    if (reference.drops_out[0] != 0)
      report(problems, Code::bad_reference, stages->place, "a delivered scheme is banked: its chance of dropping out is 0");
  }
  if (const Node* substitutes = fields.optional("substitutes")) read_rates(*substitutes, reference, problems);
  if (const Node* classes = fields.required("classes")) {
    Fields all(*classes, "classes", problems);
    constexpr double endless = any_number.high;
    for (const Entry& entry : classes->entries) {
      const std::size_t at = entry.key.find('@');  // of an organisation's own line
      if (!is_id(entry.key.substr(0, at)) || (at != std::string::npos && !is_id(entry.key.substr(at + 1)))) {
        report(problems, Code::bad_id, entry.place,
               fmt::format("'{}' is not an id (ids are up to 100 small letters, digits and hyphens)", printable(entry.key, 60)));
        continue;
      }
      Fields one(entry.value, fmt::format("class '{}'", entry.key), problems);
      ReferenceClass out;
      out.id = {entry.key, entry.place};
      if (const Node* node = one.required("share")) out.share = read_distribution(*node, "share", {-endless, endless}, problems).distribution;
      if (const Node* node = one.optional("delay")) out.delay = read_distribution(*node, "delay", {0, endless}, problems).distribution;
      if (const Node* node = one.optional("overrun")) out.overrun = read_distribution(*node, "overrun", {0, endless}, problems).distribution;
      out.lapses = one.fraction("lapses", 0);
      out.programme = one.boolean("programme", false);
      out.records = read_records_behind(one.optional("records"), problems);
      out.period = one.text("period", "");
      read_grade_and_source(one, out.grade, out.source);
      for (const char* what : {"delay", "overrun"})
        if (const Node* node = entry.value.find(what)) refuse_drops_out(*node, what, "share", problems);
      const Node* drops_out = one.optional("drops_out");
      if (drops_out != nullptr && out.share.drops_out > 0)
        report(problems, Code::bad_reference, drops_out->place, fmt::format("class '{}' has drops_out here and in its share; keep one", entry.key));
      else if (drops_out != nullptr)
        out.share.drops_out = read_fraction(*drops_out, "drops_out", problems, a_share).value_or(0);
      one.finish();
      reference.classes.push_back(std::move(out));
    }
  }
  fields.finish();
  return reference;
}

}  // namespace shortfall
