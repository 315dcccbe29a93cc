// Vectors: made from the byte layout with another implementation (Python `cryptography`), pass
// `kunci-uji`, salt 0102030405060708, nonce a0..ab. `big` is the SHA-256 of the stream file for
// 131077 bytes i % 251.
#include "crypto/legacy_go.h"

#include <set>

#include "crypto/encoding.h"
#include "crypto/internal/kdf.h"
#include "crypto/internal/wire.h"
#include "crypto/passphrase.h"
#include "crypto/sealed_stream.h"
#include "crypto/sha256.h"
#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

constexpr char kProfile[] = "[client]\nhost=127.0.0.1\nport=3306\nuser=root\npassword=rahasia\n";

struct Vector {
  int iterations;
  const char* key;
  const char* whole;
  const char* stream;
  const char* big_sha256;
};
constexpr Vector kVectors[] = {
    {100000, "3fe3ac952706f9b81b8ce4c76741ada0f54604172b2f42903e50af3736e43101",
     "53616c7465645f5f0102030405060708a0a1a2a3a4a5a6a7a8a9aaab7081358d3d37709c220607bb3ac8"
     "176766b558ae8181796364fb160f072916243e25aba447994cf4415fc1b82829a45deecdd1ba1cb18085"
     "1c97415dca3556bb997a35151ee2e42f48c80455f2",
     "53616c7465645f5f0102030405060708a0a1a2a3a4a5a6a7a8a9aaab0000004ddc6d36713a2b35fe1f38"
     "2cc8a48a17c654ece27b2e21b38220cd7a5ee49954e42581ba1af00765e4c1b9b39d954021682462baae"
     "335ab07b7a749ec987477ebea5b6d261a4162771deea9ff9cc00000000",
     "757bc9d5847b8ea294390cf7f8d68dc0572a0782dc48f944a5c32b0076aa4c62"},
    {600000, "534688f8f2371ac85a0dc76b791c1fce6a25672f41410a00cf45634161787b98",
     "53616c7465645f5f0102030405060708a0a1a2a3a4a5a6a7a8a9aaab4006f4722152737c08e26307d4df"
     "49a98171d1121a3fd23cf839bbcd1783e4f66f007ce7c9f9b3d4505923ec938e2e5606672adbefa0543e"
     "fee22f2487a54e1857c9200f2a835fd5059cccf6b2",
     "53616c7465645f5f0102030405060708a0a1a2a3a4a5a6a7a8a9aaab0000004d062c7a8726956ef878a7"
     "426c5bb960fd6c75a24e4e878f6cc4e10ef214aae661e08086d20a5f7e493958e47aec7bff5525c739ab"
     "de7cfa33ac3acc0ffc0494a36c3667b4822f50f5a5191062f900000000",
     "fe08a15a28617e9403316811aaaee695c45048fe2d960f641421bec9b53ca426"},
};

SecretBytes Passphrase() { return SecretBytes::CopyOf("kunci-uji"); }
std::string FromHex(const char* hex) { return std::string(HexDecode(hex)->view()); }
internal::LegacyGoSalt Salt() {
  return {FromHex("0102030405060708"), FromHex("a0a1a2a3a4a5a6a7a8a9aaab")};
}
std::string Big() {
  std::string plain(131077, '\0');
  for (size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<char>(i % 251);
  return plain;
}

absl::StatusOr<std::string> Opened(std::string_view sealed, std::span<const int> iterations,
                                   std::string_view passphrase = "kunci-uji") {
  MemorySource source(sealed, "old.enc");
  auto reader = LegacyGoReader::Open(
      &source, List(PassphraseIdentity(SecretBytes::CopyOf(passphrase))), iterations);
  if (!reader.ok()) return reader.status();
  std::string out(sealed.size(), '\0');
  auto size = ReadFully(**reader, out.data(), out.size());
  if (!size.ok()) return size.status();
  out.resize(*size);
  return out;
}
// One PBKDF2 round: for tests that are not about the key.
constexpr int kOnce[] = {1};
std::string Stream(std::string_view plain) {
  return *internal::SealLegacyGoStreamWith(Salt(), plain, Passphrase(), 1);
}

TEST(LegacyGo, VectorsOpenInBothLayoutsWithBothIterationCounts) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.iterations);
    EXPECT_EQ(HexEncode(internal::Pbkdf2Sha256("kunci-uji", FromHex("0102030405060708"),
                                               vector.iterations, 32)
                            ->view()),
              vector.key);
    for (const char* file : {vector.whole, vector.stream}) {
      const auto opened = OpenLegacyGo(FromHex(file), "old.enc", Passphrase());
      ASSERT_THAT(opened, IsOk());
      EXPECT_EQ(opened->view(), kProfile);
    }
  }
}

TEST(LegacyGo, WritesTheVectorsByteForByte) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.iterations);
    EXPECT_EQ(HexEncode(*internal::SealLegacyGoWholeWith(Salt(), kProfile, Passphrase(),
                                                         vector.iterations)),
              vector.whole);
    EXPECT_EQ(HexEncode(*internal::SealLegacyGoStreamWith(Salt(), kProfile, Passphrase(),
                                                          vector.iterations)),
              vector.stream);
    const auto big =
        internal::SealLegacyGoStreamWith(Salt(), Big(), Passphrase(), vector.iterations);
    EXPECT_EQ(big->size(), 131169u);
    EXPECT_EQ(Sha256Hex(*big), vector.big_sha256);
    const auto opened = OpenLegacyGo(*big, "old.enc", Passphrase());
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(Sha256Hex(opened->view()),
              "e4e1f654a2861b428f59f6ae07daccb2e7d8710031f2b0cb4e63561d30a5c68a");
  }
}

TEST(LegacyGo, WhatWeWriteHasAFreshSaltAndOpensAgain) {
  std::set<std::string> heads;
  for (int i = 0; i < 2; ++i) {
    const auto whole = SealLegacyGoWhole(kProfile, Passphrase());
    const auto stream = SealLegacyGoStream(kProfile, Passphrase(), kLegacyGoOldIterations);
    EXPECT_EQ(whole->size(), sizeof kProfile - 1 + 44);
    EXPECT_EQ(OpenLegacyGo(*whole, "p", Passphrase())->view(), kProfile);
    EXPECT_EQ(OpenLegacyGo(*stream, "p", Passphrase())->view(), kProfile);
    heads.insert(whole->substr(8, 20));
    heads.insert(stream->substr(8, 20));
  }
  EXPECT_EQ(heads.size(), 4u);
}

TEST(LegacyGo, OpensThroughTheCommonDoorAmongOtherKeys) {
  const std::string file = FromHex(kVectors[0].stream);
  MemorySource source(file, "old.enc");
  const auto keys = List(KeyFileIdentity(TestKey('a')), PassphraseIdentity(TestKey('x')),
                         PassphraseIdentity(Passphrase()));
  auto reader = OpenSealedStream(&source, keys);
  ASSERT_THAT(reader, IsOk());
  std::string out(200, '\0');
  out.resize(*ReadFully(**reader, out.data(), out.size()));
  EXPECT_EQ(out, kProfile);
  EXPECT_TRUE((*reader)->context().empty());

  MemorySource again(file, "old.enc");
  EXPECT_THAT(
      OpenSealedStream(&again, WithKey('a')),
      Fails(kPermissionDenied, "old.enc: no key given: a file of Go sfDBTools opens with a"));
}

TEST(LegacyGo, AWrongPassphraseIsDenied) {
  EXPECT_THAT(OpenLegacyGo(FromHex(kVectors[1].whole), "old.enc", SecretBytes::CopyOf("wrong")),
              Fails(kPermissionDenied,
                    "wrong passphrase, or the file is damaged at its beginning "
                    "(tried PBKDF2 with 600000 and 100000 iterations)"));
  EXPECT_THAT(Opened(Stream(Big()), kOnce, "wrong"), Fails(kPermissionDenied, "wrong passphrase"));
}

TEST(LegacyGo, SizesAroundTheChunkRoundTripInBothLayouts) {
  for (const size_t size : {0u, 1u, 65535u, 65536u, 65537u, 131072u, 200000u}) {
    const std::string plain = TestData(size);
    const auto stream = Opened(Stream(plain), kOnce);
    ASSERT_THAT(stream, IsOk());
    EXPECT_TRUE(*stream == plain) << size;
    const auto whole =
        Opened(*internal::SealLegacyGoWholeWith(Salt(), plain, Passphrase(), 1), kOnce);
    ASSERT_THAT(whole, IsOk());
    EXPECT_TRUE(*whole == plain) << size;
  }
  EXPECT_EQ(Stream("").size(), 32u);
}

TEST(LegacyGo, EveryTruncationOfAStreamIsReported) {
  const std::string file = Stream(TestData(3 * 65536 + 10));
  // All cuts near the edges of the preamble and of every chunk.
  std::set<size_t> cuts;
  for (size_t at = 0; at < 60; ++at) cuts.insert(at);
  for (size_t chunk = 0; chunk <= 4; ++chunk) {
    for (int d = -6; d <= 6; ++d) {
      const int at = static_cast<int>(28 + chunk * (4 + 65552)) + d;
      if (at < static_cast<int>(file.size())) cuts.insert(static_cast<size_t>(at));
    }
  }
  cuts.insert(file.size() - 1);
  cuts.insert(file.size() - 4);
  for (const size_t cut : cuts) {
    SCOPED_TRACE(cut);
    const auto opened = Opened(std::string_view(file).substr(0, cut), kOnce);
    EXPECT_THAT(opened, Fails(kDataLoss, cut < 8 ? "does not begin with Salted__" : "truncated"));
  }
}

TEST(LegacyGo, DamageInAChunkIsNamedWithItsPlace) {
  std::string file = Stream(TestData(3 * 65536 + 10));
  const size_t second = 28 + 4 + 65552;
  std::string changed = file;
  changed[second + 100] ^= 1;
  EXPECT_THAT(Opened(changed, kOnce), Fails(kDataLoss,
                                            "old.enc: frame 2 is damaged: its "
                                            "authentication tag does not match (bytes "
                                            "65536 to 131071 of the data)"));
  changed = file;
  internal::StoreU32(changed.data() + second, 0xffffffffu);
  EXPECT_THAT(Opened(changed, kOnce), Fails(kDataLoss,
                                            "claims 4294967295 bytes, a chunk has 16 to "
                                            "65552"));
  internal::StoreU32(changed.data() + second, 15);
  EXPECT_THAT(Opened(changed, kOnce), Fails(kDataLoss, "claims 15 bytes"));
  // Chunks 2 and 3 in each other's place.
  changed = file.substr(0, second) + file.substr(second + 65556, 65556) +
            file.substr(second, 65556) + file.substr(second + 2 * 65556);
  EXPECT_THAT(Opened(changed, kOnce), Fails(kDataLoss, "frame 2 is damaged"));
  EXPECT_THAT(Opened(file + "x", kOnce), Fails(kDataLoss, "more bytes follow the end mark"));
}

TEST(LegacyGo, AChunkLengthBeyondAllBoundsAllocatesNothing) {
  // As the first chunk it may also be the whole layout, which is read, but only to its limit.
  std::string file = "Salted__" + std::string(20, 's') + std::string(4, '\xff');
  EXPECT_THAT(Opened(file + std::string(100, 'x'), kOnce), Fails(kPermissionDenied, "wrong"));
  file.resize(kLegacyGoMaxWhole + 100);
  EXPECT_THAT(Opened(file, kOnce), Fails(kDataLoss, "its first chunk claims 4294967295 bytes"));
}

}  // namespace
}  // namespace sfdb::crypto
