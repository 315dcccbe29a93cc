#include "dumper/rows/piece_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "dumper/escape/multibyte.h"
#include "dumper/rows/value_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Source bytes converted aside at a time where the block's room is too small to write straight into
// it; reached once per block, so its size does not matter for speed.
constexpr size_t kAsideBytes = 256;

// Converts some of `[src, end)`, about `n` bytes of it; sets `*next` to what is left.
char* Convert(bool hex, EscapeCharset charset, const char* src, size_t n, const char* end,
              char* dst, const char** next) {
  if (!hex && charset != EscapeCharset::kBytewise) {
    return EscapeMultibyte(charset, src, src + n, end, dst, next);
  }
  *next = src + n;
  return hex ? HexEncode(src, n, dst) : EscapeBytes(src, n, dst);
}

}  // namespace

absl::Status PieceWriter::NextBlock() {
  End();
  RETURN_IF_ERROR(sink_->Deliver(std::move(*block_)));
  ASSIGN_OR_RETURN(*block_, sink_->Acquire());
  crossed_ = true;
  return absl::OkStatus();
}

void PieceWriter::End() {
  if (crossed_) (*block_)->set_continued((*block_)->size());
}

absl::Status PieceWriter::Raw(std::string_view text) {
  while (!text.empty()) {
    const size_t n = std::min(text.size(), (*block_)->Room(0));
    std::memcpy((*block_)->tail(), text.data(), n);
    (*block_)->Advance(n);
    text.remove_prefix(n);
    if (!text.empty()) RETURN_IF_ERROR(NextBlock());
  }
  return absl::OkStatus();
}

absl::Status PieceWriter::Converted(bool hex, std::string_view value) {
  const char* src = value.data();
  const char* const end = src + value.size();
  while (src != end) {
    const auto left = static_cast<size_t>(end - src);
    // A multi-byte character may be finished past the piece: up to two bytes, four when escaped.
    constexpr size_t kReserve = kEscapeSlack + 4;
    const size_t room = (*block_)->Room(0);
    const size_t direct = room > kReserve ? (room - kReserve) / 2 : 0;
    if (direct >= std::min(left, kAsideBytes)) {
      char* const tail = (*block_)->tail();
      char* const done = Convert(hex, charset_, src, std::min(left, direct), end, tail, &src);
      (*block_)->Advance(static_cast<size_t>(done - tail));
    } else {
      char aside[2 * kAsideBytes + kReserve];
      char* const done = Convert(hex, charset_, src, std::min(left, kAsideBytes), end, aside, &src);
      RETURN_IF_ERROR(Raw({aside, static_cast<size_t>(done - aside)}));
    }
  }
  return absl::OkStatus();
}

absl::Status PieceWriter::Value(ColumnFormat format, const char* value, size_t n) {
  if (value == nullptr) return Raw(kNullText);
  if (n == 0) return Raw(kEmptyText);
  switch (format) {
    case ColumnFormat::kBare:
      return Raw(BareIsNull(value, n) ? kNullText : std::string_view(value, n));
    case ColumnFormat::kHex:
      RETURN_IF_ERROR(Raw("0x"));
      return Converted(/*hex=*/true, {value, n});
    case ColumnFormat::kQuotedUnescaped:
      RETURN_IF_ERROR(Raw("'"));
      RETURN_IF_ERROR(Raw({value, n}));
      return Raw("'");
    case ColumnFormat::kQuoted:
      break;
  }
  RETURN_IF_ERROR(Raw("'"));
  RETURN_IF_ERROR(Converted(/*hex=*/false, {value, n}));
  return Raw("'");
}

}  // namespace sfdb::dumper
