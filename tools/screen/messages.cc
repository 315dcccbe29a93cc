#include "tools/screen/messages.h"

#include <vector>

#include "tools/screen/catalogue_english.h"
#include "tools/screen/catalogue_indonesian.h"

namespace sfdb::tools {
namespace {

bool IsIndonesian(std::string_view locale) {
  return locale == "id" || locale.starts_with("id_") || locale.starts_with("id.") ||
         locale == "in" || locale.starts_with("in_");  // "in": the code of before 1989
}

}  // namespace

Language LanguageFor(std::string_view flag, const GetVariable& environment) {
  if (!flag.empty()) return IsIndonesian(flag) ? Language::kIndonesian : Language::kEnglish;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string value = environment(name).value_or("");
    if (!value.empty()) return IsIndonesian(value) ? Language::kIndonesian : Language::kEnglish;
  }
  return Language::kEnglish;
}

std::string_view RawText(Language language, Message message) {
  const auto index = static_cast<size_t>(message);
  return language == Language::kIndonesian ? kIndonesian[index].text : kEnglish[index].text;
}

std::string Text(Language language, Message message,
                 std::initializer_list<std::string_view> arguments) {
  const std::string_view raw = RawText(language, message);
  std::string text;
  for (size_t i = 0; i < raw.size(); ++i) {
    const size_t argument = raw[i] == '$' && i + 1 < raw.size() ? raw[i + 1] - size_t{'0'} : 10;
    if (argument < arguments.size()) {
      text += arguments.begin()[argument];
      ++i;
    } else {
      text += raw[i];
    }
  }
  return text;
}

}  // namespace sfdb::tools
