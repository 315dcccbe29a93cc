// Reads the index at the end of an xz file, of every stream in it.
#include <lzma.h>

#include <algorithm>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/xz_layout.h"
#include "engine/base/status_macros.h"

namespace sfdb::codecs {
namespace {

using namespace xz;  // NOLINT(google-build-using-namespace): the layout is this file's subject

constexpr size_t kReadBytes = size_t{1} << 16;
// An index costs 16 bytes of memory a block: this is a file of 4 million blocks.
constexpr uint64_t kMaxIndexMemory = uint64_t{64} << 20;

struct FreeIndex {
  void operator()(lzma_index* index) const { lzma_index_end(index, nullptr); }
};
using Index = std::unique_ptr<lzma_index, FreeIndex>;

absl::Status IndexError(lzma_ret rc, uint64_t at, uint64_t size) {
  switch (rc) {
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR:
      return absl::ResourceExhaustedError(
          absl::StrFormat("xz: the index needs more than %d bytes of memory", kMaxIndexMemory));
    case LZMA_FORMAT_ERROR:
      return Damage("xz", "damaged or truncated (no stream header or footer)", at);
    case LZMA_BUF_ERROR:
      return Truncated("xz", "the index", size);
    case LZMA_OPTIONS_ERROR:
      return absl::UnimplementedError(absl::StrFormat("xz: unsupported options at byte %d", at));
    default:
      return Damage("xz", "damaged (index)", at);
  }
}

absl::StatusOr<Index> ReadIndex(ByteSource& file) {
  Stream stream;
  lzma_index* decoded = nullptr;
  lzma_ret rc = lzma_file_info_decoder(stream.get(), &decoded, kMaxIndexMemory, file.size());
  if (rc != LZMA_OK) return IndexError(rc, 0, file.size());
  std::string buffer;
  uint64_t at = 0;  // of the next read
  do {
    if (stream->avail_in == 0) {
      buffer.resize(static_cast<size_t>(std::min<uint64_t>(kReadBytes, file.size() - at)));
      RETURN_IF_ERROR(file.ReadAt(at, buffer));
      at += buffer.size();
      stream->next_in = Bytes(buffer.data());
      stream->avail_in = buffer.size();
    }
    rc = lzma_code(stream.get(), buffer.empty() ? LZMA_FINISH : LZMA_RUN);
    if (rc == LZMA_SEEK_NEEDED) {
      at = stream->seek_pos;
      stream->avail_in = 0;
      rc = LZMA_OK;
    }
  } while (rc == LZMA_OK);
  if (rc != LZMA_STREAM_END) return IndexError(rc, at - stream->avail_in, file.size());
  return Index(decoded);
}

}  // namespace

absl::StatusOr<std::vector<FrameExtent>> ReadXzIndex(ByteSource& file) {
  ASSIGN_OR_RETURN(const Index index, ReadIndex(file));
  std::vector<FrameExtent> frames;
  lzma_index_iter iter;
  lzma_index_iter_init(&iter, index.get());
  while (!lzma_index_iter_next(&iter, LZMA_INDEX_ITER_NONEMPTY_BLOCK)) {
    frames.push_back({iter.block.compressed_file_offset, iter.block.total_size,
                      iter.block.uncompressed_size, EncodingOf(iter.stream.flags->check)});
  }
  return frames;
}

}  // namespace sfdb::codecs
