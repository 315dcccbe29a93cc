#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/text/identifiers.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/restore/near_names.h"
#include "engine/restore/restore_parts.h"
#include "engine/restore/schema_loader.h"
#include "engine/restore/text_survey.h"

namespace sfdb::engine {
namespace {

using Kind = StatementHead::Kind;

class StreamRestore {
 public:
  StreamRestore(RestoreContext& context, BackupFile& file)
      : context_(context), request_(context.request), file_(file) {}

  absl::Status Run() {
    if (request_.table) {
      return base::WithExitCode(absl::FailedPreconditionError(
                                    absl::StrFormat("%s has no index (.toc) beside it, so one "
                                                    "table cannot be taken out of it; --database "
                                                    "can, and --target-db can bring it elsewhere",
                                                    file_.path())),
                                base::kExitUsage);
    }
    ASSIGN_OR_RETURN(survey_, SurveyText(file_, context_.stop));
    RETURN_IF_ERROR(ChooseDatabases());
    RETURN_IF_ERROR(PrepareTargets(context_, databases_, std::nullopt));
    context_.outcome.tables = survey_.tables;
    context_.outcome.text_bytes = survey_.bytes;
    if (request_.dry_run) return absl::OkStatus();
    if (request_.progress != nullptr) request_.progress->data_total += survey_.bytes;
    ASSIGN_OR_RETURN(journal_, OpenJournal(context_, file_));
    ASSIGN_OR_RETURN(auto session, dumper::LoadSession::Connect(request_.connection));
    runner_ = std::make_unique<StatementRunner>(std::move(session), &context_.names,
                                                &context_.failures, &context_.counters);
    const std::stop_callback abort(context_.stop, [this] { runner_->session().Abort(); });
    if (request_.target_database) {
      RETURN_IF_ERROR(CreateTarget(context_, runner_->session()));
      // SQL without USE goes to the target; what the file calls its database goes there, too.
      RETURN_IF_ERROR(runner_->session().Use(*request_.target_database));
    }
    RETURN_IF_ERROR(Load());
    RETURN_IF_ERROR(context_.failures.Summary());
    return journal_->Remove();
  }

 private:
  absl::Status ChooseDatabases() {
    databases_ = survey_.databases;
    if (request_.database) {
      if (std::find(databases_.begin(), databases_.end(), *request_.database) == databases_.end()) {
        return base::WithExitCode(absl::NotFoundError(absl::StrFormat(
                                      "there is no database %s in this file%s", *request_.database,
                                      DidYouMean(*request_.database, databases_))),
                                  base::kExitNothing);
      }
      databases_ = {*request_.database};
    }
    if (!request_.target_database) {
      if (databases_.empty()) {
        return base::WithExitCode(
            absl::FailedPreconditionError(absl::StrFormat(
                "%s names no database (no USE, no CREATE DATABASE); say with --target-db where it "
                "goes",
                file_.path())),
            base::kExitUsage);
      }
      context_.outcome.databases = databases_;
      return absl::OkStatus();
    }
    if (databases_.size() > 1) {
      return base::WithExitCode(
          absl::FailedPreconditionError(
              absl::StrFormat("the file holds %d databases; --target-db needs --database with it",
                              databases_.size())),
          base::kExitUsage);
    }
    if (!databases_.empty()) context_.names.from = databases_.front();
    context_.names.to = request_.target_database;
    if (databases_.empty()) databases_ = {*request_.target_database};
    context_.outcome.databases = {*request_.target_database};
    return absl::OkStatus();
  }

  absl::Status Load() {
    StatementSplitter splitter;
    auto drain = [&]() -> absl::Status {
      while (const std::optional<Statement> statement = splitter.Next()) {
        if (context_.stop.stop_requested()) return absl::CancelledError("stopped");
        RETURN_IF_ERROR(Take(*statement));
        splitter.set_modes(runner_->modes());
      }
      return splitter.status();
    };
    RETURN_IF_ERROR(file_.ReadAll([&](std::string_view text) {
      splitter.Add(text);
      return drain();
    }));
    splitter.End();
    RETURN_IF_ERROR(drain());
    return CreateLateViews();
  }

  // A view that another one has to come before (CHECK OPTION over a placeholder, 1368) is tried
  // again at the end, under the settings that stood in front of it.
  absl::Status CreateView(const Statement& statement, const std::string& object) {
    if (!runner_->Try(statement, object)) return absl::OkStatus();
    LateView& view = late_views_.emplace_back();
    view.database = current_;
    view.object = object;
    view.statements = settings_;
    view.statements.push_back({std::string(statement.text), statement.offset});
    return absl::OkStatus();
  }

  absl::Status CreateLateViews() {
    bool last_chance = false;
    while (!late_views_.empty()) {
      std::vector<LateView> still;
      for (LateView& view : late_views_) {
        if (!view.database.empty()) RETURN_IF_ERROR(runner_->Use(view.database));
        std::optional<SqlFailure> failure;
        for (const KeptStatement& statement : view.statements) {
          failure = runner_->Try(statement.view(), view.object);
          if (failure) break;
        }
        if (!failure) continue;
        if (last_chance) RETURN_IF_ERROR(runner_->Fail(*std::move(failure)));
        still.push_back(std::move(view));
      }
      if (last_chance) break;
      // As long as one more comes out, others may.
      last_chance = still.size() == late_views_.size();
      late_views_ = std::move(still);
    }
    return absl::OkStatus();
  }

  absl::Status Take(const Statement& statement) {
    const StatementHead head = ParseStatementHead(statement.text);
    if (head.kind == Kind::kUse || head.kind == Kind::kCreateDatabase) current_ = head.name;
    const bool is_setting = head.kind == Kind::kSet;
    // Settings hold for all that follows, whatever is left out.
    if (!is_setting) {
      if (request_.database && current_ != *request_.database) return absl::OkStatus();
      // What an earlier run has done; from the checkpoint on everything is done again.
      if (statement.offset < journal_->last() && head.kind != Kind::kUse) return absl::OkStatus();
    }
    // From the DROP in front of an object it can be made anew, whatever became of it.
    // After a failure no later place will do: --resume begins with what failed.
    if (head.kind == Kind::kDrop && context_.failures.total() == 0) {
      RETURN_IF_ERROR(journal_->MarkDone(statement.offset));
    }
    if (head.kind == Kind::kCreate && !head.name.empty()) object_ = head.name;
    if (head.kind == Kind::kInsert) object_ = head.name;
    std::string object;
    if (!is_setting && !object_.empty()) {
      object = dumper::QuoteIdentifier(object_);
      if (!current_.empty()) object = absl::StrCat(dumper::QuoteIdentifier(current_), ".", object);
    }
    if (is_setting) {
      settings_.push_back({std::string(statement.text), statement.offset});
    }
    if (head.kind == Kind::kCreate && head.what == "VIEW") {
      RETURN_IF_ERROR(CreateView(statement, object));
    } else {
      RETURN_IF_ERROR(runner_->Run(statement, object));
    }
    if (!is_setting) settings_.clear();
    if (request_.progress != nullptr) {
      request_.progress->bytes += statement.text.size();
      request_.progress->data_done = statement.offset + statement.text.size();
      if (head.kind == Kind::kCreate && head.what == "TABLE") ++request_.progress->tables;
    }
    return absl::OkStatus();
  }

  struct LateView {
    std::string database, object;
    std::vector<KeptStatement> statements;
  };

  RestoreContext& context_;
  const RestoreRequest& request_;
  BackupFile& file_;
  TextSurvey survey_;
  std::vector<std::string> databases_;  // as the file calls them
  std::unique_ptr<RestoreJournal> journal_;
  std::unique_ptr<StatementRunner> runner_;
  std::string current_;
  std::string object_;
  std::vector<KeptStatement> settings_;  // since the last statement that is none
  std::vector<LateView> late_views_;
};

}  // namespace

absl::Status RestoreAsStream(RestoreContext& context, BackupFile& file) {
  return StreamRestore(context, file).Run();
}

}  // namespace sfdb::engine
