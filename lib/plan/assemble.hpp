// From the texts of all files to one set of plans, with every error of every file.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/edit.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// A file as it was read: what the user calls it, and its bytes.
struct Source {
  std::string name;
  std::string text;
};

// Whether the plans come with the place of every key, which only a comparison asks for and which takes more memory than the plans.
enum class KeyPlacesAre { left_out, kept };

struct Sources {
  std::optional<Source> system;
  std::vector<Source> organisations;
  Source reference;
  std::vector<std::string> edits;  // "path=value", in order
  KeyPlacesAre key_places = KeyPlacesAre::left_out;
};

// The organisations come out in order of id, so that no result depends on the order of files.
Checked<Plans> assemble(const Sources& sources);

// The same for many sets of edits of one set of files, which are parsed once.
class Documents {
 public:
  explicit Documents(const Sources& sources);  // sources.edits are made first, each time
  // `edits`: "path=value" at the places that messages are to name. May be called by several threads at once.
  Checked<Plans> assemble(const std::vector<Placed<std::string>>& edits) const;
  Checked<Plans> with(const std::vector<Edit>& edits) const;
  // The sources that these documents were made of, as they would have to be written for the edits to be in them: a text that no edit changes stays as
  // it is, of one that changes comments are lost. All have been parsed.
  Checked<Sources> edited(const Sources& sources, const std::vector<Edit>& edits) const;

 private:
  Checked<Plans> assemble_with(std::vector<Checked<Edit>> edits) const;
  struct Parsed;
  std::shared_ptr<const Parsed> parsed_;
};

// Which files a system names: its organisations (none: every other .yaml of the folder) and its reference classes.
struct SystemFiles {
  std::vector<Id> organisations;
  std::optional<Id> reference;
};
Checked<SystemFiles> files_of_system(const Source& system);

// The built-in reference classes: scenarios/reference/nhs-savings.yaml as it was when the program was built.
Source built_in_reference();

}  // namespace shortfall
