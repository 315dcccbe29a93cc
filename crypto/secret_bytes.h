// Bytes that must not outlive their use: keys, passphrases, the plain text of a profile.
//
// The memory is overwritten when the object dies, shrinks or is assigned to. There is no implicit
// copy and no way to print one; Clone() and view() are the places to look at in a review.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sfdb::crypto {

// Not thread-safe for writing; a const object may be read by many threads.
class SecretBytes {
 public:
  SecretBytes() = default;
  // `size` zero bytes.
  explicit SecretBytes(size_t size);
  static SecretBytes CopyOf(std::string_view bytes);
  // Copies `*bytes` and overwrites the original; `*bytes` is empty afterwards. What std::string
  // freed earlier, when it grew, cannot be reached: read secrets into a SecretBytes where possible.
  static SecretBytes TakeFrom(std::string* bytes);

  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  SecretBytes Clone() const { return CopyOf(view()); }
  // Keeps the first `size` bytes and overwrites the rest. REQUIRES: size <= this->size().
  void Truncate(size_t size);

  char* data() { return data_.get(); }
  const char* data() const { return data_.get(); }
  uint8_t* bytes() { return reinterpret_cast<uint8_t*>(data_.get()); }
  const uint8_t* bytes() const { return reinterpret_cast<const uint8_t*>(data_.get()); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Valid while this object lives and is not changed.
  std::string_view view() const { return {data_.get(), size_}; }

 private:
  void Wipe();

  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// Overwrites memory in a way that the compiler may not drop.
void Cleanse(void* data, size_t size);

// Compares in a time that depends on the sizes only.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

// `text` without white space at both ends: a passphrase from a flag, an environment variable or a
// prompt is trimmed this way (as Go sfDBTools did), one from a file is not.
std::string_view TrimPassphrase(std::string_view text);

}  // namespace sfdb::crypto
