#include "crypto/encoding.h"

#include <cstdint>

namespace sfdb::crypto {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr char kBase64Digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void HexInto(std::string_view bytes, char* out) {
  for (const char byte : bytes) {
    *out++ = kHexDigits[static_cast<uint8_t>(byte) >> 4];
    *out++ = kHexDigits[static_cast<uint8_t>(byte) & 15];
  }
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return -1;
}

}  // namespace

std::string HexEncode(std::string_view bytes) {
  std::string text(bytes.size() * 2, '\0');
  HexInto(bytes, text.data());
  return text;
}

SecretBytes HexEncodeSecret(std::string_view bytes) {
  SecretBytes text(bytes.size() * 2);
  HexInto(bytes, text.data());
  return text;
}

std::optional<SecretBytes> HexDecode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  SecretBytes bytes(text.size() / 2);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const int high = HexValue(text[2 * i]);
    const int low = HexValue(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.data()[i] = static_cast<char>(high << 4 | low);
  }
  return bytes;
}

SecretBytes Base64EncodeSecret(std::string_view bytes) {
  SecretBytes text((bytes.size() + 2) / 3 * 4);
  char* out = text.data();
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t have = bytes.size() - i;
    uint32_t group = static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])) << 16;
    if (have > 1) group |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[i + 1])) << 8;
    if (have > 2) group |= static_cast<uint8_t>(bytes[i + 2]);
    *out++ = kBase64Digits[group >> 18];
    *out++ = kBase64Digits[group >> 12 & 63];
    *out++ = have > 1 ? kBase64Digits[group >> 6 & 63] : '=';
    *out++ = have > 2 ? kBase64Digits[group & 63] : '=';
  }
  return text;
}

std::optional<SecretBytes> Base64Decode(std::string_view text) {
  if (text.size() % 4 == 0 && text.ends_with('=')) {
    text.remove_suffix(text.ends_with("==") ? 2 : 1);
    // "QQ=" with its four bytes made up from elsewhere, or "====", is not base64.
    if (text.size() % 4 < 2) return std::nullopt;
  }
  if (text.size() % 4 == 1) return std::nullopt;
  SecretBytes bytes(text.size() * 3 / 4);
  uint32_t group = 0;
  int bits = 0;
  size_t written = 0;
  for (const char c : text) {
    const int value = Base64Value(c);
    if (value < 0) return std::nullopt;
    group = group << 6 | static_cast<uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.data()[written++] = static_cast<char>(group >> bits);
      group &= (1u << bits) - 1;
    }
  }
  if (group != 0) return std::nullopt;
  return bytes;
}

}  // namespace sfdb::crypto
