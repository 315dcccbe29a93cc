// Keys are gone from memory when the objects that held them are: the whole writable memory of this
// process is searched for them.
#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <sstream>

#include "crypto/key_loading.h"
#include "crypto/legacy_go.h"
#include "crypto/passphrase.h"
#include "crypto/public_key.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/sealed_stream.h"
#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

constexpr char kMask = 0x5a;
// Bytes 16 to 31 of a secret are looked for: the allocator itself overwrites the first 16 of what
// is freed, which would hide that we did not.
constexpr size_t kNeedleAt = 16;
constexpr size_t kNeedle = 16;

// Something secret, kept here only in disguise.
struct Masked {
  explicit Masked(std::string_view secret) : bytes(secret.substr(kNeedleAt, kNeedle)) {
    for (char& c : bytes) c = static_cast<char>(c ^ kMask);
  }
  std::string bytes;
};

// Searches the memory of this process through a window that is mapped for that and left out.
class MemorySearch {
 public:
  MemorySearch()
      : window_(static_cast<char*>(
            ::mmap(nullptr, kWindow, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))),
        memory_(std::fopen("/proc/self/mem", "rb")) {
    std::setvbuf(memory_, nullptr, _IONBF, 0);
  }
  ~MemorySearch() {
    std::fclose(memory_);
    ::munmap(window_, kWindow);
  }

  // How often the secret occurs in writable memory.
  int Count(const Masked& secret) {
    const auto window = reinterpret_cast<uintptr_t>(window_);
    std::ifstream maps("/proc/self/maps");
    int count = 0;
    for (std::string line; std::getline(maps, line);) {
      uintptr_t begin, end;
      char access[5];
      if (std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, access) != 3) continue;
      // Larger ones are a sanitizer's own.
      if (access[1] != 'w' || end - begin > (size_t{1} << 30)) continue;
      if (begin <= window && window < end) {
        count += CountIn(begin, window, secret) + CountIn(window + kWindow, end, secret);
      } else {
        count += CountIn(begin, end, secret);
      }
    }
    return count;
  }

 private:
  static constexpr size_t kWindow = 1 << 20;

  int CountIn(uintptr_t begin, uintptr_t end, const Masked& secret) {
    int count = 0;
    for (uintptr_t at = begin; at < end; at += kWindow - kNeedle + 1) {
      const size_t want = std::min<size_t>(kWindow, end - at);
      if (std::fseek(memory_, static_cast<long>(at), SEEK_SET) != 0) continue;
      const size_t have = std::fread(window_, 1, want, memory_);
      for (size_t i = 0; i + kNeedle <= have; ++i) {
        size_t k = 0;
        while (k < kNeedle && static_cast<char>(window_[i + k] ^ kMask) == secret.bytes[k]) ++k;
        count += k == kNeedle;
      }
    }
    return count;
  }

  char* window_;
  std::FILE* memory_;
};

int CountInMemory(const Masked& secret) { return MemorySearch().Count(secret); }

// Makes a secret, uses it, and lets everything go; found while it lives, not found afterwards.
void ExpectWiped(const std::function<SecretBytes()>& make,
                 const std::function<void(const SecretBytes&)>& use) {
  auto secret = std::make_unique<SecretBytes>(make());
  const Masked masked(secret->view());
  ASSERT_GE(CountInMemory(masked), 1) << "the search must find what is there";
  use(*secret);
  secret.reset();
  EXPECT_EQ(CountInMemory(masked), 0);
}

SecretBytes RandomSecret(size_t size) {
  SecretBytes secret(size);
  EXPECT_THAT(FillRandom(secret.data(), secret.size()), IsOk());
  return secret;
}

void SealAndOpen(RecipientPtr recipient, IdentityPtr identity) {
  const auto sealed = SealBytes(TestData(100000), {}, List(std::move(recipient)));
  ASSERT_THAT(sealed, IsOk());
  MemorySource source(*sealed);
  const auto reader = OpenSealedStream(&source, List(std::move(identity)));
  ASSERT_THAT(reader, IsOk());
  std::string out(100001, '\0');
  EXPECT_EQ(*ReadFully(**reader, out.data(), out.size()), 100000u);
}

TEST(Wiping, KeyFileKeysLeaveNothingBehind) {
  ExpectWiped(
      [] { return RandomSecret(32); },
      [](const SecretBytes& key) { SealAndOpen(KeyFileRecipient(key), KeyFileIdentity(key)); });
}

TEST(Wiping, KeyFilesLeaveNothingBehindInTheirTextForm) {
  const std::string path = testing::TempDir() + "wiping-" + RandomHexId(8);
  ExpectWiped([] { return EncodeKeyFile(RandomSecret(32), KeyFileEncoding::kBase64); },
              [&](const SecretBytes& text) {
                ASSERT_THAT(WriteNewSecretFile(path, text), IsOk());
                SealAndOpen(*LoadRecipient(path), *LoadIdentity(path));
              });
  std::remove(path.c_str());
}

TEST(Wiping, PassphrasesLeaveNothingBehind) {
  ExpectWiped([] { return RandomSecret(40); },
              [](const SecretBytes& passphrase) {
                SealAndOpen(*PassphraseRecipient(passphrase, 10), PassphraseIdentity(passphrase));
                const auto old = SealLegacyGoWhole("x", passphrase, 10);
                MemorySource source(*old);
                constexpr int kTen[] = {10};
                EXPECT_THAT(
                    LegacyGoReader::Open(&source, List(PassphraseIdentity(passphrase)), kTen),
                    IsOk());
              });
}

TEST(Wiping, DataKeysLeaveNothingBehind) {
  ExpectWiped([] { return RandomSecret(kDataKeyBytes); },
              [](const SecretBytes& data_key) {
                const auto rsa = GenerateRsaKeyPair(2048);
                const auto x25519 = GenerateX25519KeyPair();
                for (const PemKeyPair* pair : {&*rsa, &*x25519}) {
                  const auto slot = (*ParsePublicKey(pair->public_pem, "p"))->Wrap(data_key, "");
                  const auto identity = ParsePrivateKey(pair->private_pem, "p");
                  EXPECT_EQ((*identity)->Unwrap(*slot, "")->view(), data_key.view());
                }
                const auto slot = KeyFileRecipient(TestKey('a'))->Wrap(data_key, "");
                EXPECT_EQ(KeyFileIdentity(TestKey('a'))->Unwrap(*slot, "")->view(),
                          data_key.view());
              });
}

TEST(Wiping, ProfilesLeaveNothingBehind) {
  ExpectWiped([] { return RandomSecret(5000); },
              [](const SecretBytes& profile) {
                const SecretBytes pass = SecretBytes::CopyOf("p");
                const auto file = SealLegacyGoWhole(profile.view(), pass, kLegacyGoOldIterations);
                const auto opened = OpenLegacyGo(*file, "p", pass);
                ASSERT_THAT(opened, IsOk());
                EXPECT_EQ(opened->view(), profile.view());
              });
}

}  // namespace
}  // namespace sfdb::crypto
