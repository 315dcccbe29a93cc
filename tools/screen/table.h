// A table in lines: columns aligned by what characters take on the terminal, cells made harmless.
#pragma once

#include <string>
#include <vector>

#include "tools/screen/terminal.h"

namespace sfdb::tools {

struct Table {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // as many cells as the header
  std::vector<size_t> right;                   // columns to be aligned at the right
};

// Whole lines, with a frame of box-drawing characters, or of "+-|" where the locale is not UTF-8.
// On a terminal the last column is wrapped to its width.
std::string TableText(const Table& table, const ScreenStyle& style);

}  // namespace sfdb::tools
