#include "crypto/random.h"

#include <openssl/rand.h>

#include <climits>
#include <cstdlib>

#include "crypto/encoding.h"
#include "crypto/internal/evp.h"

namespace sfdb::crypto {

absl::Status FillRandom(void* out, size_t size) {
  if (size > INT_MAX || RAND_bytes(static_cast<unsigned char*>(out), static_cast<int>(size)) != 1) {
    return internal::OpensslError("cannot read random bytes");
  }
  return absl::OkStatus();
}

std::string RandomHexId(size_t bytes) {
  std::string id(bytes, '\0');
  // Without entropy two runs would take the same name; nothing sensible can go on from here.
  if (!FillRandom(id.data(), id.size()).ok()) std::abort();
  return HexEncode(id);
}

}  // namespace sfdb::crypto
