// The sentences of a back-test, which its text and its Markdown share.
#pragma once

#include <string>
#include <vector>

#include "history/backtest.hpp"

namespace shortfall {

std::string share_text(double share);  // "0.87"
// What marks a row: seen by a class, of before the year's end, a position.
std::string marks_of(const AmountScore& score);
std::string title_of(const AmountSummary& summary);
std::string headline(const BacktestResult& result);
std::vector<std::string> sentences(const AmountSummary& summary, const BacktestResult& result);
std::vector<std::string> failure_sentences(const BacktestResult& result);
std::vector<std::string> joint_sentences(const BacktestResult& result);
std::vector<std::string> legend(const BacktestResult& result);
// The places of what happened within the forecasts, counted in fifths from the worst: "▃▅▁▇▂".
std::string pit_picture(const AmountSummary& summary, const BacktestResult& result);

}  // namespace shortfall
