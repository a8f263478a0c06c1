// What an answer rests on that the plans say and no future decides: for reports to say beside the answer.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "plan/plan.hpp"

namespace shortfall {

struct Grounds {
  // false: the plans say nothing of who stands with whom, and one pool of all is no more than what would be.
  bool agreement_stated = true;
  std::map<std::string, Yearly> targets;      // by organisation
  std::map<std::string, Pressure> pressures;  // by organisation
  // By how much the system's own target is above the sum of the organisations', by year; empty: it has none.
  Yearly own_target;
  std::map<std::string, Stage> stages;  // by "organisation/scheme"
  // Schemes that say no stage where one counts: those of a class that is not of a whole programme, without a delivery: of their own.
  std::size_t schemes_without_stage = 0;
  // What the plans say about a scheme for people: owner, rating, notes; by "organisation/scheme".
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> about;
};

Grounds grounds_of(const Plans& plans);

}  // namespace shortfall
