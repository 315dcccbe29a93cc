// Profiles as files: `{name}.cnf.enc`, sealed, mode 0600, replaced as a whole or not at all.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/secret_bytes.h"
#include "crypto/slot.h"
#include "engine/profiles/profile.h"

namespace sfdb::engine {

inline constexpr std::string_view kProfileExtension = ".cnf.enc";

// What seals a profile: a passphrase, or a key file, which the Go layout cannot have.
struct ProfileKey {
  std::optional<crypto::SecretBytes> passphrase;
  std::string key_file;
};

struct StoredProfile {
  Profile profile;
  ProfileLayout layout = ProfileLayout::kSealed;
};

// The file that `reference` means: a path if it has a slash or ends in ".cnf.enc" (without that
// extension if there is such a file), else that name in `directory`. InvalidArgument: not a name.
absl::StatusOr<std::string> ProfilePath(std::string_view reference, const std::string& directory);

// Either layout. Exit codes: 12 wrong or missing key, 13 damage or not a profile, 2 no such file.
absl::StatusOr<StoredProfile> ReadProfile(const std::string& path, const ProfileKey& key);

// Takes 0.3 s with a passphrase. AlreadyExists unless `replace`; then the old file stays as it is
// until the new one is durable. Directories that are missing are made, mode 0700.
absl::Status WriteProfile(const std::string& path, const StoredProfile& profile,
                          const ProfileKey& key, bool replace);

struct ListedProfile {
  std::string name;  // without directory and extension
  std::string path;
  std::optional<ProfileLayout> layout;  // nullopt: neither, or it cannot be read
  uint64_t bytes = 0;
  // 0600 and the like: no bits for others.
  bool is_private = true;
  absl::Time modified;
};
// The profiles of a directory by name; needs no key. No directory: none.
absl::StatusOr<std::vector<ListedProfile>> ListProfiles(const std::string& directory);

}  // namespace sfdb::engine
