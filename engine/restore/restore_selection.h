// Which sections of an indexed backup a restore needs.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/backup/toc.h"

namespace sfdb::engine {

struct RestoreSelection {
  std::vector<size_t> sections;        // numbers in Toc::sections, in order
  std::vector<std::string> databases;  // in order
  std::optional<std::string> table;    // of databases[0]: only this one
};

// At most one of `database` and `table` (DATABASE.TABLE) is given; neither: all. NotFound, exit 4,
// with near names: there is none of that name; InvalidArgument, exit 2: no DATABASE.TABLE.
absl::StatusOr<RestoreSelection> SelectSections(const Toc& toc,
                                                const std::optional<std::string>& database,
                                                const std::optional<std::string>& table);

}  // namespace sfdb::engine
