// Lists the frames of a gzip file by hopping from member to member along their extra fields.
#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/gzip_layout.h"
#include "engine/base/status_macros.h"

namespace sfdb::codecs {
namespace {

using namespace gzip;  // NOLINT(google-build-using-namespace): the layout is this file's subject

// BGZF members are joined into frames of this much plain text: one read and one task instead of 16.
constexpr uint64_t kJoinedPlainBytes = uint64_t{1} << 20;
// No deflate data expands more: 258 bytes from two bits.
constexpr uint64_t kMaxExpansion = 1032;
// Header, extra length and the extra fields of all writers of such members known to us.
constexpr size_t kHeadRoom = 64;

struct Member {
  uint64_t size = 0;
  uint64_t plain = 0;
};

// A header from the window [at, at + kHeadRoom) of the file.
absl::StatusOr<uint64_t> MemberSizeFromHead(std::string_view head, uint64_t at) {
  const std::string_view magic("\x1f\x8b\x08", 3);
  if (head.size() < 3 || head.substr(0, 3) != magic.substr(0, head.size())) {
    return Damage("gzip", at == 0 ? "damaged (not a gzip file)" : "trailing garbage", at);
  }
  if (head.size() < kFixedHeadBytes + 2) return Truncated("gzip", "a member's header", at);
  if (static_cast<uint8_t>(head[3]) != kExtra) {
    return absl::NotFoundError("gzip: a member does not tell its size");
  }
  const size_t extra = LoadLe<uint16_t>(head.data() + kFixedHeadBytes);
  const size_t head_bytes = kFixedHeadBytes + 2 + extra;
  if (head_bytes > head.size()) {
    if (head.size() < kHeadRoom) return Truncated("gzip", "a member's header", at);
    return absl::NotFoundError("gzip: a member has a long extra field");
  }
  const auto size = MemberSize(head.substr(kFixedHeadBytes + 2, extra), head_bytes);
  if (!size.has_value()) return absl::NotFoundError("gzip: a member does not tell its size");
  if (*size < head_bytes + kTrailerBytes) {
    return Damage("gzip", "damaged (member size below its header's)", at);
  }
  return *size;
}

void Append(const Member& member, uint64_t at, std::vector<FrameExtent>* frames) {
  if (member.plain == 0) return;
  const bool small = member.size <= (uint64_t{1} << 16);
  if (small && !frames->empty()) {
    FrameExtent& last = frames->back();
    if (last.offset + last.compressed_size == at &&
        last.plain_size + member.plain <= kJoinedPlainBytes) {
      last.compressed_size += member.size;
      last.plain_size += member.plain;
      return;
    }
  }
  frames->push_back({at, member.size, member.plain, 0});
}

}  // namespace

absl::StatusOr<std::vector<FrameExtent>> ReadGzipIndex(ByteSource& file) {
  const uint64_t size = file.size();
  std::vector<FrameExtent> frames;
  // One read per member: its trailer together with the next one's header.
  std::string window(std::min<uint64_t>(kHeadRoom, size), '\0');
  RETURN_IF_ERROR(file.ReadAt(0, window));
  bool ends_with_marker = false;
  uint64_t at = 0;
  do {
    ASSIGN_OR_RETURN(const uint64_t member_size, MemberSizeFromHead(window, at));
    if (member_size > size - at) return Truncated("gzip", "the rest of a member", size);
    ends_with_marker = std::string_view(window).starts_with(kEndMarker);
    const uint64_t trailer = at + member_size - kTrailerBytes;
    window.resize(std::min<uint64_t>(kTrailerBytes + kHeadRoom, size - trailer));
    RETURN_IF_ERROR(file.ReadAt(trailer, window));
    const Member member{member_size, LoadLe<uint32_t>(window.data() + 4)};
    if (member.plain > member_size * kMaxExpansion) {
      return Damage("gzip", "damaged (impossible plain size)", trailer + 4);
    }
    Append(member, at, &frames);
    window.erase(0, kTrailerBytes);
    at += member_size;
  } while (at < size);
  if (!ends_with_marker) return Truncated("gzip", "the end marker", size);
  return frames;
}

}  // namespace sfdb::codecs
