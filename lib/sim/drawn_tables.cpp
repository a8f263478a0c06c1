#include "sim/drawn_tables.hpp"

namespace shortfall {

const Marginal& DrawnTables::made(const DrawnMarginal& drawn, std::size_t draw) {
  if (!drawn.whole.empty() && drawn.whole[draw] != nullptr) return *drawn.whole[draw];
  Made<Marginal>& out = marginals_[drawn.key];
  if (out.draw == draw) return out.table;
  if (out.draw == none) out.table = drawn.as_written;
  out.draw = draw;
  Marginal& m = out.table;
  if (drawn.curve != nullptr) m.curve = made(curves_, *drawn.curve, draw);
  if (drawn.conditional == nullptr) return m;
  m.conditional = made(conditionals_, *drawn.conditional, draw);
  m.kind = m.conditional != nullptr ? Marginal::Kind::dropping : Marginal::Kind::curve;
  m.drop_threshold = m.conditional != nullptr ? m.conditional->threshold : -above_every_score;
  return m;
}

Model in_draw(const Model& model, std::size_t draw, DrawnTables& tables) {
  Model out = model;
  for (std::uint32_t m = 0; m < model.drawn_marginals.size(); ++m)
    if (model.drawn_marginals[m] != nullptr) out.marginals[m] = tables.marginal(model, m, draw);
  for (std::uint32_t m = 0; m < model.drawn_months.size(); ++m)
    if (model.drawn_months[m] != nullptr) out.months[m] = tables.months(model, m, draw);
  out.draws = 0;
  out.drawn_marginals.clear(), out.drawn_months.clear();
  return out;
}

}  // namespace shortfall
