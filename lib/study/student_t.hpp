// Student's t. In a file of its own, as Boost's distributions take longer to compile than all that asks for them.
#pragma once

namespace shortfall {

// How many standard errors either side of a mean hold the truth 95 times in 100: the quantile of Student's t at 97.5 %.
double student_t_reach95(double degrees_of_freedom);
// The quantile of Student's t at `chance`, which lies above 0 and below 1.
double student_t_level(double degrees_of_freedom, double chance);

}  // namespace shortfall
