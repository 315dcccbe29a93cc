#include "engine/restore/deferred_keys.h"

#include <vector>

#include "dumper/text/identifiers.h"
#include "engine/restore/statement_head.h"

namespace sfdb::engine {
namespace {

// Lines of the statement; a line end in a name is none.
std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  size_t begin = 0;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == '\\' && quote != '`') {
        ++i;
      } else if (c == quote) {
        quote = 0;
      }
    } else if (c == '\'' || c == '`' || c == '"') {
      quote = c;
    } else if (c == '\n') {
      lines.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  lines.push_back(text.substr(begin));
  return lines;
}

// "`a`" of "  `a` int ...", quotes included; "" if the line is not a column's.
std::string_view ColumnOf(std::string_view line) {
  if (!line.starts_with("  `")) return {};
  size_t end = 3;
  while (end < line.size()) {
    if (line[end] == '`' && (end + 1 == line.size() || line[end + 1] != '`')) break;
    end += line[end] == '`' ? 2 : 1;
  }
  return line.substr(2, end - 1);
}

}  // namespace

std::optional<DeferredKeys> DeferKeys(std::string_view create_table) {
  const StatementHead head = ParseStatementHead(create_table);
  if (head.kind != StatementHead::Kind::kCreate || head.what != "TABLE") return std::nullopt;
  const std::vector<std::string_view> lines = Lines(create_table);
  if (lines.size() < 3) return std::nullopt;
  std::vector<std::string_view> kept;
  std::vector<std::string_view> keys;
  std::string_view auto_column;
  size_t i = 0;
  for (; i < lines.size() && !lines[i].starts_with(")"); ++i) {
    std::string_view line = lines[i];
    if (i > 0 && line.ends_with(',')) line.remove_suffix(1);
    if (line.starts_with("  KEY `")) {
      keys.push_back(line.substr(2));
      continue;
    }
    const std::string_view column = ColumnOf(line);
    if (i > 0 && column.empty() && !line.starts_with("  PRIMARY KEY (") &&
        !line.starts_with("  UNIQUE KEY `")) {
      return std::nullopt;  // CONSTRAINT, FULLTEXT KEY, PERIOD, ...
    }
    if (!column.empty() && line.find(" AUTO_INCREMENT") != line.npos) auto_column = column;
    kept.push_back(line);
  }
  if (keys.empty() || i == lines.size() || !lines[i].starts_with(") ENGINE=InnoDB")) {
    return std::nullopt;
  }
  // ALTER TABLE of a system-versioned table is a matter of its history.
  for (size_t k = i; k < lines.size(); ++k) {
    if (lines[k].find("WITH SYSTEM VERSIONING") != lines[k].npos) return std::nullopt;
  }
  DeferredKeys deferred;
  deferred.alter = "ALTER TABLE " + dumper::QuoteIdentifier(head.name);
  for (size_t k = 0; k < keys.size(); ++k) {
    const size_t columns = keys[k].find('(');
    if (!auto_column.empty() && columns != keys[k].npos &&
        keys[k].find("(" + std::string(auto_column)) != keys[k].npos) {
      return std::nullopt;
    }
    deferred.alter += k == 0 ? " ADD " : ", ADD ";
    deferred.alter += keys[k];
  }
  for (size_t k = 0; k < kept.size(); ++k) {
    deferred.create += kept[k];
    deferred.create += k == 0 || k + 1 == kept.size() ? "\n" : ",\n";
  }
  for (; i < lines.size(); ++i) {
    deferred.create += lines[i];
    if (i + 1 < lines.size()) deferred.create += '\n';
  }
  return deferred;
}

}  // namespace sfdb::engine
