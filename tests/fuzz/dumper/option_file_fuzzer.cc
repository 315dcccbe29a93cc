// Any bytes as an option file: the reader must end, every argument must be made of what the file
// holds, and the parsers that take its arguments must end too.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "dumper/options/dump_option_parser.h"
#include "dumper/options/option_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sfdb::dumper;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const OptionFileResult result =
      ReadOptionText("mariadb-dump", text, "fuzz.cnf", {"mysqldump", "client"}, false);
  if (!result.ok && result.messages.empty()) std::abort();
  size_t bytes = 0;
  for (const std::string& arg : result.args) {
    if (!arg.starts_with("--")) std::abort();
    if (arg.find('\0') != std::string::npos) std::abort();
    bytes += arg.size() - 2;
  }
  if (bytes > size) std::abort();

  std::vector<std::string> args = {"--no-defaults"};
  args.insert(args.end(), result.args.begin(), result.args.end());
  const ParseOutcome outcome =
      ParseDumpCommandLine("mariadb-dump", args, OptionEnvironment(), nullptr);
  if (outcome.kind == ParseOutcome::Kind::kError &&
      (outcome.exit_code == 0 || outcome.err.empty())) {
    std::abort();
  }
  return 0;
}
