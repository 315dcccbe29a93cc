// The xz container (xz-file-format 1.1.0): ONE stream of many blocks,
//
//   stream header | block | block | ... | index | stream footer
//
// each block with both sizes in its header, which is what lets `xz -T0` hand blocks to threads;
// several streams would be decompressed one after the other. A frame of ours is a block.
#pragma once

#include <lzma.h>

#include <cstdint>
#include <cstring>

namespace sfdb::codecs::xz {

// What `xz` writes by default.
inline constexpr lzma_check kCheck = LZMA_CHECK_CRC64;
inline constexpr uint8_t kHeaderMagic[] = {0xfd, '7', 'z', 'X', 'Z', 0x00};

// FrameExtent::encoding: 0 is kCheck, else the check's number plus one.
inline uint32_t EncodingOf(lzma_check check) {
  return check == kCheck ? 0 : static_cast<uint32_t>(check) + 1;
}

inline const uint8_t* Bytes(const char* p) { return reinterpret_cast<const uint8_t*>(p); }
inline uint8_t* Bytes(char* p) { return reinterpret_cast<uint8_t*>(p); }

// An lzma_stream that frees what the library hung on it.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { lzma_end(&stream_); }
  lzma_stream* get() { return &stream_; }
  lzma_stream* operator->() { return &stream_; }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

}  // namespace sfdb::codecs::xz
