// crypto/FORMAT.md is what other implementations are written from: its example must be true.
#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "crypto/encoding.h"
#include "crypto/internal/message_keys.h"
#include "crypto/open.h"
#include "crypto/sealed_file_reader.h"
#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

struct Example {
  std::string file, data_key, sealing_key;
  bool offsets_right = true;
};

Example ReadExample() {
  Example example;
  std::ifstream doc(SFDB_SOURCE_DIR "/crypto/FORMAT.md");
  std::string line;
  while (std::getline(doc, line) && !line.starts_with("offset  bytes")) {
  }
  while (std::getline(doc, line) && line != "```") {
    std::istringstream words(line);
    std::string first, second, third;
    words >> first >> second >> third;
    if (first == "data") {
      example.data_key = third;
    } else if (first == "K") {
      example.sealing_key = second;
    } else {
      example.offsets_right &= first == std::to_string(example.file.size());
      example.file += absl::HexStringToBytes(second);
    }
  }
  return example;
}

SecretBytes ExampleKey() {
  SecretBytes key(32);
  for (size_t i = 0; i < key.size(); ++i) key.data()[i] = static_cast<char>(i);
  return key;
}

TEST(FormatDocument, ItsExampleOpensToWhatItSays) {
  const Example example = ReadExample();
  ASSERT_EQ(example.file.size(), 269u);
  EXPECT_TRUE(example.offsets_right);
  const MemorySource source(example.file);
  auto reader = SealedFileReader::Open(&source, List(KeyFileIdentity(ExampleKey())));
  ASSERT_THAT(reader, IsOk());
  EXPECT_EQ(reader->layout().header_size, 219u);
  EXPECT_EQ(reader->message().context(), (Context{{"sfdb-format", "1"}}));
  std::string plain(reader->size(), '\0');
  ASSERT_THAT(reader->ReadAt(0, plain.size(), plain.data()), IsOk());
  EXPECT_EQ(plain, "SELECT 1;\n");
}

TEST(FormatDocument, ItsKeysAreTheOnesTheExampleHas) {
  const Example example = ReadExample();
  const MessageHeader header = *ParseMessageHeader(example.file)->header;
  const IdentityPtr identity = KeyFileIdentity(ExampleKey());
  const auto data_key = identity->Unwrap(header.slots[0], ContextAad(header.context));
  ASSERT_THAT(data_key, IsOk());
  EXPECT_EQ(HexEncode(data_key->view()), example.data_key);
  const auto keys = internal::DeriveMessageKeys(*data_key, header.message_id);
  EXPECT_EQ(HexEncode(keys->sealing_key.view()), example.sealing_key);
}

}  // namespace
}  // namespace sfdb::crypto
