// What an organisation's own records tell, in words, tables and JSON.
#pragma once

#include <string>

#include "history/backtest.hpp"
#include "history/calibrate.hpp"
#include "report/document.hpp"
#include "study/provenance.hpp"

namespace shortfall {

// Would the plans' forecasts have foreseen what happened?
Document view_backtest(const BacktestResult& result, const Provenance& provenance);
std::string json(const BacktestResult& result, const Provenance& provenance);

// Reference classes from records: what changed, and by what.
Document view_calibration(const Calibration& calibration, const Provenance& provenance);
std::string json(const Calibration& calibration, const Provenance& provenance);

}  // namespace shortfall
