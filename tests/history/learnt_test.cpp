// What is learnt of actuals where a factor is held, and what is told where the futures that fit both cannot be reached.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <Eigen/Core>

#include "history/tracked.hpp"
#include "model/compile.hpp"
#include "plan/assemble.hpp"
#include "report/views.hpp"
#include "sim/draw.hpp"
#include "study/explain.hpp"
#include "study/reverse.hpp"

namespace {
using namespace shortfall;

// Three schemes in a row of needs, and one beside them.
Plans four_schemes() {
  Sources sources;
  sources.system = {"system.yaml", "system: small\nyears: [2017/18, 2018/19]\n"};
  sources.organisations.push_back({"trust.yaml",
                                   "organisation: trust\nincome: 100\nspend: 102\ntarget: 0\nreserves: 1\nschemes:\n"
                                   "  rotas: {class: workforce, stage: developed, saving: [2, 2]}\n"
                                   "  wards: {class: workforce, saving: [1, 2], needs: [rotas]}\n"
                                   "  beds: {class: service-redesign, saving: [1, 1], needs: [wards]}\n"
                                   "  drugs: {class: transactional, saving: [1, 1]}\n"});
  sources.reference = built_in_reference();
  auto plans = assemble(sources);
  REQUIRE(plans);
  return *plans;
}

Actuals seen_of_four() {
  Actuals out;
  const double to_date[] = {0.6, 0.2, 0.05, 0.4};
  for (std::size_t i = 0; i < 4; ++i) {
    Actual a;
    a.as_at = 2017 * 12 + 8, a.scheme = i, a.to_date = to_date[i], a.rounding = 0.005;
    out.rows.push_back(a);
  }
  out.months = {2017 * 12 + 8};
  return out;
}

// Means of the factors, and of the shares' normals, over a few blocks.
std::vector<double> means(const Model& model, const Update& update) {
  std::vector<Stream> streams;
  for (const Factor& f : model.factors) streams.push_back(f.stream);
  for (const SchemeModel& s : model.schemes) streams.push_back(s.share_stream), streams.push_back(s.delay_stream);
  std::vector<double> out(streams.size());
  Draws draws(1, Draws::Keep::yes, Sampling::latin_hypercube, &update);
  constexpr int blocks = 40;
  for (int b = 0; b < blocks; ++b) {
    draws.start(static_cast<std::uint64_t>(b));
    for (std::size_t k = 0; k < streams.size(); ++k) out[k] += static_cast<double>(draws.normals(streams[k]).mean()) / blocks;
  }
  return out;
}

RunOptions seen_by(const Plans& plans, const Actuals& actuals) {
  RunOptions out;
  out.trials = out.max_trials = 2560, out.threads = 1;
  const auto seen = seen_of(plans, actuals, {}, out);
  REQUIRE(seen);
  out.seen = *seen;
  return out;
}

std::string text(const Document& document) {
  std::string out;
  for (const Section& s : document.sections)
    for (const auto& block : s.blocks)
      if (const Paragraph* p = std::get_if<Paragraph>(&block)) out += p->text + "\n";
  return out;
}

}  // namespace

TEST_SUITE("track") {
  TEST_CASE("with a factor held, what was known without it serves: the same is learnt as anew") {
    const Plans plans = four_schemes();
    const Actuals actuals = seen_of_four();
    const Model base = compile(plans, {});
    const auto known = TrackedLuck::of(plans, base, actuals, actuals.months.front(), 1, 1);
    REQUIRE(known);
    for (const char* factor : {"system", "class/workforce", "organisation/trust"})
      for (const double quantile : {0.001, 0.95}) {
        const Model held = compile(plans, {.given = {{factor, quantile}}});
        const auto anew = TrackedLuck::of(plans, held, actuals, actuals.months.front(), 1, 1);
        const auto reused = TrackedLuck::of(plans, held, actuals, actuals.months.front(), 1, 1, known->get());
        REQUIRE((anew && reused));
        const std::vector<double> a = means(held, **anew), b = means(held, **reused), free = means(held, **known);
        double most = 0, moved = 0;
        for (std::size_t k = 0; k < a.size(); ++k) most = std::max(most, std::abs(a[k] - b[k]));
        for (std::size_t k = held.factors.size(); k < a.size(); ++k) moved = std::max(moved, std::abs(a[k] - free[k]));
        INFO(std::string(factor), " at ", quantile, ": off by ", most, ", and by ", moved, " were it not held");
        CHECK(most < 0.01);
        CHECK(moved > 0.05);
      }
  }

  TEST_CASE("a factor whose futures cannot be reached is named and not told, and all else is told") {
    const Plans plans = four_schemes();
    const Actuals actuals = seen_of_four();
    const RunOptions options = seen_by(plans, actuals);
    // As if those in which the system's luck is bad were out of reach.
    const Learn learn = [&](const Model& model, double optimism) -> LearntLuck {
      for (const Factor& f : model.factors)
        if (f.name == "system" && f.held_at && *f.held_at < -1) return nullptr;
      const auto luck = learnt(plans, actuals, options, model, optimism);
      REQUIRE(luck);
      return *luck;
    };
    const ExplainResult all = explain(plans, options, nullptr, [&](const Model& model, double optimism) {
      const auto luck = learnt(plans, actuals, options, model, optimism);
      REQUIRE(luck);
      return *luck;
    });
    const ExplainResult some = explain(plans, options, nullptr, learn);
    CHECK(all.factors_not_told.empty());
    CHECK(some.factors_not_told == std::vector<std::string>{"system"});
    REQUIRE(some.factors.size() + 1 == all.factors.size());
    for (const FactorResult& f : all.factors) {
      const auto at = std::find_if(some.factors.begin(), some.factors.end(), [&](const FactorResult& s) { return s.name == f.name; });
      if (f.name == "system") {
        CHECK(at == some.factors.end());
        continue;
      }
      REQUIRE(at != some.factors.end());
      for (std::size_t q = 0; q < f.fails.size(); ++q) CHECK(at->fails[q].value == f.fails[q].value);
    }
    CHECK(text(view_explain(some, grounds_of(plans), {})).find("The luck of the whole plan is not told") != std::string::npos);
    CHECK(text(view_explain(all, grounds_of(plans), {})).find("is not told") == std::string::npos);

    ReverseOptions asked;
    asked.run = options, asked.learn = learn;
    asked.until = *parse_chance_target("system.fails = 30%", {}, {"system", "any", "all", "trust"});
    const ReverseResult turned = reverse(plans, asked);
    CHECK(turned.luck_not_told);
    CHECK(turned.dials.size() == 4);
    for (const DialResult& d : turned.dials) CHECK(d.name != "luck");
    CHECK(text(view_reverse(turned, grounds_of(plans), {})).find("The luck of the whole plan is not told") != std::string::npos);
  }
}
