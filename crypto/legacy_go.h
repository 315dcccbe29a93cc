// What Go sfDBTools encrypted: profiles in its "whole" layout, backups in its "stream" layout.
//
//   whole   "Salted__" | salt[8] | nonce[12] | ciphertext | tag[16]
//   stream  "Salted__" | salt[8] | nonce[12] | { be32 n | n bytes: ciphertext and tag } | be32 0
//           chunk i (from 0) has the nonce nonce[0..3] | be64(i); 65536 plain bytes but in the last
// The AES-256-GCM key is PBKDF2-HMAC-SHA256(passphrase, salt, iterations): 100,000 iterations until
// v1.0.5, 600,000 since, with nothing in the file to tell which. We try both; the tag decides. It
// also decides between the layouts.
//
// Weaknesses of the format, and what this reader does about them: a chunk's length had no bound
// (we refuse more than 65552), a missing end was taken for the end (we report truncation), and the
// end mark is not authenticated, so whoever cuts a file between two chunks and appends the mark
// goes unnoticed: only what is inside (gzip, zstd) can tell. New backups are therefore never
// written this way. Profiles are, in the whole layout, because Go sfDBTools must still read them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret_bytes.h"
#include "crypto/slot.h"
#include "crypto/source.h"

namespace sfdb::crypto {

inline constexpr std::string_view kLegacyGoMagic = "Salted__";
inline constexpr int kLegacyGoIterations = 600'000;     // since v1.0.6
inline constexpr int kLegacyGoOldIterations = 100'000;  // through v1.0.5
inline constexpr int kLegacyGoAllIterations[] = {kLegacyGoIterations, kLegacyGoOldIterations};

// The whole layout has one tag at its end, so it is opened in memory; Go sfDBTools used it for
// profiles and short texts.
inline constexpr size_t kLegacyGoMaxWhole = 64u << 20;

inline bool LooksLikeLegacyGo(std::string_view prefix) {
  return prefix.starts_with(kLegacyGoMagic);
}

// Either layout as a stream of plain bytes. Errors as in crypto/open.h; a wrong passphrase and a
// damaged first chunk cannot be told apart (PermissionDenied). Sticky after an error; not
// thread-safe.
class LegacyGoReader : public SequentialSource {
 public:
  // Tries every passphrase among `identities` with every iteration count, likeliest first.
  // `source` outlives the reader.
  static absl::StatusOr<std::unique_ptr<LegacyGoReader>> Open(
      SequentialSource* source, std::span<const IdentityPtr> identities,
      std::span<const int> iterations = kLegacyGoAllIterations);
  ~LegacyGoReader() override;

  absl::StatusOr<size_t> Read(char* out, size_t size) override;
  const std::string& name() const override;

 private:
  struct Impl;
  explicit LegacyGoReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A whole file in memory (a profile). `source` is its name for messages.
absl::StatusOr<SecretBytes> OpenLegacyGo(std::string_view bytes, std::string_view source,
                                         const SecretBytes& passphrase);

// The whole layout, as profiles are written; 600,000 iterations unless an old Go sfDBTools must
// read it.
absl::StatusOr<std::string> SealLegacyGoWhole(std::string_view plain, const SecretBytes& passphrase,
                                              int iterations = kLegacyGoIterations);
// The stream layout; for tests, and for handing a file to somebody who has only the Go program.
absl::StatusOr<std::string> SealLegacyGoStream(std::string_view plain,
                                               const SecretBytes& passphrase,
                                               int iterations = kLegacyGoIterations);

namespace internal {

// With salt and nonce given instead of random, for test vectors. A pair must never be used twice.
struct LegacyGoSalt {
  std::string salt;   // 8 bytes
  std::string nonce;  // 12 bytes
};
absl::StatusOr<std::string> SealLegacyGoWholeWith(const LegacyGoSalt& salt, std::string_view plain,
                                                  const SecretBytes& passphrase, int iterations);
absl::StatusOr<std::string> SealLegacyGoStreamWith(const LegacyGoSalt& salt, std::string_view plain,
                                                   const SecretBytes& passphrase, int iterations);

}  // namespace internal
}  // namespace sfdb::crypto
