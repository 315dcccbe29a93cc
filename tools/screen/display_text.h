// Text for a terminal or a log: how wide it is there, and without what could act on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sfdb::tools {

// Columns that UTF-8 text takes on a terminal: 2 for East Asian wide characters and emoji, 0 for
// combining marks (Unicode 15, blocks; not the locale's wcwidth, which a server often has not).
size_t DisplayWidth(std::string_view text);

// `text` as one harmless line: control characters and those that turn the writing direction around
// as "\x1b" or "\u202e", bytes that are not UTF-8 as U+FFFD. Names of databases may hold anything.
std::string CleanText(std::string_view text);

// The same for text that may have several lines.
std::string CleanLines(std::string_view text);

// `text` in pieces of at most `width` columns, broken at blanks or slashes where there are any in
// the last half of a line, else anywhere between characters. `width` >= 2.
std::vector<std::string> WrapText(std::string_view text, size_t width);

}  // namespace sfdb::tools
