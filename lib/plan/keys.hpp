// The keys that a plan's files may have: one table, which the reader's hints, help, the man page and completions share.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace shortfall {

struct PlanKey {
  std::string_view scope;  // what map it stands in: "system", "organisation", "scheme", …
  std::string_view key;
  std::string_view form;         // what is written there
  std::string_view unless_said;  // the default; "required"; nothing: there is none
  std::string_view words;
};

std::span<const PlanKey> plan_keys();

// Where a key would belong that a map does not have: " (it belongs in a scheme)"; nothing where no map has it.
std::string where_it_belongs(std::string_view key);

}  // namespace shortfall
