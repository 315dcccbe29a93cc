#include "engine/restore/restore_target.h"

#include <filesystem>
#include <stop_token>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/text/identifiers.h"
#include "engine/backup/backup_run.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {

using dumper::QuoteIdentifier;
using dumper::SqlString;

absl::StatusOr<uint64_t> RestoreTarget::Count(const std::string& sql) {
  ASSIGN_OR_RETURN(const dumper::Result result, session_->Query(sql));
  uint64_t count = 0;
  if (result.rows() != 1 || !absl::SimpleAtoi(result.text(0, 0), &count)) {
    return absl::InternalError(absl::StrCat("no number as answer to ", sql));
  }
  return count;
}

absl::StatusOr<std::string> RestoreTarget::Identity() {
  ASSIGN_OR_RETURN(const dumper::Result result,
                   session_->Query("SELECT CONCAT(@@hostname, ':', @@port, ':', @@datadir)"));
  return result.text(0, 0);
}

absl::StatusOr<bool> RestoreTarget::Exists(const std::string& database) {
  ASSIGN_OR_RETURN(const uint64_t count,
                   Count(absl::StrFormat(
                       "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %s",
                       SqlString(database))));
  return count > 0;
}

absl::StatusOr<uint64_t> RestoreTarget::ObjectCount(const std::string& database) {
  const std::string name = SqlString(database);
  return Count(absl::StrFormat(
      "SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = %s) + (SELECT "
      "COUNT(*) FROM information_schema.routines WHERE routine_schema = %s) + (SELECT COUNT(*) "
      "FROM "
      "information_schema.events WHERE event_schema = %s)",
      name, name, name));
}

absl::StatusOr<bool> RestoreTarget::HasTable(const std::string& database,
                                             const std::string& table) {
  ASSIGN_OR_RETURN(const uint64_t count,
                   Count(absl::StrFormat(
                       "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = %s "
                       "AND table_name = %s",
                       SqlString(database), SqlString(table))));
  return count > 0;
}

absl::Status RestoreTarget::FindOrder(const std::string& database, std::set<std::string>* ordered,
                                      std::set<std::string>* innodb) {
  ASSIGN_OR_RETURN(const dumper::Result tables,
                   session_->Query(absl::StrFormat(
                       "SELECT table_name FROM information_schema.tables WHERE table_schema = %s "
                       "AND engine = 'InnoDB'",
                       SqlString(database))));
  for (size_t i = 0; i < tables.rows(); ++i) innodb->insert(tables.text(i, 0));
  ASSIGN_OR_RETURN(
      const dumper::Result keys,
      session_->Query(absl::StrFormat(
          "SELECT table_name FROM information_schema.statistics WHERE table_schema = %s AND "
          "non_unique = 0 AND index_type = 'BTREE' GROUP BY table_name, index_name HAVING "
          "SUM(nullable = 'YES') = 0",
          SqlString(database))));
  for (size_t i = 0; i < keys.rows(); ++i) {
    if (innodb->contains(keys.text(i, 0))) ordered->insert(keys.text(i, 0));
  }
  return absl::OkStatus();
}

absl::Status RestoreTarget::DropTriggers(const std::string& database,
                                         const std::set<std::string>& tables) {
  ASSIGN_OR_RETURN(const dumper::Result triggers,
                   session_->Query(absl::StrFormat(
                       "SELECT event_object_table, trigger_name FROM information_schema.triggers "
                       "WHERE trigger_schema = %s",
                       SqlString(database))));
  for (size_t i = 0; i < triggers.rows(); ++i) {
    if (!tables.contains(triggers.text(i, 0))) continue;
    RETURN_IF_ERROR(session_->Run(absl::StrCat("DROP TRIGGER ", QuoteIdentifier(database), ".",
                                               QuoteIdentifier(triggers.at(i, 1)))));
  }
  return absl::OkStatus();
}

absl::Status RestoreTarget::DropDatabase(const std::string& database) {
  // Foreign keys of other databases do not hold it back.
  RETURN_IF_ERROR(session_->Run("SET SESSION foreign_key_checks=0"));
  return session_->Run(absl::StrCat("DROP DATABASE ", QuoteIdentifier(database)));
}

absl::Status RestoreTarget::DropTable(const std::string& database, const std::string& table) {
  RETURN_IF_ERROR(session_->Run("SET SESSION foreign_key_checks=0"));
  ASSIGN_OR_RETURN(
      const dumper::Result type,
      session_->Query(absl::StrFormat(
          "SELECT table_type FROM information_schema.tables WHERE table_schema = %s AND "
          "table_name = %s",
          SqlString(database), SqlString(table))));
  const std::string kind = type.rows() == 0 ? "" : type.text(0, 0);
  return session_->Run(absl::StrCat("DROP ",
                                    kind == "VIEW"       ? "VIEW "
                                    : kind == "SEQUENCE" ? "SEQUENCE "
                                                         : "TABLE ",
                                    QuoteIdentifier(database), ".", QuoteIdentifier(table)));
}

absl::StatusOr<std::string> BackUpBeforeDrop(const RestoreRequest& request,
                                             const std::string& database, bool must_be_sealed) {
  BackupRequest backup;
  backup.mode = BackupMode::kSingle;
  backup.connection = request.connection;
  backup.database = database;
  backup.output_dir = request.backup_dir;
  if (backup.output_dir.empty()) {
    backup.output_dir =
        (std::filesystem::path(request.file).parent_path() / kSafetyDirectory).string();
  }
  ASSIGN_OR_RETURN(backup.codec, codecs::FindCodec("gzip"));
  backup.level = backup.codec->default_level;
  if (request.backup_recipients) {
    ASSIGN_OR_RETURN(backup.recipients, request.backup_recipients());
  }
  if (must_be_sealed && backup.recipients.empty()) {
    return absl::FailedPreconditionError(
        "the file is sealed, and there is no key to seal the safety backup with: give a key file "
        "or "
        "passphrase, or --skip-backup");
  }
  backup.threads = request.threads;
  backup.tool_version = request.tool_version;
  const BackupOutcome outcome = RunBackup(backup, std::stop_token(), [](std::string_view) {});
  if (outcome.status.ok() && !outcome.files.empty()) return outcome.files.front().path;
  return absl::FailedPreconditionError(
      absl::StrFormat("nothing was dropped: the safety backup of `%s` into %s failed: %s", database,
                      backup.output_dir, std::string(outcome.status.message())));
}

}  // namespace sfdb::engine
