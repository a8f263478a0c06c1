// What says how much stands behind a reference class or a stage.
#include "plan/fields.hpp"
#include "plan/read.hpp"

namespace shortfall {

const std::vector<std::string>& grades() {
  static const std::vector<std::string> words = {"evidence", "derived", "judgement", "calibrated"};
  return words;
}

std::optional<RecordsBehind> read_records_behind(const Node* node, Problems& problems) {
  if (node == nullptr) return {};
  RecordsBehind out;
  if (node->kind == Node::Kind::map) {
    Fields fields(*node, "records", problems);
    fields.required("all");
    out.all = fields.number("all", 0, at_least_0);
    out.went_ahead = fields.number("went_ahead", out.all, at_least_0);
    out.prior = fields.number("prior", 0, at_least_0);
    fields.finish();
  } else {
    out.all = out.went_ahead = read_number(*node, "records", problems, at_least_0).value_or(0);
  }
  return out;
}

void read_stage(const Node* node, std::size_t stage, Reference& reference, Problems& problems) {
  if (node == nullptr) return;
  if (node->kind != Node::Kind::map) {
    reference.drops_out[stage] = read_fraction(*node, stage_names()[stage], problems, a_share).value_or(reference.drops_out[stage]);
    return;
  }
  Fields fields(*node, "stage '" + stage_names()[stage] + "'", problems);
  fields.required("chance");
  reference.drops_out[stage] = fields.fraction("chance", reference.drops_out[stage]);
  reference.stage_grades[stage] = grades()[fields.word("grade", grades(), 2)];
  reference.stage_records[stage] = read_records_behind(fields.optional("records"), problems);
  fields.finish();
}

}  // namespace shortfall
