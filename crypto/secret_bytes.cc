#include "crypto/secret_bytes.h"

#include <openssl/crypto.h>

#include <cstring>
#include <utility>

namespace sfdb::crypto {

SecretBytes::SecretBytes(size_t size)
    : data_(size > 0 ? new char[size]() : nullptr), size_(size), capacity_(size) {}

SecretBytes SecretBytes::CopyOf(std::string_view bytes) {
  SecretBytes copy(bytes.size());
  if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());
  return copy;
}

SecretBytes SecretBytes::TakeFrom(std::string* bytes) {
  SecretBytes taken = CopyOf(*bytes);
  Cleanse(bytes->data(), bytes->size());
  bytes->clear();
  return taken;
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::move(other.data_)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    Wipe();
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

SecretBytes::~SecretBytes() { Wipe(); }

void SecretBytes::Truncate(size_t size) {
  if (size >= size_) return;
  Cleanse(data_.get() + size, size_ - size);
  size_ = size;
}

void SecretBytes::Wipe() {
  if (capacity_ > 0) Cleanse(data_.get(), capacity_);
}

void Cleanse(void* data, size_t size) {
  if (size > 0) OPENSSL_cleanse(data, size);
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

std::string_view TrimPassphrase(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace sfdb::crypto
