// What a question was asked of, as every report of an answer begins with it.
#pragma once

#include <string>
#include <vector>

#include "study/run.hpp"

namespace shortfall {

struct Setting {
  std::string system, title, currency;
  std::vector<std::string> years;
  struct Asked {
    std::string id, title;
    double reserves = 0;
  };
  std::vector<Asked> organisations;  // in order of id
  std::uint64_t trials = 0, seed = 0;
  double optimism = 1;
  std::vector<Given> given;
  MaybeSeen seen = nullptr;
  std::size_t knowledge_draws = 0;  // of what is not known of the reference classes; 0: they were taken as they are written
};

Setting setting_of(const Model& model, const RunOptions& options);

}  // namespace shortfall
