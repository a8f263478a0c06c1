// From the paths on the command line to checked plans: the only code that opens plan files.
#pragma once

#include <string>
#include <vector>

#include "plan/assemble.hpp"
#include "report/provenance.hpp"

namespace shortfall {

struct Loaded {
  Plans plans;
  Provenance provenance;
};

// `paths`: a system's folder, a system.yaml, or plan files. `edits`: path=value, applied before anything is checked.
// Throws BadInput with every error of every file.
Loaded load(const std::vector<std::string>& paths, const std::vector<std::string>& edits, KeyPlacesAre key_places = KeyPlacesAre::left_out);

}  // namespace shortfall
