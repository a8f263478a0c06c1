// The points of a sweep: every combination of some values, or a list of combinations, by the paths that --set takes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/checked.hpp"

namespace shortfall {

// More points than anybody reads; the number is named when it is refused.
inline constexpr std::uint64_t most_points = 1'000'000;
inline constexpr std::size_t most_paths = 1'000;

// What one path takes in turn: "optimism=0:2:0.25" (from, to, step, both ends included, in exact decimals) or
// "a.schemes.x.stage=developed,opportunity".
struct Axis {
  std::string path;
  std::vector<std::string> values;  // as a plan would write them
  Place place;
};
Checked<Axis> parse_axis(const std::string& text);

class Points {
 public:
  std::uint64_t count() const { return count_; }
  const std::vector<std::string>& paths() const { return paths_; }
  // One value for each path; the last path's values change first.
  std::vector<std::string> values(std::uint64_t point) const;
  // What messages call the value of a path at a point.
  Place place(std::uint64_t point, std::size_t path) const;
  // The same of the path itself.
  Place place_of_path(std::size_t path) const;

  // All combinations. Errors: a path given twice, one that is part of another, more than most_points. Values that mean the same, 1 and 1.0, are one
  // value, and an error where there are to be two.
  static Checked<Points> grid(std::vector<Axis> axes);
  // A CSV text (RFC 4180): the first line names the paths, each other line is a point. `name` is what messages call it.
  static Checked<Points> list(std::string_view csv, const std::string& name);

 private:
  std::vector<std::string> paths_;
  std::vector<Axis> axes_;                      // of a grid
  std::vector<std::vector<std::string>> rows_;  // of a list
  std::vector<int> lines_;
  std::string name_;
  std::uint64_t count_ = 0;
};

}  // namespace shortfall
