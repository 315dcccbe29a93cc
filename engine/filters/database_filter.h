// Which databases a backup takes: the user document's rules, and, for each database left out, the
// rule that did it.
//
// In this order (reference sfdbtools-compat.md section 5):
//   1. A name in `include` is taken whatever the other rules say. With a list, what it does not
//      name is left out.
//   2. Names in `exclude`, then the system's databases, then empty ones are left out.
//   3. The mode's own rule (primary, secondary, candidates of single).
// Entries are names, or globs (* ? [a-z]), which step 1 does not exempt from steps 2 and 3. Names
// are compared as they are spelled; one that no database has so is compared without case.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sfdb::engine {

enum class BackupMode {
  kCombined,   // all that the filter keeps, in one file
  kSeparated,  // the same, in a file each
  kSingle,     // one database, and those companions of it that are asked for, in a file each
  kPrimary,    // as kSingle, of databases without _secondary, _dmart, _temp, _archive; or all those
  kSecondary,  // as kSingle, of databases with _secondary; or all those
};
// "combined", "separated", ...
std::string_view BackupModeName(BackupMode mode);
// False: there is no mode of that name.
bool BackupModeNamed(std::string_view name, BackupMode* mode);
constexpr bool TakesOneDatabase(BackupMode mode) {
  return mode == BackupMode::kSingle || mode == BackupMode::kPrimary ||
         mode == BackupMode::kSecondary;
}

struct DatabaseFilter {
  std::vector<std::string> include;  // empty: all
  std::vector<std::string> exclude;
  bool exclude_system = true;
  bool exclude_empty = false;  // no tables, views, sequences, routines or events
};

// Databases that belong to another: its name and _dmart, _temp, _archive. Modes single, primary,
// secondary.
struct Companions {
  bool dmart = false;
  bool temp = false;
  bool archive = false;
};

enum class DropReason {
  kNotIncluded,  // there is a list, and it is not on it
  kExcluded,     // it is on the list of exclusions
  kSystem,       // mysql, sys, ...
  kVirtual,      // information_schema and its kin hold nothing that could be restored
  kEmpty,
  kMode,       // not of the kind that the mode takes
  kNotChosen,  // another database was asked for by name
};
// "not included", "excluded", ...
std::string_view DropReasonText(DropReason reason);

struct DroppedDatabase {
  std::string name;
  DropReason reason;
  friend bool operator==(const DroppedDatabase&, const DroppedDatabase&) = default;
};

struct FilterStatistics {
  size_t found = 0;                            // on the server
  std::vector<DroppedDatabase> dropped;        // in the server's order
  std::vector<std::string> missing;            // asked for by name, not on the server
  std::vector<std::string> absent_companions;  // that there would be with the companions asked for

  size_t Count(DropReason reason) const;
};

struct DatabaseChoice {
  // In the server's order; companions behind the database they belong to.
  std::vector<std::string> databases;
  FilterStatistics statistics;
};

struct ChoiceRequest {
  BackupMode mode = BackupMode::kCombined;
  DatabaseFilter filter;
  // Modes single, primary, secondary: this one and its companions; filters do not touch it. Empty:
  // all that may be chosen (for a menu), or, in primary and secondary, all of them.
  std::string database;
  Companions companions;
};

// `there`: the server's databases in its order; `empty`: those of them without objects (looked at
// only with exclude_empty).
DatabaseChoice ChooseDatabases(const ChoiceRequest& request, const std::vector<std::string>& there,
                               const std::set<std::string>& empty);

// What `filter` asks for, in words, equal for filters that ask for the same: "only a, b; without
// c". Empty: all but the system's databases.
std::string SelectionText(const DatabaseFilter& filter);

// information_schema, performance_schema, mysql, sys, innodb, in any case.
bool IsSystemDatabase(std::string_view name);
// Those of them whose content the server makes as it is asked.
bool IsVirtualDatabase(std::string_view name);

}  // namespace sfdb::engine
