// The zstd container: RFC 8878 frames, each preceded by pzstd's 12-byte header so that stock pzstd
// decompresses them in parallel, and followed by the seek table of zstd's seekable format 0.1.0 as
// the last, skippable, frame.
//
//   prologue   header(16) | 5D 2A 4D 18 | 08 00 00 00 | "SFDB" 01 00 00 00
//   each frame header(n)  | n bytes: one frame, content size and checksum in it
//   epilogue   5E 2A 4D 18 | le32 size | entries | le32 count | 80 | B1 EA 92 8F
//   header(n)  50 2A 4D 18 | 04 00 00 00 | le32 n
//   entry      le32 compressed size | le32 plain size | le32 checksum
//
// The prologue's mark promises the seek table: a file that has the one without the other was cut
// off at a frame's edge, which no zstd decoder could tell. Headers and mark have entries of their
// own (plain size 0), because offsets in a seek table are sums of all entries before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sfdb::codecs::zstd {

inline constexpr uint32_t kFrameMagic = 0xfd2fb528;
inline constexpr uint32_t kSkippableMagic = 0x184d2a50;  // the low four bits are free
inline constexpr uint32_t kSkippableMask = 0xfffffff0;
inline constexpr uint32_t kPzstdMagic = kSkippableMagic;
inline constexpr uint32_t kMarkMagic = kSkippableMagic + 0xd;
inline constexpr uint32_t kSeekTableMagic = kSkippableMagic + 0xe;
inline constexpr uint32_t kSeekTableFooterMagic = 0x8f92eab1;
inline constexpr size_t kSkippableHeadBytes = 8;
inline constexpr size_t kMaxFrameHeaderBytes = 18;
inline constexpr size_t kPzstdHeaderBytes = 12;
inline constexpr std::string_view kMark{"SFDB\x01\0\0\0", 8};
inline constexpr size_t kSeekTableFooterBytes = 9;
inline constexpr uint8_t kSeekTableChecksums = 0x80;
inline constexpr uint8_t kSeekTableReserved = 0x7c;
inline constexpr size_t kSeekTableMaxFrames = 0x8000000;  // the reference reader's bound
// Low half of XXH64 of nothing: the checksum of an entry without content.
inline constexpr uint32_t kEmptyChecksum = 0x51d8e999;

}  // namespace sfdb::codecs::zstd
