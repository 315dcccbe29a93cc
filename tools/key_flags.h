// Keys on the command line: what to seal to, what to open with.
//
// An encryption key given as text is a passphrase; a key file holds 32 bytes, raw, hex or base64; a
// PEM file holds a public key (to seal to) or a private one (to open with).
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/slot.h"

namespace sfdb::tools {

inline constexpr char kBackupKeyVariable[] = "SFDB_BACKUP_ENCRYPTION_KEY";

// For verbs that write. Lives as long as the CLI::App.
class SealFlags {
 public:
  // `always`: the verb does nothing but seal, so there is no --encryption flag and no key is an
  // error. `prefix` "--new-": --new-encryption-key-file and so on, and nothing from the environment.
  explicit SealFlags(bool always = false, std::string prefix = "--")
      : encryption_(always), always_(always), prefix_(std::move(prefix)) {}
  void AddTo(CLI::App& app);
  // Empty: not sealed. Exit 12: sealing was asked for without a key, or a key is unusable.
  absl::StatusOr<std::vector<crypto::RecipientPtr>> Resolve(bool may_ask) const;

 private:
  bool encryption_;
  const bool always_;
  const std::string prefix_;
  std::optional<std::string> key_;
  std::vector<std::string> key_files_, public_keys_;
};

// For verbs that read. Lives as long as the CLI::App.
class OpenFlags {
 public:
  void AddTo(CLI::App& app);
  // Every key given, that of the environment included. Exit 12: a key file is unusable.
  absl::StatusOr<std::vector<crypto::IdentityPtr>> Resolve() const;

 private:
  std::optional<std::string> key_;
  std::vector<std::string> key_files_, private_keys_;
};

}  // namespace sfdb::tools
