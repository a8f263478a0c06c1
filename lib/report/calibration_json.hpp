// A calibration for machines: schema shortfall/calibration/1.
#pragma once

#include <string>

#include "history/calibrate.hpp"
#include "report/provenance.hpp"

namespace shortfall {

std::string calibration_json(const Calibration& calibration, const Provenance& provenance);

}  // namespace shortfall
