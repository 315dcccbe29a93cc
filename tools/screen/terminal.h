// What the stream that a screen goes to can show.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sfdb::tools {

using GetVariable = std::function<std::optional<std::string>(const std::string&)>;
std::optional<std::string> ProcessVariable(const std::string& name);  // getenv

struct ScreenStyle {
  bool colour = false;   // only on a terminal; never with NO_COLOR or TERM=dumb
  bool unicode = false;  // lines of tables: the locale says UTF-8
  size_t width = 0;      // columns; 0: no terminal, lines may be as long as they like
};
ScreenStyle StyleFor(int descriptor, const GetVariable& environment);

enum class Paint { kGood, kBad, kWarn, kTitle };
// `text` in colour, if the style has colour.
std::string Painted(const ScreenStyle& style, Paint paint, std::string_view text);

}  // namespace sfdb::tools
