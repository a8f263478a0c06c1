// What a scheme's actuals say: the likelihood of the common luck that it meets the shared factors in, and, given that, where its own luck then lies.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "history/factor_posterior.hpp"
#include "sim/column.hpp"

namespace shortfall {

// An amount seen, of what the scheme was to have saved in some months.
struct SeenAmount {
  double amount = 0;
  double error_sd = 1;
  std::vector<double> planned;  // [months late]: what a share of 1 saves in those months; the last stands for all later ones
};

enum class ErrorShape { student_t, normal };  // student_t: of 4 degrees of freedom, of the same standard deviation

// What a scheme that this one needs came to, one possibility of several equally likely ones.
struct NeededOutcome {
  double share = 1;  // in [0, 1]
  std::size_t months = 0;
};

// A scheme as its actuals see it. Its share's score is x = c + share_weight ε, its delay's c + delay_by_share ε + delay_weight η, with ε and η its
// own normals and c its common luck, of standard deviation `common_sd`.
struct SeenScheme {
  double common_sd = 0, common_mean = 0;
  double share_weight = 1, delay_by_share = 0, delay_weight = 1;
  std::function<void(const std::vector<double>& scores, std::vector<double>& shares)> share;
  std::vector<double> breaks;            // scores at which the share jumps or has a corner, rising; the drop-out score is one of them
  std::optional<double> drop_threshold;  // it drops out below this score; beyond 1e29 always
  double dropped_share = 0;
  std::vector<double> late;           // [m]: at least m + 1 months late below this score of its delay; falling
  std::size_t certain_months = 0;     // where `late` is empty
  std::vector<std::int32_t> wait;     // months late once blackouts are waited out; empty: as they are
  bool harm_at_once = true;           // whether a share below 0 comes on time
  double stretch = 1;                 // what short teams and claims by others leave of a share above 0
  std::vector<NeededOutcome> needed;  // empty: it needs nobody
  std::vector<SeenAmount> seen;
  std::optional<bool> known_dropped;  // whether it has dropped out, where that is known
  std::optional<double> only_at;      // the one common luck at which L is asked for, where it is not tabulated
  ErrorShape error = ErrorShape::student_t;
};

// What a scheme's evidence is made for: its futures are moved by it; they are, in one of many draws of the reference classes; what was seen is
// weighed by it in such a draw, with log L coarser; or draws are compared by it at one common luck, coarser still.
enum class EvidenceFor { moving, moving_in_draw, weighing, comparing };

class SchemeEvidence {
 public:
  explicit SchemeEvidence(SeenScheme scheme, EvidenceFor purpose = EvidenceFor::moving);

  double common_mean() const { return scheme_.common_mean; }
  double common_sd() const { return scheme_.common_sd; }

  // log L(c), tabulated over c − common_mean; what is not seen at all has 0 everywhere.
  const Spline& log_likelihood() const { return log_likelihood_; }
  double tabulated(double c) const { return log_likelihood_.value(c - scheme_.common_mean); }
  // L is a function of c alone, whatever is known of c: whether the table holds all but a few in ten million of the values of such a c.
  bool serves(double mean, double sd) const;
  double log_likelihood_at(double c) const;  // integrated anew

  // The own normals, drawn by their prior, moved to where the posterior given c has the same probability: first the share's, then, given its score,
  // months late by their chance, and the delay's normal within its month by what is left of its probability. The overrun goes with both.
  void move(const Floats& c, Floats& share_normal, Floats& delay_normal) const;

  // The posterior chance of dropping out given c.
  double chance_of_dropping(double c) const;

 private:
  static constexpr std::size_t nodes_per_cell = 3;
  static constexpr double first_node = 0.1127016653792583;  // of Gauss and Legendre's rule on the unit interval

  void count_months();
  void set_cells(double widest);
  void fill_likelihoods();
  double log_likelihood_of(double share, std::size_t months) const;  // over all that was seen
  double log_error(double off, double sd) const;
  double needed_and_seen(double share, std::size_t months) const;
  void chances_of_months(double score, double c, std::vector<double>& chances) const;
  double dropped_chance(double c) const;
  double integral(double c, std::vector<double>* cumulative) const;
  double integral_by_columns(double c, std::vector<double>* cumulative) const;
  void fill_columns(const std::vector<double>& shares);
  void forget_integrals();  // so that there is room for many draws': nothing is integrated anew
  void densities(const Doubles& share, std::size_t months, Doubles& density) const;
  void densities_by_needs(const Doubles& share, std::size_t months, Doubles& density) const;
  static constexpr double reach = 7, served_reach = 5.5;  // of the table, in sds of c: enough for a factor held at ±4
  void tabulate(EvidenceFor purpose);
  // The score of each trial's share, the cell that it lies in (−1: among the drop-outs) and how far along that it does.
  void move_share(const Floats& c, const Floats& below, Floats& score, Integers& cell, Floats& within) const;
  void move_dropped(const Floats& c, const Floats& below, Floats& score, Integers& cell) const;
  void likelihoods_of_months(const Integers& cell, const Floats& within, std::vector<Floats>& out) const;
  void move_delay(const Floats& c, const Floats& share_normal, const Integers& cell, const Floats& within, Floats& delay_normal) const;

  SeenScheme scheme_;
  bool by_columns_ = false;    // whether in single precision, a column of nodes at a time: for one of many draws
  std::size_t months_ = 1;     // that are told apart: 0, 1, … and all later ones
  bool closed_ = false;        // whether all drop-outs are one cell, in closed form
  std::vector<double> edges_;  // [cell], and one more at the end
  std::vector<double> score_, weight_;
  std::vector<double> likelihood_;  // [node · months_ + months], over the largest of all
  // The same by columns of nodes: scores, weights; and, [column · months + months], L less that of a month earlier.
  std::vector<Floats> score_columns_, weight_columns_, likelihood_steps_;
  std::vector<float> moving_likelihood_;  // the same for `move`, which passes over all schemes' in turn
  double dropped_likelihood_ = 0, log_scale_ = 0;
  Spline log_likelihood_;
  std::size_t points_ = 1;  // of the table over c
  double first_ = 0, step_ = 1;
  std::vector<float> cumulative_;  // [point · edges + edge]; one more point than there are, equal to the last
};

}  // namespace shortfall
