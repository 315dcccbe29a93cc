// The reader of Go sfDBTools files over anything that begins with its magic, with one PBKDF2 round.
// Input: first byte = mode; 0: the rest is the file behind the magic; else the rest is plain text
// that is sealed (odd: stream, even: whole), and byte `mode` of the result, or the end, is damaged.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/legacy_go.h"
#include "crypto/passphrase.h"

using namespace sfdb::crypto;

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

absl::Status ReadAll(std::string_view file, std::string* out) {
  static const auto* const identities = [] {
    auto* list = new std::vector<IdentityPtr>;
    list->push_back(PassphraseIdentity(SecretBytes::CopyOf("p")));
    return list;
  }();
  constexpr int kRounds[] = {1};
  MemorySource source(file);
  auto reader = LegacyGoReader::Open(&source, *identities, kRounds);
  if (!reader.ok()) return reader.status();
  for (;;) {
    char buffer[777];
    const auto got = (*reader)->Read(buffer, sizeof buffer);
    if (!got.ok()) return got.status();
    if (*got == 0) return absl::OkStatus();
    out->append(buffer, *got);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const uint8_t mode = data[0];
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string out;
  if (mode == 0) {
    const std::string file = std::string(kLegacyGoMagic) + std::string(input);
    if (ReadAll(file, &out).ok()) Require(out.size() <= file.size());
    return 0;
  }
  const internal::LegacyGoSalt salt{std::string(8, 's'), std::string(12, 'n')};
  const SecretBytes passphrase = SecretBytes::CopyOf("p");
  std::string file = mode % 2 == 1 ? *internal::SealLegacyGoStreamWith(salt, input, passphrase, 1)
                                   : *internal::SealLegacyGoWholeWith(salt, input, passphrase, 1);
  Require(ReadAll(file, &out).ok() && out == input);
  out.clear();
  if (mode < 128) {
    file[mode % file.size()] = static_cast<char>(file[mode % file.size()] ^ 0x40);
    // An empty stream holds nothing that could be checked but its length, and the last 8 bytes of
    // the nonce mean nothing in the stream layout: the rest must be noticed.
    const absl::Status status = ReadAll(file, &out);
    Require(!status.ok() || (mode % 2 == 1 && out == input));
  } else {
    file.pop_back();
    Require(!ReadAll(file, &out).ok());
  }
  Require(input.starts_with(out));
  return 0;
}
