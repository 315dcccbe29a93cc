// A sealed backup under other keys: a copy of the dump and of its index, with metadata that fit.
#pragma once

#include <span>
#include <string>

#include "absl/status/status.h"
#include "crypto/slot.h"

namespace sfdb::engine {

struct RotateRequest {
  std::string in;
  std::string out;  // a new file, or a directory that gets a file of the same name
  // A fresh data key, everything encrypted anew (crypto/rotate.h says when that is needed).
  bool reseal = false;
};

// Every frame is authenticated on the way. Published as a whole or not at all, under the lock of the
// directory; nothing is overwritten and `in` is not touched. Exit codes as BackupFile's, and 11.
absl::Status RotateBackup(const RotateRequest& request,
                          std::span<const crypto::IdentityPtr> identities,
                          std::span<const crypto::RecipientPtr> recipients);

}  // namespace sfdb::engine
