// Values as a plan writes them: two values are the same exactly when their texts are.
#pragma once

#include <string>

#include "plan/plan.hpp"

namespace shortfall::notation {

std::string number(double value);                         // "4.5", the fewest digits that read back as the same double
std::string fraction(double value);                       // "30%"
std::string yearly(const Yearly& values);                 // "[1.5, 3]"; "8" where all years are the same
std::string yearly_fractions(const Yearly& values);       // "[0%, 0.5%]"
std::string saving(const Saving& saving);                 // a list, or "{full_year: 4.5, starts: 2017-10, ramp_months: 6}"
std::string weights(const std::vector<Weight>& weights);  // "{midshire-ccg: 100%, midshire-acute: -40%}", by id; "" for none
std::string substitutes(const Substitutes& substitutes);  // "none", or "{rate: 0.45, most: 4}"
std::string efforts(const std::vector<Effort>& efforts);
std::string earlier_ids(const std::vector<Id>& ids);  // "a", or "[a, b]" as they stand
std::string ids(const std::vector<Id>& ids);          // "[a, b]", in order
std::string distribution(const Distribution& distribution);
std::string pool(const Pool& pool);
std::string pools(const std::vector<Pool>& pools);
std::string factor(const NamedFactor& factor);
std::string blackouts(const std::vector<Blackout>& blackouts);

}  // namespace shortfall::notation
