#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/restore/restore_parts.h"
#include "engine/restore/restore_selection.h"
#include "engine/restore/schema_loader.h"
#include "engine/restore/table_loader.h"

namespace sfdb::engine {
namespace {

using Kind = TocSection::Kind;

// Keys of tables with less text than this stay where they are: an ALTER TABLE costs more than
// keeping them up.
constexpr uint64_t kLargeBytes = 8 << 20;

class IndexedRestore {
 public:
  IndexedRestore(RestoreContext& context, BackupFile& file)
      : context_(context), request_(context.request), file_(file), toc_(*file.toc()) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(selection_, SelectSections(toc_, request_.database, request_.table));
    RETURN_IF_ERROR(SetNames());
    SortSections();
    RETURN_IF_ERROR(CheckText());
    RETURN_IF_ERROR(PrepareTargets(context_, selection_.databases, selection_.table));
    if (request_.dry_run) return absl::OkStatus();
    ASSIGN_OR_RETURN(journal_, OpenJournal(context_, file_));
    RETURN_IF_ERROR(LeaveOutWhatIsThere());
    RETURN_IF_ERROR(Connect());
    // Statements in progress end when the restore is stopped.
    const std::stop_callback abort(context_.stop, [this] {
      for (const auto& runner : runners_) runner->session().Abort();
    });
    RETURN_IF_ERROR(LoadAll());
    RETURN_IF_ERROR(context_.failures.Summary());
    return journal_->Remove();
  }

 private:
  absl::Status SetNames() {
    context_.outcome.databases = selection_.databases;
    if (!request_.target_database) return absl::OkStatus();
    if (selection_.databases.size() > 1) {
      return base::WithExitCode(
          absl::FailedPreconditionError(absl::StrFormat(
              "the backup holds %d databases; --target-db needs --database or --table with it",
              selection_.databases.size())),
          base::kExitUsage);
    }
    context_.names.from = selection_.databases.front();
    context_.names.to = request_.target_database;
    context_.outcome.databases = {*request_.target_database};
    return absl::OkStatus();
  }

  void SortSections() {
    for (const size_t i : selection_.sections) {
      const TocSection& section = toc_.sections[i];
      switch (section.kind) {
        case Kind::kPrologue:
          prologue_ = &section;
          break;
        case Kind::kHead:
          heads_.push_back(&section);
          break;
        case Kind::kStructure:
          structures_.push_back(&section);
          break;
        case Kind::kRows:
          rows_.push_back(&section);
          context_.outcome.rows += section.rows;
          break;
        case Kind::kEpilogue:
          break;
        default:
          after_.push_back(&section);
      }
      if (section.kind != Kind::kEpilogue) context_.outcome.text_bytes += section.bytes;
    }
    context_.outcome.tables = structures_.size();
    if (request_.progress != nullptr) {
      for (const TocSection* section : rows_) request_.progress->data_total += section->bytes;
    }
  }

  // Frames of a compressed file are checked when they are read. Where nothing else does, or where
  // something is going to be dropped, the text is compared with its checksums first.
  absl::Status CheckText() {
    if (request_.trust_text) return absl::OkStatus();
    if (file_.codec().name != "none" && !request_.drop_target && !request_.dry_run) {
      return absl::OkStatus();
    }
    for (const size_t i : selection_.sections) {
      if (context_.stop.stop_requested()) return absl::CancelledError("stopped");
      RETURN_IF_ERROR(CheckSection(file_, toc_.sections[i]));
    }
    return absl::OkStatus();
  }

  // With --resume: tables that are whole stay.
  absl::Status LeaveOutWhatIsThere() {
    if (!request_.resume) return absl::OkStatus();
    std::set<std::pair<std::string, std::string>> whole;
    std::erase_if(rows_, [&](const TocSection* section) {
      const bool is_there = journal_->IsDone(NumberOf(section));
      if (is_there) whole.emplace(section->database, section->table);
      return is_there;
    });
    std::erase_if(structures_, [&](const TocSection* section) {
      return whole.contains({section->database, section->table});
    });
    context_.outcome.tables_kept = whole.size();
    return absl::OkStatus();
  }

  uint64_t NumberOf(const TocSection* section) const {
    return static_cast<uint64_t>(section - toc_.sections.data());
  }

  absl::Status Connect() {
    for (unsigned i = 0; i < request_.threads; ++i) {
      ASSIGN_OR_RETURN(auto session, dumper::LoadSession::Connect(request_.connection));
      runners_.push_back(std::make_unique<StatementRunner>(std::move(session), &context_.names,
                                                           &context_.failures, &context_.counters));
    }
    return absl::OkStatus();
  }

  absl::Status LoadAll() {
    SchemaLoader schema(&file_, runners_, context_.stop);
    if (prologue_ != nullptr) RETURN_IF_ERROR(schema.RunPrologue(*prologue_));
    if (request_.target_database) {
      RETURN_IF_ERROR(CreateTarget(context_, runners_.front()->session()));
    }
    for (const TocSection* head : heads_) RETURN_IF_ERROR(schema.RunHead(*head));
    if (request_.resume) RETURN_IF_ERROR(DropTriggers());
    std::set<std::pair<std::string, std::string>> large_tables;
    for (const TocSection* section : rows_) {
      if (section->bytes >= kLargeBytes) large_tables.emplace(section->database, section->table);
    }
    std::set<const TocSection*> large;
    for (const TocSection* section : structures_) {
      if (large_tables.contains({section->database, section->table})) large.insert(section);
    }
    RETURN_IF_ERROR(schema.RunStructures(structures_, large));
    RETURN_IF_ERROR(LoadRows(schema));
    return schema.RunAfterRows(after_);
  }

  // Triggers of tables that an earlier run has brought back, and that come once more. (Routines,
  // events and views are dropped by the dump's own statements.)
  absl::Status DropTriggers() {
    RestoreTarget target(&runners_.front()->session());
    for (const std::string& database : selection_.databases) {
      std::set<std::string> tables;
      for (const TocSection* section : after_) {
        if (section->kind == Kind::kTriggers && section->database == database) {
          tables.insert(section->table);
        }
      }
      RETURN_IF_ERROR(target.DropTriggers(context_.names.Of(database), tables));
    }
    return absl::OkStatus();
  }

  absl::Status LoadRows(const SchemaLoader& schema) {
    RestoreTarget target(&runners_.front()->session());
    std::vector<TableRows> tables;
    std::string database;
    std::set<std::string> ordered, innodb;
    for (const TocSection* section : rows_) {
      if (section->database != database) {
        database = section->database;
        ordered.clear();
        innodb.clear();
        RETURN_IF_ERROR(target.FindOrder(context_.names.Of(database), &ordered, &innodb));
      }
      TableRows rows;
      rows.section = section;
      rows.is_transactional = innodb.contains(section->table);
      rows.can_be_cut = ordered.contains(section->table) && CanBeCut(*section);
      const auto keys = schema.deferred_keys().find({section->database, section->table});
      if (keys != schema.deferred_keys().end()) rows.then = keys->second;
      tables.push_back(std::move(rows));
    }
    // With UNIQUE_CHECKS=0, which the dump sets, the first transaction into an empty table locks
    // all of it (bulk insert, MariaDB 10.6): the other sessions would wait. It is no faster either:
    // 62 CPU seconds of the server instead of 36 for 1.2 GB in one transaction a table.
    for (const auto& runner : runners_) {
      RETURN_IF_ERROR(runner->Execute("SET SESSION unique_checks=1, autocommit=0"));
    }
    TableLoader loader(
        &file_, runners_, &context_.failures, context_.stop, request_.progress,
        [this](const TableRows& rows) { return journal_->MarkDone(NumberOf(rows.section)); });
    RETURN_IF_ERROR(loader.Load(std::move(tables)));
    return runners_.front()->Execute("SET SESSION unique_checks=0, autocommit=1");
  }

  RestoreContext& context_;
  const RestoreRequest& request_;
  BackupFile& file_;
  const Toc& toc_;
  RestoreSelection selection_;
  const TocSection* prologue_ = nullptr;
  std::vector<const TocSection*> heads_, structures_, rows_, after_;
  std::unique_ptr<RestoreJournal> journal_;
  std::vector<std::unique_ptr<StatementRunner>> runners_;
};

}  // namespace

absl::Status RestoreByIndex(RestoreContext& context, BackupFile& file) {
  context.outcome.in_parallel = true;
  return IndexedRestore(context, file).Run();
}

}  // namespace sfdb::engine
