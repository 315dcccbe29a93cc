// The header parser: no input crashes it or makes it allocate much; what it accepts is spelt in the
// one way that the writer has; and both readers and all prefixes agree.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/key_file.h"
#include "crypto/message_header.h"
#include "crypto/open.h"

using namespace sfdb::crypto;

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto parse = ParseMessageHeader(input);
  MemorySource stream(input);
  const auto streamed = ReadMessageHeader(static_cast<SequentialSource&>(stream));
  const MemorySource file(input);
  const auto by_offset = ReadMessageHeader(static_cast<const RandomAccessSource&>(file));
  const bool complete = parse.ok() && parse->header.has_value();
  Require(streamed.ok() == complete && by_offset.ok() == complete);
  if (!complete) {
    Require(!parse.ok() || parse->missing > 0);
    return 0;
  }
  const MessageHeader& header = *parse->header;
  Require(header.size() <= input.size());
  Require(SerializeHeaderBody(header) == header.body &&
          header.body == input.substr(0, header.body.size()));
  Require(streamed->body == header.body && by_offset->tag == header.tag);
  Require(!DescribeSlots(header.slots).empty());

  // A key that no slot was made for: refused, never a crash.
  std::vector<IdentityPtr> identities;
  identities.push_back(KeyFileIdentity(SecretBytes(kKeyFileKeyBytes)));
  (void)OpenedMessage::Open(header, "input", identities);
  return 0;
}
