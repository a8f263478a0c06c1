// A workbook: bytes of an archive where they begin as one, else the XML of a sheet within one. It is read or refused in one line.
#include <zlib.h>

#include "fuzz.hpp"
#include "store/spreadsheet/sheet.hpp"

using namespace shortfall;

namespace {

std::string little(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return out;
}

// An archive whose parts are stored as they are.
std::string stored(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string out, directory;
  for (const auto& [name, content] : parts) {
    const auto crc = static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
    const auto size = static_cast<std::uint32_t>(content.size());
    const std::string common = little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(crc, 4) + little(size, 4) + little(size, 4) +
                               little(static_cast<std::uint32_t>(name.size()), 2) + little(0, 2);
    directory += "PK\x01\x02" + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                 little(static_cast<std::uint32_t>(out.size()), 4) + name;
    out += "PK\x03\x04" + common + name + content;
  }
  const auto count = static_cast<std::uint32_t>(parts.size());
  return out + directory + "PK\x05\x06" + little(0, 4) + little(count, 2) + little(count, 2) +
         little(static_cast<std::uint32_t>(directory.size()), 4) + little(static_cast<std::uint32_t>(out.size()), 4) + little(0, 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (!bytes.starts_with("PK")) {
    const std::string kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
    bytes = stored({{"xl/workbook.xml", "<workbook><sheets><sheet name=\"S\" id=\"a\"/></sheets></workbook>"},
                    {"xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"a\" Type=\"" + kinds +
                                                       "worksheet\" Target=\"sheet1.xml\"/><Relationship Id=\"b\" Type=\"" + kinds +
                                                       "sharedStrings\" Target=\"strings.xml\"/></Relationships>"},
                    {"xl/strings.xml", "<sst><si><t>one</t></si><si><t>two</t></si></sst>"},
                    {"xl/sheet1.xml", bytes}});
  }
  const Checked<SheetFile> file = read_sheets(bytes, "t.xlsx");
  if (!file) {
    fuzz::must(file.error().size() == 1, "refused in other than one line");
    fuzz::must_be_message(file.error().front());
    return 0;
  }
  for (const Sheet& sheet : file->sheets)
    for (std::size_t r = 0; r < sheet.rows.size(); ++r) {
      fuzz::must(r == 0 || sheet.rows[r - 1].number < sheet.rows[r].number, "rows out of order");
      for (std::size_t c = 1; c < sheet.rows[r].cells.size(); ++c)
        fuzz::must(sheet.rows[r].cells[c - 1].column < sheet.rows[r].cells[c].column, "cells out of order");
    }
  return 0;
}
