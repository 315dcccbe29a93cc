// What the codecs share: the stream loop and the wording of errors.
#include <algorithm>
#include <limits>

#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"

namespace sfdb::codecs {

absl::StatusOr<Decompressor::Progress> Decompressor::Decompress(std::string_view in,
                                                                std::span<char> out) {
  if (!failed_.ok()) return failed_;
  Progress total;
  while (total.produced < out.size()) {
    absl::StatusOr<Progress> step = Step(in.substr(total.consumed), out.subspan(total.produced));
    if (!step.ok()) {
      failed_ = step.status();
      return failed_;
    }
    total.consumed += step->consumed;
    total.produced += step->produced;
    offset_ += step->consumed;
    if (step->consumed == 0 && step->produced == 0) break;
  }
  return total;
}

absl::Status Decompressor::Finish() {
  if (failed_.ok()) failed_ = AtEnd();
  return failed_;
}

absl::Status CheckFrameSizes(std::string_view codec, size_t plain, size_t needed, size_t room) {
  if (plain > kMaxFrameBytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s: a frame of %d bytes, more than %d", codec, plain, kMaxFrameBytes));
  }
  if (room < needed) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: an output buffer of %d bytes for a frame that may need %d", codec, room, needed));
  }
  return absl::OkStatus();
}

absl::Status Damage(std::string_view codec, std::string_view what, uint64_t offset) {
  return absl::DataLossError(absl::StrFormat("%s: %s at byte %d", codec, what, offset));
}

absl::Status Truncated(std::string_view codec, std::string_view missing, uint64_t offset) {
  return absl::DataLossError(
      absl::StrFormat("%s: truncated at byte %d, %s is missing", codec, offset, missing));
}

}  // namespace sfdb::codecs
