// Packs rows into INSERT statements. Where one statement ends and the next begins depends on the
// sum of row lengths across the whole table; the stitcher decides that from lengths alone, so that
// the text does not depend on how the table was cut into blocks or chunks, or by how many readers.
//
// The rule (mariadb-dump 10.11, reproduced by experiment): with N = net_buffer_length, P = bytes of
// the pattern, L = bytes of "(v1,...)" + 2 for each row: if total + L < N the row joins the open
// statement and total += L; else a new statement begins with it and total = L + P + 4. At the start
// of a table total = N: the first row always begins one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dumper/rows/block.h"

namespace sfdb::dumper {

// What the INSERT statements of one table look like. Must outlive the spans that refer to it.
struct InsertStyle {
  // "INSERT INTO `t` VALUES\n", "INSERT INTO `t` (`a`) VALUES " or, without extended-insert,
  // "INSERT INTO `t` VALUES " (the row brings its parentheses).
  std::string pattern;
  bool extended = true;
  uint64_t net_buffer_length = 1046528;
};

// One table at a time; used by one thread. Blocks must come in the order of the rows.
class Stitcher {
 public:
  // Begins a table; `style` must outlive it.
  void BeginTable(const InsertStyle* style);

  // Appends to `out` the pieces of text that `block` stands for. They point into the block (whose
  // bytes may be changed: a separator's comma becomes a semicolon), the style, and literals.
  void Add(Block* block, std::vector<std::string_view>* out);

  // Ends the table: closes the open statement, if there is one.
  void EndTable(std::vector<std::string_view>* out);

 private:
  const InsertStyle* style_ = nullptr;
  uint64_t total_ = 0;
  bool open_ = false;
};

}  // namespace sfdb::dumper
