// Giving a sealed file other keys.
//
// RotateKeys unwraps the data key, writes new slots and copies the sealed frames as they are, so
// 1 TiB costs reading and writing it. What it does not do: the data key stays the same. Whoever
// opened the file before, or has an old copy of its header and an old key, can still open it. And
// the header's tag is made again under the same key and IV, as the format prescribes: whoever holds
// the old and the new header can compute the authentication subkey and forge frames (not read
// them). So: rotation retires a key that is no longer to be used, and is the wrong tool for one
// that leaked, or when the storage may be written by others who kept the old file. For those,
// Reseal: a fresh data key, everything encrypted anew.
#pragma once

#include <span>

#include "absl/status/status.h"
#include "crypto/slot.h"
#include "crypto/source.h"

namespace sfdb::crypto {

// Reads the sealed file `in` to its end and writes it to `out` with slots for `recipients` only.
// Every frame is authenticated on its way, so damage is found before anybody removes the old file.
// On an error what was written to `out` is worthless.
absl::Status RotateKeys(SequentialSource* in, std::span<const IdentityPtr> identities,
                        std::span<const RecipientPtr> recipients, ByteSink* out);

// The same with a fresh data key. Also takes files of Go sfDBTools, which become sealed files.
// The context is kept.
absl::Status Reseal(SequentialSource* in, std::span<const IdentityPtr> identities,
                    std::span<const RecipientPtr> recipients, ByteSink* out);

}  // namespace sfdb::crypto
