#include "study/student_t.hpp"

#include <boost/math/distributions/students_t.hpp>

namespace shortfall {

double student_t_reach95(double degrees_of_freedom) { return student_t_level(degrees_of_freedom, 0.975); }

double student_t_level(double degrees_of_freedom, double chance) {
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), chance);
}

}  // namespace shortfall
