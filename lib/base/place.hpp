// Where in the input something stands, so that every message can point at it.
#pragma once

#include <memory>
#include <string>
#include <utility>

namespace shortfall {

// Lines and columns count from 1; 0 means "the file as a whole". `file` is what the user called it: a path, or an option.
struct Place {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;
};

// "plan.yaml:12:14", "plan.yaml" for a whole file.
std::string to_text(const Place& place);

Place whole_file(std::string name);

// A value the user wrote, and where.
template <class T>
struct Placed {
  T value{};
  Place place;
};

}  // namespace shortfall
