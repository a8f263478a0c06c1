#include "plan/plan.hpp"

#include <algorithm>

namespace shortfall {

const std::vector<std::string>& stage_names() {
  static const std::vector<std::string> names = {"delivered", "developed", "in-progress", "opportunity", "unidentified"};
  return names;
}

std::string_view name_of(Stage stage) { return stage_names()[static_cast<std::size_t>(stage)]; }

const std::vector<std::string>& organisation_kind_names() {
  static const std::vector<std::string> names = {"provider", "commissioner", "council", "other"};
  return names;
}

std::string_view name_of(OrganisationKind kind) { return organisation_kind_names()[static_cast<std::size_t>(kind)]; }

const ReferenceClass* Reference::find(std::string_view id) const {
  const auto at = std::find_if(classes.begin(), classes.end(), [&](const ReferenceClass& c) { return c.id.value == id; });
  return at == classes.end() ? nullptr : &*at;
}

const ReferenceClass* Reference::find(std::string_view id, std::string_view organisation) const {
  const ReferenceClass* own = find(std::string(id) + "@" + std::string(organisation));
  return own != nullptr ? own : find(id);
}

const Organisation* Plans::find(std::string_view organisation) const {
  const auto at = std::find_if(organisations.begin(), organisations.end(), [&](const Organisation& o) { return o.id.value == organisation; });
  return at == organisations.end() ? nullptr : &*at;
}

const std::string& luck_name_of(const Organisation& organisation) {
  return organisation.was.empty() ? organisation.id.value : organisation.was.front().value;
}

std::string luck_name_of(const Plans& plans, const Organisation& owner, const Scheme& scheme) {
  if (scheme.was.empty()) return luck_name_of(owner) + "/" + scheme.id.value;
  const auto [organisation, name] = split_reference(scheme.was.front().value, owner.id.value);
  const Organisation* first_owner = organisation == owner.id.value ? &owner : plans.find(organisation);
  return (first_owner == nullptr ? organisation : luck_name_of(*first_owner)) + "/" + name;
}

Substitutes substitutes_of(const Organisation& organisation, const Reference& reference) {
  if (organisation.substitutes) return *organisation.substitutes;
  return {reference.substitutes[static_cast<std::size_t>(organisation.kind.value)].rate, {}, organisation.kind.place};
}

double carry_of(const Organisation& organisation, const System& system) {
  return organisation.carry ? organisation.carry->value : system.carry.value;
}

double lapses_of(const Scheme& scheme, std::string_view owner, const Reference& reference) {
  if (scheme.lapses) return scheme.lapses->value;
  if (!scheme.recurrent || scheme.stage.value == Stage::delivered || !scheme.reference_class) return 0;
  const ReferenceClass* its_class = reference.find(scheme.reference_class->value, owner);
  return its_class == nullptr ? 0 : its_class->lapses;
}

bool holds_a_programme(const Scheme& scheme, std::string_view owner, const Reference& reference) {
  if (!scheme.reference_class) return false;
  const ReferenceClass* its_class = reference.find(scheme.reference_class->value, owner);
  return its_class != nullptr && its_class->programme;
}

std::pair<std::string, std::string> split_reference(std::string_view needed, std::string_view owner) {
  const std::size_t slash = needed.find('/');
  if (slash == std::string_view::npos) return {std::string(owner), std::string(needed)};
  return {std::string(needed.substr(0, slash)), std::string(needed.substr(slash + 1))};
}

}  // namespace shortfall
