// What the tests of crypto/ share: keys that need no file, and matchers for a Status.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/key_file.h"
#include "crypto/slot.h"

namespace sfdb::crypto {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}
// A status of `code` whose message has `part` in it.
MATCHER_P2(Fails, code, part, "") {
  const absl::Status& status = StatusOf(arg);
  *result_listener << status.ToString();
  return status.code() == code && std::string(status.message()).find(part) != std::string::npos;
}

inline constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;
inline constexpr absl::StatusCode kPermissionDenied = absl::StatusCode::kPermissionDenied;
inline constexpr absl::StatusCode kInvalidArgument = absl::StatusCode::kInvalidArgument;

// Key number `n`: 32 bytes of it.
inline SecretBytes TestKey(char n) { return SecretBytes::CopyOf(std::string(32, n)); }

template <typename Ptr, typename... Ptrs>
std::vector<Ptr> List(Ptr first, Ptrs... rest) {
  std::vector<Ptr> list;
  list.push_back(std::move(first));
  (list.push_back(std::move(rest)), ...);
  return list;
}
inline std::vector<RecipientPtr> ToKey(char n) { return List(KeyFileRecipient(TestKey(n))); }
inline std::vector<IdentityPtr> WithKey(char n) { return List(KeyFileIdentity(TestKey(n))); }

// `size` bytes in which every frame of every length differs from every other.
inline std::string TestData(size_t size) {
  std::string data(size, '\0');
  uint64_t state = 0x9e3779b97f4a7c15u + size;
  for (size_t i = 0; i < size; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    data[i] = static_cast<char>(state >> 56);
  }
  return data;
}

}  // namespace sfdb::crypto
