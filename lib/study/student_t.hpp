// Apart, as Boost's distributions take longer to compile than all that asks for them.
#pragma once

namespace shortfall {

// How many standard errors either side of a mean hold the truth 95 times in 100.
double student_t_reach95(double degrees_of_freedom);
// The number that so many standard errors keep below with that chance.
double student_t_level(double degrees_of_freedom, double chance);

}  // namespace shortfall
