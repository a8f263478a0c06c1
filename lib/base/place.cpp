#include "base/place.hpp"

#include <fmt/format.h>

namespace shortfall {

std::string to_text(const Place& place) {
  const std::string file = place.file ? *place.file : std::string("(input)");
  return place.line == 0 ? file : fmt::format("{}:{}:{}", file, place.line, place.column);
}

Place whole_file(std::string name) { return {std::make_shared<const std::string>(std::move(name)), 0, 0}; }

}  // namespace shortfall
