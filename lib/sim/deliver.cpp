#include "sim/deliver.hpp"

#include <cassert>

namespace shortfall {
namespace {

// A trial's rows are summed side by side, several schemes at once, so that they are loaded and stored once for all of these.
template <int lanes, std::size_t schemes>
[[gnu::always_inline]] inline void add_to_rows(Rows& sum, const Savings* savings) {
  using Row = Eigen::Array<double, lanes, 1>;
  for (Eigen::Index i = 0; i < sum.cols(); ++i) {
    Eigen::Map<Row> into(sum.data() + i * lanes);
    Row row = into;
    for (std::size_t k = 0; k < schemes; ++k) row += Eigen::Map<const Row>(savings[k].table + savings[k].window[i]) * savings[k].factor[i];
    into = row;
  }
}

template <int lanes>
[[gnu::always_inline]] inline void add_all_to_rows(Rows& sum, std::span<const Savings> savings) {
  if (savings.size() == most_savings) return add_to_rows<lanes, most_savings>(sum, savings.data());
  for (const Savings& s : savings) add_to_rows<lanes, 1>(sum, &s);
}

Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

}  // namespace

SHORTFALL_STAGE void stretch_of(const Floats& staffing, double wte, double effort, Floats& stretch) {
  stretch = (staffing * static_cast<float>(wte / effort)).min(1.0f);
}

SHORTFALL_STAGE void fall_short(Floats& mean, const Floats& stretch, float weight) { mean -= weight * (1.0f - stretch); }

SHORTFALL_STAGE void scale_positive(Floats& share, const Floats& factor) { share = (share > 0.0f).select(share * factor, share); }

SHORTFALL_STAGE void meet_need(const Floats& needed_share, const Integers& needed_months, Floats& weakest, Integers& months) {
  weakest = weakest.min(needed_share.max(0.0f));
  months = months.max(needed_months);
}

SHORTFALL_STAGE void come_at_once(const Floats& share, Integers& months) {
  months = of_each([](float delivered, std::int32_t late) { return delivered < 0 ? 0 : late; }, share, months);
}

SHORTFALL_STAGE void wait_out(std::span<const std::int32_t> after, Integers& months) {
  assert(months.minCoeff() >= 0 && months.maxCoeff() < static_cast<std::int32_t>(after.size()));
  const std::int32_t* waited = after.data();
  months = of_each([waited](std::int32_t late) { return waited[late]; }, months);
}

SHORTFALL_STAGE void place(const SavingTable& shape, const double* table, const Floats& share, const Integers& late, double weight,
                           Savings& savings) {
  const auto row = static_cast<std::int32_t>(shape.row()), lead = static_cast<std::int32_t>(shape.lead());
  assert(late.minCoeff() >= 0 && late.maxCoeff() <= shape.latest());
  assert(share.allFinite());
  savings.table = table;
  savings.factor = share.cast<double>() * weight;
  savings.window = of_each(
      [=](std::int32_t months) {
        const std::int32_t whole_years = months * 43691 >> 19;  // months / 12, for months below 43,691
        return (months - 12 * whole_years) * row + lead - whole_years;
      },
      late);
}

SHORTFALL_STAGE void add_savings(Rows& sum, std::span<const Savings> savings) {
  assert(savings.size() <= most_savings);
  switch (sum.rows()) {  // known to the compiler for plans of up to twelve years
    case 4:
      return add_all_to_rows<4>(sum, savings);
    case 5:
      return add_all_to_rows<5>(sum, savings);
    case 8:
      return add_all_to_rows<8>(sum, savings);
    case 12:
      return add_all_to_rows<12>(sum, savings);
    default:
      for (const Savings& s : savings)
        for (Eigen::Index i = 0; i < sum.cols(); ++i) sum.col(i) += Eigen::Map<const Eigen::ArrayXd>(s.table + s.window[i], sum.rows()) * s.factor[i];
  }
}

SHORTFALL_STAGE void add_row(Rows& sum, const Floats& share, std::span<const double> row) {
  assert(index(row.size()) == sum.rows());
  const Eigen::Map<const Eigen::ArrayXd> year(row.data(), sum.rows());
  for (Eigen::Index i = 0; i < sum.cols(); ++i) sum.col(i) += static_cast<double>(share[i]) * year;
}

SHORTFALL_STAGE void add_years(std::span<Doubles> year, const Rows& rows) {
  for (std::size_t y = 0; y < year.size(); ++y) year[y] += rows.row(index(y)).transpose();
}

SHORTFALL_STAGE void set_years(std::span<const double> start, std::span<Doubles> year, Doubles& total, const Rows& rows) {
  total.setZero();
  for (std::size_t y = 0; y < year.size(); ++y) {
    const Doubles money = rows.row(index(y)).transpose();
    year[y] = money + start[y];
    total += money;
  }
}

SHORTFALL_STAGE void add_total(Doubles& total, const Rows& rows, std::size_t years) {
  for (std::size_t y = 0; y < years; ++y) total += rows.row(index(y)).transpose();
}

SHORTFALL_STAGE void add_year(Doubles& column, const Rows& rows, std::size_t year) { column += rows.row(index(year)).transpose(); }

SHORTFALL_STAGE void add_claims(Rows& claims, const Rows& saving, std::size_t years) {
  claims.topRows(index(years)) += saving.topRows(index(years)).max(0.0);
}

SHORTFALL_STAGE void share_out(const Rows& claims, std::span<const double> size, Rows& saving) {
  for (std::size_t y = 0; y < size.size(); ++y) {
    const auto claimed = claims.row(index(y));
    auto saved = saving.row(index(y));
    saved = (claimed > size[y] && saved > 0.0).select(saved * (size[y] / claimed), saved);
  }
}

SHORTFALL_STAGE void add_claimed(Rows& sum, const Rows& saving, double share, std::size_t years) {
  sum.topRows(index(years)) += share * saving.topRows(index(years));
}

}  // namespace shortfall
