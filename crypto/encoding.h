// Hex and base64, with decoders that write into wiped memory because key files use them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/secret_bytes.h"

namespace sfdb::crypto {

// Lower-case hex digits.
std::string HexEncode(std::string_view bytes);
SecretBytes HexEncodeSecret(std::string_view bytes);
// Either case; nullopt when the text is not an even number of hex digits.
std::optional<SecretBytes> HexDecode(std::string_view text);

// The standard alphabet (RFC 4648 section 4), padded.
SecretBytes Base64EncodeSecret(std::string_view bytes);
// Padding may be missing, but must be right where it is; no white space; unused bits must be zero,
// so that every value has one spelling (with and without padding).
std::optional<SecretBytes> Base64Decode(std::string_view text);

}  // namespace sfdb::crypto
