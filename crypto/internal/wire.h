// Big-endian numbers and a cursor that cannot run past the end.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sfdb::crypto::internal {

inline void StoreU32(char* out, uint32_t value) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(value >> (24 - 8 * i));
}
inline void StoreU64(char* out, uint64_t value) {
  StoreU32(out, static_cast<uint32_t>(value >> 32));
  StoreU32(out + 4, static_cast<uint32_t>(value));
}
inline uint32_t LoadU32(const char* in) {
  uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(in[i]);
  return value;
}

inline void AppendU16(std::string* out, size_t value) {
  out->push_back(static_cast<char>(value >> 8));
  out->push_back(static_cast<char>(value));
}
inline void AppendU32(std::string* out, uint32_t value) {
  char bytes[4];
  StoreU32(bytes, value);
  out->append(bytes, sizeof bytes);
}
// A 16-bit length, then the bytes. REQUIRES: bytes.size() <= 65535.
inline void AppendField(std::string* out, std::string_view bytes) {
  AppendU16(out, bytes.size());
  out->append(bytes);
}

// Every Take* returns false, and moves nowhere, when the bytes are not all there.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

  bool Take(size_t n, std::string_view* out) {
    if (bytes_.size() - position_ < n) {
      missing_ = n - (bytes_.size() - position_);
      return false;
    }
    *out = bytes_.substr(position_, n);
    position_ += n;
    return true;
  }
  bool TakeU16(uint16_t* out) {
    std::string_view raw;
    if (!Take(2, &raw)) return false;
    *out = static_cast<uint16_t>(static_cast<uint8_t>(raw[0]) << 8 | static_cast<uint8_t>(raw[1]));
    return true;
  }
  bool TakeU32(uint32_t* out) {
    std::string_view raw;
    if (!Take(4, &raw)) return false;
    *out = LoadU32(raw.data());
    return true;
  }
  bool TakeField(std::string_view* out) {
    const size_t start = position_;
    uint16_t size;
    if (TakeU16(&size) && Take(size, out)) return true;
    position_ = start;
    return false;
  }

  // How many bytes the last Take* that failed was short of.
  size_t missing() const { return missing_; }
  size_t position() const { return position_; }
  bool at_end() const { return position_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  size_t position_ = 0;
  size_t missing_ = 0;
};

}  // namespace sfdb::crypto::internal
