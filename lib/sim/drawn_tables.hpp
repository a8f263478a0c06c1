// The tables of the draw that a thread is at, of what is not known of the reference classes: each is made when a block first asks for it, and models
// side by side have one where their keys are equal.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/model.hpp"

namespace shortfall {

class DrawnTables {
 public:
  // A model's table as it is in a draw. Valid until another draw's is asked for.
  const Marginal& marginal(const Model& model, std::uint32_t at, std::size_t draw) {
    const bool drawn = at < model.drawn_marginals.size() && model.drawn_marginals[at] != nullptr;
    return drawn ? made(*model.drawn_marginals[at], draw) : model.marginals[at];
  }
  const Months& months(const Model& model, std::uint32_t at, std::size_t draw) {
    const bool drawn = at < model.drawn_months.size() && model.drawn_months[at] != nullptr;
    return drawn ? *made(months_, *model.drawn_months[at], draw) : model.months[at];
  }

 private:
  // Values by keys that are hashes already, so that their low bits tell where to look. Values stay where they are.
  template <class Value>
  class ByKey {
   public:
    Value& operator[](std::uint64_t key) {
      for (std::size_t at = key & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
        if (slots_[at].value == nullptr) return added(key);
        if (slots_[at].key == key) return *slots_[at].value;
      }
    }

   private:
    struct Slot {
      std::uint64_t key = 0;
      std::unique_ptr<Value> value;
    };
    Value& added(std::uint64_t key) {
      if (2 * ++used_ > slots_.size()) {
        std::vector<Slot> before(2 * slots_.size());
        before.swap(slots_);
        for (Slot& slot : before)
          if (slot.value != nullptr) free_slot(slot.key) = std::move(slot);
      }
      Slot& slot = free_slot(key);
      slot = {key, std::make_unique<Value>()};
      return *slot.value;
    }
    Slot& free_slot(std::uint64_t key) {
      std::size_t at = key & (slots_.size() - 1);
      while (slots_[at].value != nullptr) at = (at + 1) & (slots_.size() - 1);
      return slots_[at];
    }
    std::vector<Slot> slots_ = std::vector<Slot>(64);  // a power of two, at most half of them used
    std::size_t used_ = 0;
  };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  template <class Table>
  struct Made {
    std::size_t draw = none;
    Table table;
  };
  template <class Table>
  using AllMade = ByKey<Made<std::shared_ptr<const Table>>>;

  const Marginal& made(const DrawnMarginal& drawn, std::size_t draw);
  template <class Table>
  static const std::shared_ptr<const Table>& made(AllMade<Table>& all, const Drawn<Table>& drawn, std::size_t draw) {
    Made<std::shared_ptr<const Table>>& out = all[drawn.key];
    if (out.draw != draw) out = {draw, drawn.make(draw)};
    return out.table;
  }

  ByKey<Made<Marginal>> marginals_;
  AllMade<Curve> curves_;
  AllMade<Conditional> conditionals_;
  AllMade<Months> months_;
};

// The model as it is in one draw, of which nothing more is drawn.
Model in_draw(const Model& model, std::size_t draw, DrawnTables& tables);

}  // namespace shortfall
