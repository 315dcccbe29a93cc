// A block: the unit in which row text travels from a reader to the writer. Fixed size, from a pool.
//
// Layout of the memory: text grows up from the start, row marks (one uint32 each: where in this
// block a row begins) grow down from the end; the block is full when they meet. A row begins with
// its separator, the two bytes ",\n", then "(v1,v2,...)"; so the stitcher can turn the comma into a
// semicolon and put an INSERT head between, touching this block alone. A row that does not fit goes
// on in the next block: such a block begins with `continued` bytes that belong to the row before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace sfdb::dumper {

class Block;
// Returns the block to where it came from (a pool, or the heap).
class BlockHome {
 public:
  virtual ~BlockHome() = default;
  virtual void Return(Block* block) = 0;
};
struct BlockReturner {
  void operator()(Block* block) const;
};
using BlockPtr = std::unique_ptr<Block, BlockReturner>;

// Not thread-safe; owned by one stage at a time.
class Block {
 public:
  // REQUIRES: capacity is a multiple of 4 and at least 4096. `home` outlives the block; null: heap.
  Block(size_t capacity, BlockHome* home)
      : memory_(new char[capacity]), capacity_(capacity), home_(home) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  void Clear() { size_ = rows_ = 0, continued_ = 0, last_row_bytes_ = 0; }

  char* data() { return memory_.get(); }
  const char* data() const { return memory_.get(); }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  BlockHome* home() const { return home_; }

  // Bytes of text that still fit when `new_marks` more rows begin here.
  size_t Room(size_t new_marks) const {
    const size_t used = size_ + (rows_ + new_marks) * sizeof(uint32_t);
    return used < capacity_ ? capacity_ - used : 0;
  }

  // The end of the text, where the next bytes are to be written; then Advance() by their number.
  char* tail() { return memory_.get() + size_; }
  void Advance(size_t n) { size_ += n; }

  // Notes that a row (its separator first) begins at size().
  void MarkRow() {
    ++rows_;
    const uint32_t at = static_cast<uint32_t>(size_);
    std::memcpy(memory_.get() + capacity_ - rows_ * sizeof(uint32_t), &at, sizeof at);
  }

  size_t rows() const { return rows_; }
  // Where row `i` (0-based, in order) of this block begins.
  uint32_t row_begin(size_t i) const {
    uint32_t at;
    std::memcpy(&at, memory_.get() + capacity_ - (i + 1) * sizeof(uint32_t), sizeof at);
    return at;
  }

  // How many leading bytes finish a row that began in an earlier block of the same table.
  size_t continued() const { return continued_; }
  void set_continued(size_t n) { continued_ = n; }

  // Length of the last row's whole text, separator included, when it goes on in later blocks;
  // 0: it ends here.
  uint64_t last_row_bytes() const { return last_row_bytes_; }
  void set_last_row_bytes(uint64_t n) { last_row_bytes_ = n; }

 private:
  std::unique_ptr<char[]> memory_;
  size_t capacity_;
  BlockHome* home_;
  size_t size_ = 0;
  size_t rows_ = 0;
  size_t continued_ = 0;
  uint64_t last_row_bytes_ = 0;
};

inline void BlockReturner::operator()(Block* block) const {
  if (block->home() != nullptr) {
    block->home()->Return(block);
  } else {
    delete block;
  }
}

}  // namespace sfdb::dumper
