// The frame readers over mutated frames of a real file: whatever they return is a prefix of what
// was sealed, an end is only reported for the untouched file, and both ways of reading agree on
// that.
//
// Input: first byte = a mode, the rest = bytes that are put behind a good header (mode 0), or a
// list of edits applied to the good frames (other modes): be16 offset, byte value.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/key_file.h"
#include "crypto/seal.h"
#include "crypto/sealed_file_reader.h"
#include "crypto/sealed_stream.h"

using namespace sfdb::crypto;

namespace {

constexpr uint32_t kFrame = 32;

void Require(bool condition) {
  if (!condition) std::abort();
}

struct Fixture {
  Fixture() {
    const SecretBytes key(kKeyFileKeyBytes);
    identities.push_back(KeyFileIdentity(key));
    std::vector<RecipientPtr> recipients;
    recipients.push_back(KeyFileRecipient(key));
    for (int i = 0; i < 5 * static_cast<int>(kFrame) + 7; ++i)
      plain.push_back(static_cast<char>(i * 7));
    file = *SealBytes(plain, {}, recipients, kFrame);
    header_size = ParseMessageHeader(file)->header->size();
  }
  std::string plain, file;
  size_t header_size;
  std::vector<IdentityPtr> identities;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Fixture* const fixture = new Fixture;
  if (size == 0) return 0;
  std::string file = fixture->file;
  const uint8_t mode = data[0];
  ++data, --size;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (mode == 0) {
    file = file.substr(0, fixture->header_size) + std::string(input);
  } else {
    // Cut or lengthen by mode, then edit.
    if (mode < 128) file.resize(file.size() - std::min<size_t>(file.size(), size_t{mode} * 3));
    if (mode > 200) file += file.substr(file.size() - (mode - 200u));
    for (size_t i = 0; i + 3 <= size && !file.empty(); i += 3) {
      file[(size_t{data[i]} << 8 | data[i + 1]) % file.size()] = static_cast<char>(data[i + 2]);
    }
  }
  const bool untouched = file == fixture->file;

  MemorySource stream(file);
  auto reader = SealedStreamReader::Open(&stream, fixture->identities);
  if (reader.ok()) {
    std::string out;
    for (;;) {
      char buffer[50];
      const auto got = (*reader)->Read(buffer, sizeof buffer);
      if (!got.ok() || *got == 0) {
        Require(!got.ok() || untouched);
        break;
      }
      out.append(buffer, *got);
    }
    Require(fixture->plain.starts_with(out));
    Require(!untouched || out == fixture->plain);
  }

  const MemorySource source(file);
  auto random = SealedFileReader::Open(&source, fixture->identities);
  Require(!untouched || random.ok());
  if (random.ok()) {
    std::string out(random->size(), '\0');
    const absl::Status status = random->ReadAt(0, out.size(), out.data());
    Require(!status.ok() || (untouched && out == fixture->plain));
    // Single frames stay readable beside damaged ones.
    for (uint64_t at = 0; at < random->size(); at += kFrame) {
      char byte;
      if (random->ReadAt(at, 1, &byte).ok()) Require(byte == fixture->plain[at]);
    }
  }
  return 0;
}
