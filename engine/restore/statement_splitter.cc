#include "engine/restore/statement_splitter.h"

#include <strings.h>

#include <algorithm>

#include "absl/strings/str_format.h"
#include "engine/restore/sql_scan.h"

namespace sfdb::engine {
namespace {

constexpr std::string_view kSandbox = "/*M!999999\\-";
constexpr std::string_view kDelimiterCommand = "delimiter";

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}
bool IsBlank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

void StatementSplitter::Add(std::string_view piece) {
  buffer_.erase(0, begin_);
  begin_offset_ += begin_;
  at_ -= begin_;
  begin_ = 0;
  buffer_.append(piece);
}

void StatementSplitter::Seek(uint64_t offset) {
  buffer_.clear();
  begin_offset_ = offset;
  begin_ = at_ = 0;
  where_ = Where::kGap;
}

// Sets *unsure when the bytes that decide have not come yet.
bool StatementSplitter::BeginsLineComment(size_t at, bool* unsure) const {
  if (buffer_[at] == '#') return true;
  if (buffer_[at] != '-') return false;
  if (at + 2 < buffer_.size()) {
    const auto third = static_cast<unsigned char>(buffer_[at + 2]);
    return buffer_[at + 1] == '-' && (third <= ' ' || third == 0x7f);
  }
  if (at + 1 < buffer_.size() && buffer_[at + 1] != '-') return false;
  if (ended_) return at + 2 == buffer_.size();  // "--" is the last of the text
  *unsure = true;
  return false;
}

// Between statements.
bool StatementSplitter::SkipGap() {
  while (true) {
    while (at_ < buffer_.size() && IsSpace(buffer_[at_])) ++at_;
    begin_ = at_;
    if (at_ == buffer_.size()) return false;
    bool unsure = false;
    if (BeginsLineComment(at_, &unsure)) {
      where_ = Where::kLineComment;
      after_comment_ = Where::kGap;
      return true;
    }
    if (unsure) return false;
    if (buffer_[at_] == '/') {
      const std::string_view rest = std::string_view(buffer_).substr(at_);
      if (rest.size() < kSandbox.size() && !ended_ && kSandbox.starts_with(rest)) return false;
      if (rest.size() < 3 && !ended_ && std::string_view("/*").starts_with(rest.substr(0, 2))) {
        return false;
      }
      const bool is_comment = rest.starts_with("/*");
      const bool is_executed =
          is_comment && (rest.substr(2).starts_with("!") || rest.substr(2).starts_with("M!") ||
                         rest.substr(2).starts_with("+"));
      if (is_comment && (!is_executed || rest.starts_with(kSandbox))) {
        where_ = Where::kBlockComment;
        after_comment_ = Where::kGap;
        at_ += 2;
        return true;
      }
    }
    bool taken = false;
    if (!TakeDelimiterCommand(&taken)) return false;
    if (taken) continue;
    where_ = Where::kText;
    return true;
  }
}

bool StatementSplitter::TakeDelimiterCommand(bool* taken) {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  const size_t size = std::min(rest.size(), kDelimiterCommand.size());
  if (strncasecmp(rest.data(), kDelimiterCommand.data(), size) != 0) return true;
  if (rest.size() <= kDelimiterCommand.size()) return ended_;
  if (!IsBlank(rest[kDelimiterCommand.size()])) return true;
  size_t line_end = rest.find('\n');
  if (line_end == rest.npos) {
    if (!ended_) return false;
    line_end = rest.size();
  }
  std::string_view word =
      rest.substr(kDelimiterCommand.size(), line_end - kDelimiterCommand.size());
  while (!word.empty() && IsSpace(word.front())) word.remove_prefix(1);
  const auto word_end = std::find_if(word.begin(), word.end(), IsSpace);
  word = word.substr(0, static_cast<size_t>(word_end - word.begin()));
  // A delimiter with a backslash is refused by the client, too: it goes to the server as text.
  if (word.empty() || word.find('\\') != word.npos) return true;
  delimiter_ = std::string(word);
  at_ += line_end;
  begin_ = at_;
  *taken = true;
  return true;
}

bool StatementSplitter::SkipLineComment() {
  const size_t end = buffer_.find('\n', at_);
  at_ = end == buffer_.npos ? buffer_.size() : end;
  if (after_comment_ == Where::kGap) begin_ = at_;
  if (end == buffer_.npos && !ended_) return false;
  where_ = after_comment_;
  return true;
}

bool StatementSplitter::SkipBlockComment() {
  const size_t end = buffer_.find("*/", at_);
  if (end == buffer_.npos) {
    // The star may be here already, its slash not yet.
    at_ = std::max(at_, buffer_.empty() ? 0 : buffer_.size() - 1);
    if (ended_) {
      status_ = absl::DataLossError(
          absl::StrFormat("the text ends inside of a comment, in the statement at byte %d",
                          begin_offset_ + begin_));
    }
    return false;
  }
  at_ = end + 2;
  if (after_comment_ == Where::kGap) begin_ = at_;
  where_ = after_comment_;
  return true;
}

bool StatementSplitter::SkipString() {
  const bool backslash =
      modes_.backslash_escapes && quote_ != '`' && !(quote_ == '"' && modes_.ansi_quotes);
  while (true) {
    at_ = FindStringMark(buffer_, at_, quote_, backslash);
    if (at_ == buffer_.size()) break;
    if (buffer_[at_] == quote_) {
      // A doubled quote ends one string and begins the next: the same bytes either way.
      ++at_;
      where_ = Where::kText;
      return true;
    }
    if (left() < 2) break;
    at_ += 2;
  }
  if (ended_) {
    status_ = absl::DataLossError(
        absl::StrFormat("the text ends inside of a string or name, in the statement at byte %d",
                        begin_offset_ + begin_));
  }
  return false;
}

bool StatementSplitter::FindDelimiter(size_t* statement_end, bool* delimited) {
  *delimited = true;
  while (where_ != Where::kGap) {
    switch (where_) {
      case Where::kGap:
        break;
      case Where::kString:
        if (!SkipString()) return false;
        continue;
      case Where::kLineComment:
        if (!SkipLineComment()) return false;
        continue;
      case Where::kBlockComment:
        if (!SkipBlockComment()) return false;
        continue;
      case Where::kText:
        break;
    }
    at_ = FindSqlMark(buffer_, at_, delimiter_.front());
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    if (rest.empty()) break;
    if (rest.starts_with(delimiter_)) {
      *statement_end = at_;
      at_ += delimiter_.size();
      where_ = Where::kGap;
      return true;
    }
    if (!ended_ && rest.size() < delimiter_.size() && delimiter_.starts_with(rest)) return false;
    bool unsure = false;
    if (BeginsLineComment(at_, &unsure)) {
      where_ = Where::kLineComment;
      after_comment_ = Where::kText;
      continue;
    }
    if (unsure) return false;
    const char c = rest.front();
    if (c == '\'' || c == '"' || c == '`') {
      quote_ = c;
      where_ = Where::kString;
      ++at_;
      continue;
    }
    if (c == '/' && !ended_ && rest.size() < 4 &&
        std::string_view("/*M").starts_with(rest.substr(0, 3))) {
      return false;
    }
    if (rest.starts_with("/*") && !rest.substr(2).starts_with("!") &&
        !rest.substr(2).starts_with("M!") && !rest.substr(2).starts_with("+")) {
      where_ = Where::kBlockComment;
      after_comment_ = Where::kText;
      at_ += 2;
      continue;
    }
    ++at_;
  }
  // The last statement of a text needs no delimiter.
  if (!ended_ || where_ != Where::kText) return false;
  *statement_end = at_;
  *delimited = false;
  where_ = Where::kGap;
  return true;
}

std::optional<Statement> StatementSplitter::Next() {
  if (!status_.ok()) return std::nullopt;
  if (where_ == Where::kGap) begin_ = at_;
  while (true) {
    bool in_gap = where_ == Where::kGap ||
                  (after_comment_ == Where::kGap &&
                   (where_ == Where::kLineComment || where_ == Where::kBlockComment));
    while (in_gap) {
      const bool went_on = where_ == Where::kGap           ? SkipGap()
                           : where_ == Where::kLineComment ? SkipLineComment()
                                                           : SkipBlockComment();
      if (!went_on) return std::nullopt;
      in_gap = where_ != Where::kText;
    }
    size_t end = 0;
    bool delimited = true;
    if (!FindDelimiter(&end, &delimited)) {
      if (status_.ok() && buffer_.size() - begin_ > kMaxStatementBytes) {
        status_ = absl::DataLossError(absl::StrFormat(
            "the statement at byte %d does not end within %d bytes: a quote is never closed",
            begin_offset_ + begin_, kMaxStatementBytes));
      }
      return std::nullopt;
    }
    std::string_view text = std::string_view(buffer_).substr(begin_, end - begin_);
    while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
    const uint64_t offset = begin_offset_ + begin_;
    begin_ = at_;
    if (!text.empty()) return Statement{text, offset, delimited};
  }
}

}  // namespace sfdb::engine
