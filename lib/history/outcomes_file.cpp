#include "history/outcomes_file.hpp"

#include "plan/fields.hpp"
#include "plan/read.hpp"

namespace shortfall {

Checked<std::vector<SubjectOutturn>> read_outcomes_file(std::string_view text, const std::string& name) {
  const Checked<Node> document = parse_document(text, name);
  if (!document) return tl::make_unexpected(document.error());
  Problems problems;
  std::vector<SubjectOutturn> out;
  Fields file(*document, "the file of outcomes", problems);
  if (const Node* all = file.required("outcomes")) {
    Fields each(*all, "outcomes", problems);
    for (const Entry& entry : all->entries) {
      const bool of_system = entry.key == "system";
      for (Outturn& o : read_outturns(&entry.value, of_system ? OutturnOf::system : OutturnOf::organisation, {}, problems))
        out.push_back({of_system ? "" : entry.key, std::move(o)});
    }
    if (out.empty() && !has_errors(problems)) report(problems, Code::wrong_form, all->place, "outcomes names no organisation");
  }
  file.finish();
  if (has_errors(problems)) return tl::make_unexpected(sorted(std::move(problems)));
  return out;
}

}  // namespace shortfall
