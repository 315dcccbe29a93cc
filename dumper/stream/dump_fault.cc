#include "dumper/stream/dump_fault.h"

#include "absl/strings/str_format.h"
#include "dumper/session/mariadb_error.h"

namespace sfdb::dumper {
namespace {

// The server's own words, or, for errors of ours, the status as it is with number 0.
MariadbError Words(const absl::Status& status) {
  const auto error = MariadbErrorOf(status);
  return error ? *error : MariadbError{0, std::string(status.message())};
}

}  // namespace

DumpFault QueryFault(std::string_view sql, const absl::Status& status) {
  const MariadbError error = Words(status);
  return {kExitMysqlError,
          absl::StrFormat("Couldn't execute '%s': %s (%u)", sql, error.text, error.number)};
}

DumpFault ServerFault(const absl::Status& status, std::string_view when, int exit_code) {
  const MariadbError error = Words(status);
  return {exit_code, absl::StrFormat("Got error: %u: \"%s\" %s", error.number, error.text, when)};
}

}  // namespace sfdb::dumper
