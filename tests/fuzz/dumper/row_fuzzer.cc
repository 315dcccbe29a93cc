// Rows read from the input go through blocks and the stitcher and must come out as the naive
// writing-down of the rules has them. Input: block size, net_buffer_length, style, columns, then
// per value a length byte (255: NULL; 250 to 254: that many times 1000 repeated bytes) and bytes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "dumper/rows/row_writer.h"
#include "dumper/rows/stitcher.h"
#include "tests/unit/dumper/collecting_sink.h"
#include "tests/unit/dumper/naive_dump.h"

namespace {

using namespace sfdb::dumper;

class Input {
 public:
  Input(const uint8_t* data, size_t size) : data_(data), left_(size) {}
  bool empty() const { return left_ == 0; }
  uint8_t Byte() { return left_ == 0 ? uint8_t{0} : (--left_, *data_++); }
  std::string Bytes(size_t n) {
    n = std::min(n, left_);
    std::string bytes(reinterpret_cast<const char*>(data_), n);
    data_ += n, left_ -= n;
    return bytes;
  }

 private:
  const uint8_t* data_;
  size_t left_;
};

naive::Row ReadRow(Input* input, size_t columns) {
  naive::Row row;
  for (size_t i = 0; i < columns; ++i) {
    const uint8_t length = input->Byte();
    if (length == 255) {
      row.push_back(std::nullopt);
    } else if (length >= 250) {
      const std::string unit = input->Bytes(1 + length - 250);
      std::string value;
      while (!unit.empty() && value.size() < (length - 249u) * 1000) value += unit;
      row.push_back(std::move(value));
    } else {
      row.push_back(input->Bytes(length));
    }
  }
  return row;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const size_t capacity = 4096 + 4 * input.Byte();
  const uint64_t n = 4096 + input.Byte() * (input.Byte() % 2 == 0 ? 1 : 97);
  const bool extended = input.Byte() % 4 != 0;
  std::vector<ColumnFormat> formats(1 + input.Byte() % 8);
  for (ColumnFormat& format : formats) format = static_cast<ColumnFormat>(input.Byte() % 4);

  CollectingSink sink(capacity);
  RowWriter writer(formats, EscapeCharset::kBytewise, &sink);
  std::vector<std::string> texts;
  while (!input.empty()) {
    const naive::Row row = ReadRow(&input, formats.size());
    texts.push_back(naive::RowText(formats, row));
    std::vector<const char*> values;
    std::vector<unsigned long> lengths;
    for (const auto& value : row) {
      values.push_back(value ? value->data() : nullptr);
      lengths.push_back(value ? value->size() : 0);
    }
    if (!writer.AppendRow(values.data(), lengths.data()).ok()) std::abort();
  }
  if (!writer.Finish().ok()) std::abort();

  const InsertStyle style{
      .pattern = "INSERT INTO `t` VALUES\n", .extended = extended, .net_buffer_length = n};
  const std::string expected = naive::Statements(texts, style.pattern, extended, n);
  if (Stitched(sink.blocks, style) != expected) std::abort();
  return 0;
}
