#include "crypto/slot.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "crypto/internal/raw_aes_slot.h"

namespace sfdb::crypto {
namespace {

// The header is not authenticated when these texts are made: whatever it says must not reach a
// terminal as control characters, nor fill the screen.
std::string Printable(std::string_view text) {
  constexpr size_t kLongest = 80;
  const bool cut = text.size() > kLongest;
  return absl::CHexEscape(std::string(text.substr(0, kLongest))) + (cut ? "..." : "");
}

}  // namespace

std::string DescribeSlot(const Slot& slot) {
  if (slot.provider == kKeyFileProvider) {
    return "key " + Printable(internal::RawAesKeyName(slot.info));
  }
  if (slot.provider == kPassphraseProvider) return "a passphrase";
  if (slot.provider == kRsaProvider) return "RSA key " + Printable(slot.info);
  if (slot.provider == kX25519Provider) {
    return "X25519 key " + absl::BytesToHexString(std::string(slot.info.substr(0, 16)));
  }
  return absl::StrFormat("an unknown kind of key (\"%s\")", Printable(slot.provider));
}

std::string DescribeSlots(const std::vector<Slot>& slots) {
  std::string text;
  for (const Slot& slot : slots) {
    if (!text.empty()) text += ", ";
    text += DescribeSlot(slot);
  }
  return text;
}

}  // namespace sfdb::crypto
