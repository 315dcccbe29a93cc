#include "engine/restore/schema_loader.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "dumper/text/identifiers.h"
#include "engine/base/status_macros.h"
#include "engine/restore/deferred_keys.h"

namespace sfdb::engine {
namespace {

using Kind = StatementHead::Kind;

SplitterModes DefaultModes() { return {}; }

}  // namespace

absl::Status SchemaLoader::Stopped() const {
  return stop_.stop_requested() ? absl::CancelledError("stopped") : absl::OkStatus();
}

absl::StatusOr<SchemaLoader::Group> SchemaLoader::ReadGroup(const TocSection& section) {
  Group group{&section, {}, false};
  RETURN_IF_ERROR(ReadSection(*file_, section, DefaultModes, [&](const Statement& statement) {
    const StatementHead head = ParseStatementHead(statement.text);
    group.is_sequence |= head.kind == Kind::kCreate && head.what == "SEQUENCE";
    group.statements.push_back({std::string(statement.text), statement.offset});
    return absl::OkStatus();
  }));
  return group;
}

absl::Status SchemaLoader::RunPrologue(const TocSection& section) {
  ASSIGN_OR_RETURN(const Group group, ReadGroup(section));
  for (const auto& runner : runners_) RETURN_IF_ERROR(RunGroup(*runner, group));
  return absl::OkStatus();
}

absl::Status SchemaLoader::RunHead(const TocSection& section) {
  ASSIGN_OR_RETURN(const Group group, ReadGroup(section));
  return RunGroup(*runners_.front(), group);
}

std::optional<SqlFailure> SchemaLoader::TryGroup(StatementRunner& runner, const Group& group,
                                                 absl::Status* used) {
  *used = runner.Use(group.section->database);
  if (!used->ok()) return std::nullopt;
  for (const KeptStatement& statement : group.statements) {
    auto failure = runner.Try(statement.view(), ObjectOf(*group.section));
    if (failure) return failure;
  }
  return std::nullopt;
}

absl::Status SchemaLoader::RunGroup(StatementRunner& runner, const Group& group) {
  const bool needs_database = group.section->kind != TocSection::Kind::kPrologue &&
                              group.section->kind != TocSection::Kind::kHead;
  if (needs_database) RETURN_IF_ERROR(runner.Use(group.section->database));
  for (const KeptStatement& statement : group.statements) {
    RETURN_IF_ERROR(runner.Run(statement.view(), ObjectOf(*group.section)));
  }
  return absl::OkStatus();
}

void SchemaLoader::DeferKeysOf(std::vector<Group>& groups,
                               const std::set<const TocSection*>& large) {
  // A foreign key needs the index of the table that it refers to, whatever the checks.
  std::string references;
  for (const Group& group : groups) {
    for (const KeptStatement& statement : group.statements) {
      for (size_t at = statement.text.find(" REFERENCES "); at != statement.text.npos;
           at = statement.text.find(" REFERENCES ", at + 1)) {
        references.append(statement.text, at, 12 + 2 * 2 * 64 * 4);
      }
    }
  }
  for (Group& group : groups) {
    const TocSection& section = *group.section;
    if (!large.contains(&section)) continue;
    if (references.find(dumper::QuoteIdentifier(section.table)) != references.npos) continue;
    for (KeptStatement& statement : group.statements) {
      std::optional<DeferredKeys> deferred = DeferKeys(statement.text);
      if (!deferred) continue;
      statement.text = std::move(deferred->create);
      deferred_keys_[{section.database, section.table}] = std::move(deferred->alter);
    }
  }
}

absl::Status SchemaLoader::RunStructures(const std::vector<const TocSection*>& sections,
                                         const std::set<const TocSection*>& large) {
  // All at once in memory: some KB a table.
  std::vector<Group> groups;
  for (const TocSection* section : sections) {
    ASSIGN_OR_RETURN(Group group, ReadGroup(*section));
    groups.push_back(std::move(group));
  }
  DeferKeysOf(groups, large);
  // Sequences first, of all databases: tables take defaults from them.
  std::stable_partition(groups.begin(), groups.end(),
                        [](const Group& group) { return group.is_sequence; });
  size_t first_table = 0;
  for (; first_table < groups.size() && groups[first_table].is_sequence; ++first_table) {
    RETURN_IF_ERROR(RunGroup(*runners_.front(), groups[first_table]));
  }
  std::atomic<size_t> next{first_table};
  base::FirstError error;
  std::mutex mutex;
  std::vector<size_t> failed;
  auto work = [&](StatementRunner& runner) {
    while (!error.failed() && !stop_.stop_requested()) {
      const size_t i = next.fetch_add(1);
      if (i >= groups.size()) return;
      absl::Status used;
      const auto failure = TryGroup(runner, groups[i], &used);
      error.Set(used);
      // A lost session has no second chance: the error comes from trying it again.
      if (failure) {
        std::lock_guard<std::mutex> lock(mutex);
        failed.push_back(i);
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (size_t i = 1; i < runners_.size(); ++i) {
      threads.emplace_back([&, i] { work(*runners_[i]); });
    }
    work(*runners_.front());
  }
  RETURN_IF_ERROR(error.status());
  RETURN_IF_ERROR(Stopped());
  std::sort(failed.begin(), failed.end());
  for (const size_t i : failed) RETURN_IF_ERROR(RunGroup(*runners_.front(), groups[i]));
  return absl::OkStatus();
}

absl::Status SchemaLoader::RunAfterRows(const std::vector<const TocSection*>& sections) {
  StatementRunner& runner = *runners_.front();
  std::vector<Group> later;
  for (const TocSection* section : sections) {
    RETURN_IF_ERROR(Stopped());
    RETURN_IF_ERROR(runner.Use(section->database));
    if (section->kind == TocSection::Kind::kView) {
      ASSIGN_OR_RETURN(Group group, ReadGroup(*section));
      absl::Status used;
      const auto failure = TryGroup(runner, group, &used);
      RETURN_IF_ERROR(used);
      if (failure) later.push_back(std::move(group));
      continue;
    }
    RETURN_IF_ERROR(ReadSection(
        *file_, *section, [&] { return runner.modes(); },
        [&](const Statement& statement) { return runner.Run(statement, ObjectOf(*section)); }));
  }
  // As long as one more view comes out, others may.
  for (bool progress = true; progress && !later.empty();) {
    progress = false;
    std::vector<Group> still;
    for (Group& group : later) {
      absl::Status used;
      const auto failure = TryGroup(runner, group, &used);
      RETURN_IF_ERROR(used);
      progress |= !failure;
      if (failure) still.push_back(std::move(group));
    }
    later = std::move(still);
  }
  for (const Group& group : later) RETURN_IF_ERROR(RunGroup(runner, group));
  return absl::OkStatus();
}

}  // namespace sfdb::engine
