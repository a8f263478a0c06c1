// A small system to begin with: two plans that validate, with a comment at each key, and the schemas that an editor checks them by.
#include <fmt/format.h>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "report/schema.hpp"
#include "store/folder.hpp"

namespace shortfall {
namespace {

constexpr std::string_view system_text = R"(# yaml-language-server: $schema=system.schema.json
# Two bodies that stand together. 'shortfall help plan' lists every key; 'shortfall run .' answers.
system: rivers
title: Riverside and Hillside
unit: £m                                   # what all money is counted in
years: [2026/27, 2027/28, 2028/29]         # 2026/27 runs from April, 2026 from January
organisations: [riverside.yaml, hillside.yaml]
agreement:
  pools:
    - [riverside, hillside]                # joint and several: one fate
gates:                                     # limits; 'shortfall run' exits with 1 where one is crossed
  - system.fails <= 60%
)";

constexpr std::string_view riverside_text = R"(# yaml-language-server: $schema=plan.schema.json
organisation: riverside                    # an id: small letters, digits, hyphens
title: Riverside Hospital
kind: provider                             # provider, commissioner, council or other
income: [203, 208, 213]
spend:  [206, 214, 221]                    # do-nothing spend, before any saving
target: [-1, 0, 0]                         # the surplus (+) or deficit (-) to reach
reserves: 5                                # what may be missed without failing
schemes:
  procurement:
    title: Procurement of consumables
    class: transactional                   # how such schemes have gone before: 'shortfall help classes'
    stage: developed                       # delivered, developed, in-progress, opportunity, unidentified
    saving: [1.5, 2.5, 3.0]                # planned, by year
  theatres:
    title: Theatre productivity
    class: service-redesign
    stage: in-progress
    saving: {full_year: 3, starts: 2026-07, ramp_months: 6}
    cost: [0.3, 0.1, 0]
    needs: [rota]                          # delivers no better, and is no less late, than what it needs
  rota:
    title: Rota and agency staff
    class: workforce
    stage: in-progress
    saving: [1.2, 2.0, 2.4]
)";

constexpr std::string_view hillside_text = R"(# yaml-language-server: $schema=plan.schema.json
organisation: hillside
title: Hillside Commissioners
kind: commissioner
income: [150, 153, 156]
spend:  [152, 157, 161]
target: [-0.5, 0, 0]
reserves: 3
schemes:
  prescribing:
    title: Prescribing
    class: transactional
    stage: developed
    saving: [1.0, 1.8, 2.0]
  frailty:
    title: Frailty pathway
    class: demand-reduction
    stage: in-progress
    saving: [0.5, 1.2, 1.6]
  estates:
    title: Shared estates
    stage: in-progress
    saving: [0.8, 1.4, 1.8]
    delivery: {p10: 0.4, p50: 0.8, p90: 1.0, drops_out: 10%}   # your own judgement, in the place of a class
)";

}  // namespace

Action add_init(CommandLine& line) {
  const Command command = line.add("init", "A small system to begin with, every key explained");
  auto folder = std::make_shared<std::string>("plans");
  command.option("FOLDER", *folder, "Where to write it").show_default();
  command.examples("  shortfall init trial && shortfall run trial");
  return [folder] {
    const std::vector<Source> files = {{"system.yaml", std::string(system_text)},
                                       {"riverside.yaml", std::string(riverside_text)},
                                       {"hillside.yaml", std::string(hillside_text)},
                                       {"system.schema.json", *schema("system")},
                                       {"plan.schema.json", *schema("plan")}};
    if (is_first()) write_folder(files, *folder, Existing::refused);
    std::string names;
    for (const Source& file : files) names += (names.empty() ? "" : ", ") + file.name;
    note(fmt::format("{}: {}; try 'shortfall run {}'", *folder, names, *folder));
    return Status::good;
  };
}

}  // namespace shortfall
