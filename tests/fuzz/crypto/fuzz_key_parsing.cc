// Key files and PEM: what users point us at may be anything.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "crypto/encoding.h"
#include "crypto/key_file.h"
#include "crypto/public_key.h"

using namespace sfdb::crypto;

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const SecretBytes contents = SecretBytes::CopyOf(input);
  if (LooksLikePem(input)) {
    (void)ParsePublicKey(input, "input");
    (void)ParsePrivateKey(contents, "input");
  }
  const auto key = ParseKeyFile(contents, "input");
  if (key.ok()) {
    Require(key->size() == kKeyFileKeyBytes);
    const SecretBytes again = EncodeKeyFile(*key, KeyFileEncoding::kHex);
    Require(ParseKeyFile(again, "again")->view() == key->view());
  }
  if (const auto bytes = Base64Decode(input); bytes.has_value()) {
    // One value, one spelling: padded or not.
    const SecretBytes text = Base64EncodeSecret(bytes->view());
    Require(text.view().starts_with(input) && text.size() - input.size() <= 2);
  }
  return 0;
}
