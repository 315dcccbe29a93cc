#include "engine/restore/text_survey.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"
#include "engine/restore/statement_head.h"
#include "engine/restore/statement_splitter.h"

namespace sfdb::engine {
namespace {

using Kind = StatementHead::Kind;

constexpr size_t kEdgeBytes = 1024;

class Survey {
 public:
  explicit Survey(const std::string& path) : path_(path) {}

  absl::Status Add(std::string_view text) {
    found_.bytes += text.size();
    if (head_.size() < kEdgeBytes) head_ += text.substr(0, kEdgeBytes - head_.size());
    tail_ += text.substr(text.size() - std::min(text.size(), kEdgeBytes));
    if (tail_.size() > kEdgeBytes) tail_.erase(0, tail_.size() - kEdgeBytes);
    splitter_.Add(text);
    return Drain();
  }

  absl::StatusOr<TextSurvey> Finish() {
    splitter_.End();
    RETURN_IF_ERROR(Drain());
    const bool has_header =
        head_.find("-- MariaDB dump ") != head_.npos || head_.find("-- MySQL dump ") != head_.npos;
    if (has_header && tail_.find("-- Dump completed") == tail_.npos) {
      return Truncated("its text does not end with \"-- Dump completed\"");
    }
    if (found_.statements == 0) {
      return absl::DataLossError(absl::StrFormat("%s holds no SQL statement", path_));
    }
    return std::move(found_);
  }

 private:
  absl::Status Truncated(std::string_view why) const {
    return absl::DataLossError(absl::StrFormat("%s: %s: it is truncated", path_, why));
  }

  absl::Status Drain() {
    while (const std::optional<Statement> statement = splitter_.Next()) {
      if (!statement->delimited) {
        return Truncated(absl::StrFormat("the statement at byte %d has no end", statement->offset));
      }
      ++found_.statements;
      Take(ParseStatementHead(statement->text), statement->text);
    }
    return splitter_.status().ok() ? absl::OkStatus()
                                   : Truncated(std::string(splitter_.status().message()));
  }

  void Take(const StatementHead& head, std::string_view text) {
    if (head.kind == Kind::kUse || head.kind == Kind::kCreateDatabase) {
      auto& names = found_.databases;
      if (std::find(names.begin(), names.end(), head.name) == names.end()) {
        names.push_back(head.name);
      }
    } else if (head.kind == Kind::kCreate && head.what == "TABLE") {
      ++found_.tables;
    } else if (head.kind == Kind::kSet && Mentions(text, "sql_mode")) {
      // No server tells us; dumps write the modes of a stored program out.
      splitter_.set_modes({.backslash_escapes = !Mentions(text, "NO_BACKSLASH_ESCAPES"),
                           .ansi_quotes = Mentions(text, "ANSI_QUOTES")});
    }
  }

  static bool Mentions(std::string_view text, std::string_view word) {
    auto same = [](char a, char b) { return (a | 32) == (b | 32); };
    return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
  }

  const std::string path_;
  TextSurvey found_;
  StatementSplitter splitter_;
  std::string head_;
  std::string tail_;
};

}  // namespace

absl::StatusOr<TextSurvey> SurveyText(BackupFile& file, std::stop_token stop) {
  Survey survey(file.path());
  RETURN_IF_ERROR(WithReadExitCode(file.ReadAll([&](std::string_view text) -> absl::Status {
    if (stop.stop_requested()) return absl::CancelledError("stopped");
    return survey.Add(text);
  })));
  absl::StatusOr<TextSurvey> found = survey.Finish();
  if (!found.ok()) return WithReadExitCode(found.status());
  return found;
}

}  // namespace sfdb::engine
