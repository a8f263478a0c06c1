// What the files say, in their words: the plans of the organisations, what they share, and the reference classes. Money is in the system's
// currency unit, shares are fractions, one number a year means `years.size()` numbers.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/place.hpp"
#include "plan/calendar.hpp"
#include "plan/distribution.hpp"
#include "plan/gate.hpp"

namespace shortfall {

using Id = Placed<std::string>;
using Yearly = std::vector<double>;

struct PlacedDistribution {
  Distribution distribution;
  Place place;
};

enum class Stage { delivered, developed, in_progress, opportunity, unidentified };
inline constexpr std::size_t stage_count = 5;
std::string_view name_of(Stage stage);  // "in-progress"
const std::vector<std::string>& stage_names();

// A saving that runs at full_year / 12 a month from `starts` on, reached over ramp_months, to the end of the month `ends`.
struct Ramp {
  double full_year = 0;
  int starts = 0;  // months since January of the year 0; may lie before the plan
  int ramp_months = 0;
  std::optional<int> ends = {};  // its last month; none: it runs on
};
// A saving by the months or quarters of the plan's years.
struct PartsOfYears {
  std::size_t a_year = 12;      // 12 or 4
  std::vector<double> amounts;  // [years · a_year]
};
struct Saving {
  std::variant<Yearly, Ramp, PartsOfYears> profile;
  Place place;
};

struct Weight {
  Id organisation;
  double share = 0;
};

struct Effort {
  Id team;
  Yearly wte;
};

struct Scheme {
  Id id;
  std::string title;
  std::optional<Id> reference_class;
  Placed<Stage> stage{Stage::in_progress, {}};
  bool says_stage = false;
  Saving saving;
  bool recurrent = true;
  std::optional<Placed<double>> lapses;  // the part of a recurrent saving that lasts twelve months; none: the class's
  Yearly cost;                           // empty: none
  std::vector<Id> was;                   // what it was called before: "scheme" or "organisation/scheme"; its luck is the first's
  std::vector<Effort> effort;
  bool consultation = false;
  std::vector<Id> needs;  // "scheme" or "organisation/scheme"
  std::optional<Id> claims;
  std::vector<Weight> lands, cost_falls;  // empty: the owner, 100 %
  std::optional<PlacedDistribution> delivery, delay, overrun;
  std::vector<std::pair<std::string, std::string>> about;  // words for people: ref, owner, notes; never read as numbers
  bool says_how = false;                                   // it has a class: or a delivery:, readable or not
};

struct Team {
  Id id;
  Yearly wte;
  Distribution staffing = {Fixed{1.0}, 0.0};
  Place place;
};

struct Pressure {
  Yearly mean;
  double sd = 0.01;
  double persistence = 0.5;
};

struct ConditionalFunding {
  Yearly amount;  // empty: none
  double tied_to_organisation = 1;
  double tied_to_system = 0;
  Place place;
};

// What happened, of an organisation or of the system as a whole: what forecasts are scored against, and no part of any. Amounts stand on the basis of
// the plan's own (`saving`: delivered in the year, whatever was found elsewhere in it).
struct Outturn {
  std::optional<Placed<Year>> year;  // none: all the plan's years together
  std::optional<double> saving, recurrent, position;
  std::optional<double> last_year;                  // the delivered share of the year before, as known when the plan was made
  std::optional<bool> failed;                       // of an organisation
  std::optional<std::size_t> organisations_failed;  // of a system
  std::optional<int> as_at;                         // the month that the figures describe, where that is not the year's last
  std::optional<int> published;                     // the month in which they became known
  std::vector<Id> seen;                             // the reference classes whose sources hold them
  std::string source;
  Place place;
};

// What kind of body an organisation is, which says how much of what its schemes miss it usually finds elsewhere.
enum class OrganisationKind { provider, commissioner, council, other };
inline constexpr std::size_t organisation_kind_count = 4;
std::string_view name_of(OrganisationKind kind);  // "provider"
const std::vector<std::string>& organisation_kind_names();

// Savings found elsewhere, for one year, in place of what schemes miss: in each year a share `rate` of it, at most `most`.
struct Substitutes {
  Distribution rate = {Fixed{0.0}, 0.0};
  Yearly most;  // empty: no limit
  Place place;
};

struct Organisation {
  Id id;
  std::string title;
  Placed<OrganisationKind> kind{OrganisationKind::other, {}};
  bool says_kind = false;
  std::vector<Id> was;                     // its earlier ids, or those it was merged of; its luck is the first's
  std::optional<Substitutes> substitutes;  // none: the rate of its kind in the reference file
  std::optional<Placed<double>> carry;     // how much of a gap goes into the next year; none: the system's
  Place years_place;
  std::vector<Year> years;  // empty when only the system gives them
  std::string own_unit;     // that its plan counts in, where it is another than the system's; all that follows is in the system's
  Yearly income, spend, target;
  double reserves = 0;
  Yearly one_offs;
  ConditionalFunding conditional_funding;
  Pressure pressure;
  std::vector<Team> teams;
  std::vector<Scheme> schemes;
  std::vector<Outturn> outturns;
};

struct Pool {
  std::vector<Id> members;
  std::optional<double> aid;  // most that a member gives in a year; none: joint and several
  double reserves = 0;        // the pool's own, beside its members'
  Place place;
};

struct NamedFactor {
  Id name;
  double share = 0;
  std::vector<Id> organisations, classes;
};

enum class Copula { gaussian, student_t };

struct Shared {
  double system = 0.05, organisation = 0.15, reference_class = 0.05, scheme = 0.30, year = 0.10;
  Place place;
};

struct Dependence {
  Copula copula = Copula::gaussian;
  double degrees_of_freedom = 5;
  Shared shared;
  std::vector<NamedFactor> factors;
};

struct Opportunity {
  Id id;
  Yearly size;
};

struct Blackout {
  int from = 0, to = 0;  // months since January of the year 0; work resumes in `to`
  std::string why;
  Place place;
};

struct System {
  Id id;
  std::string title;
  std::string currency = "£m";
  std::vector<Year> years;
  std::vector<Id> organisation_files;
  std::optional<Id> reference_file;
  std::optional<Yearly> target;
  Placed<double> carry{1, {}};             // how much of a gap goes into the next year, of organisations that say nothing of it
  std::optional<std::vector<Pool>> pools;  // none: all in one, joint and several
  Place agreement_place;
  Dependence dependence;
  std::vector<Team> teams;
  std::vector<Opportunity> opportunities;
  std::vector<Blackout> blackouts;
  std::vector<Gate> gates;
  std::vector<ChangeLimit> changes;  // what a revision may change at most
  std::vector<Outturn> outturns;
};

// How many records stand behind a class or a stage, and how many its prior was taken to be worth: what is not known of it.
struct RecordsBehind {
  double all = 0;         // that ended, those that dropped out among them
  double went_ahead = 0;  // that its share is fitted to
  double prior = 0;       // n₀; 0: as its grade says
};

// A class's own drop-out comes on top of the stage's (lib/README.md, section 3).
struct ReferenceClass {
  Id id;
  Distribution share = {Fixed{1.0}, 0.0}, delay = {Fixed{0.0}, 0.0}, overrun = {Fixed{1.0}, 0.0};
  double lapses = 0;       // the part of a recurrent saving that lasts twelve months
  bool programme = false;  // for one line that holds a whole programme: what is found elsewhere is in its share
  std::string grade;       // evidence, derived, judgement or calibrated
  std::string source;
  std::optional<RecordsBehind> records;
  std::string period;  // of the records
};

// How much of what schemes miss a kind of organisation finds elsewhere, once.
struct SubstituteRate {
  Distribution rate = {Fixed{0.0}, 0.0};
  std::string grade, source;  // empty: the reference file says nothing of this kind
};

struct Reference {
  std::string name;  // of the file it was read from
  double drops_out[stage_count] = {0, 0.05, 0.25, 0.5, 0.9};
  std::string stage_grades[stage_count] = {"judgement", "judgement", "judgement", "judgement", "judgement"};
  std::optional<RecordsBehind> stage_records[stage_count];
  std::vector<ReferenceClass> classes;
  SubstituteRate substitutes[organisation_kind_count];
  const ReferenceClass* find(std::string_view id) const;
  // An organisation's own line of the class, where there is one ("workforce@midshire-acute"), else the class.
  const ReferenceClass* find(std::string_view id, std::string_view organisation) const;
};

// Where each key stands, by its path: "midshire-acute.schemes.theatres.stage", "agreement.pools", "reference.classes.workforce.share".
using KeyPlaces = std::map<std::string, Place, std::less<>>;

struct Plans {
  System system;
  std::vector<Organisation> organisations;
  Reference reference;
  std::shared_ptr<const KeyPlaces> places;
  const Organisation* find(std::string_view organisation) const;
};

// The organisation and scheme that `needs` names from within `owner`.
std::pair<std::string, std::string> split_reference(std::string_view needed, std::string_view owner);

// The names that random streams go by: of what was renamed or merged the first of its earlier ones.
const std::string& luck_name_of(const Organisation& organisation);
std::string luck_name_of(const Plans& plans, const Organisation& owner, const Scheme& scheme);  // "midshire-acute/theatres"

// What is found elsewhere for an organisation: what its plan says, else the rate of its kind.
Substitutes substitutes_of(const Organisation& organisation, const Reference& reference);
double carry_of(const Organisation& organisation, const System& system);
// The part of its saving that lasts twelve months: its own, or its class's unless it is banked or does not recur.
double lapses_of(const Scheme& scheme, std::string_view owner, const Reference& reference);
// Whether its one line holds a whole programme, so that what is found elsewhere is in its share already.
bool holds_a_programme(const Scheme& scheme, std::string_view owner, const Reference& reference);

}  // namespace shortfall
