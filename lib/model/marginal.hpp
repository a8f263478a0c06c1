// From luck to outcome, tabulated: what the simulation looks up instead of evaluating quantile functions. The luck score of a driver is a
// standard normal; every table takes it in single precision.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "plan/distribution.hpp"

namespace shortfall {

struct alignas(16) Cubic {
  float of[4];  // 1, t, t², t³; t from 0 to 1 within a cell
  bool operator==(const Cubic&) const = default;
};

// The cubic through four values: at t = 0, 1/3, 2/3, 1.
template <class T>
std::array<T, 4> cubic_through_thirds(T a, T b, T c, T d) {
  return {a, T(-5.5) * a + 9 * b - T(4.5) * c + d, 9 * a - T(22.5) * b + 18 * c - T(4.5) * d, T(-4.5) * a + T(13.5) * b - T(13.5) * c + T(4.5) * d};
}

// A smooth function of the score over ±8: a cubic in each of equal cells, through its values at the cell's thirds. A kink, such as a triangular's
// mode, stands where one cell ends and the next begins; cells are as wide as the function allows, so that those in use stay in the cache. Error below
// 1e-5 of the range from P1 to P99 inside ±5, nearly always 1e-6; a heavy tail's values keep six digits instead. Scores beyond ±8 (a chance of 1e-15)
// are taken as ±8.
struct Curve {
  static constexpr double reach = 8;
  float origin = 0;              // a score between two cells
  float cells_per_unit = 0;      // a power of two
  std::int32_t cells_below = 0;  // the origin
  std::vector<Cubic> cells;
};

// The score within the part that goes ahead: Φ⁻¹((Φ(x) − p)/(1 − p)) for x above the drop-out score, in v = x − Φ⁻¹(p). It falls without bound as
// v → 0, so the cells shrink with v: so many to each doubling, from 2^-24 to 16. Of 16 the error is below 1e-7 of a score; of 4, below 1e-5.
struct Conditional {
  static constexpr int first_octave = -24, octaves = 28;
  float threshold = 0;               // Φ⁻¹(p): below it the scheme drops out
  std::int32_t octave_halvings = 4;  // an octave is cut in halves so many times: it has 2 to that power of cells
  std::vector<Cubic> cells;          // [octave][cell]
};

// Where a threshold stands for what always or never happens.
inline constexpr float above_every_score = 1e30f;

// An outcome as a function of the score. Jumps (drop-outs, steps) stand at exact scores, never smeared.
struct Marginal {
  enum class Kind {
    certain,   // `value`
    segments,  // first + slope · Φ(score) between thresholds: fixed, uniform, values, quantiles, with or without a drop-out
    curve,     // `curve` of the score
    dropping   // `dropped` below the threshold, else `curve` of the conditional score
  };
  Kind kind = Kind::certain;
  float value = 0;
  float dropped = 0;                          // the outcome when it drops out
  float drop_threshold = -above_every_score;  // it drops out below this score
  bool reversed = false;                      // looks up −score: an outcome that falls as luck rises
  bool limited = false;  // outcomes beyond `least` and `most` stand at them: cut after the look-up, as a table would smear the corner
  float least = 0, most = 0;
  std::vector<float> thresholds;    // rising; segment j lies between thresholds[j − 1] and thresholds[j]
  std::vector<float> first, slope;  // thresholds.size() + 1 of each
  std::shared_ptr<const Curve> curve;
  std::shared_ptr<const Conditional> conditional;
  bool operator==(const Marginal&) const = default;  // of tables: the very same one

  bool may_drop_out() const { return drop_threshold > -above_every_score; }
  bool never_starts() const { return drop_threshold >= above_every_score; }  // its drop-out is certain
};

// A whole number of months as a function of the score: how many thresholds lie above it.
class Months {
 public:
  // The thresholds as they are searched: those that part eight groups, then the first, second … of each group; what is not there lies below all
  // scores.
  struct Groups {
    std::array<float, 7> part = {};
    struct alignas(32) Eight {
      float of[8];
    };
    std::vector<Eight> within;
  };

  Months() = default;
  explicit Months(std::int32_t certain) : certain_(certain) {}
  explicit Months(std::vector<float> thresholds);

  std::int32_t certain() const { return certain_; }                     // the months when there are no thresholds
  const std::vector<float>& thresholds() const { return thresholds_; }  // falling: at least m + 1 months below thresholds[m]
  const Groups& groups() const { return groups_; }
  bool operator==(const Months& other) const { return certain_ == other.certain_ && thresholds_ == other.thresholds_; }

 private:
  std::int32_t certain_ = 0;
  std::vector<float> thresholds_;
  Groups groups_;
};

// A table as it is in each of several draws of what is not known of it, made for one draw when a thread comes to it: of all draws at once there would
// be more than the cache holds. Equal keys: the same tables.
template <class Table>
struct Drawn {
  std::uint64_t key = 0;
  std::function<std::shared_ptr<const Table>(std::size_t draw)> make;
};
// A marginal's are of parts that marginals share: all stages of a class have one curve, all classes of a stage one chance of dropping out.
struct DrawnMarginal {
  std::uint64_t key = 0;
  Marginal as_written;                                    // what is not drawn
  std::shared_ptr<const Drawn<Curve>> curve;              // null: as it is written
  std::shared_ptr<const Drawn<Conditional>> conditional;  // null: as it is written; a draw's is null where nothing drops out
  std::vector<std::shared_ptr<const Marginal>> whole;     // [draw]; where it is not null it stands by itself
};

// A function's values at the thirds of a curve's cells.
struct Knots {
  double origin = 0;
  int cells_per_unit = 0;
  std::vector<double> values;
};
Conditional tabulated_conditional(double drops_out, std::int32_t octave_halvings = 4);

// Tables already made, to be used again: by other distributions (a curve serves its shape whatever drops out), and by plans compiled one after the
// other, at any dial. May be asked by several threads at once.
class Tables {
 public:
  std::shared_ptr<const Curve> curve(const Shape& shape, double optimism);  // of 1 + λ(quantile − 1)
  std::shared_ptr<const Conditional> conditional(double drops_out);

 private:
  std::mutex adding_;
  std::map<Shape, Knots> quantiles_;
  std::map<std::pair<Shape, double>, std::shared_ptr<const Curve>> curves_;
  std::map<double, std::shared_ptr<const Conditional>> conditionals_;
};

// Each takes the tables it needs from `shared`, if given, and adds to it those it makes.
// The share delivered, `drops_out` included, after the dial: 1 + λ(share − 1).
Marginal share_marginal(const Distribution& share, double optimism, Tables* shared = nullptr);
// Actual over planned cost after the dial, given that the scheme goes ahead.
Marginal overrun_marginal(const Distribution& overrun, double optimism, Tables* shared = nullptr);
// The share of a team's posts that are filled, after the dial, in [0, 1].
Marginal staffing_marginal(const Distribution& staffing, double optimism, Tables* shared = nullptr);
// Months late, after the dial, rounded half up, at most `most`.
Months delay_months(const Distribution& delay, double optimism, int most);

const Curve& normal_curve();                                 // Φ
Curve student_t_to_normal_curve(double degrees_of_freedom);  // of w = sign(x) sqrt(ν ln(1 + x²/ν)) (Wallace 1959): nearly the identity
Curve mixing_curve(double degrees_of_freedom);               // of a normal score, sqrt(ν/W) with W chi-squared

}  // namespace shortfall
