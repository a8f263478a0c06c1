// What the files that people write look like, for editors and validators.
#include "report/schema.hpp"

#include <fmt/format.h>

#include "cli/ask.hpp"
#include "cli/commands.hpp"
#include "store/output.hpp"

namespace shortfall {

Action add_schema(CommandLine& line) {
  const Command command = line.add("schema", "The JSON Schema of a plan's files, for editors and validators");
  struct Words {
    std::string name, file;
  };
  auto words = std::make_shared<Words>();
  command.option("NAME", words->name, fmt::format("Which: {}", fmt::join(schema_names(), ", "))).required().one_of(schema_names());
  command.option("--output", words->file, "Write to this file in place of standard output").type_name("FILE");
  command.examples("  shortfall schema plan --output plan.schema.json  and in a plan's first line: # yaml-language-server: $schema=plan.schema.json");
  return [words] {
    write_output(*schema(words->name), words->file, is_first());
    return Status::good;
  };
}

}  // namespace shortfall
