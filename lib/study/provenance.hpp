// Where a result comes from, for whoever has to repeat it.
#pragma once

#include <string>
#include <vector>

#include "plan/dependence.hpp"
#include "study/seen.hpp"

namespace shortfall {

struct Input {
  std::string path;    // as the user gave it
  std::string sha256;  // of the bytes that were read, in hexadecimal
};

struct Provenance {
  std::string program;  // "shortfall 0.1.0"
  std::vector<Input> inputs;
  std::vector<std::string> edits = {};  // --set, as the user gave them
};

// What was asked beyond the files: "set a.reserves=5; given system=p5; actuals seen.csv to 2017-09".
std::string changes(const std::vector<std::string>& edits, const std::vector<Given>& given, const MaybeSeen& seen = {});

}  // namespace shortfall
