#include "tools/menu.h"

#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/screen/display_text.h"

namespace sfdb::tools {
namespace {

// A line of standard input without its end; nullopt: there is none.
std::optional<std::string> ReadLine() {
  std::string line;
  int c = std::getchar();
  if (c == EOF) return std::nullopt;
  for (; c != EOF && c != '\n'; c = std::getchar()) line.push_back(static_cast<char>(c));
  absl::StripAsciiWhitespace(&line);
  return line;
}

}  // namespace

bool CanAsk() { return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1; }

absl::StatusOr<size_t> FindMenuItem(const Menu& menu, std::string_view answer) {
  // A whole name first: a database may be called "2".
  for (size_t i = 0; i < menu.items.size(); ++i) {
    if (menu.items[i] == answer) return i;
  }
  size_t number = 0;
  const char* const end = answer.data() + answer.size();
  if (const auto [rest, error] = std::from_chars(answer.data(), end, number);
      error == std::errc() && rest == end) {
    if (number >= 1 && number <= menu.items.size()) return number - 1;
    return absl::InvalidArgumentError(
        absl::StrFormat("there is no %d; the last one is %d", number, menu.items.size()));
  }
  const std::string part = absl::AsciiStrToLower(std::string(answer));
  std::optional<size_t> found;
  size_t matches = 0;
  for (size_t i = 0; i < menu.items.size(); ++i) {
    if (part.empty() || !absl::StrContains(absl::AsciiStrToLower(menu.items[i]), part)) continue;
    found = i;
    ++matches;
  }
  if (matches == 1) return *found;
  return absl::InvalidArgumentError(
      matches == 0 ? absl::StrCat("nothing is called '", CleanText(answer), "'")
                   : absl::StrFormat("'%s' is part of %d names", CleanText(answer), matches));
}

std::optional<size_t> AskMenu(const Menu& menu) {
  if (menu.items.empty() || !CanAsk()) return std::nullopt;
  std::fprintf(stderr, "%s\n", CleanText(menu.title).c_str());
  for (size_t i = 0; i < menu.items.size(); ++i) {
    std::fprintf(stderr, "  %3zu  %s\n", i + 1, CleanText(menu.items[i]).c_str());
  }
  while (true) {
    std::fprintf(stderr, "1-%zu or a name (empty: cancel): ", menu.items.size());
    const std::optional<std::string> answer = ReadLine();
    if (!answer || answer->empty()) return std::nullopt;
    const absl::StatusOr<size_t> item = FindMenuItem(menu, *answer);
    if (item.ok()) return *item;
    std::fprintf(stderr, "%s\n", std::string(item.status().message()).c_str());
  }
}

std::optional<std::string> AskLine(const std::string& question, const std::string& suggestion) {
  if (!CanAsk()) return std::nullopt;
  std::fprintf(stderr, "%s", CleanText(question).c_str());
  if (!suggestion.empty()) std::fprintf(stderr, " [%s]", CleanText(suggestion).c_str());
  std::fputs(": ", stderr);
  std::optional<std::string> answer = ReadLine();
  if (answer && answer->empty()) return suggestion;
  return answer;
}

}  // namespace sfdb::tools
