#include "engine/restore/statement_head.h"

#include <strings.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "dumper/text/identifiers.h"

namespace sfdb::engine {
namespace {

using Kind = StatementHead::Kind;

constexpr size_t kShownBytes = 120;

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// Walks over words; comments, also the frames of version comments ("/*!50003", "*/"), are no words.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  // The next bare word in upper case, "" if something else comes.
  std::string Next() {
    SkipGap();
    const size_t begin = at_;
    while (at_ < text_.size() && IsWordByte(text_[at_])) ++at_;
    return absl::AsciiStrToUpper(absl::string_view(text_.data() + begin, at_ - begin));
  }

  // True, and the word is taken, if it comes next.
  bool Take(std::string_view word) {
    const size_t before = at_;
    if (Next() == word) return true;
    at_ = before;
    return false;
  }
  bool TakeByte(char c) {
    SkipGap();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // The next name, quoted or bare, unquoted; "" if none comes.
  std::string Name() {
    SkipGap();
    name_begin_ = at_;
    std::string name;
    if (at_ < text_.size() && (text_[at_] == '`' || text_[at_] == '"')) {
      const char quote = text_[at_++];
      for (; at_ < text_.size(); ++at_) {
        if (text_[at_] == quote) {
          if (at_ + 1 >= text_.size() || text_[at_ + 1] != quote) break;
          ++at_;
        }
        name += text_[at_];
      }
      if (at_ < text_.size()) ++at_;
    } else {
      while (at_ < text_.size() && IsWordByte(text_[at_])) name += text_[at_++];
    }
    return name;
  }
  size_t name_begin() const { return name_begin_; }
  size_t at() const { return at_; }

 private:
  void SkipGap() {
    while (at_ < text_.size()) {
      const std::string_view rest = text_.substr(at_);
      if (absl::ascii_isspace(static_cast<unsigned char>(rest.front()))) {
        ++at_;
      } else if (rest.starts_with("*/")) {
        at_ += 2;
      } else if (rest.starts_with("/*!") || rest.starts_with("/*M!")) {
        at_ += rest[2] == '!' ? 3 : 4;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
      } else if (rest.starts_with("/*")) {
        const size_t end = text_.find("*/", at_ + 2);
        at_ = end == text_.npos ? text_.size() : end + 2;
      } else {
        return;
      }
    }
  }

  const std::string_view text_;
  size_t at_ = 0;
  size_t name_begin_ = 0;
};

void TakeObjectName(Words& words, StatementHead* head) {
  head->name = words.Name();
  if (words.TakeByte('.')) {
    head->qualifier = std::move(head->name);
    head->name = words.Name();
  }
}

void TakeDatabaseName(Words& words, StatementHead* head) {
  head->name = words.Name();
  head->name_at = words.name_begin();
  head->name_bytes = words.at() - words.name_begin();
}

// Behind CREATE or DROP: the kind of object and its name.
void TakeObject(Words& words, StatementHead* head) {
  static constexpr std::string_view kObjects[] = {"TABLE",    "VIEW",  "TRIGGER",  "PROCEDURE",
                                                  "FUNCTION", "EVENT", "SEQUENCE", "PACKAGE",
                                                  "INDEX",    "USER",  "ROLE",     "SERVER"};
  // OR REPLACE, TEMPORARY, ALGORITHM=UNDEFINED, DEFINER=`u`@`h`, SQL SECURITY INVOKER, ...
  for (int skipped = 0; skipped < 24; ++skipped) {
    const std::string word = words.Next();
    if (word == "DATABASE" || word == "SCHEMA") {
      head->kind = head->kind == Kind::kCreate ? Kind::kCreateDatabase : Kind::kDropDatabase;
    } else if (std::find(std::begin(kObjects), std::end(kObjects), word) == std::end(kObjects)) {
      if (!word.empty() || words.TakeByte('=') || words.TakeByte('@')) continue;
      // A quoted part of a definer.
      if (words.TakeByte('\'')) {
        words.Next();
        words.TakeByte('\'');
        continue;
      }
      const size_t before = words.at();
      words.Name();
      if (words.at() == before) return;
      continue;
    }
    head->what = word;
    if (word == "PACKAGE" && words.Take("BODY")) head->what = "PACKAGE BODY";
    if (words.Take("IF")) {
      words.Take("NOT");
      words.Take("EXISTS");
    }
    if (head->kind == Kind::kCreateDatabase || head->kind == Kind::kDropDatabase) {
      TakeDatabaseName(words, head);
    } else {
      TakeObjectName(words, head);
    }
    return;
  }
}

}  // namespace

StatementHead ParseStatementHead(std::string_view text) {
  StatementHead head;
  Words words(text);
  const std::string verb = words.Next();
  if (verb == "INSERT" || verb == "REPLACE") {
    head.kind = Kind::kInsert;
    while (words.Take("IGNORE") || words.Take("DELAYED") || words.Take("INTO")) {
    }
    TakeObjectName(words, &head);
  } else if (verb == "SET") {
    head.kind = Kind::kSet;
  } else if (verb == "USE") {
    head.kind = Kind::kUse;
    TakeDatabaseName(words, &head);
  } else if (verb == "LOCK") {
    head.kind = Kind::kLockTables;
  } else if (verb == "UNLOCK") {
    head.kind = Kind::kUnlockTables;
  } else if (verb == "DROP" || verb == "CREATE") {
    head.kind = verb == "DROP" ? Kind::kDrop : Kind::kCreate;
    TakeObject(words, &head);
  } else if (verb == "ALTER") {
    if (words.Take("DATABASE")) {
      head.kind = Kind::kAlterDatabase;
      TakeDatabaseName(words, &head);
    } else {
      words.Next();
      TakeObjectName(words, &head);
    }
  }
  return head;
}

std::string RenameQualifier(std::string_view text, std::string_view from, std::string_view to) {
  const std::string old_name = dumper::QuoteIdentifier(from) + ".";
  const std::string new_name = dumper::QuoteIdentifier(to) + ".";
  std::string out;
  size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    size_t end = at + 1;
    if (c == '\'' || c == '"' || c == '`') {
      if (c == '`' && text.substr(at).starts_with(old_name)) {
        out += new_name;
        at += old_name.size();
        continue;
      }
      // A backslash hides the next byte in strings, not in names.
      while (end < text.size() && text[end] != c) end += c != '`' && text[end] == '\\' ? 2 : 1;
      end = std::min(end + 1, text.size());
      // A doubled quote belongs to what it stands in: `a``b`. is one name.
      while (end < text.size() && text[end] == c) {
        ++end;
        while (end < text.size() && text[end] != c) end += c != '`' && text[end] == '\\' ? 2 : 1;
        end = std::min(end + 1, text.size());
      }
    }
    out.append(text.substr(at, end - at));
    at = end;
  }
  return out;
}

std::string ShownHead(std::string_view text) {
  std::string shown(text.substr(0, kShownBytes));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
  // Not cut in the middle of a character.
  if (text.size() > kShownBytes) {
    while (!shown.empty() && (shown.back() & 0xc0) == 0x80) shown.pop_back();
    if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xc0) shown.pop_back();
    shown += "...";
  }
  return shown;
}

}  // namespace sfdb::engine
