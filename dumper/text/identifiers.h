// Identifiers and comments as mariadb-dump prints them (10.11; rules found by experiment).
#pragma once

#include <string>
#include <string_view>

#include "dumper/options/dump_options.h"

namespace sfdb::dumper {

// `name` between `quote` characters, those inside doubled; nothing else is escaped.
std::string QuoteIdentifier(std::string_view name, char quote = '`');

// `name` as a string literal in SQL of ours: quotes around, ' and \ escaped with a backslash.
std::string SqlString(std::string_view text);

// Which quotes go where depends on the options only.
class Identifiers {
 public:
  explicit Identifiers(const DumpOptions& options);

  // Places where quotes are always printed: comments, statements sent, placeholders, sequences.
  std::string Forced(std::string_view name) const { return QuoteIdentifier(name, quote_); }
  // Places where --skip-quote-names leaves plain names bare.
  std::string Optional(std::string_view name) const;

  // As these, but with backticks even where --compatible asks for double quotes: triggers.
  Identifiers WithBackticks() const;

 private:
  char quote_;
  bool quote_names_;
};

// Text that may stand in a `--` comment: every line break is followed by "-- ", and the result is
// cut with "..." once 1014 bytes have been produced.
std::string CommentSafe(std::string_view text);

}  // namespace sfdb::dumper
