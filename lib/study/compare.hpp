// Did this revision make us safer? Two plans on the same luck, trial by trial, and a verdict on every chance and sum of money.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/difference.hpp"
#include "plan/measure.hpp"
#include "study/run.hpp"

namespace shortfall {

struct CompareOptions {
  RunOptions run;                        // `trials` at least least_compared; `seen`: of the new plans
  MaybeSeen seen_before = nullptr;       // the same actuals, as the old plans see them; there where `run.seen` is
  double material = 0.01;                // the smallest change of a chance that matters
  std::optional<double> material_money;  // of money; by default a hundredth of what its subject planned to save in the old revision
  std::vector<ChangeLimit> allowed;      // beside those of the new revision's gates
  bool effects = true;                   // which edit did it, too
};

// Ten sections: fewer say too little of how much a quantile's change varies.
inline constexpr std::uint64_t least_compared = 10'240;

// `better` and `worse`: the whole interval, widened so that it holds over all looks at more and more trials, lies beyond a material change.
// `changed`: the same of a measure that is neither good nor bad. `no_change`: nothing that counts differs between the plans. `unclear`: the interval
// straddles a material change.
enum class ChangeVerdict { no_change, better, worse, changed, no_material_change, unclear };
std::string_view name_of(ChangeVerdict verdict);  // "no material change"

// One measure, named as in CSV and gates. An organisation, pool or year that only one of the plans has is in no measure.
struct MeasureChange {
  std::string subject, measure;
  bool chance = true;  // else money
  Direction direction = Direction::higher_is_worse;
  bool headline = false;  // in the table, and reason enough for more trials while it is unclear
  double before = 0, after = 0;
  Estimate change;
  double material = 0;
  ChangeVerdict verdict = ChangeVerdict::unclear;
};

struct ChangeLimitResult {
  ChangeLimit limit;
  Estimate change;  // its interval widened likewise
  Verdict verdict = Verdict::unclear;
};

// What one edit, or several that cannot be made one without the other, did: the mean of making it alone in the old plan and of withholding it alone
// from the new one, on the same draws.
struct Effect {
  std::vector<std::size_t> changes;           // of the difference
  std::string name;                           // the path, or what they have in common
  std::string owner;                          // an organisation's id; empty: no single one's
  Estimate system;                            // on P(system fails)
  Estimate alone, together;                   // on P(owner fails); without an owner, on P(any fails)
  double made_alone = 0, withheld_alone = 0;  // the two halves of `system`
};

// Above so many edits those of one scheme are taken together, and above so many of these groups those of one organisation.
inline constexpr std::size_t most_by_edit = 30, most_by_scheme = 120;

struct Effects {
  std::vector<Effect> list;  // the largest effect on the system first
  Estimate total;            // of all edits on P(system fails)
  Estimate interaction;      // what is left of it: what the edits do to one another
  std::string grouped;       // "scheme" or "organisation" where edits were taken together
};

struct CompareResult {
  RunResult before, after;
  Difference difference;
  bool identical = false;  // nothing that counts differs
  std::vector<MeasureChange> measures;
  std::vector<ChangeLimitResult> limits;  // the gates of the new revision's own are in `after`
  std::optional<Effects> effects;
  double material = 0.01;
  std::optional<double> material_money;

  const MeasureChange* find(std::string_view subject, std::string_view measure) const;
};

// What stands in the way: another currency, limits on what only one of the plans has.
Problems comparable(const Plans& before, const Plans& after, const CompareOptions& options);

CompareResult compare(const Plans& before, const Plans& after, const CompareOptions& options);

// The verdict on a change, and on a limit, that is known within an interval.
ChangeVerdict judge(const Estimate& change, double material, Direction direction, bool identical);
Verdict judge(const ChangeLimit& limit, const Estimate& change);

// Of a change that each of several sections of the trials has seen, by what it is in all of them: sectioning (Asmussen, Glynn 2007, III.5), for
// quantiles too (Nakayama 2014): the sections' variance about the whole's change, Student's t with one degree of freedom fewer than sections.
struct SectionChange {
  double change = 0;
  std::uint64_t trials = 0;
  template <class Self, class F>
  static void each_field(Self& self, F&& f) {
    f(self.change), f(self.trials);
  }
};
Estimate by_sections(double change, const std::vector<SectionChange>& sections);
// The same where section i and section i + `worlds` are of the same draws of what is not known: each is compared with the mean of those of its draws,
// so that the interval is the simulation's alone, with one degree of freedom fewer for each of the worlds. 0: nothing is drawn.
Estimate by_sections(double change, const std::vector<SectionChange>& sections, std::size_t worlds);
double section_freedom(std::size_t sections, std::size_t worlds);

}  // namespace shortfall
