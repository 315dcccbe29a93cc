#include "dumper/escape/multibyte.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "dumper/escape/byte_table.h"

namespace sfdb::dumper {
namespace {

// What a byte can be in one character set.
enum Role : uint8_t {
  kLone = 1,  // gets a backslash when it begins no valid character
  kLead = 2,  // begins a two-byte character whose second byte is a kTrail
  kTrail = 4,
  kKanaLead = 8,  // begins a two-byte character whose second byte is a kKanaTrail
  kKanaTrail = 16,
  kLead3 = 32,        // begins a three-byte character whose other bytes are kTrail
  kLead3Taken2 = 64,  // as kLead3, but only two of the three bytes are taken as the character
};
using Roles = std::array<uint8_t, 256>;

constexpr void Set(Roles* roles, int first, int last, int role) {
  for (int c = first; c <= last; ++c) {
    (*roles)[static_cast<size_t>(c)] |= static_cast<uint8_t>(role);
  }
}

constexpr Roles Big5() {
  Roles r{};
  Set(&r, 0xA1, 0xF9, kLone | kLead);
  Set(&r, 0x40, 0x7E, kTrail);
  Set(&r, 0xA1, 0xFE, kTrail);
  return r;
}

constexpr Roles Gbk() {
  Roles r{};
  Set(&r, 0x81, 0xFE, kLone | kLead);
  Set(&r, 0x40, 0x7E, kTrail);
  Set(&r, 0x80, 0xFE, kTrail);
  return r;
}

constexpr Roles Gb2312() {
  Roles r{};
  Set(&r, 0xA1, 0xF7, kLone | kLead);
  Set(&r, 0xA1, 0xFE, kTrail);
  return r;
}

// sjis and cp932.
constexpr Roles Sjis() {
  Roles r{};
  Set(&r, 0x81, 0x9F, kLone | kLead);
  Set(&r, 0xE0, 0xFC, kLone | kLead);
  Set(&r, 0x40, 0x7E, kTrail);
  Set(&r, 0x80, 0xFC, kTrail);
  return r;
}

// A pair is accepted behind any byte with the high bit; 80-A0 and FF alone get no backslash.
constexpr Roles Euckr() {
  Roles r{};
  Set(&r, 0xA1, 0xFE, kLone);
  Set(&r, 0x80, 0xFF, kLead);
  Set(&r, 0xA1, 0xFE, kTrail);
  return r;
}

// ujis and eucjpms, which differ in what three bytes count as.
constexpr Roles Ujis(int role_of_8f) {
  Roles r{};
  Set(&r, 0x8E, 0x8F, kLone);
  Set(&r, 0xA1, 0xFE, kLone | kLead | kTrail);
  Set(&r, 0x8E, 0x8E, kKanaLead);
  Set(&r, 0xA1, 0xDF, kKanaTrail);
  Set(&r, 0x8F, 0x8F, role_of_8f);
  return r;
}

constexpr Roles kBig5Roles = Big5();
constexpr Roles kGbkRoles = Gbk();
constexpr Roles kGb2312Roles = Gb2312();
constexpr Roles kSjisRoles = Sjis();
constexpr Roles kEuckrRoles = Euckr();
constexpr Roles kUjisRoles = Ujis(kLead3);
constexpr Roles kEucjpmsRoles = Ujis(kLead3Taken2);

const Roles& RolesOf(EscapeCharset charset) {
  switch (charset) {
    case EscapeCharset::kBig5:
      return kBig5Roles;
    case EscapeCharset::kGbk:
      return kGbkRoles;
    case EscapeCharset::kGb2312:
      return kGb2312Roles;
    case EscapeCharset::kSjis:
    case EscapeCharset::kCp932:
      return kSjisRoles;
    case EscapeCharset::kEuckr:
      return kEuckrRoles;
    case EscapeCharset::kUjis:
      return kUjisRoles;
    case EscapeCharset::kEucjpms:
      return kEucjpmsRoles;
    case EscapeCharset::kBytewise:
      break;
  }
  static constexpr Roles kNone{};
  return kNone;
}

// Bytes of the complete valid character that begins at `p`; 0 when none does.
inline size_t CharacterLength(const Roles& roles, const char* p, const char* end) {
  const auto role = [&](size_t i) { return roles[static_cast<uint8_t>(p[i])]; };
  const uint8_t first = role(0);
  if ((first & (kLead | kKanaLead | kLead3 | kLead3Taken2)) == 0 || end - p < 2) return 0;
  const uint8_t second = role(1);
  if ((first & kLead) != 0 && (second & kTrail) != 0) return 2;
  if ((first & kKanaLead) != 0 && (second & kKanaTrail) != 0) return 2;
  if ((first & (kLead3 | kLead3Taken2)) != 0 && end - p >= 3 && (second & role(2) & kTrail) != 0) {
    return (first & kLead3) != 0 ? 3 : 2;
  }
  return 0;
}

}  // namespace

char* EscapeMultibyte(EscapeCharset charset, const char* src, const char* stop, const char* end,
                      char* dst, const char** next) {
  const Roles& roles = RolesOf(charset);
  while (src < stop) {
    const auto c = static_cast<uint8_t>(*src);
    if (const size_t whole = CharacterLength(roles, src, end); whole != 0) {
      std::memcpy(dst, src, whole);
      src += whole, dst += whole;
    } else if ((roles[c] & kLone) != 0) {
      *dst++ = '\\';
      *dst++ = *src++;
    } else {
      *dst++ = kEscapeTable.bytes[c][0];
      if (kEscapeTable.length[c] == 2) *dst++ = kEscapeTable.bytes[c][1];
      ++src;
    }
  }
  *next = src;
  return dst;
}

size_t MultibyteEscapedLength(EscapeCharset charset, const char* src, size_t n) {
  const Roles& roles = RolesOf(charset);
  size_t length = 0;
  for (const char* const end = src + n; src < end;) {
    const auto c = static_cast<uint8_t>(*src);
    const size_t whole = CharacterLength(roles, src, end);
    length += whole != 0 ? whole : (roles[c] & kLone) != 0 ? 2 : kEscapeTable.length[c];
    src += whole != 0 ? whole : 1;
  }
  return length;
}

}  // namespace sfdb::dumper
