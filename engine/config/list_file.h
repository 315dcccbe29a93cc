// A file of database names: one a line, blanks around it dropped, empty lines ignored, no comments
// (a name may begin with "#"). Lines end in LF or CRLF; a byte order mark is skipped.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace sfdb::engine {

// InvalidArgument, exit 2: cannot be read, or is no text.
absl::StatusOr<std::vector<std::string>> ReadListFile(const std::string& path);

}  // namespace sfdb::engine
