// Files as grids of cells, and files that are none.
#include <doctest/doctest.h>

#include <chrono>

#include "spreadsheet/support.hpp"
#include "store/spreadsheet/sheet.hpp"
#include "store/spreadsheet/words.hpp"

using namespace shortfall;
using namespace shortfall::test;

namespace {

std::string grid(const Checked<SheetFile>& file) {
  if (!file) return to_text(file.error().front());
  std::string out;
  for (const SheetRow& row : file->sheets.front().rows) {
    out += std::to_string(row.number) + (row.hidden ? "h" : "") + ":";
    for (const SheetCell& cell : row.cells) out += " " + column_letters(cell.column) + "=" + text_of(cell);
    out += "\n";
  }
  return out;
}

std::string refused(const std::string& bytes) {
  const auto start = std::chrono::steady_clock::now();
  const auto file = read_sheets(bytes, "t.xlsx");
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  // A second on a machine of its own; tests share theirs.
  CHECK(seconds < 10);
  REQUIRE(!file);
  CHECK(file.error().size() == 1);
  return to_text(file.error().front());
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("CSV is read in the dialects that spreadsheet programs write") {
  CHECK(grid(read_csv("a,b\n1,2\n", "t.csv")) == "1: A=a B=b\n2: A=1 B=2\n");
  CHECK(grid(read_csv("\xef\xbb\xbf"
                      "a;b\r\n1;2",
                      "t.csv")) == "1: A=a B=b\n2: A=1 B=2\n");
  CHECK(grid(read_csv("a\tb\r1\t2\r", "t.csv")) == "1: A=a B=b\n2: A=1 B=2\n");
  CHECK(grid(read_csv("sep=|\r\na|b,c\r\n", "t.csv")) == "1: A=a B=b,c\n");
  CHECK(grid(read_csv("a,\"b \"\"c\"\",\nd\"\n,e\n", "t.csv")) == "1: A=a B=b \"c\",\nd\n2: B=e\n");
  CHECK(grid(read_csv("5\" pipe,x\n", "t.csv")) == "1: A=5\" pipe B=x\n");
  CHECK(grid(read_csv("caf\xe9,\x80"
                      "5\n",
                      "t.csv")) == "1: A=café B=€5\n");
  CHECK(grid(read_csv(std::string("\xff\xfe"
                                  "a\0,\0b\0",
                                  8),
                      "t.csv")) == "1: A=a B=b\n");
  CHECK(grid(read_csv("a,b\n\n,,\n1,2\n", "t.csv")) == "1: A=a B=b\n4: A=1 B=2\n");
  CHECK(read_csv("a;b\n1;2\n", "t.csv")->notes == std::vector<std::string>{"fields are separated by ';'"});
}

TEST_CASE("CSV that is none is refused with one line") {
  CHECK(grid(read_csv("a,\"b\nc,d\n", "t.csv")) ==
        "t.csv: error: the quote that opens a field in row 1 is never closed (the rest of the file would be one cell); close it");
  CHECK(grid(read_csv(std::string("a\0b", 3), "t.csv")) == "t.csv: error: it holds bytes of 0, so it is no text; save the sheet as .xlsx or CSV");
  CHECK(grid(read_csv(",,\n", "t.csv")) == "t.csv: error: empty (there is not one cell in it)");
  CHECK(refused(repeated("a,b\n", 400'000)).find("more than 250000 rows") != std::string::npos);
  CHECK(refused(repeated(",", 20'000)).find("more than 16,384 columns") != std::string::npos);
}

TEST_CASE("a workbook's cells are read in every way that programs write them") {
  const std::string sheet =
      "<cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData>"
      "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" "
      "t=\"inlineStr\"><is><r><t>in</t></r><r><t>line</t></r><rPh><t>no</t></rPh></is></c></row>"
      "<row r=\"3\" hidden=\"1\"><c r=\"A3\"><v>1234.5</v></c><c r=\"B3\" s=\"1\"><v>45748</v></c><c t=\"b\"><v>1</v></c><c "
      "t=\"e\"><v>#REF!</v></c></row>"
      "<row><c><f>A1</f></c><c t=\"str\"><f>A1</f><v>text</v></c><c s=\"1\"/><c t=\"str\"><f>A1</f><v></v></c></row>"
      "</sheetData><mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>";
  const auto file = read_sheets(workbook_of(sheet, {"a _x000D_&amp; b"}), "t.xlsx");
  CHECK(grid(file) == "1: A=a & b C=inline\n3h: A=1234.5 B=2025-04-01 C=TRUE D=#REF!\n4: A= B=text\n");
  CHECK(file->sheets[0].rows[2].cells[0].kind == SheetCell::Kind::no_value);
  CHECK(file->sheets[0].hides(2));
  CHECK(!file->sheets[0].hides(3));
  REQUIRE(file->sheets[0].merged.size() == 1);
  CHECK(file->sheets[0].merged[0].last_row == 2);
  const auto mac = read_sheets(
      workbook_of("<sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"><v>44286</v></c></row></sheetData>", {}, "<workbookPr date1904=\"1\"/>"), "t.xlsx");
  CHECK(grid(mac) == "1: A=2025-04-01\n");
}

TEST_CASE("what is no workbook is refused with one line that says what to do") {
  CHECK(refused("") == "t.xlsx: error: empty (there is not one cell in it)");
  CHECK(refused("\xd0\xcf\x11\xe0\xa1\xb1").find("an old Excel file, or one with a password") != std::string::npos);
  CHECK(refused("PK\x03\x04 and then nothing").find("damaged ZIP archive") != std::string::npos);
  CHECK(refused(zipped({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", "<x/>"}})).find("(.ods)") !=
        std::string::npos);
  CHECK(refused(zipped({{"xl/workbook.bin", "x"}})).find("(.xlsb)") != std::string::npos);
  CHECK(refused(zipped({{"inner.zip", zipped({{"a", "b"}})}})).find("not a workbook") != std::string::npos);
  CHECK(refused("<html><table></table></html>").find("a web page") != std::string::npos);
  CHECK(refused("%PDF-1.7").find("a PDF") != std::string::npos);
  CHECK(refused(workbook_of("<sheetData/>")).find("empty") != std::string::npos);
}

TEST_CASE("a hostile workbook is refused with one line") {
  CHECK(refused(workbook_of("<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row></sheetData>"))
            .find("names a text that is not there (A1)") != std::string::npos);
  CHECK(refused(workbook_of("<sheetData><row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"1\"/></sheetData>")).find("rows out of order") !=
        std::string::npos);
  CHECK(
      refused(workbook_of("<sheetData><row r=\"1\"><c r=\"B1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row></sheetData>")).find("cells out of order") !=
      std::string::npos);
  CHECK(refused(workbook_of("<sheetData><row r=\"9999999\"/></sheetData>")).find("beyond 1,048,576") != std::string::npos);
  CHECK(refused(workbook_of("<sheetData><row r=\"1\"><c><v>x</v></c></row></sheetData>")).find("a number that is none (A1)") != std::string::npos);
  CHECK(refused(workbook_of("<sheetData><row r=\"1\">")).find("not well-formed XML") != std::string::npos);
  CHECK(refused(workbook_of(repeated("<x>", 100))).find("nested deeper than 64") != std::string::npos);
  SUBCASE("with entities that grow, or that bring in files") {
    const std::string type = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>";
    const std::string part = "<?xml version=\"1.0\"?>" + type + "<workbook>&b;&f;</workbook>";
    CHECK(refused(zipped({{"xl/workbook.xml", part}})).find("document type declaration") != std::string::npos);
  }
  SUBCASE("that unpacks to more than anyone has") {
    CHECK(refused(workbook_of("<sheetData>" + std::string(std::size_t{300} << 20, ' ') + "</sheetData>")).find("holds more than 128 MiB unpacked") !=
          std::string::npos);
  }
  SUBCASE("with a million rows") {
    CHECK(refused(workbook_of("<sheetData>" + repeated("<row><c><v>1</v></c></row>", 1'048'576) + "</sheetData>"))
              .find("fills more than 250000 rows") != std::string::npos);
  }
  SUBCASE("with one long text in very many cells") {
    CHECK(refused(workbook_of("<sheetData><row>" + repeated("<c t=\"s\"><v>0</v></c>", 10'000) + "</row></sheetData>", {std::string(30'000, 'x')}))
              .find("MiB of text") != std::string::npos);
  }
}

TEST_CASE("a million formatted rows without a value are no rows") {
  const auto file = read_sheets(
      workbook_of("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>" + repeated("<row><c s=\"1\"/></row>", 1'000'000) + "</sheetData>"),
      "t.xlsx");
  CHECK(grid(file) == "1: A=1\n");
}

TEST_CASE("a file that breaks off anywhere, or has any byte changed, is read or refused") {
  const std::string whole = kept("merged-headings.xlsx");
  for (std::size_t n = 0; n < whole.size(); n += 97) {
    (void)read_sheets(whole.substr(0, n), "t.xlsx");
    std::string changed = whole;
    changed[n] = static_cast<char>(changed[n] ^ 0x55);
    (void)read_sheets(changed, "t.xlsx");
  }
}
