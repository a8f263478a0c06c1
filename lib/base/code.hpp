// What can be wrong or doubtful, by name. One table says of each code how grave it is, what it means and what mends it; help, SARIF and the
// comments that allow a warning read it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace shortfall {

enum class Severity { error, warning };
std::string_view name_of(Severity severity);  // "error"

enum class Code {
  // Of any file.
  unreadable_file,
  outside_folder,
  not_text,
  not_yaml,
  refused_yaml,
  empty_file,
  several_systems,
  command_line,
  too_many,
  // Of a plan's form.
  unknown_key,
  missing_key,
  repeated_key,
  wrong_form,
  not_a_number,
  out_of_range,
  wrong_count,
  split_number,
  bad_id,
  unknown_word,
  bad_year,
  bad_month,
  bad_unit,
  bad_distribution,
  bad_gate,
  bad_edit,
  bad_grid,
  // Of how a plan fits together.
  unknown_class,
  unknown_name,
  repeated_name,
  no_delivery,
  contradiction,
  outside_years,
  bad_shares,
  circular_needs,
  bad_outcome,
  unsound_numbers,
  different_plans,
  // Of other files.
  bad_reference,
  bad_record,
  bad_forecast,
  bad_mapping,
  bad_tracker,
  bad_options,
  bad_shard,
  bad_database,
  // Doubts of what was read.
  doubtful_record,
  doubtful_import,
  idle_allowance,
  // Optimism that can be seen without simulating.
  misses_target,
  reserves_above_income,
  falling_savings,
  other_unit,
  back_loaded,
  copied_scheme,
  one_scheme,
  unidentified_savings,
  unready_savings,
  non_recurrent,
  whole_programme,
  idle_substitutes,
  mixed_carry,
  no_kind,
  unplanned_loss,
  funding_cliff,
  idle_stage,
  needs_out_of_order,
  pool_of_one,
  low_system_target,
  counted_twice,
  claimed_twice,
  claimed_too_much,
  stretched_team,
};

struct CodeEntry {
  Code code;
  std::string_view name;  // "unknown-key"
  Severity severity;
  std::string_view means;    // a sentence
  std::string_view mend;     // what to do
  std::string_view example;  // lines of a file or a command: wrong, then "# instead:" and right
};

std::span<const CodeEntry> codes();
const CodeEntry& entry_of(Code code);
std::optional<Code> find_code(std::string_view name);
inline std::string_view name_of(Code code) { return entry_of(code).name; }

}  // namespace shortfall
