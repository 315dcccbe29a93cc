// What a statement splitter has to do, one byte at a time over the whole text: the judge of the
// fast one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/restore/statement_splitter.h"

namespace sfdb::engine {

struct NaiveStatement {
  std::string text;
  size_t offset = 0;
  bool delimited = true;
  friend bool operator==(const NaiveStatement&, const NaiveStatement&) = default;
};

struct NaiveSplit {
  std::vector<NaiveStatement> statements;
  bool unclosed = false;
};

inline NaiveSplit SplitNaively(std::string_view text, SplitterModes modes = {}) {
  NaiveSplit result;
  std::string delimiter = ";";
  size_t at = 0;
  auto is_space = [](char c) {
    return std::string_view(" \t\n\r\v\f").find(c) != std::string_view::npos;
  };
  auto line_comment = [&](size_t i) {
    if (text[i] == '#') return true;
    if (!text.substr(i).starts_with("--")) return false;
    if (i + 2 == text.size()) return true;
    const auto c = static_cast<unsigned char>(text[i + 2]);
    return c <= 32 || c == 127;
  };
  auto plain_comment = [&](size_t i) {
    const std::string_view rest = text.substr(i);
    return rest.starts_with("/*") && !rest.starts_with("/*!") && !rest.starts_with("/*M!") &&
           !rest.starts_with("/*+");
  };
  // The first byte behind the comment at `i`; npos: it does not end.
  auto block_end = [&](size_t i) {
    const size_t end = text.find("*/", i + 2);
    return end == text.npos ? text.npos : end + 2;
  };
  while (true) {
    // The gap.
    while (at < text.size()) {
      const std::string_view rest = text.substr(at);
      if (is_space(text[at])) {
        ++at;
      } else if (line_comment(at)) {
        while (at < text.size() && text[at] != '\n') ++at;
      } else if (plain_comment(at) || rest.starts_with("/*M!999999\\-")) {
        const size_t end = block_end(at);
        if (end == text.npos) {
          result.unclosed = true;
          return result;
        }
        at = end;
      } else {
        std::string word;
        for (size_t i = 0; i < 9 && i < rest.size(); ++i) word += static_cast<char>(rest[i] | 32);
        if (word != "delimiter" || rest.size() < 10 || (rest[9] != ' ' && rest[9] != '\t')) break;
        const std::string_view line = rest.substr(0, rest.find('\n'));
        size_t from = 9;
        while (from < line.size() && is_space(line[from])) ++from;
        size_t to = from;
        while (to < line.size() && !is_space(line[to])) ++to;
        const std::string_view argument = line.substr(from, to - from);
        if (argument.empty() || argument.find('\\') != argument.npos) break;
        delimiter = std::string(argument);
        at += line.size();
      }
    }
    if (at >= text.size()) return result;
    const size_t begin = at;
    bool delimited = false;
    while (at < text.size() && !delimited) {
      const std::string_view rest = text.substr(at);
      if (rest.starts_with(delimiter)) {
        delimited = true;
      } else if (line_comment(at)) {
        while (at < text.size() && text[at] != '\n') ++at;
      } else if (plain_comment(at)) {
        const size_t end = block_end(at);
        if (end == text.npos) {
          result.unclosed = true;
          return result;
        }
        at = end;
      } else if (text[at] == '\'' || text[at] == '"' || text[at] == '`') {
        const char quote = text[at++];
        const bool escapes =
            modes.backslash_escapes && quote != '`' && !(quote == '"' && modes.ansi_quotes);
        while (at < text.size() && text[at] != quote) at += escapes && text[at] == '\\' ? 2 : 1;
        if (at >= text.size()) {
          result.unclosed = true;
          return result;
        }
        ++at;
      } else {
        ++at;
      }
    }
    size_t end = at;
    while (end > begin && is_space(text[end - 1])) --end;
    if (end > begin) {
      result.statements.push_back({std::string(text.substr(begin, end - begin)), begin, delimited});
    }
    if (!delimited) return result;
    at += delimiter.size();
  }
}

}  // namespace sfdb::engine
