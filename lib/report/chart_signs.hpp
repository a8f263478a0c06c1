// A picture of lines and bands in the signs of a terminal.
#pragma once

#include <string>
#include <vector>

#include "report/chart.hpp"

namespace shortfall {

// Its lines, none wider than so many cells.
std::vector<std::string> in_signs(const LineChart& chart, std::size_t width);

}  // namespace shortfall
