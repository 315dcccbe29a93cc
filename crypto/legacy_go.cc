#include "crypto/legacy_go.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "crypto/damage.h"
#include "crypto/internal/aes_gcm.h"
#include "crypto/internal/kdf.h"
#include "crypto/internal/wire.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {
namespace {

using internal::AesGcm;
using internal::kIvBytes;
using internal::kKeyBytes;
using internal::kTagBytes;
using internal::LegacyGoSalt;
using internal::LoadU32;
using internal::StoreU32;
using internal::StoreU64;

constexpr size_t kSaltBytes = 8;
constexpr size_t kPreambleBytes = 8 + kSaltBytes + kIvBytes;
constexpr size_t kChunkBytes = 65536;
constexpr size_t kMaxChunk = kChunkBytes + kTagBytes;

std::string ChunkNonce(std::string_view base, uint64_t chunk) {
  std::string nonce(base);
  StoreU64(nonce.data() + 4, chunk);
  return nonce;
}

absl::StatusOr<SecretBytes> DeriveKey(const SecretBytes& passphrase, std::string_view salt,
                                      int iterations) {
  return internal::Pbkdf2Sha256(passphrase.view(), salt, iterations, kKeyBytes);
}

}  // namespace

struct LegacyGoReader::Impl {
  SequentialSource* source;
  std::string salt;
  std::string nonce;
  SecretBytes key;
  SecretBytes plain;    // of the current chunk, or of the whole file
  size_t position = 0;  // in plain
  bool stream = false;  // more chunks may follow
  uint64_t chunk = 0;   // the next one
  uint64_t offset = 0;  // of its plain bytes
  absl::Status status;

  // Finds the key that opens `sealed`, trying what is likeliest first; false: none does.
  absl::StatusOr<bool> FindKey(std::span<const IdentityPtr> identities,
                               std::span<const int> iterations, std::vector<SecretBytes>* tried,
                               std::string_view iv, std::string_view sealed);
  absl::Status OpenFirst(std::span<const IdentityPtr> identities, std::span<const int> iterations);
  absl::Status NextChunk();
  absl::Status Truncated(std::string_view where) const {
    return absl::DataLossError(absl::StrFormat("%s: truncated: it ends %s", source->name(), where));
  }
};

absl::StatusOr<bool> LegacyGoReader::Impl::FindKey(std::span<const IdentityPtr> identities,
                                                   std::span<const int> iterations,
                                                   std::vector<SecretBytes>* tried,
                                                   std::string_view iv, std::string_view sealed) {
  if (sealed.size() < kTagBytes) return false;
  size_t index = 0;
  for (const int count : iterations) {
    for (const IdentityPtr& identity : identities) {
      if (identity->passphrase() == nullptr) continue;
      // A key costs 0.1 s and more; the second layout asks for the same ones again.
      if (index == tried->size()) {
        ASSIGN_OR_RETURN(SecretBytes derived, DeriveKey(*identity->passphrase(), salt, count));
        tried->push_back(std::move(derived));
      }
      const SecretBytes& candidate = (*tried)[index++];
      SecretBytes opened(sealed.size() - kTagBytes);
      ASSIGN_OR_RETURN(const bool matches,
                       internal::GcmOpen(candidate.view(), iv, {}, sealed, opened.data()));
      if (!matches) continue;
      key = candidate.Clone();
      plain = std::move(opened);
      return true;
    }
  }
  return false;
}

absl::Status LegacyGoReader::Impl::OpenFirst(std::span<const IdentityPtr> identities,
                                             std::span<const int> iterations) {
  std::string preamble(kPreambleBytes, '\0');
  ASSIGN_OR_RETURN(size_t have, ReadFully(*source, preamble.data(), preamble.size()));
  if (!LooksLikeLegacyGo(preamble)) {
    return absl::DataLossError(absl::StrFormat(
        "%s: not a file of Go sfDBTools: it does not begin with Salted__", source->name()));
  }
  if (have < preamble.size()) return Truncated("inside the first 28 bytes");
  salt = preamble.substr(8, kSaltBytes);
  nonce = preamble.substr(8 + kSaltBytes);
  const bool any = std::any_of(identities.begin(), identities.end(),
                               [](const IdentityPtr& i) { return i->passphrase() != nullptr; });
  if (!any) {
    return absl::PermissionDeniedError(absl::StrFormat(
        "%s: no key given: a file of Go sfDBTools opens with a passphrase only", source->name()));
  }

  // The stream layout's first chunk, or the first bytes of the whole layout's ciphertext.
  std::string body(4, '\0');
  ASSIGN_OR_RETURN(have, ReadFully(*source, body.data(), body.size()));
  if (have < body.size()) return Truncated(absl::StrFormat("at byte %d", kPreambleBytes + have));
  const uint32_t first = LoadU32(body.data());
  const size_t want = first >= kTagBytes && first <= kMaxChunk ? first : 1;
  body.resize(4 + want);
  ASSIGN_OR_RETURN(have, ReadFully(*source, body.data() + 4, want));
  body.resize(4 + have);
  if (first == 0 && have == 0) return absl::OkStatus();  // an empty stream has nothing to check

  std::vector<SecretBytes> tried;
  if (first == want && have == want) {
    ASSIGN_OR_RETURN(const bool is_stream,
                     FindKey(identities, iterations, &tried, ChunkNonce(nonce, 0),
                             std::string_view(body).substr(4)));
    if (is_stream) {
      stream = true;
      chunk = 1;
      offset = plain.size();
      return absl::OkStatus();
    }
  }

  while (have > 0) {
    if (body.size() > kLegacyGoMaxWhole) break;
    const size_t old = body.size();
    body.resize(std::min(old + std::max(old, kChunkBytes), kLegacyGoMaxWhole + 1));
    ASSIGN_OR_RETURN(have, ReadFully(*source, body.data() + old, body.size() - old));
    body.resize(old + have);
  }
  if (body.size() <= kLegacyGoMaxWhole) {
    ASSIGN_OR_RETURN(const bool is_whole, FindKey(identities, iterations, &tried, nonce, body));
    if (is_whole) return absl::OkStatus();
  }
  if (first == want && body.size() - 4 < want) {
    return Truncated(absl::StrFormat("inside chunk 1, which claims %u bytes and has %d", first,
                                     body.size() - 4));
  }
  if (first != want && body.size() > kLegacyGoMaxWhole) {
    return absl::DataLossError(absl::StrFormat(
        "%s: damaged, or not a file of Go sfDBTools: its first chunk claims %u bytes, the most is "
        "%d, and as one piece it is longer than %d bytes",
        source->name(), first, kMaxChunk, kLegacyGoMaxWhole));
  }
  return absl::PermissionDeniedError(absl::StrFormat(
      "%s: wrong passphrase, or the file is damaged at its beginning (tried PBKDF2 with %s "
      "iterations)",
      source->name(), absl::StrJoin(iterations, " and ")));
}

absl::Status LegacyGoReader::Impl::NextChunk() {
  char word[4];
  ASSIGN_OR_RETURN(size_t have, ReadFully(*source, word, sizeof word));
  if (have < sizeof word) {
    return Truncated(absl::StrFormat(
        "behind chunk %d (byte %d of the data), the end mark is missing", chunk, offset));
  }
  const uint32_t size = LoadU32(word);
  if (size == 0) {
    stream = false;
    plain = SecretBytes();
    ASSIGN_OR_RETURN(have, ReadFully(*source, word, 1));
    if (have == 0) return absl::OkStatus();
    return absl::DataLossError(
        absl::StrFormat("%s: more bytes follow the end mark", source->name()));
  }
  const DamagedFrame where{chunk + 1, offset, offset + kChunkBytes};
  if (size < kTagBytes || size > kMaxChunk) {
    return FrameDamageError(source->name(), where,
                            absl::StrFormat("is damaged: it claims %u bytes, a chunk has %d to %d",
                                            size, kTagBytes, kMaxChunk));
  }
  std::string sealed(size, '\0');
  ASSIGN_OR_RETURN(have, ReadFully(*source, sealed.data(), sealed.size()));
  if (have < size) {
    return FrameDamageError(
        source->name(), where,
        absl::StrFormat("is missing in part: the file is truncated, the chunk needs %u bytes and "
                        "has %d",
                        size, have));
  }
  plain = SecretBytes(size - kTagBytes);
  ASSIGN_OR_RETURN(const bool matches, internal::GcmOpen(key.view(), ChunkNonce(nonce, chunk), {},
                                                         sealed, plain.data()));
  if (!matches) {
    return FrameDamageError(source->name(), {chunk + 1, offset, offset + plain.size()},
                            "is damaged: its authentication tag does not match");
  }
  ++chunk;
  offset += plain.size();
  return absl::OkStatus();
}

LegacyGoReader::LegacyGoReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LegacyGoReader::~LegacyGoReader() = default;

absl::StatusOr<std::unique_ptr<LegacyGoReader>> LegacyGoReader::Open(
    SequentialSource* source, std::span<const IdentityPtr> identities,
    std::span<const int> iterations) {
  auto impl = std::make_unique<Impl>();
  impl->source = source;
  RETURN_IF_ERROR(impl->OpenFirst(identities, iterations));
  return std::unique_ptr<LegacyGoReader>(new LegacyGoReader(std::move(impl)));
}

const std::string& LegacyGoReader::name() const { return impl_->source->name(); }

absl::StatusOr<size_t> LegacyGoReader::Read(char* out, size_t size) {
  Impl& impl = *impl_;
  while (impl.status.ok() && impl.stream && impl.position == impl.plain.size()) {
    impl.position = 0;
    impl.status = impl.NextChunk();
  }
  if (!impl.status.ok()) return impl.status;
  const size_t take = std::min(size, impl.plain.size() - impl.position);
  if (take > 0) std::memcpy(out, impl.plain.data() + impl.position, take);
  impl.position += take;
  return take;
}

absl::StatusOr<SecretBytes> OpenLegacyGo(std::string_view bytes, std::string_view source,
                                         const SecretBytes& passphrase) {
  MemorySource memory(bytes, std::string(source));
  std::vector<IdentityPtr> identities;
  identities.push_back(PassphraseIdentity(passphrase));
  ASSIGN_OR_RETURN(const std::unique_ptr<LegacyGoReader> reader,
                   LegacyGoReader::Open(&memory, identities));
  SecretBytes plain(bytes.size());  // always more than what comes out
  ASSIGN_OR_RETURN(const size_t size, ReadFully(*reader, plain.data(), plain.size()));
  plain.Truncate(size);
  return plain;
}

namespace internal {

absl::StatusOr<std::string> SealLegacyGoWholeWith(const LegacyGoSalt& salt, std::string_view plain,
                                                  const SecretBytes& passphrase, int iterations) {
  ASSIGN_OR_RETURN(const SecretBytes key, DeriveKey(passphrase, salt.salt, iterations));
  std::string out = std::string(kLegacyGoMagic) + salt.salt + salt.nonce;
  out.resize(kPreambleBytes + plain.size() + kTagBytes);
  RETURN_IF_ERROR(GcmSeal(key.view(), salt.nonce, {}, plain, out.data() + kPreambleBytes));
  return out;
}

absl::StatusOr<std::string> SealLegacyGoStreamWith(const LegacyGoSalt& salt, std::string_view plain,
                                                   const SecretBytes& passphrase, int iterations) {
  ASSIGN_OR_RETURN(const SecretBytes key, DeriveKey(passphrase, salt.salt, iterations));
  std::string out = std::string(kLegacyGoMagic) + salt.salt + salt.nonce;
  for (uint64_t chunk = 0; !plain.empty(); ++chunk) {
    const std::string_view part = plain.substr(0, kChunkBytes);
    plain.remove_prefix(part.size());
    AppendU32(&out, static_cast<uint32_t>(part.size() + kTagBytes));
    const size_t at = out.size();
    out.resize(at + part.size() + kTagBytes);
    RETURN_IF_ERROR(GcmSeal(key.view(), ChunkNonce(salt.nonce, chunk), {}, part, out.data() + at));
  }
  AppendU32(&out, 0);
  return out;
}

}  // namespace internal

namespace {

absl::StatusOr<LegacyGoSalt> RandomSalt() {
  LegacyGoSalt salt{std::string(kSaltBytes, '\0'), std::string(kIvBytes, '\0')};
  RETURN_IF_ERROR(FillRandom(salt.salt.data(), salt.salt.size()));
  RETURN_IF_ERROR(FillRandom(salt.nonce.data(), salt.nonce.size()));
  return salt;
}

}  // namespace

absl::StatusOr<std::string> SealLegacyGoWhole(std::string_view plain, const SecretBytes& passphrase,
                                              int iterations) {
  ASSIGN_OR_RETURN(const LegacyGoSalt salt, RandomSalt());
  return internal::SealLegacyGoWholeWith(salt, plain, passphrase, iterations);
}

absl::StatusOr<std::string> SealLegacyGoStream(std::string_view plain,
                                               const SecretBytes& passphrase, int iterations) {
  ASSIGN_OR_RETURN(const LegacyGoSalt salt, RandomSalt());
  return internal::SealLegacyGoStreamWith(salt, plain, passphrase, iterations);
}

}  // namespace sfdb::crypto
