// backup.output.structure.pattern: directories below the base directory, named by date.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sfdb::engine {

// `base` followed by `pattern` with its tokens replaced: {year} {month} {day} {hour} {minute}
// {second} {timestamp} (seconds since 1970) {database}. "{hostname}" stays as it is, as in Go
// sfDBTools. InvalidArgument, exit 2: another token, or a way out of the base directory ("..").
// `database` is made one path component.
absl::StatusOr<std::string> ExpandDirectoryPattern(std::string_view base, std::string_view pattern,
                                                   std::string_view database, absl::Time time,
                                                   absl::TimeZone zone);

}  // namespace sfdb::engine
