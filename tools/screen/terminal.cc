#include "tools/screen/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace sfdb::tools {
namespace {

bool LocaleIsUtf8(const GetVariable& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::optional<std::string> value = environment(name);
    if (!value || value->empty()) continue;
    const std::string lower = absl::AsciiStrToLower(*value);
    return lower.find("utf-8") != lower.npos || lower.find("utf8") != lower.npos;
  }
  return false;
}

}  // namespace

std::optional<std::string> ProcessVariable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

ScreenStyle StyleFor(int descriptor, const GetVariable& environment) {
  ScreenStyle style;
  style.unicode = LocaleIsUtf8(environment);
  if (isatty(descriptor) != 1) return style;
  winsize size{};
  constexpr size_t kUsualWidth = 80;
  style.width =
      ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualWidth;
  // https://no-color.org: any value but an empty one.
  const bool no_color = !environment("NO_COLOR").value_or("").empty();
  style.colour = !no_color && environment("TERM").value_or("dumb") != "dumb";
  return style;
}

std::string Painted(const ScreenStyle& style, Paint paint, std::string_view text) {
  if (!style.colour) return std::string(text);
  const char* code = "";
  switch (paint) {
    case Paint::kGood:
      code = "32";
      break;
    case Paint::kBad:
      code = "31";
      break;
    case Paint::kWarn:
      code = "33";
      break;
    case Paint::kTitle:
      code = "1";
      break;
  }
  return absl::StrCat("\x1b[", code, "m", std::string(text), "\x1b[0m");
}

}  // namespace sfdb::tools
