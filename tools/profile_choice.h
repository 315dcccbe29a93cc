// Which profile a verb was told to use, its key, and opening it.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/profiles/profile_store.h"
#include "tools/verb_config.h"

namespace sfdb::tools {

// A server that is read, or one that is written to: the environment names a profile for each, and
// nobody restores into the source by forgetting an option.
enum class ProfileRole { kSource, kTarget };
// SFDB_SOURCE_PROFILE, SFDB_TARGET_PROFILE.
const char* ProfileVariable(ProfileRole role);
// SFDB_SOURCE_PROFILE_KEY, SFDB_TARGET_PROFILE_KEY: looked at after kProfileKeyVariable.
const char* RoleKeyVariable(ProfileRole role);
inline constexpr char kProfileKeyVariable[] = "SFDB_PROFILE_KEY";

struct ProfileChoice {
  std::optional<std::string> reference;  // NAME or PATH; unset: no profile
  std::optional<std::string> key;        // a passphrase, as typed
  std::string key_file;
  std::string directory;  // where names are looked up; empty: DefaultProfileDirectory()
  bool may_ask = false;   // a person, for a key that is missing
  ProfileRole role = ProfileRole::kSource;
};

// $XDG_CONFIG_HOME/sfdbtools/profiles, ~/.config/sfdbtools/profiles. Exit 2: there is no home.
absl::StatusOr<std::string> DefaultProfileDirectory();
absl::StatusOr<std::string> ProfileDirectory(const ProfileChoice& choice);
// The file. REQUIRES: choice.reference.
absl::StatusOr<std::string> ProfileFile(const ProfileChoice& choice);
// The key: given, of the environment, or asked for (twice when `is_new`). Empty: there is none.
// Exit 12: two different ones were typed.
absl::StatusOr<engine::ProfileKey> ProfileKeyOf(const ProfileChoice& choice, bool is_new = false);
// REQUIRES: choice.reference. Exit codes of engine::ReadProfile().
absl::StatusOr<engine::StoredProfile> LoadProfile(const ProfileChoice& choice);

// Has a person choose among the profiles of the directory. Leaves *choice as it is when a profile
// was named, there is none, or nobody can be asked. `may_do_without`: the menu also offers none at
// all. Exit 1: cancelled.
absl::Status ChooseProfile(bool may_do_without, ProfileChoice* choice);

// --profile and its key, for verbs that reach a server; the environment and the configuration fill
// in what is missing. `backup` has these among its own settings and makes a ProfileChoice itself.
// Lives as long as the CLI::App.
class ProfileFlags {
 public:
  explicit ProfileFlags(ProfileRole role = ProfileRole::kSource) : role_(role) {}
  void AddTo(CLI::App& app);
  // `config` has been loaded.
  ProfileChoice Choice(const ConfigFlag& config, bool may_ask) const;

 private:
  const ProfileRole role_;
  std::optional<std::string> reference_, key_;
  std::string key_file_, directory_;
};

}  // namespace sfdb::tools
