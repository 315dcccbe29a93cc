#include "dumper/chunks/key_space.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

using absl::uint128;

constexpr int64_t kSecondsPerDay = 86400;
// Places of DECIMALs: whole numbers of up to this magnitude.
const uint128 kDecimalReach = absl::MakeUint128(uint64_t{1} << 60, 0);

// "1234.5" -> 1234; nullopt when there are more than 36 digits.
std::optional<uint128> Magnitude(std::string_view digits) {
  uint128 value = 0;
  size_t count = 0;
  for (const char c : digits) {
    if (c == '.') break;
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
    if (value != 0 && ++count > 36) return std::nullopt;
  }
  return value;
}

std::string Print(uint128 value) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

// Days since 0000-01-01 of "2023-00-00 ..."; months and days of 0 count as 1.
std::optional<int64_t> Days(const std::string& raw) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(raw.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return std::nullopt;
  using namespace std::chrono;
  const sys_days start = std::chrono::year(0) / January / 1;
  const sys_days date = std::chrono::year(year) / std::chrono::month(std::clamp(month, 1u, 12u)) /
                        std::chrono::day(std::clamp(day, 1u, 28u));
  return (date - start).count();
}

std::string PrintDay(int64_t days) {
  using namespace std::chrono;
  const year_month_day date(sys_days(std::chrono::year(0) / January / 1) +
                            std::chrono::days(static_cast<int>(days)));
  return absl::StrFormat("%04d-%02d-%02d", static_cast<int>(date.year()),
                         static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

int64_t SecondsOfDay(const std::string& raw) {
  unsigned hour = 0, minute = 0, second = 0;
  if (raw.size() < 19 ||
      std::sscanf(raw.c_str() + 11, "%2u:%2u:%2u", &hour, &minute, &second) != 3) {
    return 0;
  }
  return int64_t{hour} * 3600 + int64_t{minute} * 60 + int64_t{second};
}

std::string PrintSecond(int64_t seconds) {
  const int64_t rest = seconds % kSecondsPerDay;
  return absl::StrFormat("%s %02d:%02d:%02d", PrintDay(seconds / kSecondsPerDay), rest / 3600,
                         rest / 60 % 60, rest % 60);
}

// Hexadecimal digits of a UUID in the order of the index: the last group first for versions 1 to 5.
bool LastGroupFirst(const std::string& uuid) { return uuid[14] >= '1' && uuid[14] <= '5'; }

std::string UuidDigits(const std::string& uuid) {
  if (!LastGroupFirst(uuid)) {
    return absl::StrCat(uuid.substr(0, 8), uuid.substr(9, 4), uuid.substr(14, 4),
                        uuid.substr(19, 4), uuid.substr(24));
  }
  return absl::StrCat(uuid.substr(24), uuid.substr(19, 4), uuid.substr(14, 4), uuid.substr(9, 4),
                      uuid.substr(0, 8));
}

std::string UuidOf(const std::string& digits, const std::string& like) {
  std::string uuid =
      LastGroupFirst(like)
          ? absl::StrCat(digits.substr(24), "-", digits.substr(20, 4), "-", digits.substr(16, 4),
                         "-", digits.substr(12, 4), "-", digits.substr(0, 12))
          : absl::StrCat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4),
                         "-", digits.substr(16, 4), "-", digits.substr(20));
  uuid[14] = like[14];
  uuid[19] = like[19];
  return uuid;
}

// Character sets in which the bytes of ASCII are themselves, and only they.
bool HasPlainAscii(const std::string& charset) {
  for (const char* name : {"utf8mb4", "utf8mb3", "utf8", "ascii", "cp1250", "cp1251", "cp1256",
                           "cp1257", "cp850", "koi8r", "koi8u", "binary"}) {
    if (charset == name) return true;
  }
  return absl::StartsWith(charset, "latin");
}

// Characters that are worth telling apart, grouped and ordered as the collation does.
std::string AsciiOrderSql(const KeyColumn& column) {
  std::string rows;
  for (int c = ' '; c < 0x7f; ++c) {
    absl::StrAppend(&rows, rows.empty() ? "" : " UNION ALL ",
                    absl::StrFormat("SELECT _%s X'%02X' COLLATE %s AS c, '%02X' AS n",
                                    column.charset, c, column.collation, c));
  }
  return absl::StrFormat("SELECT GROUP_CONCAT(n) FROM (%s) AS ascii GROUP BY c ORDER BY c", rows);
}

}  // namespace

absl::StatusOr<std::optional<KeySpace>> KeySpace::Make(Session& session, const KeyColumn& column) {
  KeySpace space;
  space.descending_ = column.descending;
  switch (column.type) {
    case KeyColumn::Type::kInteger:
      space.zero_at_ = column.smallest_magnitude;
      space.largest_ = uint128(column.smallest_magnitude) + column.largest;
      return space;
    case KeyColumn::Type::kBits:
      space.largest_ = absl::Uint128Max() >> 64;
      return space;
    case KeyColumn::Type::kDecimal:
      space.zero_at_ = kDecimalReach;
      space.largest_ = kDecimalReach * 2;
      return space;
    case KeyColumn::Type::kQuoted:
      if (column.quoted == KeyColumn::Quoted::kDate) {
        space.kind_ = Kind::kDate;
        space.largest_ = static_cast<uint64_t>(*Days("9999-12-31"));
      } else if (column.quoted == KeyColumn::Quoted::kDateTime) {
        space.kind_ = Kind::kDateTime;
        space.largest_ = static_cast<uint64_t>(*Days("9999-12-31") * kSecondsPerDay);
      } else if (column.quoted == KeyColumn::Quoted::kUuid) {
        space.kind_ = Kind::kUuid;
        space.largest_ = absl::Uint128Max();
      } else {
        return std::nullopt;
      }
      return space;
    case KeyColumn::Type::kBinary:
      for (int byte = 0; byte < 255; ++byte) {
        space.rank_[static_cast<size_t>(byte)] = static_cast<uint8_t>(byte + 1);
        space.bytes_.push_back(static_cast<char>(byte));
      }
      space.rank_[255] = 255;
      break;
    case KeyColumn::Type::kText: {
      if (!HasPlainAscii(column.charset)) return std::nullopt;
      ASSIGN_OR_RETURN(const Result groups, session.Query(AsciiOrderSql(column)));
      for (size_t i = 0; i < groups.rows(); ++i) {
        for (const auto& hex : absl::StrSplit(groups.text(i, 0), ',')) {
          const std::string byte = absl::HexStringToBytes(hex);
          if (space.bytes_.size() == i) space.bytes_ += byte;
          space.rank_[static_cast<uint8_t>(byte[0])] = static_cast<uint8_t>(i + 1);
        }
      }
      break;
    }
    case KeyColumn::Type::kReal:
    case KeyColumn::Type::kMember:
      return std::nullopt;
  }
  space.kind_ = Kind::kString;
  const unsigned base = static_cast<unsigned>(space.bytes_.size()) + 1;
  uint128 places = 1;
  while (places < absl::Uint128Max() / base / 2) {
    places *= base;
    ++space.digits_;
  }
  space.largest_ = places - 1;
  return space;
}

std::optional<uint128> KeySpace::StringPlace(const KeyValue& value, size_t skip) const {
  const std::string bytes = absl::HexStringToBytes(value.raw);
  const unsigned base = static_cast<unsigned>(bytes_.size()) + 1;
  uint128 place = 0;
  bool known = true;
  for (size_t i = 0; i < digits_; ++i) {
    const size_t at = skip + i;
    unsigned digit = 0;
    if (known && at < bytes.size()) {
      digit = rank_[static_cast<uint8_t>(bytes[at])];
      // Behind all of ASCII, most likely; what follows does not matter.
      if (digit == 0) {
        digit = base - 1;
        known = false;
      }
    }
    place = place * base + digit;
  }
  return place;
}

std::optional<uint128> KeySpace::PlaceOf(const KeyValue& value, size_t skip) const {
  if (value.null) return std::nullopt;
  std::optional<uint128> place;
  switch (kind_) {
    case Kind::kInteger: {
      const bool negative = absl::StartsWith(value.raw, "-");
      const auto magnitude = Magnitude(negative ? value.raw.substr(1) : value.raw);
      if (!magnitude) return std::nullopt;
      if (negative && *magnitude > zero_at_) return std::nullopt;
      place = negative ? zero_at_ - *magnitude : zero_at_ + *magnitude;
      break;
    }
    case Kind::kDate:
    case Kind::kDateTime: {
      const auto days = Days(value.raw);
      if (!days) return std::nullopt;
      place = static_cast<uint64_t>(
          kind_ == Kind::kDate ? *days : *days * kSecondsPerDay + SecondsOfDay(value.raw));
      break;
    }
    case Kind::kUuid: {
      if (value.raw.size() != 36) return std::nullopt;
      uint128 number = 0;
      for (const char c : UuidDigits(value.raw)) {
        number = number << 4 | static_cast<unsigned>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
      }
      place = number;
      break;
    }
    case Kind::kString:
      place = StringPlace(value, skip);
      break;
  }
  if (!place || *place > largest_) return std::nullopt;
  return descending_ ? largest_ - *place : *place;
}

KeyValue KeySpace::ValueAt(uint128 place, const KeyValue& like, size_t skip) const {
  if (descending_) place = largest_ - place;
  KeyValue value;
  switch (kind_) {
    case Kind::kInteger:
      value.raw = place < zero_at_ ? "-" + Print(zero_at_ - place) : Print(place - zero_at_);
      break;
    case Kind::kDate:
      value.raw = PrintDay(static_cast<int64_t>(static_cast<uint64_t>(place)));
      break;
    case Kind::kDateTime:
      value.raw = PrintSecond(static_cast<int64_t>(static_cast<uint64_t>(place)));
      break;
    case Kind::kUuid:
      value.raw = UuidOf(
          absl::StrFormat("%016x%016x", absl::Uint128High64(place), absl::Uint128Low64(place)),
          like.raw);
      break;
    case Kind::kString: {
      const unsigned base = static_cast<unsigned>(bytes_.size()) + 1;
      std::string tail;
      for (size_t i = 0; i < digits_; ++i) {
        const unsigned digit = static_cast<unsigned>(place % base);
        place /= base;
        // A value ends where the digits say so; what would follow is dropped.
        if (digit == 0) {
          tail.clear();
        } else {
          tail.push_back(bytes_[digit - 1]);
        }
      }
      std::reverse(tail.begin(), tail.end());
      value.raw = absl::StrCat(like.raw.substr(0, std::min(like.raw.size(), skip * 2)),
                               absl::BytesToHexString(tail));
      break;
    }
  }
  return value;
}

}  // namespace sfdb::dumper
