#include "crypto/encoding.h"

#include "crypto/sha256.h"
#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

std::string Decoded(const std::optional<SecretBytes>& bytes) {
  return bytes.has_value() ? std::string(bytes->view()) : "(refused)";
}

TEST(Hex, RoundTripsAndTakesEitherCase) {
  EXPECT_EQ(HexEncode(std::string("\x00\x7f\xff", 3)), "007fff");
  EXPECT_EQ(Decoded(HexDecode("007FfF")), std::string("\x00\x7f\xff", 3));
  EXPECT_FALSE(HexDecode("0").has_value());
  EXPECT_FALSE(HexDecode("0g").has_value());
}

// RFC 4648 section 10.
TEST(Base64, AgreesWithTheVectorsOfItsRfc) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : vectors) {
    EXPECT_EQ(Base64EncodeSecret(plain).view(), text);
    EXPECT_EQ(Decoded(Base64Decode(text)), plain);
    EXPECT_EQ(Decoded(Base64Decode(text.substr(0, text.find('=')))), plain);
  }
}

TEST(Base64, RefusesWhatHasAnotherSpelling) {
  for (const char* text : {"Zh==", "Zm9=", "Z", "Zg=", "=Zg=", "====", "Zg==\n", "Zm 9v", "Zm-_"}) {
    EXPECT_FALSE(Base64Decode(text).has_value()) << text;
  }
}

// FIPS 180-4 example, in two pieces; and the object can be used again.
TEST(Sha256, GivesTheStandardDigestsPieceByPiece) {
  Sha256 hasher;
  hasher.Update("a");
  hasher.Update("bc");
  EXPECT_EQ(hasher.FinishHex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hasher.FinishHex(), Sha256Hex(""));
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(SecretBytes, TakingWipesTheOriginalAndTruncatingTheTail) {
  std::string original = "a passphrase that is long";
  const char* memory = original.data();
  const size_t size = original.size();
  SecretBytes taken = SecretBytes::TakeFrom(&original);
  EXPECT_EQ(taken.view(), "a passphrase that is long");
  EXPECT_TRUE(original.empty());
  // The string still owns this memory (its capacity did not change).
  EXPECT_EQ(std::string(memory + 1, size - 1), std::string(size - 1, '\0'));
  taken.Truncate(3);
  EXPECT_EQ(taken.view(), "a p");
  EXPECT_EQ(std::string(taken.data() + 3, size - 3), std::string(size - 3, '\0'));
}

TEST(TrimPassphrase, RemovesWhiteSpaceAtTheEndsOnly) {
  EXPECT_EQ(TrimPassphrase(" \t a b\r\n"), "a b");
  EXPECT_EQ(TrimPassphrase(" \n"), "");
}

}  // namespace
}  // namespace sfdb::crypto
