// Two shapes of gzip member (RFC 1952) that say their own length in an extra field, which stock
// tools skip and readers of single frames hop along. We write the second, and at the end an empty
// one of the first; we read both. Why large members: README.
//
//   BGZF (SAM spec 4.1), at most 64 KiB:
//     1f 8b 08 04 | mtime 0 | xfl 0 | os ff | 06 00 | 'B' 'C' 02 00 | le16 member size - 1
//     deflate | crc | size
//   "MZ" (as MiGz), up to 4 GiB:
//     1f 8b 08 04 | mtime 0 | xfl 0 | os ff | 08 00 | 'M' 'Z' 04 00 | le32 deflate size
//     deflate | crc | size
//
// The empty BGZF member is the end marker: a file of either kind without it was cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "codecs/little_endian.h"

namespace sfdb::codecs::gzip {

inline constexpr std::string_view kBgzfHead{"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0",
                                            16};  // then le16
inline constexpr std::string_view kMzHead{"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x08\0MZ\x04\0",
                                          16};  // then le32
inline constexpr std::string_view kEndMarker{
    "\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0", 28};
inline constexpr size_t kBgzfHeadBytes = 18;
inline constexpr size_t kMzHeadBytes = 20;
inline constexpr size_t kTrailerBytes = 8;

// Fixed part of every gzip header, up to and without the optional fields.
inline constexpr size_t kFixedHeadBytes = 10;
enum Flags : uint8_t { kHeaderCrc = 2, kExtra = 4, kName = 8, kComment = 16, kReserved = 0xe0 };

// The whole member's size as its extra field tells, if it has one of the two subfields.
// `extra`: the extra field's bytes. `head_bytes`: the header's size, this field included.
inline std::optional<uint64_t> MemberSize(std::string_view extra, size_t head_bytes) {
  while (extra.size() >= 4) {
    const size_t length = LoadLe<uint16_t>(extra.data() + 2);
    if (extra.size() - 4 < length) return std::nullopt;
    const char* const value = extra.data() + 4;
    if (extra.starts_with("BC") && length == 2) return uint64_t{LoadLe<uint16_t>(value)} + 1;
    if (extra.starts_with("MZ") && length == 4) {
      return uint64_t{LoadLe<uint32_t>(value)} + head_bytes + kTrailerBytes;
    }
    extra.remove_prefix(4 + length);
  }
  return std::nullopt;
}

}  // namespace sfdb::codecs::gzip
