#include "tools/hide_secrets.h"

#include <cstring>
#include <string_view>

namespace sfdb::tools {
namespace {

// Long options by any abbreviation that `dump` would take; "--p" alone is ambiguous there.
constexpr std::string_view kLong[] = {"--password",    "--encryption-key",     "--backup-key",
                                      "--profile-key", "--new-encryption-key", "--new-profile-key",
                                      "--key"};
constexpr size_t kShortest = 5;  // "--key", "--pas"

// Letters whose value is a secret in some verb. A letter that means something harmless in another
// verb loses nothing by being hidden.
constexpr std::string_view kLetters = "pPkK";

bool IsSecret(std::string_view name) {
  if (name.size() < kShortest) return false;
  for (const std::string_view secret : kLong) {
    if (secret.starts_with(name)) return true;
  }
  return false;
}

void Blank(char* text) {
  // One letter, so that the length does not show either.
  for (char* c = text; *c != '\0'; ++c) *c = c == text ? 'x' : '\0';
}

}  // namespace

void HideSecrets(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    char* const arg = argv[i];
    const std::string_view text = arg;
    char* const equals = std::strchr(arg, '=');
    const std::string_view name =
        equals == nullptr ? text : text.substr(0, static_cast<size_t>(equals - arg));
    if (name.starts_with("--")) {
      if (!IsSecret(name)) continue;
      if (equals != nullptr) {
        Blank(equals + 1);
      } else if (i + 1 < argc && argv[i + 1][0] != '-') {
        Blank(argv[++i]);
      }
    } else if (text.size() >= 2 && text[0] == '-' && kLetters.find(text[1]) != kLetters.npos) {
      if (text.size() > 2) {
        Blank(arg + 2);
      } else if (i + 1 < argc && argv[i + 1][0] != '-') {
        Blank(argv[++i]);
      }
    }
  }
}

}  // namespace sfdb::tools
