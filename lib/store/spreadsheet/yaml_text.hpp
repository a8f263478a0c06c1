// Values written as YAML that is read back as the same text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

// Plain where that is safe, else in double quotes.
std::string yaml_text(std::string_view text);
std::string yaml_list(const std::vector<std::string>& texts);  // [a, "b: c"]
std::string yaml_numbers(const std::vector<double>& numbers);  // [1.5, 3, 0]
// "# …" in lines of at most 150 characters, each beginning with `indent` and "# ".
std::string yaml_comment(std::string_view text, std::string_view indent = "");

}  // namespace shortfall
