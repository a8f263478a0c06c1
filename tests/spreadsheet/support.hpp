// Files for the spreadsheet tests: archives made part by part, and those that are kept beside this file.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace shortfall::test {

// The bytes of a ZIP archive with these parts: name, content.
std::string zipped(const std::vector<std::pair<std::string, std::string>>& parts);

// A workbook with one sheet of that XML (what stands within <worksheet>), of those shared strings and of a style that shows dates (s="1").
std::string workbook_of(const std::string& sheet, const std::vector<std::string>& strings = {}, const std::string& before_sheets = "");

std::string kept(const std::string& name);  // the bytes of tests/spreadsheet/<name>

}  // namespace shortfall::test
