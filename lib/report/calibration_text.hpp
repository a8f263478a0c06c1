// A calibration for people: what the records changed, how far to believe it, and what to collect next.
#pragma once

#include <string>

#include "history/calibrate.hpp"
#include "report/provenance.hpp"
#include "report/text.hpp"

namespace shortfall {

std::string calibration_text(const Calibration& calibration, const Provenance& provenance, const TextStyle& style);
// GitHub's and GitLab's Markdown. Nothing of the records can become markup.
std::string calibration_markdown(const Calibration& calibration, const Provenance& provenance);

}  // namespace shortfall
