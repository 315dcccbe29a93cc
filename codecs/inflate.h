// ISA-L's streaming inflate behind an interface that gzip and zlib reading share.
#pragma once

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

#include "codecs/decompressor.h"

namespace sfdb::codecs {

class Inflate {
 public:
  // `wrapper`: ISAL_GZIP_NO_HDR_VER (deflate data and gzip trailer) or ISAL_ZLIB (whole stream).
  explicit Inflate(uint32_t wrapper)
      : wrapper_(wrapper), state_(std::make_unique<inflate_state>()) {
    isal_inflate_init(state_.get());
    Reset();
  }

  void Reset() {
    isal_inflate_reset(state_.get());
    state_->crc_flag = wrapper_;
    pending_ = false;
  }

  // One library call. `code` is ISA-L's: negative is an error.
  struct Result {
    int code = ISAL_DECOMP_OK;
    Decompressor::Progress progress;
  };
  Result Step(std::string_view in, std::span<char> out) {
    if (in.empty() && !pending_) return {};
    // The library counts in 32 bits.
    constexpr size_t kMost = std::numeric_limits<int32_t>::max();
    const auto in_size = static_cast<uint32_t>(std::min(in.size(), kMost));
    const auto out_size = static_cast<uint32_t>(std::min(out.size(), kMost));
    // It does not write through next_in; the type merely lacks the const.
    state_->next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(in.data()));
    state_->avail_in = in_size;
    state_->next_out = reinterpret_cast<uint8_t*>(out.data());
    state_->avail_out = out_size;
    Result result;
    result.code = isal_inflate(state_.get());
    result.progress = {in_size - state_->avail_in, out_size - state_->avail_out};
    pending_ = state_->avail_out == 0;
    return result;
  }

  // The end of the deflate data and its trailer were reached, the checksum was right.
  bool finished() const { return state_->block_state == ISAL_BLOCK_FINISH; }
  // Bytes that the library read behind that end and keeps to itself.
  size_t overread() const { return static_cast<size_t>(state_->read_in_length / 8); }
  bool produced_nothing() const { return state_->total_out == 0; }

 private:
  const uint32_t wrapper_;
  const std::unique_ptr<inflate_state> state_;
  bool pending_ = false;  // the library may hold output that did not fit
};

}  // namespace sfdb::codecs
