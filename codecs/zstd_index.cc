// Reads the seek table at the end of a zstd file.
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/little_endian.h"
#include "codecs/zstd_layout.h"
#include "engine/base/status_macros.h"

namespace sfdb::codecs {
namespace {

using namespace zstd;  // NOLINT(google-build-using-namespace): the layout is this file's subject

// Entries are read in runs of this size, so that a hostile count costs no memory.
constexpr size_t kRunBytes = 12 * 4096;

absl::Status BadTable(std::string_view what, uint64_t offset) {
  return Damage("zstd", absl::StrFormat("damaged (seek table: %s)", what), offset);
}

struct Table {
  uint64_t begin = 0;  // of the skippable frame
  uint64_t entries = 0;
  size_t entry_bytes = 0;
};

absl::StatusOr<Table> ReadFrameOfTable(ByteSource& file) {
  const uint64_t size = file.size();
  if (size < kSkippableHeadBytes + kSeekTableFooterBytes) {
    return absl::NotFoundError("zstd: no seek table");
  }
  char footer[kSeekTableFooterBytes];
  RETURN_IF_ERROR(file.ReadAt(size - sizeof footer, footer));
  if (LoadLe<uint32_t>(footer + 5) != kSeekTableFooterMagic) {
    return absl::NotFoundError("zstd: no seek table");
  }
  const auto flags = static_cast<uint8_t>(footer[4]);
  Table table;
  table.entries = LoadLe<uint32_t>(footer);
  table.entry_bytes = (flags & kSeekTableChecksums) != 0 ? 12 : 8;
  if ((flags & kSeekTableReserved) != 0) return BadTable("reserved bits are set", size - 5);
  const uint64_t bytes =
      kSkippableHeadBytes + table.entries * table.entry_bytes + kSeekTableFooterBytes;
  if (table.entries > kSeekTableMaxFrames || bytes > size) {
    return BadTable(absl::StrFormat("%d entries do not fit the file", table.entries), size - 9);
  }
  table.begin = size - bytes;
  char head[kSkippableHeadBytes];
  RETURN_IF_ERROR(file.ReadAt(table.begin, head));
  if (LoadLe<uint32_t>(head) != kSeekTableMagic ||
      LoadLe<uint32_t>(head + 4) != bytes - kSkippableHeadBytes) {
    return BadTable("its head and its footer disagree", table.begin);
  }
  return table;
}

}  // namespace

absl::StatusOr<std::vector<FrameExtent>> ReadZstdIndex(ByteSource& file) {
  ASSIGN_OR_RETURN(const Table table, ReadFrameOfTable(file));
  std::vector<FrameExtent> frames;
  std::string run;
  uint64_t offset = 0;
  uint64_t at = table.begin + kSkippableHeadBytes;
  for (uint64_t left = table.entries * table.entry_bytes; left > 0; left -= run.size()) {
    run.resize(static_cast<size_t>(
        std::min<uint64_t>(left, kRunBytes / table.entry_bytes * table.entry_bytes)));
    RETURN_IF_ERROR(file.ReadAt(at, run));
    for (size_t i = 0; i < run.size(); i += table.entry_bytes) {
      const auto compressed = LoadLe<uint32_t>(run.data() + i);
      const auto plain = LoadLe<uint32_t>(run.data() + i + 4);
      // Skippable frames are listed as well; they hold nothing to read.
      if (plain > 0) frames.push_back({offset, compressed, plain, 0});
      offset += compressed;
      if (offset > table.begin) return BadTable("frames reach beyond it", at + i);
    }
    at += run.size();
  }
  if (offset != table.begin) return BadTable("frames do not fill the file", at);
  return frames;
}

}  // namespace sfdb::codecs
