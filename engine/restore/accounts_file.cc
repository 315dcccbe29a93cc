#include "engine/restore/accounts_file.h"

#include "absl/strings/str_cat.h"
#include "engine/backup/file_names.h"
#include "engine/base/status_macros.h"
#include "engine/restore/statement_head.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {

std::string AccountsPathOf(const std::string& dump_path) {
  const std::string base = BasePathOf(dump_path);
  for (const char* suffix : {"_users.cnf", "_users.sql"}) {
    std::string path = absl::StrCat(base, suffix);
    if (PosixFileSystem().Exists(path)) return path;
  }
  return "";
}

absl::Status ReadAccounts(const std::string& path, const StatementSink& sink) {
  ASSIGN_OR_RETURN(const auto file, BackupFile::Open(path, {}, 1));
  StatementSplitter splitter;
  auto drain = [&]() -> absl::Status {
    while (const auto statement = splitter.Next()) RETURN_IF_ERROR(sink(*statement));
    return splitter.status();
  };
  RETURN_IF_ERROR(file->ReadAll([&](std::string_view text) {
    splitter.Add(text);
    return drain();
  }));
  splitter.End();
  return drain();
}

bool CreatesAccount(const Statement& statement) {
  const StatementHead head = ParseStatementHead(statement.text);
  return head.kind == StatementHead::Kind::kCreate && (head.what == "USER" || head.what == "ROLE");
}

}  // namespace sfdb::engine
