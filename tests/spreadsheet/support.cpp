#include "spreadsheet/support.hpp"

#include <doctest/doctest.h>
#include <minizip/zip.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace shortfall::test {

std::string zipped(const std::vector<std::pair<std::string, std::string>>& parts) {
  std::string path = (std::filesystem::temp_directory_path() / "shortfall-zip-XXXXXX").string();
  const int file = mkstemp(path.data());
  REQUIRE(file >= 0);
  zipFile zip = zipOpen64(path.c_str(), APPEND_STATUS_CREATE);
  REQUIRE(zip != nullptr);
  for (const auto& [name, content] : parts) {
    REQUIRE(zipOpenNewFileInZip(zip, name.c_str(), nullptr, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 1) == ZIP_OK);
    REQUIRE(zipWriteInFileInZip(zip, content.data(), static_cast<unsigned>(content.size())) == ZIP_OK);
    REQUIRE(zipCloseFileInZip(zip) == ZIP_OK);
  }
  REQUIRE(zipClose(zip, nullptr) == ZIP_OK);
  std::ifstream stream(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  std::filesystem::remove(path);
  return bytes;
}

std::string workbook_of(const std::string& sheet, const std::vector<std::string>& strings, const std::string& before_sheets) {
  const std::string relations = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
                    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  std::string shared = "<sst>";
  for (const std::string& text : strings) shared += "<si><t>" + text + "</t></si>";
  return zipped(
      {{"_rels/.rels", relations + "<Relationship Id=\"r\" Type=\"" + kinds + "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
       {"xl/workbook.xml",
        "<workbook xmlns:r=\"x\">" + before_sheets + "<sheets><sheet name=\"Schemes\" sheetId=\"1\" r:id=\"a\"/></sheets></workbook>"},
       {"xl/_rels/workbook.xml.rels", relations + "<Relationship Id=\"a\" Type=\"" + kinds +
                                          "worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"b\" Type=\"" + kinds +
                                          "sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"c\" Type=\"" + kinds +
                                          "styles\" Target=\"/xl/styles.xml\"/></Relationships>"},
       {"xl/sharedStrings.xml", shared + "</sst>"},
       {"xl/styles.xml",
        "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"mmm\\-yy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf "
        "numFmtId=\"164\"/></cellXfs></styleSheet>"},
       {"xl/worksheets/sheet1.xml", "<worksheet>" + sheet + "</worksheet>"}});
}

std::string kept(const std::string& name) {
  std::ifstream stream(SHORTFALL_SOURCE "/" + (name.find('/') == std::string::npos ? "tests/spreadsheet/" + name : name), std::ios::binary);
  REQUIRE_MESSAGE(stream.good(), name);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace shortfall::test
