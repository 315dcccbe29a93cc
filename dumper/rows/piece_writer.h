// Writes the text of one row that has no room to spare: it fills the block to its last byte, or
// goes on in as many further blocks as it needs. Never holds more than one block.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "dumper/escape/escape.h"
#include "dumper/rows/block.h"
#include "dumper/rows/column_format.h"
#include "dumper/rows/row_writer.h"

namespace sfdb::dumper {

// One per row. The row has been marked in `*block` already; `*block` is replaced when it is full.
class PieceWriter {
 public:
  PieceWriter(EscapeCharset charset, BlockSink* sink, BlockPtr* block)
      : charset_(charset), sink_(sink), block_(block) {}

  absl::Status Raw(std::string_view text);
  absl::Status Value(ColumnFormat format, const char* value, size_t n);

  // To be called after the row's last byte: notes how much of the last block continues the row.
  void End();

 private:
  absl::Status Converted(bool hex, std::string_view value);
  absl::Status NextBlock();

  EscapeCharset charset_;
  BlockSink* sink_;
  BlockPtr* block_;
  bool crossed_ = false;  // the row began in an earlier block
};

}  // namespace sfdb::dumper
