// The compression formats of a backup file, one table row each. Start here.
//
// Writing: FindCodec -> one Compressor per worker thread -> MakePrologue, frames in file order,
// MakeEpilogue. Reading a stream: DetectCodec or CodecForPath -> NewDecompressor. Reading any
// place: ReadFrameIndex (or the caller's own offsets) -> one FrameDecoder per thread.
//
// To add a codec: one file with its pieces, one row in codec_table.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "codecs/compressor.h"
#include "codecs/decompressor.h"

namespace sfdb::codecs {

// A row of the table; immutable, lives as long as the program. Function pointers may be called from
// any thread.
struct Codec {
  std::string_view name;                      // "gzip"
  std::span<const std::string_view> aliases;  // {"pgzip"}
  std::string_view extension;                 // ".gz"; "" for none
  bool can_write = true;                      // false: kept for reading old files
  // Levels as users of the stock tool know them. A codec without levels has 0, 0, 0.
  int min_level = 0;
  int max_level = 0;
  int default_level = 0;

  // Plain bytes per frame: smaller costs ratio, larger gains nothing (README: measurements).
  size_t (*ideal_frame_bytes)(int level) = nullptr;
  // Most memory that one Compressor holds for frames up to ideal_frame_bytes(level), its scratch
  // included, the caller's input and output buffers not.
  size_t (*encoder_memory_bytes)(int level) = nullptr;
  // Upper bound of the frame's size for `plain` bytes of input, whatever they are. Also the size of
  // the output buffer that CompressFrame asks for.
  size_t (*max_compressed_bytes)(size_t plain) = nullptr;

  // REQUIRES for these three: can_write, and min_level <= level <= max_level.
  std::unique_ptr<Compressor> (*new_compressor)(int level) = nullptr;
  // The file's first and last bytes. `frames`: every frame of the file, in order.
  std::string (*make_prologue)() = nullptr;
  // OutOfRange if the container cannot index so many frames (zstd: 67 million).
  absl::StatusOr<std::string> (*make_epilogue)(std::span<const FrameRecord> frames) = nullptr;

  std::unique_ptr<Decompressor> (*new_decompressor)() = nullptr;
  std::unique_ptr<FrameDecoder> (*new_frame_decoder)() = nullptr;
  // Lists the frames from the container's own index without decompressing. NotFound if this file
  // has none (then read it as a stream); DataLoss if the index is damaged or truncated.
  absl::StatusOr<std::vector<FrameExtent>> (*read_frame_index)(ByteSource& file) = nullptr;
  // Whether a file that begins with `head` is of this format; null for none.
  bool (*matches)(std::string_view head) = nullptr;

  // Checks the level and that the codec can write; then new_compressor.
  absl::StatusOr<std::unique_ptr<Compressor>> NewCompressor(int level) const;
};

// Every row, in the order in which they are offered to users.
std::span<const Codec> AllCodecs();

// By name or alias, in lower case. InvalidArgument names the choices.
absl::StatusOr<const Codec*> FindCodec(std::string_view name);

// By the last extension of a path (".sql.gz", after ".enc" was taken off); `none` if no codec has
// it.
const Codec& CodecForPath(std::string_view path);

// By magic bytes: give it the first kDetectBytes of the file, or all of a shorter one. `none` if
// they are no format's. No SQL text is taken for one: its only printable head is "x^" (zlib).
inline constexpr size_t kDetectBytes = 8;
const Codec& DetectCodec(std::string_view head);

}  // namespace sfdb::codecs
