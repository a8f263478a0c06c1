// JSON Schema (2020-12) of the files that people write, from the table of keys (plan/keys), for editors and validators.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

const std::vector<std::string>& schema_names();  // "plan", "system", "reference", "mapping", "options"

// The schema of such a file; none of another name. Ends with a line end.
std::optional<std::string> schema(std::string_view name);

}  // namespace shortfall
