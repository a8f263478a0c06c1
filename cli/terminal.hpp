// What the terminal is, and may be sent.
#pragma once

#include <cstddef>
#include <string>

#include "cli/options.hpp"
#include "report/document.hpp"

namespace shortfall {

bool is_terminal(int file);
// Colours and bars: on a terminal that is not "dumb", and wherever CLICOLOR_FORCE is set to anything but 0 (bixense.com/clicolors); never
// where NO_COLOR is set (no-color.org), which overrides both.
bool wants_colour(int file);
// Columns of the terminal; 80 where there is none.
std::size_t columns(int file);
// How a page looks on standard output, or in the file that is asked for.
TextStyle text_style(const OutputOptions& output);
TextStyle style_of_messages();  // on standard error
// A text whose long lines are broken between words where `file` is a terminal; as it is where it is none, for programs to read.
std::string shown_on(int file, const std::string& text);

}  // namespace shortfall
