// The tables of reference classes in each of several draws of what is not known of them (model/posterior): a block of trials looks its outcomes up in
// those of one draw. The draws are drawn at once, their tables made when a block asks for them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/marginal.hpp"
#include "plan/plan.hpp"

namespace shortfall {

// How many draws, and of which seed; none: classes are taken as they are written.
inline constexpr std::size_t least_knowledge_draws = 4, most_knowledge_draws = 256;
struct KnowledgeDraws {
  std::size_t count = 0;
  std::uint64_t seed = 1;
  // Where draws are put together of other draws' parts, which of `of` draws each takes a class, or a stage's chance of dropping out, from. What is
  // named in neither, and where it says `as_written`, is as it is written.
  static constexpr std::uint32_t as_written = static_cast<std::uint32_t>(-1);
  struct Choice {
    std::size_t of = 0;
    std::map<std::string, std::vector<std::uint32_t>> classes;  // by id: [draw]
    std::map<Stage, std::vector<std::uint32_t>> stages;
  };
  std::shared_ptr<const Choice> choice = nullptr;  // null: draws are as they come
};

// Collects what a plan uses, then makes it all.
class KnownTables {
 public:
  // The dial at λ; delays are of so many months at most. `tables` has what is made of classes as they are written.
  KnownTables(const Reference& reference, KnowledgeDraws draws, double optimism, int most_months, Tables& tables);
  ~KnownTables();

  // Each gives the number by which its tables are asked for once they are made. A share is `as_written` with its stage's and its class's drop-out.
  std::size_t add_share(const ReferenceClass& reference_class, Stage stage, const Distribution& as_written);
  std::size_t add_overrun(const ReferenceClass& reference_class);
  std::size_t add_delay(const ReferenceClass& reference_class);
  void make(unsigned threads);  // 0: as many as the machine has; the tables are the same

  // Null where nothing of it is unknown.
  std::shared_ptr<const DrawnMarginal> share(std::size_t number) const;
  std::shared_ptr<const DrawnMarginal> overrun(std::size_t number) const;
  std::shared_ptr<const Drawn<Months>> delay(std::size_t number) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortfall
