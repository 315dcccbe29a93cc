#include "engine/profiles/profile_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crypto/key_loading.h"
#include "crypto/legacy_go.h"
#include "crypto/open.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "crypto/sealed_stream.h"
#include "crypto/source.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {
namespace {

using base::WithExitCode;

// A wrong path must not fill memory; a profile has a few hundred bytes.
constexpr uint64_t kMaxProfileBytes = 1 << 20;

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status MissingKey(const std::string& path) {
  return WithExitCode(
      absl::PermissionDeniedError(
          absl::StrCat("there is no key for the profile ", path,
                       "; give --profile-key-file, SFDB_PROFILE_KEY or SFDB_SOURCE_PROFILE_KEY")),
      base::kExitWrongKey);
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  ASSIGN_OR_RETURN(const auto source, crypto::FileSource::Open(path));
  if (source->size() > kMaxProfileBytes) {
    return absl::DataLossError(absl::StrFormat("%s is far too long for a profile", path));
  }
  std::string bytes(source->size(), '\0');
  RETURN_IF_ERROR(source->ReadAt(0, bytes.size(), bytes.data()));
  return bytes;
}

std::optional<ProfileLayout> LayoutOf(std::string_view bytes) {
  if (crypto::LooksLikeLegacyGo(bytes)) return ProfileLayout::kGo;
  if (bytes.size() >= 3 && crypto::LooksSealed(bytes)) return ProfileLayout::kSealed;
  return std::nullopt;
}

absl::StatusOr<crypto::SecretBytes> Open(const std::string& bytes, const std::string& path,
                                         const ProfileKey& key) {
  std::vector<crypto::IdentityPtr> identities;
  if (key.passphrase) identities.push_back(crypto::PassphraseIdentity(*key.passphrase));
  if (!key.key_file.empty()) {
    ASSIGN_OR_RETURN(crypto::IdentityPtr identity, crypto::LoadIdentity(key.key_file));
    identities.push_back(std::move(identity));
  }
  crypto::MemorySource source(bytes, path);
  ASSIGN_OR_RETURN(const auto stream, crypto::OpenSealedStream(&source, identities));
  crypto::SecretBytes plain(bytes.size());  // always more than what comes out
  ASSIGN_OR_RETURN(const size_t size, crypto::ReadFully(*stream, plain.data(), plain.size()));
  plain.Truncate(size);
  return plain;
}

absl::StatusOr<std::string> Seal(const StoredProfile& stored, const std::string& path,
                                 const ProfileKey& key) {
  ASSIGN_OR_RETURN(const crypto::SecretBytes text, ProfileText(stored.profile, stored.layout));
  if (stored.layout == ProfileLayout::kGo) {
    if (!key.passphrase) return MissingKey(path);
    return crypto::SealLegacyGoWhole(text.view(), *key.passphrase);
  }
  std::vector<crypto::RecipientPtr> recipients;
  if (key.passphrase) {
    ASSIGN_OR_RETURN(crypto::RecipientPtr recipient, crypto::PassphraseRecipient(*key.passphrase));
    recipients.push_back(std::move(recipient));
  }
  if (!key.key_file.empty()) {
    ASSIGN_OR_RETURN(crypto::RecipientPtr recipient, crypto::LoadRecipient(key.key_file));
    recipients.push_back(std::move(recipient));
  }
  if (recipients.empty()) return MissingKey(path);
  crypto::Context context;
  context[std::string(crypto::kContextArtifact)] = "profile";
  return crypto::SealBytes(text.view(), std::move(context), recipients);
}

}  // namespace

absl::StatusOr<std::string> ProfilePath(std::string_view reference, const std::string& directory) {
  const std::string text(reference);
  const std::string with_extension = absl::StrCat(text, std::string(kProfileExtension));
  if (reference.ends_with(kProfileExtension)) return text;
  if (reference.find('/') != reference.npos) {
    FileSystem& files = PosixFileSystem();
    return !files.Exists(text) && files.Exists(with_extension) ? with_extension : text;
  }
  if (text.empty() || text.front() == '.') {
    return WithExitCode(absl::InvalidArgumentError(
                            absl::StrFormat("'%s' is neither a profile's name nor a path", text)),
                        base::kExitUsage);
  }
  return absl::StrCat(directory, "/", with_extension);
}

absl::StatusOr<StoredProfile> ReadProfile(const std::string& path, const ProfileKey& key) {
  const absl::StatusOr<std::string> bytes = ReadFile(path);
  if (!bytes.ok()) {
    return WithExitCode(bytes.status(),
                        absl::IsDataLoss(bytes.status()) ? base::kExitDamaged : base::kExitUsage);
  }
  const std::optional<ProfileLayout> layout = LayoutOf(*bytes);
  if (!layout) {
    return WithExitCode(absl::DataLossError(path + " is not a sealed profile"), base::kExitDamaged);
  }
  if (!key.passphrase && key.key_file.empty()) return MissingKey(path);
  const absl::StatusOr<crypto::SecretBytes> plain = Open(*bytes, path, key);
  if (!plain.ok()) {
    return WithExitCode(plain.status(), absl::IsDataLoss(plain.status()) ? base::kExitDamaged
                                                                         : base::kExitWrongKey);
  }
  absl::StatusOr<Profile> profile = ParseProfile(plain->view(), path);
  if (!profile.ok()) return WithExitCode(profile.status(), base::kExitDamaged);
  return StoredProfile{*std::move(profile), *layout};
}

absl::Status WriteProfile(const std::string& path, const StoredProfile& profile,
                          const ProfileKey& key, bool replace) {
  FileSystem& files = PosixFileSystem();
  if (!replace && files.Exists(path)) {
    return absl::AlreadyExistsError(
        absl::StrCat("the profile ", path, " exists; change it with `profile edit`"));
  }
  ASSIGN_OR_RETURN(const std::string bytes, Seal(profile, path, key));
  const std::string directory = DirectoryOf(path);
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  const std::string temporary = absl::StrCat(path, ".", crypto::RandomHexId(4), ".tmp");
  const auto write = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::unique_ptr<WritableFile> file, files.Create(temporary));
    const std::string_view piece = bytes;
    RETURN_IF_ERROR(file->Append({&piece, 1}));
    RETURN_IF_ERROR(file->Close());
    if (!replace) return files.RenameNoReplace(temporary, path);
    if (std::rename(temporary.c_str(), path.c_str()) != 0) {
      return ErrnoStatus(errno, "replacing", path);
    }
    return absl::OkStatus();
  };
  if (const absl::Status status = write(); !status.ok()) {
    (void)files.Remove(temporary);
    return status;
  }
  return files.SyncDirectory(directory);
}

absl::StatusOr<std::vector<ListedProfile>> ListProfiles(const std::string& directory) {
  std::vector<ListedProfile> profiles;
  const auto names = PosixFileSystem().List(directory);
  if (absl::IsNotFound(names.status())) return profiles;
  RETURN_IF_ERROR(names.status());
  for (const std::string& name : *names) {
    if (!name.ends_with(kProfileExtension) || name.size() == kProfileExtension.size()) continue;
    ListedProfile listed;
    listed.name = name.substr(0, name.size() - kProfileExtension.size());
    listed.path = absl::StrCat(directory, "/", name);
    struct stat info {};
    if (stat(listed.path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    listed.bytes = static_cast<uint64_t>(info.st_size);
    listed.is_private = (info.st_mode & 077) == 0;
    listed.modified = absl::FromTimeT(info.st_mtime);
    if (const auto bytes = ReadFile(listed.path); bytes.ok()) listed.layout = LayoutOf(*bytes);
    profiles.push_back(std::move(listed));
  }
  return profiles;
}

}  // namespace sfdb::engine
