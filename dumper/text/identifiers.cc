#include "dumper/text/identifiers.h"

namespace sfdb::dumper {
namespace {

// mariadb-dump formats comment strings in a 1024-byte buffer.
constexpr size_t kCommentBytes = 1014;

bool IsPlain(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || c >= 0x80;
}

constexpr unsigned kDoubleQuoteModes =
    kCompatAnsi | kCompatDb2 | kCompatMaxdb | kCompatMssql | kCompatOracle | kCompatPostgresql;

}  // namespace

std::string QuoteIdentifier(std::string_view name, char quote) {
  std::string out;
  out.reserve(name.size() + 2);
  out.push_back(quote);
  for (const char c : name) {
    if (c == quote) out.push_back(quote);
    out.push_back(c);
  }
  out.push_back(quote);
  return out;
}

std::string SqlString(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('\'');
  return out;
}

Identifiers::Identifiers(const DumpOptions& options)
    : quote_((options.compatible & kDoubleQuoteModes) != 0 ? '"' : '`'),
      quote_names_(options.quote_names) {}

Identifiers Identifiers::WithBackticks() const {
  Identifiers same = *this;
  same.quote_ = '`';
  return same;
}

std::string Identifiers::Optional(std::string_view name) const {
  if (quote_names_) return Forced(name);
  for (const char c : name) {
    if (!IsPlain(static_cast<unsigned char>(c))) return Forced(name);
  }
  return std::string(name);
}

std::string CommentSafe(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (out.size() >= kCommentBytes) {
      out += "...";
      break;
    }
    out.push_back(c);
    if (c == '\n') out += "-- ";
  }
  return out;
}

}  // namespace sfdb::dumper
