#include "dumper/session/mariadb_error.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace sfdb::dumper {
namespace {

constexpr char kNumberUrl[] = "sfdbtools/mariadb-errno";
constexpr char kTextUrl[] = "sfdbtools/mariadb-text";

absl::StatusCode CodeFor(unsigned number) {
  switch (number) {
    case 2002:  // cannot connect through socket
    case 2003:  // cannot connect to host
    case 2006:  // gone away
    case 2013:  // lost during query
    case 2055:  // lost at stage
    case 1053:  // server shutdown
    case 1927:  // connection was killed
    case 4031:  // idle time-out
      return absl::StatusCode::kUnavailable;
    case 1044:  // database access denied
    case 1045:  // login denied
    case 1142:  // command denied on table
    case 1143:  // column denied
    case 1227:  // privilege needed
    case 1370:  // routine denied
    case 1698:  // login denied, socket authentication
      return absl::StatusCode::kPermissionDenied;
    case 1049:  // unknown database
    case 1146:  // unknown table
    case 1305:  // unknown routine
      return absl::StatusCode::kNotFound;
    case 1205:  // lock wait timeout
    case 1969:  // max_statement_time
      return absl::StatusCode::kDeadlineExceeded;
    case 1317:  // query killed
      return absl::StatusCode::kAborted;
    case 1021:  // disk full
    case 1037:  // out of memory
    case 1041:  // out of resources
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status MariadbStatus(const MariadbError& error, std::string_view doing) {
  absl::Status status(CodeFor(error.number),
                      absl::StrFormat("%s: %s (%u)", doing, error.text, error.number));
  status.SetPayload(kNumberUrl, absl::Cord(absl::StrFormat("%u", error.number)));
  status.SetPayload(kTextUrl, absl::Cord(error.text));
  return status;
}

std::optional<MariadbError> MariadbErrorOf(const absl::Status& status) {
  const auto number = status.GetPayload(kNumberUrl);
  const auto text = status.GetPayload(kTextUrl);
  MariadbError error;
  if (!number || !text || !absl::SimpleAtoi(std::string(*number), &error.number)) {
    return std::nullopt;
  }
  error.text = std::string(*text);
  return error;
}

bool IsConnectionLost(const absl::Status& status) {
  const auto error = MariadbErrorOf(status);
  if (!error) return false;
  switch (error->number) {
    case 2002:
    case 2003:
    case 2006:
    case 2013:
    case 2055:
    case 1053:
    case 1927:
    case 4031:
      return true;
    default:
      return false;
  }
}

}  // namespace sfdb::dumper
