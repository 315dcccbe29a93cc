// The syntax of one line of an option file. Internal to dumper/options.
#pragma once

#include <string>
#include <string_view>

namespace sfdb::dumper {

constexpr std::string_view kOptionFileSpaces = " \t\n\v\f\r";

inline bool IsOptionFileSpace(char c) {
  return kOptionFileSpaces.find(c) != std::string_view::npos;
}
std::string_view TrimLeft(std::string_view s);
std::string_view TrimRight(std::string_view s);

// `key = value # comment` or `key` -> "--key=value" or "--key". Quotes around the whole value are
// taken off and the escapes \n \t \r \b \s \" \' \\ resolved; any other backslash stays.
// `line`: without leading space.
std::string OptionLineToArgument(std::string_view line);

}  // namespace sfdb::dumper
