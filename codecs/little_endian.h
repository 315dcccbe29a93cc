// Little-endian integers in byte strings: every container here uses them.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace sfdb::codecs {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "these helpers copy bytes as they lie");

template <typename T>
T LoadLe(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
void StoreLe(char* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

template <typename T>
void AppendLe(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace sfdb::codecs
