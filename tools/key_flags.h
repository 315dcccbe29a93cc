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

// What a file is sealed to.
struct SealChoice {
  bool encryption = false;         // asked for, whether or not a key is given here
  std::optional<std::string> key;  // a passphrase
  std::vector<std::string> key_files, public_keys;
};
// Empty: not sealed. With `may_ask` a missing key is asked for on the terminal. `prefix` is that
// of the options which the message names. Exit 12: sealing was asked for without a key, or
// a key is unusable.
absl::StatusOr<std::vector<crypto::RecipientPtr>> ResolveSeal(const SealChoice& choice,
                                                              bool may_ask,
                                                              const std::string& prefix = "--");

// For verbs that do nothing but seal: no key is an error. Lives as long as the CLI::App.
class SealFlags {
 public:
  // `prefix` "--new-": --new-encryption-key-file and so on, and nothing from the environment.
  explicit SealFlags(std::string prefix = "--") : prefix_(std::move(prefix)) {}
  void AddTo(CLI::App& app);
  absl::StatusOr<std::vector<crypto::RecipientPtr>> Resolve(bool may_ask) const;

 private:
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
  // To seal to the same keys, but for private ones, which only open. Empty: no such key.
  absl::StatusOr<std::vector<crypto::RecipientPtr>> ResolveRecipients() const;

 private:
  std::optional<std::string> key_;
  std::vector<std::string> key_files_, private_keys_;
};

}  // namespace sfdb::tools
