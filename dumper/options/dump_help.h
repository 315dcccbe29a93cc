// What --help, --version and a usage error print.
#pragma once

#include <string>
#include <string_view>

#include "dumper/options/dump_option_table.h"

namespace sfdb::dumper {

// The release whose behaviour and output we reproduce: scripts look for these words.
inline constexpr std::string_view kDumpToolVersion = "10.19";
inline constexpr std::string_view kDumpDistribution = "10.11.19-MariaDB";

// "mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, for Linux (x86_64), by sfdbtools 0.1.0\n"
std::string DumpVersionLine(std::string_view program_name);

// The five lines of a usage error.
std::string DumpUsage(std::string_view program_name);

// All of --help: usage, option files, options, and the values as `line` has them now.
std::string DumpHelp(const DumpCommandLine& line, const std::vector<std::string>& option_files,
                     const std::vector<std::string>& groups);

}  // namespace sfdb::dumper
