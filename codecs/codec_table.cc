// The table. One row per codec; everything about it is in its own files.
#include <algorithm>
#include <array>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec.h"
#include "codecs/codec_rows.h"
#include "codecs/little_endian.h"
#include "codecs/zstd_layout.h"

namespace sfdb::codecs {
namespace {

constexpr std::string_view kGzipAliases[] = {"pgzip"};
constexpr std::string_view kZstdAliases[] = {"zst"};

bool IsGzip(std::string_view head) { return head.starts_with("\x1f\x8b\x08"); }

bool IsZstd(std::string_view head) {
  if (head.size() < 4) return false;
  const auto magic = LoadLe<uint32_t>(head.data());
  return magic == zstd::kFrameMagic || (magic & zstd::kSkippableMask) == zstd::kSkippableMagic;
}

bool IsXz(std::string_view head) {
  return head.starts_with(
      std::string_view("\xfd"
                       "7zXZ\0",
                       6));
}

// 32 KiB window, no dictionary, and the header's own check (RFC 1950 2.2).
bool IsZlib(std::string_view head) {
  if (head.size() < 2 || head[0] != 0x78) return false;
  const auto flags = static_cast<uint8_t>(head[1]);
  return (flags & 0x20) == 0 && (0x7800 + flags) % 31 == 0;
}

constexpr Codec kCodecs[] = {
    {.name = "gzip",
     .aliases = kGzipAliases,
     .extension = ".gz",
     .min_level = 1,
     .max_level = kGzipMaxLevel,
     .default_level = 6,
     .ideal_frame_bytes = GzipIdealFrameBytes,
     .encoder_memory_bytes = GzipEncoderMemoryBytes,
     .max_compressed_bytes = GzipMaxCompressedBytes,
     .new_compressor = NewGzipCompressor,
     .make_prologue = GzipPrologue,
     .make_epilogue = GzipEpilogue,
     .new_decompressor = NewGzipDecompressor,
     .new_frame_decoder = NewGzipFrameDecoder,
     .read_frame_index = ReadGzipIndex,
     .matches = IsGzip},
    {.name = "zstd",
     .aliases = kZstdAliases,
     .extension = ".zst",
     .min_level = 1,
     .max_level = 22,
     .default_level = 3,
     .ideal_frame_bytes = ZstdIdealFrameBytes,
     .encoder_memory_bytes = ZstdEncoderMemoryBytes,
     .max_compressed_bytes = ZstdMaxCompressedBytes,
     .new_compressor = NewZstdCompressor,
     .make_prologue = ZstdPrologue,
     .make_epilogue = ZstdEpilogue,
     .new_decompressor = NewZstdDecompressor,
     .new_frame_decoder = NewZstdFrameDecoder,
     .read_frame_index = ReadZstdIndex,
     .matches = IsZstd},
    {.name = "xz",
     .aliases = {},
     .extension = ".xz",
     .min_level = 0,
     .max_level = 9,
     .default_level = 6,
     .ideal_frame_bytes = XzIdealFrameBytes,
     .encoder_memory_bytes = XzEncoderMemoryBytes,
     .max_compressed_bytes = XzMaxCompressedBytes,
     .new_compressor = NewXzCompressor,
     .make_prologue = XzPrologue,
     .make_epilogue = XzEpilogue,
     .new_decompressor = NewXzDecompressor,
     .new_frame_decoder = NewXzFrameDecoder,
     .read_frame_index = ReadXzIndex,
     .matches = IsXz},
    {.name = "zlib",
     .aliases = {},
     .extension = ".zlib",
     .can_write = false,
     .new_decompressor = NewZlibDecompressor,
     .new_frame_decoder = NewZlibFrameDecoder,
     .read_frame_index = NoFrameIndex,
     .matches = IsZlib},
    {.name = "none",
     .aliases = {},
     .extension = "",
     .ideal_frame_bytes = IdentityIdealFrameBytes,
     .encoder_memory_bytes = IdentityEncoderMemoryBytes,
     .max_compressed_bytes = IdentityMaxCompressedBytes,
     .new_compressor = NewIdentityCompressor,
     .make_prologue = IdentityPrologue,
     .make_epilogue = IdentityEpilogue,
     .new_decompressor = NewIdentityDecompressor,
     .new_frame_decoder = NewIdentityFrameDecoder,
     .read_frame_index = NoFrameIndex,
     .matches = nullptr},
};

const Codec& None() { return kCodecs[std::size(kCodecs) - 1]; }

}  // namespace

std::span<const Codec> AllCodecs() { return kCodecs; }

absl::StatusOr<const Codec*> FindCodec(std::string_view name) {
  std::string choices;
  for (const Codec& codec : kCodecs) {
    if (codec.name == name || std::ranges::find(codec.aliases, name) != codec.aliases.end()) {
      return &codec;
    }
    if (!codec.can_write) continue;
    if (!choices.empty()) choices += ", ";
    choices += codec.name;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("no compression type '%s'; choose one of %s", name, choices));
}

const Codec& CodecForPath(std::string_view path) {
  for (const Codec& codec : kCodecs) {
    if (!codec.extension.empty() && path.ends_with(codec.extension)) return codec;
  }
  return None();
}

const Codec& DetectCodec(std::string_view head) {
  for (const Codec& codec : kCodecs) {
    if (codec.matches != nullptr && codec.matches(head)) return codec;
  }
  return None();
}

absl::StatusOr<std::unique_ptr<Compressor>> Codec::NewCompressor(int level) const {
  if (!can_write) {
    return absl::InvalidArgumentError(
        absl::StrFormat("compression type '%s' can only be read; choose another to write", name));
  }
  if (level < min_level || level > max_level) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s has the levels %d to %d, not %d", name, min_level, max_level, level));
  }
  return new_compressor(level);
}

}  // namespace sfdb::codecs
