// Text that a notation leaves as it is: nothing of the plans can become markup or name a person.
#pragma once

#include <string>
#include <string_view>

namespace shortfall {

// For HTML and XML, in an element or an attribute: printable() leaves no control character, which XML 1.0 could not write.
std::string html_text(std::string_view text, std::size_t most = 4000);
std::string markdown_text(std::string_view text, std::size_t most = 200);

}  // namespace shortfall
