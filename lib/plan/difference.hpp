// What one revision of the plans changed of another, in the plans' own words: not lines of text, but what the program would see.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace shortfall {

struct Change {
  enum class Kind { added, removed, edited, renamed, merged };
  Kind kind = Kind::edited;
  std::string path;           // as --set writes it: "midshire-acute.schemes.theatres.stage"
  std::string before, after;  // values as a plan writes them; empty: there is none
  Place place;                // in the new revision; of what is gone, of what held it there
  std::string owner;          // an organisation's id; empty: the system's
  std::string scheme;         // of its owner; empty: no scheme's
  bool counts = true;         // whether a result may depend on it: a title, a gate or a new name of the same scheme changes no chance
  // Makes `to` as `from` is in this one respect. Empty where the revisions cannot be told apart edit by edit.
  std::function<void(const Plans& from, Plans& to)> take;
};
std::string_view name_of(Change::Kind kind);

struct Difference {
  // The old revision, with the new one's names for the organisations and schemes that were renamed (`was:`), and the random streams that go with
  // them: a new name by itself changes nothing at all. Several that were merged in one keep their own names: to merge them is one change.
  Plans before;
  std::vector<Change> changes;  // by place: the system's, then organisation by organisation, the reference classes' last
  // The units that organisations of the new revision count in, by id, where they are others than the system's, in which amounts of changes are told.
  std::map<std::string, std::string> own_units;
  // False where the revisions plan for different years: then no edit can be made without all the others.
  bool separable = true;
};
Difference difference(const Plans& before, const Plans& after);

}  // namespace shortfall
