// What each codec's file gives to codec_table.cc, and the little that the files share. Not for
// users of the library: include codecs/codec.h.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "codecs/codec.h"

namespace sfdb::codecs {

// InvalidArgument unless the input fits a frame and the output buffer fits the input.
absl::Status CheckFrameSizes(std::string_view codec, size_t plain, size_t needed, size_t room);

// DataLoss "<codec>: <what> at byte <offset>".
absl::Status Damage(std::string_view codec, std::string_view what, uint64_t offset);
// DataLoss for the end of input in the middle of something.
absl::Status Truncated(std::string_view codec, std::string_view missing, uint64_t offset);

// gzip (gzip_compressor.cc, gzip_decompressor.cc, gzip_index.cc)
inline constexpr int kGzipMaxLevel = 12;
size_t GzipIdealFrameBytes(int level);
size_t GzipEncoderMemoryBytes(int level);
size_t GzipMaxCompressedBytes(size_t plain);
std::unique_ptr<Compressor> NewGzipCompressor(int level);
std::string GzipPrologue();
absl::StatusOr<std::string> GzipEpilogue(std::span<const FrameRecord> frames);
std::unique_ptr<Decompressor> NewGzipDecompressor();
std::unique_ptr<FrameDecoder> NewGzipFrameDecoder();
absl::StatusOr<std::vector<FrameExtent>> ReadGzipIndex(ByteSource& file);

// zlib, reading only (zlib_decompressor.cc)
std::unique_ptr<Decompressor> NewZlibDecompressor();
std::unique_ptr<FrameDecoder> NewZlibFrameDecoder();

// zstd (zstd_compressor.cc, zstd_decompressor.cc, zstd_index.cc)
size_t ZstdIdealFrameBytes(int level);
size_t ZstdEncoderMemoryBytes(int level);
size_t ZstdMaxCompressedBytes(size_t plain);
std::unique_ptr<Compressor> NewZstdCompressor(int level);
std::string ZstdPrologue();
absl::StatusOr<std::string> ZstdEpilogue(std::span<const FrameRecord> frames);
std::unique_ptr<Decompressor> NewZstdDecompressor();
std::unique_ptr<FrameDecoder> NewZstdFrameDecoder();
absl::StatusOr<std::vector<FrameExtent>> ReadZstdIndex(ByteSource& file);

// xz (xz_compressor.cc, xz_decompressor.cc, xz_index.cc)
size_t XzIdealFrameBytes(int level);
size_t XzEncoderMemoryBytes(int level);
size_t XzMaxCompressedBytes(size_t plain);
std::unique_ptr<Compressor> NewXzCompressor(int level);
std::string XzPrologue();
absl::StatusOr<std::string> XzEpilogue(std::span<const FrameRecord> frames);
std::unique_ptr<Decompressor> NewXzDecompressor();
std::unique_ptr<FrameDecoder> NewXzFrameDecoder();
absl::StatusOr<std::vector<FrameExtent>> ReadXzIndex(ByteSource& file);

// none (identity_codec.cc)
size_t IdentityIdealFrameBytes(int level);
size_t IdentityEncoderMemoryBytes(int level);
size_t IdentityMaxCompressedBytes(size_t plain);
std::unique_ptr<Compressor> NewIdentityCompressor(int level);
std::string IdentityPrologue();
absl::StatusOr<std::string> IdentityEpilogue(std::span<const FrameRecord> frames);
std::unique_ptr<Decompressor> NewIdentityDecompressor();
std::unique_ptr<FrameDecoder> NewIdentityFrameDecoder();

// For formats whose files hold no index.
absl::StatusOr<std::vector<FrameExtent>> NoFrameIndex(ByteSource& file);

}  // namespace sfdb::codecs
