// Every option of `sfdbtools dump`, one row each, in the order in which mariadb-dump lists them
// (the order shows in its messages about ambiguous abbreviations). Internal to dumper/options.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dumper/options/dump_option_parser.h"
#include "dumper/options/option_scanner.h"

namespace sfdb::dumper {

// What the options say before their implications are worked out.
struct DumpCommandLine {
  std::string invoked_name;  // argv[0]
  std::string program_name;  // its last component
  DumpFiles* files = nullptr;
  std::string* messages = nullptr;  // for stderr

  DumpOptions options;
  bool all_databases = false;
  bool databases = false;
  bool charset_given = false;
  std::optional<std::string> compatible_text;
  uint64_t system_set = 0;  // bit 0 is "all", then SystemObject shifted by one

  // Asked for, and an error afterwards, because --tab is refused.
  std::optional<std::string> delimiter;  // --fields-…, --lines-…
  bool header = false;

  // Accepted because they change nothing on a MariaDB server.
  bool allow_keywords = false, debug_check = false;
};

using DumpTarget = std::variant<std::monostate, bool& (*)(DumpCommandLine&),
                                std::optional<std::string>& (*)(DumpCommandLine&),
                                std::string& (*)(DumpCommandLine&), uint64_t& (*)(DumpCommandLine&),
                                unsigned& (*)(DumpCommandLine&), double& (*)(DumpCommandLine&)>;

enum class OptionSection { kConnection, kDump, kOurs };

struct DumpOption {
  OptionSpec spec;
  OptionSection section = OptionSection::kDump;
  DumpTarget target = {};  // where the value is stored before `then` runs
  // What else the option does, after its value is stored; null: nothing.
  OptionVerdict (*then)(DumpCommandLine& line, const OptionUse& use,
                        const DumpOption& self) = nullptr;
  // The row of the help's table of values. Empty: the target's value; "-": no row.
  std::string_view fixed_value = {};
  std::string_view help = {};
};

std::span<const DumpOption> DumpOptionTable();
std::span<const OptionSpec> DumpOptionSpecs();  // the same rows

// Stores a use in `line` and runs what else the option does.
OptionVerdict ApplyDumpOption(DumpCommandLine& line, const OptionUse& use);

}  // namespace sfdb::dumper
