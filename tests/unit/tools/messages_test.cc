#include "tools/screen/messages.h"

#include <gtest/gtest.h>

#include <map>

namespace sfdb::tools {
namespace {

GetVariable Variables(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

// That every catalogue has every message is checked when it is compiled (catalogue.h); that the two
// say the same things shows in their arguments.
TEST(Messages, BothLanguagesTakeTheSameArguments) {
  for (size_t i = 0; i < kMessages; ++i) {
    const auto message = static_cast<Message>(i);
    for (const std::string argument : {"$0", "$1", "$2"}) {
      EXPECT_EQ(RawText(Language::kEnglish, message).find(argument) != std::string_view::npos,
                RawText(Language::kIndonesian, message).find(argument) != std::string_view::npos)
          << RawText(Language::kEnglish, message);
    }
  }
}

TEST(Messages, ArgumentsAreFilledInAsTheyAre) {
  EXPECT_EQ(Text(Language::kIndonesian, Message::kDone, {"single"}),
            "Proses backup database single selesai.");
  EXPECT_EQ(Text(Language::kEnglish, Message::kError, {"$0 $1"}), "Error: $0 $1");
}

TEST(Messages, TheFlagThenTheLocaleChoosesTheLanguage) {
  EXPECT_EQ(LanguageFor("id", Variables({{"LANG", "en_US.UTF-8"}})), Language::kIndonesian);
  EXPECT_EQ(LanguageFor("en", Variables({{"LANG", "id_ID.UTF-8"}})), Language::kEnglish);
  EXPECT_EQ(LanguageFor("", Variables({{"LANG", "id_ID.UTF-8"}})), Language::kIndonesian);
  EXPECT_EQ(LanguageFor("", Variables({{"LC_ALL", "C"}, {"LANG", "id_ID"}})), Language::kEnglish);
  EXPECT_EQ(LanguageFor("", Variables({{"LC_ALL", ""}, {"LC_MESSAGES", "id_ID"}})),
            Language::kIndonesian);
  EXPECT_EQ(LanguageFor("", Variables({})), Language::kEnglish);
}

}  // namespace
}  // namespace sfdb::tools
