#include "dumper/privileges/grants.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

constexpr unsigned kErrNoSuchGrant = 1141;
constexpr unsigned kErrOptionPreventsStatement = 1290;

// The first `word` outside of backticks and parentheses; npos: none.
size_t FindOutside(std::string_view text, std::string_view word, size_t from = 0) {
  bool quoted = false;
  int depth = 0;
  for (size_t i = from; i < text.size(); ++i) {
    if (text[i] == '`') quoted = !quoted;
    if (quoted) continue;
    if (depth == 0 && text.substr(i, word.size()) == word) return i;
    depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
  }
  return std::string_view::npos;
}

// `name` from `from` on, or * as "". Moves `*at` behind it.
bool TakeName(std::string_view text, size_t* at, std::string* name) {
  name->clear();
  if (*at < text.size() && text[*at] == '*') {
    ++*at;
    return true;
  }
  if (*at >= text.size() || text[*at] != '`') return false;
  for (++*at; *at < text.size(); ++*at) {
    if (text[*at] != '`') {
      name->push_back(text[*at]);
    } else if (*at + 1 < text.size() && text[*at + 1] == '`') {
      name->push_back(text[++*at]);
    } else {
      ++*at;
      return true;
    }
  }
  return false;
}

// How much of a pattern stands before its first wildcard: what the server orders patterns by.
size_t Specificity(std::string_view pattern) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '_' || pattern[i] == '%') {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

bool MatchesGrantPattern(std::string_view pattern, std::string_view database) {
  size_t at = 0;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%') {
      for (size_t skip = at; skip <= database.size(); ++skip) {
        if (MatchesGrantPattern(pattern.substr(i + 1), database.substr(skip))) return true;
      }
      return false;
    }
    if (at == database.size()) return false;
    const bool any = pattern[i] == '_';
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    if (!any && pattern[i] != database[at]) return false;
    ++at;
    // One character, whatever its number of bytes.
    while (any && at < database.size() && (database[at] & 0xC0) == 0x80) ++at;
  }
  return at == database.size();
}

bool Grants::Grant::Has(std::string_view privilege) const {
  return privileges.count("ALL PRIVILEGES") > 0 || privileges.count(std::string(privilege)) > 0;
}

bool Grants::Parse(std::string_view row, Grant* grant) {
  constexpr std::string_view kGrant = "GRANT ";
  constexpr std::string_view kOn = " ON ";
  constexpr std::string_view kTo = " TO ";
  if (row.substr(0, kGrant.size()) != kGrant) return false;
  row.remove_prefix(kGrant.size());
  const size_t on = FindOutside(row, kOn);
  if (on == std::string_view::npos) return false;  // a role
  size_t at = on + kOn.size();
  if (!TakeName(row, &at, &grant->database) || at >= row.size() || row[at] != '.') return false;
  ++at;
  if (!TakeName(row, &at, &grant->table)) return false;
  if (row.substr(at, kTo.size()) != kTo) return false;
  at += kTo.size();
  const size_t end = FindOutside(row, " ", at);
  grant->grantee = std::string(row.substr(at, end == std::string_view::npos ? end : end - at));

  std::string_view list = row.substr(0, on);
  while (!list.empty()) {
    const size_t comma = FindOutside(list, ",");
    const std::string_view one = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    // Some columns are not the table.
    if (one.find('(') != std::string_view::npos) continue;
    grant->privileges.insert(
        std::string(absl::StripAsciiWhitespace(absl::string_view(one.data(), one.size()))));
  }
  return true;
}

Grants::Grants(const std::vector<std::string>& rows) {
  for (const std::string& row : rows) {
    Grant grant;
    if (Parse(row, &grant)) grants_.push_back(std::move(grant));
  }
}

bool Grants::HasGlobally(std::string_view privilege) const {
  return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
    return grant.database.empty() && grant.Has(privilege);
  });
}

bool Grants::HasOnDatabase(std::string_view privilege, std::string_view database) const {
  if (HasGlobally(privilege)) return true;
  std::map<std::string_view, const Grant*> best;  // per grantee: a role adds to its user
  for (const Grant& grant : grants_) {
    if (grant.database.empty() || !grant.table.empty()) continue;
    if (!MatchesGrantPattern(grant.database, database)) continue;
    const Grant*& of_grantee = best[grant.grantee];
    if (of_grantee == nullptr || Specificity(grant.database) > Specificity(of_grantee->database)) {
      of_grantee = &grant;
    }
  }
  return std::any_of(best.begin(), best.end(),
                     [&](const auto& one) { return one.second->Has(privilege); });
}

bool Grants::HasOnTable(std::string_view privilege, std::string_view database,
                        std::string_view table) const {
  return HasOnDatabase(privilege, database) ||
         std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
           return grant.database == database && grant.table == table && grant.Has(privilege);
         });
}

absl::StatusOr<Grants> LoadGrants(Session& session) {
  const absl::StatusOr<Result> result = session.Query("SHOW GRANTS");
  if (const auto error = MariadbErrorOf(result.status());
      error && (error->number == kErrNoSuchGrant || error->number == kErrOptionPreventsStatement)) {
    return absl::NotFoundError("the server keeps no grants");
  }
  RETURN_IF_ERROR(result.status());
  std::vector<std::string> rows;
  for (size_t i = 0; i < result->rows(); ++i) rows.push_back(result->text(i, 0));
  return Grants(rows);
}

}  // namespace sfdb::dumper
