// From the paths on the command line to checked plans: the only code that opens plan files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/assemble.hpp"
#include "study/provenance.hpp"

namespace shortfall {

struct Loaded {
  Plans plans;
  Provenance provenance;
  std::vector<std::string> notes;  // for whoever asked: files that were passed over
  std::vector<Source> sources;     // the texts, for frames and allowances
};

// Whether a system may name plan files that lie outside its folder: of a system that somebody else has written, messages would show what those say.
enum class Outside { refused, allowed };

// `paths`: a system's folder, a system.yaml, or plan files. `edits`: path=value, applied before anything is checked.
// `reference`: a file of reference classes in place of the system's, where it is not empty. Throws BadInput with every error of every file.
Loaded load(const std::vector<std::string>& paths, const std::vector<std::string>& edits, Outside outside,
            KeyPlacesAre key_places = KeyPlacesAre::left_out, const std::string& reference = {});

// The texts of one system's files, before they are read as plans.
struct Files {
  Sources sources;
  std::vector<Input> inputs;       // in order of path
  std::vector<std::string> notes;  // as Loaded's
};
Files read_files(const std::vector<std::string>& paths, Outside outside, const std::string& reference = {});
// The plans of files that have been read; `files.sources.edits` are applied before anything is checked.
Loaded load(Files files);

// Several systems: each folder and each system.yaml by itself; plan files are one together.
std::vector<std::vector<std::string>> by_system(const std::vector<std::string>& paths);

// In hexadecimal.
std::string sha256(const std::string& bytes);
// Of a file that is no plan, at most `most` bytes. Throws BadInput where it cannot be read.
std::string text_of_file(const std::string& path, std::uintmax_t most);

}  // namespace shortfall
