#include "history/tracked_luck.hpp"

#include <fmt/format.h>

#include "base/for_each.hpp"
#include "model/quantile.hpp"
#include "sim/draw.hpp"
#include "sim/luck.hpp"
#include "sim/outcome.hpp"

namespace shortfall {
class TrackedBlock : public UpdatedBlock {
 public:
  TrackedBlock(const TrackedLuck& luck, std::uint64_t seed) : luck_(luck), seed_(seed) {
    factors_.resize(luck.factor_names_.size());
    schemes_.resize(luck.schemes_.size());
    pressures_.resize(luck.pressures_.size());
    for (std::size_t p = 0; p < pressures_.size(); ++p) pressures_[p].normals.resize(luck.pressures_[p].streams.size());
  }

  void start(std::uint64_t block) override {
    block_ = block;
    factors_known_ = false;
    for (TrackedNormals& s : schemes_) s.known = false;
    for (TrackedYears& p : pressures_) p.known = false;
  }

  const Floats* normals(Stream stream, const DrawnNormals& drawn) override {
    const auto found = luck_.parts_.find(stream);
    if (found == luck_.parts_.end()) return nullptr;
    if (!factors_known_) draw_factors();
    const TrackedLuck::Part& part = found->second;
    switch (part.kind) {
      case TrackedLuck::Part::Kind::factor:
        return &factors_[part.index];
      case TrackedLuck::Part::Kind::share:
        return &scheme(part.index, drawn).share;
      case TrackedLuck::Part::Kind::delay:
        return &scheme(part.index, drawn).delay;
      case TrackedLuck::Part::Kind::pressure:
        return &pressure(part.index, drawn)[part.year];
    }
    return nullptr;
  }

 private:
  struct TrackedNormals {
    Floats share, delay;
    bool known = false;
  };
  struct TrackedYears {
    std::vector<Floats> normals;
    bool known = false;
  };

  void draw_factors() {
    factors_known_ = true;
    if (factors_.empty()) return;
    luck_.propose(seed_, block_, proposals_, log_weights_);
    Floats normal;
    draw_normals(seed_, stream_of("proposal:comb"), block_, Sampling::plain, normal);
    const std::vector<std::uint32_t> chosen = resample(log_weights_, block_trials, normal_chance(static_cast<double>(normal[0])).below);
    for (std::size_t f = 0; f < factors_.size(); ++f)
      for (std::size_t t = 0; t < block_trials; ++t)
        factors_[f][static_cast<Eigen::Index>(t)] = static_cast<float>(proposals_(chosen[t], static_cast<Eigen::Index>(f)));
  }

  const TrackedNormals& scheme(std::size_t index, const DrawnNormals& drawn) {
    TrackedNormals& out = schemes_[index];
    if (out.known) return out;
    const TrackedLuck::TrackedScheme& s = luck_.schemes_[index];
    drawn(s.share, out.share);
    drawn(s.delay, out.delay);
    Floats common = Floats::Constant(s.constant);
    for (const Loading& l : s.loadings) add_loading(common, factors_[l.factor], l.weight);
    s.evidence->move(common, out.share, out.delay);
    out.known = true;
    return out;
  }

  const std::vector<Floats>& pressure(std::size_t index, const DrawnNormals& drawn) {
    TrackedYears& out = pressures_[index];
    if (out.known) return out.normals;
    const TrackedLuck::TrackedPressure& p = luck_.pressures_[index];
    Floats along = Floats::Zero(), expected = Floats::Constant(p.value);
    for (std::size_t k = 0; k < p.streams.size(); ++k) {
      drawn(p.streams[k], out.normals[k]);
      add_loading(along, out.normals[k], p.direction[k]);
    }
    for (const Loading& l : p.loadings) add_loading(expected, factors_[l.factor], -l.weight);
    const Floats change = p.gain * expected + (p.sd - 1) * along;
    for (std::size_t k = 0; k < p.streams.size(); ++k) add_loading(out.normals[k], change, p.direction[k]);
    out.known = true;
    return out.normals;
  }

  const TrackedLuck& luck_;
  std::uint64_t seed_, block_ = 0;
  bool factors_known_ = false;
  std::vector<Floats> factors_;
  std::vector<TrackedNormals> schemes_;
  std::vector<TrackedYears> pressures_;
  Eigen::MatrixXd proposals_;
  Eigen::VectorXd log_weights_;
};

void TrackedLuck::propose(std::uint64_t seed, std::uint64_t block, Eigen::MatrixXd& factors, Eigen::VectorXd& log_weights) const {
  static const Curve mixing = mixing_curve(FactorPosterior::proposal_degrees);
  const auto trials = static_cast<Eigen::Index>(block_trials);
  const auto n = static_cast<Eigen::Index>(factor_names_.size());
  factors.resize(trials * static_cast<Eigen::Index>(proposals_per_trial), n);
  Eigen::VectorXd mix(factors.rows());
  Floats normal, mixed;
  for (std::size_t k = 0; k < proposals_per_trial; ++k) {
    const Eigen::Index at = static_cast<Eigen::Index>(k) * trials;
    draw_normals(seed, mixing_streams_[k], block, Sampling::plain, normal);
    look_up(mixing, normal, mixed);
    mix.segment(at, trials) = mixed.matrix().cast<double>();
    for (Eigen::Index f = 0; f < n; ++f) {
      draw_normals(seed, proposal_streams_[static_cast<std::size_t>(f) * proposals_per_trial + k], block, Sampling::plain, normal);
      factors.col(f).segment(at, trials) = normal.matrix().cast<double>();
    }
  }
  posterior_->propose(factors, mix, log_weights);
}

void TrackedLuck::name_streams() {
  for (std::size_t k = 0; k < proposals_per_trial; ++k) mixing_streams_.push_back(stream_of(fmt::format("proposal:{}", k)));
  for (const std::string& factor : factor_names_)
    for (std::size_t k = 0; k < proposals_per_trial; ++k) proposal_streams_.push_back(stream_of(fmt::format("proposal:{}:{}", k, factor)));
}

std::unique_ptr<UpdatedBlock> TrackedLuck::blocks(std::uint64_t seed) const { return std::make_unique<TrackedBlock>(*this, seed); }

std::vector<double> TrackedLuck::likeliest() const {
  std::vector<double> out(common_.size());
  for (const TrackedScheme& s : schemes_) {
    out[s.index] = static_cast<double>(s.constant);
    for (const Loading& l : s.loadings) out[s.index] += static_cast<double>(l.weight) * posterior_->mode()[l.factor];
  }
  return out;
}

std::vector<double> TrackedLuck::log_weights(std::uint64_t seed, std::uint64_t blocks) const {
  double log_constant = posterior_->log_constant();
  for (const TrackedScheme& s : schemes_)  // those that meet no factor
    if (s.loadings.empty()) log_constant += s.evidence->tabulated(static_cast<double>(s.constant));
  if (factor_names_.empty()) return {log_constant};
  std::vector<double> out;
  Eigen::MatrixXd factors;
  Eigen::VectorXd log_weights;
  for (std::uint64_t block = 0; block < blocks; ++block) {
    propose(seed, block, factors, log_weights);
    for (const double w : log_weights) out.push_back(w + log_constant);
  }
  return out;
}

std::vector<std::size_t> TrackedLuck::schemes_seen() const {
  std::vector<std::size_t> out;
  for (const TrackedScheme& s : schemes_) out.push_back(s.index);
  return out;
}

WeightsQuality TrackedLuck::quality(std::uint64_t seed, std::uint64_t blocks, unsigned threads) const {
  constexpr std::size_t per_block = block_trials * proposals_per_trial;
  std::vector<double> all(factor_names_.empty() ? 0 : blocks * per_block);
  if (factor_names_.empty()) {
    const double whole = static_cast<double>(blocks * per_block);
    return {blocks * per_block, whole, 0, 0.7};
  }
  for_each(blocks, threads, [&](std::uint64_t block, unsigned) {
    Eigen::MatrixXd factors;
    Eigen::VectorXd log_weights;
    propose(seed, block, factors, log_weights);
    std::copy(log_weights.data(), log_weights.data() + log_weights.size(), all.begin() + static_cast<std::ptrdiff_t>(block * per_block));
  });
  return quality_of(std::move(all));
}

}  // namespace shortfall
