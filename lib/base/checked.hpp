// A result, or all the problems that stand in its way.
#pragma once

#include <tl/expected.hpp>

#include "base/problem.hpp"

namespace shortfall {

template <class T>
using Checked = tl::expected<T, Problems>;

}  // namespace shortfall
