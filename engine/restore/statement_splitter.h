// SQL text in pieces -> statements, as the `mariadb` client cuts them: strings, quoted names,
// comments, version comments and DELIMITER are known; nothing is executed here.
//
// Unlike the client the splitter keeps comments inside of statements (routine bodies come back as
// they were dumped) and takes no client commands but DELIMITER: "source", "system", "\!" in a dump
// are text for the server to refuse. What stands before a statement is dropped: white space,
// comments, and the line "/*M!999999\- enable the sandbox mode */", which only clients understand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sfdb::engine {

// What the session's sql_mode changes about strings. A server says both with every answer.
struct SplitterModes {
  bool backslash_escapes = true;  // not NO_BACKSLASH_ESCAPES
  bool ansi_quotes = false;       // "x" is a name: no backslashes in it
};

struct Statement {
  std::string_view text;  // without delimiter and what stood before it
  uint64_t offset = 0;    // of its first byte in all the text
  bool delimited = true;  // false: the text ended before its delimiter
};

// A server takes no longer packet, so a longer "statement" is a quote that is never closed.
inline constexpr size_t kMaxStatementBytes = size_t{1} << 30;

// Used by one thread. Memory: the piece added last and the statement in progress.
//
//   splitter.Add(piece);
//   while (auto statement = splitter.Next()) ...
//   splitter.End();
//   while (auto statement = splitter.Next()) ...      // the last one may lack its delimiter
//   RETURN_IF_ERROR(splitter.status());
class StatementSplitter {
 public:
  // `offset`: where the text begins in a larger one. REQUIRES: Next() has returned nothing.
  explicit StatementSplitter(uint64_t offset = 0) : begin_offset_(offset) {}

  void Add(std::string_view piece);
  void End() { ended_ = true; }

  // The next whole statement; its text is valid until the next call of any kind. Nothing: more
  // text is needed, or it has ended.
  std::optional<Statement> Next();

  // DataLoss: the text ended inside of a string, a name or a comment, or a statement is longer than
  // kMaxStatementBytes.
  const absl::Status& status() const { return status_; }

  // For all that follows the statement returned last.
  void set_modes(SplitterModes modes) { modes_ = modes; }

  // The text goes on at `offset`: what lay between was left out. REQUIRES: as the constructor.
  void Seek(uint64_t offset);
  // Of the first byte not yet returned.
  uint64_t offset() const { return begin_offset_ + begin_; }

 private:
  enum class Where : uint8_t { kGap, kText, kString, kLineComment, kBlockComment };

  // Each moves at_; true: go on, false: more text is needed to tell.
  bool SkipGap();
  bool SkipLineComment();
  bool SkipBlockComment();
  bool SkipString();
  // Moves at_ past the delimiter; false: it has not come yet.
  bool FindDelimiter(size_t* statement_end, bool* delimited);
  bool TakeDelimiterCommand(bool* taken);
  bool BeginsLineComment(size_t at, bool* unsure) const;
  size_t left() const { return buffer_.size() - at_; }

  std::string buffer_;
  uint64_t begin_offset_;  // of buffer_[0]
  size_t begin_ = 0;       // of the statement, or of the gap before it
  size_t at_ = 0;          // scanned so far
  Where where_ = Where::kGap;
  Where after_comment_ = Where::kGap;
  char quote_ = 0;
  std::string delimiter_ = ";";
  SplitterModes modes_;
  bool ended_ = false;
  absl::Status status_;
};

}  // namespace sfdb::engine
