// An error as mariadb-dump's users know it: a line on standard error and an exit code.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sfdb::dumper {

// Exit codes of `dump`, the same as mariadb-dump's.
inline constexpr int kExitUsage = 1;
inline constexpr int kExitMysqlError = 2;
inline constexpr int kExitConsCheck = 3;  // error while fetching rows
inline constexpr int kExitWrite = 5;
inline constexpr int kExitIllegalTable = 6;

struct DumpFault {
  int exit_code = kExitMysqlError;
  std::string text;         // one line, no newline
  bool with_prefix = true;  // "<program>: " goes before it
  bool is_warning = false;  // said, but the run neither stops nor fails because of it
};

// `Couldn't execute '<sql>': <text> (<number>)`, exit 2.
DumpFault QueryFault(std::string_view sql, const absl::Status& status);
// `Got error: <number>: "<text>" <when>`, exit 2 unless said otherwise.
DumpFault ServerFault(const absl::Status& status, std::string_view when,
                      int exit_code = kExitMysqlError);

}  // namespace sfdb::dumper
