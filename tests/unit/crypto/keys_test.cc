#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "crypto/key_loading.h"
#include "crypto/passphrase.h"
#include "crypto/public_key.h"
#include "crypto/rotate.h"
#include "crypto/seal.h"
#include "crypto/sealed_stream.h"
#include "crypto/sha256.h"
#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

// A directory for one test, gone afterwards.
class KeyFiles : public testing::Test {
 protected:
  KeyFiles() {
    std::string pattern = testing::TempDir() + "sfdb-keys-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~KeyFiles() override { std::filesystem::remove_all(directory_); }

  std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  std::string Write(const std::string& name, std::string_view contents) const {
    std::ofstream(Path(name), std::ios::binary) << contents;
    return Path(name);
  }

 private:
  std::string directory_;
};

absl::StatusOr<std::string> Opened(const std::string& sealed,
                                   const std::vector<IdentityPtr>& identities) {
  MemorySource source(sealed, "x.enc");
  auto reader = OpenSealedStream(&source, identities);
  if (!reader.ok()) return reader.status();
  std::string out(sealed.size(), '\0');
  auto size = ReadFully(**reader, out.data(), out.size());
  if (!size.ok()) return size.status();
  out.resize(*size);
  return out;
}

const PemKeyPair& Rsa() {
  static const PemKeyPair* const pair = new PemKeyPair(*GenerateRsaKeyPair(2048));
  return *pair;
}

TEST(Slots, EachKindOpensWhatWasSealedToIt) {
  const auto x25519 = GenerateX25519KeyPair();
  const SecretBytes passphrase = SecretBytes::CopyOf("kunci-uji");
  const struct {
    RecipientPtr recipient;
    IdentityPtr identity;
  } kinds[] = {
      {KeyFileRecipient(TestKey('a')), KeyFileIdentity(TestKey('a'))},
      {*PassphraseRecipient(passphrase), PassphraseIdentity(passphrase)},
      {*ParsePublicKey(Rsa().public_pem, "p"), *ParsePrivateKey(Rsa().private_pem, "p")},
      {*ParsePublicKey(x25519->public_pem, "p"), *ParsePrivateKey(x25519->private_pem, "p")},
  };
  for (const auto& kind : kinds) {
    SCOPED_TRACE(kind.recipient->name());
    EXPECT_EQ(kind.recipient->name(), kind.identity->name());
    const SecretBytes data_key = TestKey('d');
    const auto slot = kind.recipient->Wrap(data_key, "context");
    ASSERT_THAT(slot, IsOk());
    EXPECT_TRUE(kind.identity->Matches(*slot));
    const auto unwrapped = kind.identity->Unwrap(*slot, "context");
    ASSERT_THAT(unwrapped, IsOk());
    EXPECT_EQ(unwrapped->view(), data_key.view());
    EXPECT_EQ(DescribeSlot(*slot), kind.recipient->name());
    // Two slots never look alike.
    EXPECT_NE(kind.recipient->Wrap(data_key, "context")->ciphertext, slot->ciphertext);
    int matching = 0;
    for (const auto& other : kinds) matching += other.identity->Matches(*slot);
    EXPECT_EQ(matching, 1);
  }
}

TEST(Slots, OneFileOpensWithAnyOfItsFourKindsOfKey) {
  const auto x25519 = GenerateX25519KeyPair();
  const SecretBytes passphrase = SecretBytes::CopyOf("kunci-uji");
  const auto sealed = SealBytes(
      "text", {},
      List(KeyFileRecipient(TestKey('a')), *PassphraseRecipient(passphrase, 10),
           *ParsePublicKey(Rsa().public_pem, "p"), *ParsePublicKey(x25519->public_pem, "p")));
  ASSERT_THAT(sealed, IsOk());
  EXPECT_EQ(*Opened(*sealed, WithKey('a')), "text");
  EXPECT_EQ(*Opened(*sealed, List(PassphraseIdentity(passphrase))), "text");
  EXPECT_EQ(*Opened(*sealed, List(*ParsePrivateKey(Rsa().private_pem, "p"))), "text");
  EXPECT_EQ(*Opened(*sealed, List(*ParsePrivateKey(x25519->private_pem, "p"))), "text");
}

TEST(Passphrase, SlotNamesItsCostAndRefusesTheEmptyOne) {
  const auto slot = (*PassphraseRecipient(SecretBytes::CopyOf("p")))->Wrap(TestKey('d'), "");
  EXPECT_THAT(slot->info, testing::StartsWith("$scrypt$ln=17,r=8,p=1$"));
  EXPECT_EQ(slot->info.size(), 22 + 22 + 20u);  // unpadded base64 of 16 bytes, then the tail
  EXPECT_THAT(PassphraseRecipient(SecretBytes()), Fails(kInvalidArgument, "empty"));
}

TEST(Rsa, KeyNameIsTheHashOfItsPublicKeyInDer) {
  // The base64 between the PEM lines is the DER.
  std::string base64;
  std::istringstream lines(Rsa().public_pem);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("-")) base64 += line;
  }
  std::string der;
  ASSERT_TRUE(absl::Base64Unescape(base64, &der));
  EXPECT_EQ(Rsa().name, "RSA key sha256:" + Sha256Hex(der).substr(0, 16));
}

TEST(ParsePublicKey, SaysWhatIsWrongWithAKeyItCannotUse) {
  // openssl ecparam -name prime256v1 -genkey | openssl ec -pubout
  constexpr char kEc[] =
      "-----BEGIN PUBLIC KEY-----\n"
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2o9dLUNPMscKr2WdgNvihGg/RXVp\n"
      "2CVEuBBT8ZxmyYjo6523lG2Vt6hZRbzNGwks6+M6KukIiSJSxfRUVyckOg==\n"
      "-----END PUBLIC KEY-----\n";
  EXPECT_THAT(ParsePublicKey(kEc, "k.pub"), Fails(kInvalidArgument, "k.pub: a key of type EC"));
  EXPECT_THAT(ParsePublicKey(Rsa().private_pem.view(), "k.pub"),
              Fails(kInvalidArgument, "k.pub: a private key"));
  EXPECT_THAT(ParsePrivateKey(SecretBytes::CopyOf(Rsa().public_pem), "k"),
              Fails(kInvalidArgument, "k: a public key"));
  EXPECT_THAT(ParsePublicKey("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "k"),
              Fails(kInvalidArgument, "not a public key in PEM"));
  EXPECT_THAT(GenerateRsaKeyPair(1024), Fails(kInvalidArgument, "2048 to 16384 bits, not 1024"));
}

TEST(ParsePrivateKey, AnEncryptedKeyIsRefusedWithoutAQuestion) {
  constexpr char kEncrypted[] =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGjMF8G\n-----END ENCRYPTED PRIVATE KEY-----\n";
  EXPECT_THAT(ParsePrivateKey(SecretBytes::CopyOf(kEncrypted), "k"),
              Fails(kInvalidArgument, "encrypted private key; decrypt it first"));
}

TEST_F(KeyFiles, LoadTakesEveryKindByItsContents) {
  const std::string raw = Write("raw", std::string(32, 'a'));
  const std::string hex = Write("hex", std::string(64, '6') + "\n");
  const std::string pub = Write("pub", Rsa().public_pem);
  const std::string pem = Write("pem", Rsa().private_pem.view());
  EXPECT_EQ((*LoadRecipient(raw))->name(), "key " + KeyFileKeyName(TestKey('a')));
  EXPECT_EQ((*LoadIdentity(hex))->name(), "key " + KeyFileKeyName(TestKey('f')));
  EXPECT_EQ((*LoadRecipient(pub))->name(), Rsa().name);
  EXPECT_EQ((*LoadIdentity(pem))->name(), Rsa().name);
  EXPECT_THAT(LoadIdentity(Path("none")), Fails(absl::StatusCode::kNotFound, "none"));
  EXPECT_THAT(LoadIdentity(Write("big", std::string(70000, 'x'))),
              Fails(kInvalidArgument, "longer than 65536 bytes"));
  EXPECT_THAT(LoadIdentity("/dev/zero"), Fails(kInvalidArgument, "longer than"));
  EXPECT_THAT(LoadRecipient(Write("empty", "")), Fails(kInvalidArgument, "it holds 0 bytes"));
}

TEST_F(KeyFiles, NewSecretFilesArePrivateAndNeverOverwrite) {
  const auto key = GenerateKeyFileKey();
  ASSERT_THAT(key, IsOk());
  const std::string path = Path("k.key");
  const mode_t old = ::umask(0);
  EXPECT_THAT(WriteNewSecretFile(path, EncodeKeyFile(*key, KeyFileEncoding::kHex)), IsOk());
  ::umask(old);
  struct stat info;
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ((*LoadIdentity(path))->name(), "key " + KeyFileKeyName(*key));
  EXPECT_THAT(WriteNewSecretFile(path, *key), Fails(absl::StatusCode::kAlreadyExists, path));
  EXPECT_EQ((*LoadIdentity(path))->name(), "key " + KeyFileKeyName(*key));
}

TEST(RotateKeys, NewSlotsAndTheSameFrames) {
  const std::string data = TestData(1000);
  const auto sealed = SealBytes(data, {{"sfdb-backup-id", "b1"}}, ToKey('a'), 64);
  MemorySource source(*sealed);
  std::string rotated;
  StringSink sink(&rotated);
  ASSERT_THAT(
      RotateKeys(&source, WithKey('a'),
                 List(KeyFileRecipient(TestKey('b')), KeyFileRecipient(TestKey('c'))), &sink),
      IsOk());
  EXPECT_THAT(Opened(rotated, WithKey('a')), Fails(kPermissionDenied, "wrong key"));
  EXPECT_EQ(*Opened(rotated, WithKey('b')), data);
  EXPECT_EQ(*Opened(rotated, WithKey('c')), data);
  const size_t before = ParseMessageHeader(*sealed)->header->size();
  const auto after = ParseMessageHeader(rotated);
  EXPECT_EQ(sealed->substr(before), rotated.substr(after->header->size()));
  EXPECT_EQ(after->header->context.at("sfdb-backup-id"), "b1");
}

TEST(RotateKeys, DamageIsFoundBeforeTheOldFileCanBeRemoved) {
  auto sealed = SealBytes(TestData(1000), {}, ToKey('a'), 64);
  (*sealed)[sealed->size() - 200] ^= 1;
  MemorySource source(*sealed);
  std::string rotated;
  StringSink sink(&rotated);
  EXPECT_THAT(RotateKeys(&source, WithKey('a'), ToKey('b'), &sink),
              Fails(kDataLoss, "is damaged: its authentication tag"));
  MemorySource cut(std::string_view(*sealed).substr(0, 500));
  EXPECT_THAT(RotateKeys(&cut, WithKey('a'), ToKey('b'), &sink), Fails(kDataLoss, ""));
}

TEST(Reseal, GivesAFreshDataKeyAndKeepsTheContext) {
  const std::string data = TestData(1000);
  const auto sealed = SealBytes(data, {{"sfdb-backup-id", "b1"}}, ToKey('a'));
  MemorySource source(*sealed);
  std::string resealed;
  StringSink sink(&resealed);
  ASSERT_THAT(Reseal(&source, WithKey('a'), ToKey('b'), &sink), IsOk());
  EXPECT_EQ(*Opened(resealed, WithKey('b')), data);
  const auto before = ParseMessageHeader(*sealed), after = ParseMessageHeader(resealed);
  EXPECT_EQ(after->header->context, before->header->context);
  EXPECT_NE(after->header->message_id, before->header->message_id);
  EXPECT_NE(after->header->commitment, before->header->commitment);
}

}  // namespace
}  // namespace sfdb::crypto
