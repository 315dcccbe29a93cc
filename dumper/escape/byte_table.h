// The seven bytes that get a backslash form, as one table: what every kernel falls back to.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sfdb::dumper {

// What a byte becomes: `length` bytes, the first two of which are in `bytes` (memory order).
struct EscapeTable {
  std::array<std::array<char, 2>, 256> bytes{};
  std::array<uint8_t, 256> length{};

  constexpr EscapeTable() {
    for (size_t c = 0; c < 256; ++c) {
      bytes[c] = {static_cast<char>(c), 0};
      length[c] = 1;
    }
    constexpr char kPairs[][2] = {{'\0', '0'}, {'\n', 'n'},  {'\r', 'r'}, {'\x1A', 'Z'},
                                  {'"', '"'},  {'\'', '\''}, {'\\', '\\'}};
    for (const auto& pair : kPairs) {
      const auto c = static_cast<uint8_t>(pair[0]);
      bytes[c] = {'\\', pair[1]};
      length[c] = 2;
    }
  }
};

inline constexpr EscapeTable kEscapeTable;

}  // namespace sfdb::dumper
