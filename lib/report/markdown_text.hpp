// Text that Markdown and HTML leave as it is: nothing of the plans can become markup or name a person.
#pragma once

#include <string>
#include <string_view>

namespace shortfall {

std::string markdown_text(std::string_view text, std::size_t most = 200);

}  // namespace shortfall
