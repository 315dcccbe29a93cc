#include "engine/restore/restore_run.h"

#include <chrono>
#include <memory>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "dumper/text/identifiers.h"
#include "engine/backup/file_names.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/filters/database_filter.h"
#include "engine/restore/accounts_file.h"
#include "engine/restore/restore_parts.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {
namespace {

std::span<const crypto::IdentityPtr> Keys(const RestoreRequest& request) {
  if (request.identities == nullptr) return {};
  return *request.identities;
}

absl::Status Refused(const std::string& why) {
  return base::WithExitCode(absl::FailedPreconditionError(why), base::kExitFailed);
}

absl::Status LoadAccounts(RestoreContext& context, bool only_create) {
  ASSIGN_OR_RETURN(auto session, dumper::LoadSession::Connect(context.request.connection));
  StatementRunner runner(std::move(session), &context.names, &context.failures, &context.counters);
  RETURN_IF_ERROR(
      ReadAccounts(AccountsPathOf(context.request.file), [&](const Statement& statement) {
        if (only_create && !CreatesAccount(statement)) return absl::OkStatus();
        return runner.Run(statement, "accounts");
      }));
  return context.failures.Summary();
}

absl::Status RunSteps(RestoreContext& context) {
  const RestoreRequest& request = context.request;
  // Damage and wrong keys have exit codes of their own. An indexed file is read by every session
  // for itself, so each reads with one thread.
  ASSIGN_OR_RETURN(std::unique_ptr<BackupFile> file,
                   BackupFile::Open(request.file, Keys(request), 1));
  context.is_sealed = file->seal() != SealKind::kNone;
  if (!file->toc_error().ok()) {
    if (request.table) return WithReadExitCode(file->toc_error());
    const std::string warning =
        absl::StrCat("the index is not used: ", std::string(file->toc_error().message()));
    context.outcome.warnings.push_back(warning);
    context.say(warning);
  }
  if (request.with_users && AccountsPathOf(request.file).empty()) {
    return Refused(absl::StrFormat("there is no %s_users.cnf, which --with-users needs",
                                   BasePathOf(request.file)));
  }
  const bool loads_accounts = request.with_users && !request.dry_run;
  if (loads_accounts) RETURN_IF_ERROR(LoadAccounts(context, /*only_create=*/true));
  absl::Status status;
  if (file->toc() != nullptr) {
    status = RestoreByIndex(context, *file);
  } else {
    ASSIGN_OR_RETURN(file, BackupFile::Open(request.file, Keys(request), request.threads));
    status = RestoreAsStream(context, *file);
  }
  context.outcome.file_bytes = file->file_bytes();
  context.outcome.bytes_read = file->bytes_read();
  RETURN_IF_ERROR(status);
  return loads_accounts ? LoadAccounts(context, /*only_create=*/false) : absl::OkStatus();
}

}  // namespace

absl::Status PrepareTargets(RestoreContext& context, const std::vector<std::string>& databases,
                            const std::optional<std::string>& table) {
  const RestoreRequest& request = context.request;
  ASSIGN_OR_RETURN(const auto session, dumper::LoadSession::Connect(request.connection));
  RestoreTarget target(session.get());
  std::vector<std::string> to_drop;
  for (const std::string& database : databases) {
    const std::string& name = context.names.Of(database);
    if (IsSystemDatabase(name) && !request.system_databases) {
      return Refused(absl::StrFormat(
          "`%s` is a system database; take another with --database or --target-db, or allow it "
          "with --system-databases",
          name));
    }
    if (request.resume) continue;
    ASSIGN_OR_RETURN(const bool exists, target.Exists(name));
    if (!exists) continue;
    uint64_t objects = 0;
    if (table) {
      ASSIGN_OR_RETURN(const bool has_table, target.HasTable(name, *table));
      objects = has_table ? 1 : 0;
    } else {
      ASSIGN_OR_RETURN(objects, target.ObjectCount(name));
    }
    if (request.drop_target) {
      if (!table || objects > 0) to_drop.push_back(name);
    } else if (objects > 0 && !request.into_existing) {
      return Refused(absl::StrFormat(
          "%s; --drop-target drops it first (after a safety backup), --into-existing replaces only "
          "what the backup holds, --target-db loads into another database",
          table ? absl::StrFormat("table `%s`.`%s` exists", name, *table)
                : absl::StrFormat("database `%s` is not empty (%d tables, views, routines, events)",
                                  name, objects)));
    }
  }
  if (request.dry_run) return absl::OkStatus();
  if (!request.skip_backup) {
    for (const std::string& name : to_drop) {
      ASSIGN_OR_RETURN(const uint64_t objects, target.ObjectCount(name));
      if (objects == 0) continue;
      ASSIGN_OR_RETURN(context.outcome.safety_backup,
                       BackUpBeforeDrop(request, name, context.is_sealed));
      context.say(absl::StrCat("safety backup: ", context.outcome.safety_backup));
    }
  }
  for (const std::string& name : to_drop) {
    RETURN_IF_ERROR(table ? target.DropTable(name, *table) : target.DropDatabase(name));
  }
  return absl::OkStatus();
}

absl::Status CreateTarget(RestoreContext& context, dumper::LoadSession& session) {
  return session.Run(absl::StrCat("CREATE DATABASE IF NOT EXISTS ",
                                  dumper::QuoteIdentifier(*context.request.target_database)));
}

absl::StatusOr<std::unique_ptr<RestoreJournal>> OpenJournal(RestoreContext& context,
                                                            const BackupFile& file) {
  const RestoreRequest& request = context.request;
  if (!request.keep_journal) return std::unique_ptr<RestoreJournal>(new RestoreJournal());
  ASSIGN_OR_RETURN(const auto session, dumper::LoadSession::Connect(request.connection));
  ASSIGN_OR_RETURN(const std::string server, RestoreTarget(session.get()).Identity());
  std::string identity = absl::StrFormat(
      "%d bytes%s to %s, %s%s", file.file_bytes(), file.toc() != nullptr ? " by index" : "", server,
      request.table ? "table " + *request.table : "databases ",
      request.table ? "" : absl::StrJoin(context.outcome.databases, ", "));
  if (request.target_database) identity += " as " + *request.target_database;
  for (char& c : identity) c = c == '\n' ? ' ' : c;
  return RestoreJournal::Open(request.file, identity, request.resume);
}

RestoreOutcome RunRestore(const RestoreRequest& request, std::stop_token stop,
                          const std::function<void(std::string_view)>& say) {
  RestoreOutcome outcome;
  const auto started = std::chrono::steady_clock::now();
  RestoreContext context{request, stop, say,  outcome, FailureLog(request.continue_on_error),
                         {},      {},   false};
  context.names.system_databases = request.system_databases;
  outcome.status = RunSteps(context);
  // A session that was aborted says that its connection is lost.
  if (stop.stop_requested() && !outcome.status.ok()) {
    outcome.status = absl::CancelledError("stopped; --resume goes on from here");
  }
  if (absl::IsDataLoss(outcome.status)) outcome.status = WithReadExitCode(outcome.status);
  outcome.failures_total = context.failures.total();
  outcome.failures = context.failures.Take();
  outcome.statements = context.counters.statements.load();
  if (!request.dry_run) outcome.text_bytes = context.counters.bytes.load();
  outcome.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return outcome;
}

}  // namespace sfdb::engine
