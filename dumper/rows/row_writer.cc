#include "dumper/rows/row_writer.h"

#include <utility>

#include "dumper/rows/piece_writer.h"
#include "dumper/rows/value_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// A row larger than a block begins in the block in progress only when this much of it is left: the
// row's separator must not be torn apart (2 bytes), and a tiny first piece gains nothing.
constexpr size_t kMinFirstPiece = 256;

}  // namespace

RowWriter::RowWriter(std::vector<ColumnFormat> columns, EscapeCharset charset, BlockSink* sink)
    : columns_(std::move(columns)),
      charset_(charset),
      format_row_(FormatRowFor(charset)),
      sink_(sink) {}

absl::Status RowWriter::AppendRow(const char* const* values, const unsigned long* lengths) {
  uint64_t bytes = 0;
  for (size_t i = 0; i < columns_.size(); ++i) bytes += values[i] != nullptr ? lengths[i] : 0;
  const uint64_t bound =
      2 * bytes + kValueOverhead * columns_.size() + kRowHead.size() + kEscapeSlack;
  if (block_ == nullptr) RETURN_IF_ERROR(StartBlock());
  if (bound > block_->Room(1)) [[unlikely]]
    return AppendAtEdge(values, lengths, bound);
  AppendAtOnce(values, lengths);
  return absl::OkStatus();
}

void RowWriter::AppendAtOnce(const char* const* values, const unsigned long* lengths) {
  block_->MarkRow();
  char* const begin = block_->tail();
  char* const end =
      format_row_({columns_.data(), values, lengths, columns_.size()}, charset_, begin);
  const auto written = static_cast<size_t>(end - begin);
  block_->Advance(written);
  bytes_ += written;
  ++rows_;
}

absl::Status RowWriter::AppendAtEdge(const char* const* values, const unsigned long* lengths,
                                     uint64_t bound) {
  uint64_t row_bytes = kRowHead.size() + columns_.size();
  for (size_t i = 0; i < columns_.size(); ++i) {
    row_bytes += ExactValueLength(columns_[i], charset_, values[i], lengths[i]);
  }
  const bool fits_some_block = row_bytes + sizeof(uint32_t) <= block_->capacity();
  if (row_bytes > block_->Room(1) && (fits_some_block || block_->Room(1) < kMinFirstPiece)) {
    RETURN_IF_ERROR(sink_->Deliver(std::move(block_)));
    RETURN_IF_ERROR(StartBlock());
    if (bound <= block_->Room(1)) {
      AppendAtOnce(values, lengths);
      return absl::OkStatus();
    }
  }
  return AppendInPieces(values, lengths, row_bytes);
}

absl::Status RowWriter::AppendInPieces(const char* const* values, const unsigned long* lengths,
                                       uint64_t row_bytes) {
  if (row_bytes > block_->Room(1)) block_->set_last_row_bytes(row_bytes);
  block_->MarkRow();
  PieceWriter pieces(charset_, sink_, &block_);
  RETURN_IF_ERROR(pieces.Raw(kRowHead));
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (i != 0) RETURN_IF_ERROR(pieces.Raw(","));
    RETURN_IF_ERROR(pieces.Value(columns_[i], values[i], lengths[i]));
  }
  RETURN_IF_ERROR(pieces.Raw(")"));
  pieces.End();
  bytes_ += row_bytes;
  ++rows_;
  return absl::OkStatus();
}

absl::Status RowWriter::StartBlock() {
  ASSIGN_OR_RETURN(block_, sink_->Acquire());
  return absl::OkStatus();
}

absl::Status RowWriter::Finish() {
  if (block_ == nullptr) return absl::OkStatus();
  if (block_->size() == 0) {
    block_.reset();
    return absl::OkStatus();
  }
  return sink_->Deliver(std::move(block_));
}

}  // namespace sfdb::dumper
