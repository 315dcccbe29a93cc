#include "tools/key_flags.h"

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "crypto/key_loading.h"
#include "crypto/passphrase.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "tools/ask_secret.h"

namespace sfdb::tools {
namespace {

using base::WithExitCode;

crypto::SecretBytes Passphrase(std::string_view text) {
  return crypto::SecretBytes::CopyOf(crypto::TrimPassphrase(text));
}

std::optional<std::string> EnvironmentKey() {
  const char* const value = std::getenv(kBackupKeyVariable);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

}  // namespace

void SealFlags::AddTo(CLI::App& app) {
  const bool is_new = prefix_ != "--";
  const char* const group = is_new ? "New keys" : "Encryption";
  app.add_option(prefix_ + "encryption-key-file", key_files_, "key file (repeatable)")
      ->group(group);
  app.add_option((is_new ? "" : "-K,-k,--key,") + prefix_ + "encryption-key", key_,
                 "passphrase; others can read a command line, prefer a key file")
      ->group(group);
  app.add_option(prefix_ + "encrypt-to", public_keys_,
                 "public key in PEM, RSA or X25519 (repeatable)")
      ->group(group);
}

absl::StatusOr<std::vector<crypto::RecipientPtr>> ResolveSeal(const SealChoice& choice,
                                                              bool may_ask,
                                                              const std::string& prefix) {
  std::vector<crypto::RecipientPtr> recipients;
  for (const auto* files : {&choice.key_files, &choice.public_keys}) {
    for (const std::string& path : *files) {
      absl::StatusOr<crypto::RecipientPtr> recipient = crypto::LoadRecipient(path);
      if (!recipient.ok()) return WithExitCode(recipient.status(), base::kExitWrongKey);
      recipients.push_back(*std::move(recipient));
    }
  }
  std::optional<std::string> text = choice.key;
  if (!text && recipients.empty()) {
    if (!choice.encryption) return recipients;
    if (may_ask) text = AskSecret("Encryption key: ");
    if (!text) {
      return WithExitCode(absl::FailedPreconditionError(absl::StrCat(
                              "encryption was asked for, but there is no key; give ", prefix,
                              "encryption-key-file, ", prefix, "encrypt-to",
                              prefix == "--" ? absl::StrCat(" or ", kBackupKeyVariable) : "")),
                          base::kExitWrongKey);
    }
  }
  if (text) {
    auto recipient = crypto::PassphraseRecipient(Passphrase(*text));
    if (!recipient.ok()) return WithExitCode(recipient.status(), base::kExitWrongKey);
    recipients.push_back(*std::move(recipient));
  }
  return recipients;
}

absl::StatusOr<std::vector<crypto::RecipientPtr>> SealFlags::Resolve(bool may_ask) const {
  SealChoice choice{
      .encryption = true, .key = key_, .key_files = key_files_, .public_keys = public_keys_};
  const bool needs_key = !key_ && key_files_.empty() && public_keys_.empty();
  if (needs_key && prefix_ == "--") choice.key = EnvironmentKey();
  return ResolveSeal(choice, may_ask, prefix_);
}

void OpenFlags::AddTo(CLI::App& app) {
  const char kGroup[] = "Keys";
  app.add_option("--encryption-key-file", key_files_, "key file (repeatable)")->group(kGroup);
  app.add_option("-K,-k,--key,--encryption-key", key_,
                 absl::StrCat("passphrase; also from ", kBackupKeyVariable))
      ->group(kGroup);
  app.add_option("--private-key", private_keys_,
                 "private key in PEM of a backup sealed with --encrypt-to (repeatable)")
      ->group(kGroup);
}

absl::StatusOr<std::vector<crypto::IdentityPtr>> OpenFlags::Resolve() const {
  std::vector<crypto::IdentityPtr> identities;
  for (const auto* files : {&key_files_, &private_keys_}) {
    for (const std::string& path : *files) {
      absl::StatusOr<crypto::IdentityPtr> identity = crypto::LoadIdentity(path);
      if (!identity.ok()) return WithExitCode(identity.status(), base::kExitWrongKey);
      identities.push_back(*std::move(identity));
    }
  }
  std::optional<std::string> text = key_;
  if (!text && identities.empty()) text = EnvironmentKey();
  if (text) identities.push_back(crypto::PassphraseIdentity(Passphrase(*text)));
  return identities;
}

absl::StatusOr<std::vector<crypto::RecipientPtr>> OpenFlags::ResolveRecipients() const {
  SealChoice choice;
  choice.key_files = key_files_;
  choice.key = key_;
  if (!choice.key && key_files_.empty()) choice.key = EnvironmentKey();
  return ResolveSeal(choice, false);
}

}  // namespace sfdb::tools
