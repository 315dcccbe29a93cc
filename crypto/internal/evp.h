// Owners for the OpenSSL objects we use, and its error queue as a Status. Only .cc files include
// this: no public header of crypto/ shows an OpenSSL type.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace sfdb::crypto::internal {

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using CipherCtxPtr = std::unique_ptr<EVP_CIPHER_CTX, Freer<EVP_CIPHER_CTX_free>>;
using MdCtxPtr = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using KdfPtr = std::unique_ptr<EVP_KDF, Freer<EVP_KDF_free>>;
using KdfCtxPtr = std::unique_ptr<EVP_KDF_CTX, Freer<EVP_KDF_CTX_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using PkeyCtxPtr = std::unique_ptr<EVP_PKEY_CTX, Freer<EVP_PKEY_CTX_free>>;
using BioPtr = std::unique_ptr<BIO, Freer<BIO_free_all>>;

inline const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* Bytes(char* text) { return reinterpret_cast<unsigned char*>(text); }

// `what` plus OpenSSL's own reason; empties the thread's error queue, so that an old error is never
// blamed for a new failure.
inline absl::Status OpensslError(std::string_view what) {
  const unsigned long code = ERR_peek_last_error();
  const char* reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  absl::Status status = absl::InternalError(
      absl::StrFormat("%s: %s", what, reason != nullptr ? reason : "OpenSSL gave no reason"));
  ERR_clear_error();
  return status;
}

}  // namespace sfdb::crypto::internal
