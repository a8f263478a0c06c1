// One row's cells as a scheme.
#pragma once

#include <string>

#include "store/spreadsheet/import_rows.hpp"

namespace shortfall {

// The lines of a cell that has several.
std::vector<std::string> lines_of(std::string_view text);

class SchemeReader {
 public:
  SchemeReader(const SheetFile& file, const Sheet& sheet, const Mapping& mapping, const SheetColumns& columns, Problems& warnings)
      : file_(file), sheet_(sheet), m_(mapping), c_(columns), warnings_(warnings) {}

  struct Around {
    std::string category, section;  // what stands above the row, where the row itself says nothing
  };
  // Into `out`, whose title and address are there already; its fate says how that went.
  void read(ReadRow& out, const SheetRow& row, const Around& around);

 private:
  struct Sum {
    double low = 0, high = 0;
    bool any = false;
    std::string wrong;
    int wrong_column = -1;
    double middle() const { return low == high ? low : (low + high) / 2; }
  };
  Sum sum(const ReadRow& read, const SheetRow& row, const std::vector<int>& columns) const;
  std::string money(const ReadRow& out, double amount) const;
  bool unit(ReadRow& out, const SheetRow& row) const;
  bool saving(ReadRow& out, const SheetRow& row);
  bool yearly_saving(ReadRow& out, const SheetRow& row);
  bool full_year(ReadRow& out, const SheetRow& row);
  void ramp(ReadRow& out, const SheetRow& row, double full, const Sum& part, int starts);
  bool cost(ReadRow& out, const SheetRow& row);
  bool stage(ReadRow& out, const SheetRow& row);
  void reference_class(ReadRow& out, const Around& around) const;
  bool recurrent(ReadRow& out, const SheetRow& row) const;
  bool delay(ReadRow& out, const SheetRow& row) const;
  void about(ReadRow& out, const SheetRow& row) const;
  std::optional<int> start_month(const SheetRow& row, std::string& wrong) const;
  std::string text(const SheetRow& row, int column) const;
  std::string heading(int column) const;
  bool refuse(ReadRow& out, const SheetRow& row, int column, const std::string& why) const;
  void warn(const SheetRow& row, int column, std::string message);

  const SheetFile& file_;
  const Sheet& sheet_;
  const Mapping& m_;
  const SheetColumns& c_;
  Problems& warnings_;
};

}  // namespace shortfall
