#include "tools/confirm.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace sfdb::tools {
namespace {

bool IsOneOf(const std::string& answer, std::string_view words) {
  const std::vector<std::string> list = absl::StrSplit(std::string(words), ' ');
  return std::find(list.begin(), list.end(), answer) != list.end();
}

}  // namespace

bool Confirm(std::string_view question, std::string_view yes_words, std::string_view no_words) {
  while (true) {
    std::fwrite(question.data(), 1, question.size(), stderr);
    std::string answer;
    int c = std::getchar();
    for (; c != EOF && c != '\n'; c = std::getchar()) answer.push_back(static_cast<char>(c));
    if (c == EOF && answer.empty()) {
      std::fputc('\n', stderr);
      return false;
    }
    absl::StripAsciiWhitespace(&answer);
    absl::AsciiStrToLower(&answer);
    if (answer.empty() || IsOneOf(answer, yes_words)) return true;
    if (c == EOF || IsOneOf(answer, no_words)) return false;
  }
}

}  // namespace sfdb::tools
