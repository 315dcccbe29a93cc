// Formats rows of the text protocol straight into blocks: "(v1,v2,...)", one copy per byte.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/escape/escape.h"
#include "dumper/rows/block.h"
#include "dumper/rows/column_format.h"
#include "dumper/rows/format_row.h"

namespace sfdb::dumper {

// Where a RowWriter gets empty blocks and leaves full ones. Acquire() may wait (back-pressure).
class BlockSink {
 public:
  virtual ~BlockSink() = default;
  // An empty block. An error (cancelled, ...) ends the read and is returned by the writer as it is.
  virtual absl::StatusOr<BlockPtr> Acquire() = 0;
  virtual absl::Status Deliver(BlockPtr block) = 0;
};

// One per query; used by one thread. Blocks are delivered when full and by Finish().
class RowWriter {
 public:
  // REQUIRES: at least one column. `sink` outlives the writer.
  RowWriter(std::vector<ColumnFormat> columns, EscapeCharset charset, BlockSink* sink);

  // `values[i]` is column i's text as the protocol delivered it (null: SQL NULL), `lengths[i]` its
  // bytes. The memory is only read during the call. A row larger than a block is written piece by
  // piece: its length is computed first, so memory does not grow with the row.
  absl::Status AppendRow(const char* const* values, const unsigned long* lengths);

  // Delivers the block in progress, if any. No AppendRow after it.
  absl::Status Finish();

  uint64_t rows() const { return rows_; }
  // Bytes of row text so far, separators included.
  uint64_t bytes() const { return bytes_; }

 private:
  // The two ways to write a row; both count it.
  void AppendAtOnce(const char* const* values, const unsigned long* lengths);
  absl::Status AppendInPieces(const char* const* values, const unsigned long* lengths,
                              uint64_t row_bytes);
  // For rows that might not fit into what is left of the block.
  absl::Status AppendAtEdge(const char* const* values, const unsigned long* lengths,
                            uint64_t bound);
  absl::Status StartBlock();

  std::vector<ColumnFormat> columns_;
  EscapeCharset charset_;
  FormatRowFunction format_row_;
  BlockSink* sink_;
  BlockPtr block_;
  uint64_t rows_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace sfdb::dumper
