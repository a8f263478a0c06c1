// The luck of plans of which something has been seen: factors resampled, and each scheme's own normals moved, so that a simulation of the same kernel
// on the same streams is one of the futures that are left (lib/README.md, section 14).
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "history/actuals.hpp"
#include "history/factor_posterior.hpp"
#include "history/scheme_evidence.hpp"
#include "model/model.hpp"
#include "sim/update.hpp"

namespace shortfall {

// How far what is seen may be off, as shares of the plan to date: of what is measured, and of what is only asserted.
inline constexpr double measured_error = 0.05, asserted_error = 0.15;

// By the middles of 256 equal parts of its luck.
double mean_outcome(const Marginal& marginal);
std::vector<double> mean_outcomes(const Model& model);  // [marginal]

class TrackedLuck : public Update {
 public:
  // Of plans, their model and what was known of them by the end of a month. Errors: a student-t copula, whose mixing all drivers share; a scheme
  // without luck of its own; a status that the plan holds for impossible. `known`: of the same plans, month and optimism, with other factors held;
  // what holding these does not change of a scheme's evidence is taken from it.
  static Checked<std::shared_ptr<const TrackedLuck>> of(const Plans& plans, const Model& model, const Actuals& actuals, int as_at, double optimism,
                                                        unsigned threads, const TrackedLuck* known = nullptr,
                                                        EvidenceFor purpose = EvidenceFor::moving);
  // log L of each scheme of which something was seen (of the others 0) at a common luck of its own, by coarse integrals: [scheme of the model].
  static Checked<std::vector<double>> log_likelihoods(const Plans& plans, const Model& model, const Actuals& actuals, int as_at, double optimism,
                                                      const std::vector<double>& common);
  // The common luck of each scheme where the factors are likeliest by what was seen: [scheme of the model]; 0 where nothing was.
  std::vector<double> likeliest() const;

  std::unique_ptr<UpdatedBlock> blocks(std::uint64_t seed) const override;
  bool leaves_pressures() const override { return pressures_.empty(); }
  // Of the proposals of the first so many blocks.
  WeightsQuality quality(std::uint64_t seed, std::uint64_t blocks, unsigned threads) const;
  // The logs of the weights of the first so many blocks' proposals, of which the mean is the chance of what was seen of all schemes.
  std::vector<double> log_weights(std::uint64_t seed, std::uint64_t blocks) const;
  // Whether what was seen says anything of a factor.
  bool tells_of(Stream factor) const { return parts_.contains(factor); }
  std::vector<std::size_t> schemes_seen() const;  // of the model: those of which something was seen that says something
  std::size_t pressures_seen() const { return pressures_.size(); }

 private:
  friend class TrackedBlock;
  friend class TrackedLuckMaker;
  struct TrackedScheme {
    std::uint32_t index = 0;  // of the model
    Stream share = 0, delay = 0;
    float constant = 0;
    std::vector<Loading> loadings;  // of the factors that were seen
    std::shared_ptr<const SchemeEvidence> evidence;
  };
  // An organisation's pressures: their own normals along one direction are normal about `gain` (value − weights · factors) with that sd.
  struct TrackedPressure {
    std::vector<Stream> streams;
    std::vector<float> direction;  // of length 1
    float value = 0, gain = 0, sd = 1;
    std::vector<Loading> loadings;
  };
  struct Part {
    enum class Kind { factor, share, delay, pressure } kind;
    std::size_t index, year = 0;
  };
  // A block's proposals, a row each, and their weights' logs.
  void propose(std::uint64_t seed, std::uint64_t block, Eigen::MatrixXd& factors, Eigen::VectorXd& log_weights) const;

  struct CommonLuck {  // what a scheme has in common with others: normal, by the factors that are not held
    double mean, sd;
    bool operator==(const CommonLuck&) const = default;
  };
  std::vector<CommonLuck> common_;  // [scheme of the model]
  static constexpr std::size_t proposals_per_trial = 4;
  void name_streams();

  std::vector<std::string> factor_names_;
  std::vector<Stream> mixing_streams_, proposal_streams_;  // [proposal of a trial]; [factor · proposals_per_trial + that]
  std::unique_ptr<const FactorPosterior> posterior_;
  std::vector<TrackedScheme> schemes_;
  std::vector<TrackedPressure> pressures_;
  std::unordered_map<Stream, Part> parts_;
};

}  // namespace shortfall
