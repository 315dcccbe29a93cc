// What surrounds the rows of an indexed backup. Before them: databases, sequences, tables (and the
// placeholders of views), on all sessions at once. After them: triggers, events, routines, views,
// in the order of the dump.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/first_error.h"
#include "engine/restore/section_reader.h"
#include "engine/restore/statement_runner.h"

namespace sfdb::engine {

using Runners = std::span<const std::unique_ptr<StatementRunner>>;

// A statement that outlives its text.
struct KeptStatement {
  std::string text;
  uint64_t offset = 0;
  Statement view() const { return {text, offset, true}; }
};

class SchemaLoader {
 public:
  SchemaLoader(BackupFile* file, Runners runners, std::stop_token stop)
      : file_(file), runners_(runners), stop_(std::move(stop)) {}

  // Session settings: the same in every session.
  absl::Status RunPrologue(const TocSection& section);
  // CREATE DATABASE.
  absl::Status RunHead(const TocSection& section);

  // The definitions of `sections`, all kStructure. What fails on one session while others change
  // the schema too (a sequence not yet there, a lock) is tried again alone at the end.
  // Tables of `large` lose their plain keys, where that is safe: deferred_keys() has them.
  absl::Status RunStructures(const std::vector<const TocSection*>& sections,
                             const std::set<const TocSection*>& large);
  // ALTER TABLE statements by (database, table) of the dump.
  const std::map<std::pair<std::string, std::string>, std::string>& deferred_keys() const {
    return deferred_keys_;
  }

  // kTriggers, kCode, kViewsHead and kView sections in the dump's order. A view that another has to
  // come before (CHECK OPTION over a placeholder, 1368) is tried again at the end.
  absl::Status RunAfterRows(const std::vector<const TocSection*>& sections);

 private:
  struct Group {
    const TocSection* section;
    std::vector<KeptStatement> statements;
    bool is_sequence = false;
  };

  absl::StatusOr<Group> ReadGroup(const TocSection& section);
  void DeferKeysOf(std::vector<Group>& groups, const std::set<const TocSection*>& large);
  // nullopt: done.
  static std::optional<SqlFailure> TryGroup(StatementRunner& runner, const Group& group,
                                            absl::Status* used);
  // The rest of the group runs even if a statement fails and that does not end the restore.
  static absl::Status RunGroup(StatementRunner& runner, const Group& group);
  absl::Status Stopped() const;

  BackupFile* file_;
  const Runners runners_;
  const std::stop_token stop_;
  std::map<std::pair<std::string, std::string>, std::string> deferred_keys_;
};

}  // namespace sfdb::engine
