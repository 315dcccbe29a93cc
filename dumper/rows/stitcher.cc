#include "dumper/rows/stitcher.h"

namespace sfdb::dumper {
namespace {

// Bytes of the separator ",\n" that every row's text begins with.
constexpr size_t kSeparator = 2;
// What the rule adds to a statement's first row besides the pattern.
constexpr uint64_t kStatementOverhead = 4;

// Where the text of row `i` in this block ends, counting what of it is in later blocks.
uint64_t RowEnd(const Block& block, size_t i) {
  if (i + 1 < block.rows()) return block.row_begin(i + 1);
  if (block.last_row_bytes() != 0) return block.row_begin(i) + block.last_row_bytes();
  return block.size();
}

// The first row from `first` on that does not join the open statement, given that `room` more
// bytes (exclusive) fit counted from `first`'s beginning; block.rows() when all join.
size_t FirstBreak(const Block& block, size_t first, uint64_t room) {
  const uint64_t begin = block.row_begin(first);
  size_t low = first;
  size_t high = block.rows();
  if (RowEnd(block, high - 1) - begin < room) return high;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (RowEnd(block, middle) - begin < room) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void Append(const char* begin, const char* end, std::vector<std::string_view>* out) {
  if (begin != end) out->emplace_back(begin, static_cast<size_t>(end - begin));
}

}  // namespace

void Stitcher::BeginTable(const InsertStyle* style) {
  style_ = style;
  total_ = style->net_buffer_length;
  open_ = false;
}

void Stitcher::Add(Block* block, std::vector<std::string_view>* out) {
  const uint64_t limit = style_->net_buffer_length;
  const char* pending = block->data();  // text before this is already in `out`
  for (size_t row = 0; row < block->rows();) {
    const size_t first_break =
        !style_->extended ? row : FirstBreak(*block, row, total_ < limit ? limit - total_ : 0);
    if (first_break == block->rows()) {
      total_ += RowEnd(*block, first_break - 1) - block->row_begin(row);
      break;
    }
    char* const separator = block->data() + block->row_begin(first_break);
    if (open_) {
      *separator = ';';
      Append(pending, separator + kSeparator, out);
    } else {
      Append(pending, separator, out);
    }
    out->push_back(style_->pattern);
    pending = separator + kSeparator;
    open_ = true;
    total_ = RowEnd(*block, first_break) - block->row_begin(first_break) + style_->pattern.size() +
             kStatementOverhead;
    row = first_break + 1;
  }
  Append(pending, block->data() + block->size(), out);
}

void Stitcher::EndTable(std::vector<std::string_view>* out) {
  if (open_) out->emplace_back(";\n");
  open_ = false;
}

}  // namespace sfdb::dumper
