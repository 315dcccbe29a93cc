#include "tools/profile_choice.h"

#include "absl/strings/str_cat.h"
#include "crypto/secret_bytes.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "tools/ask_secret.h"
#include "tools/menu.h"
#include "tools/screen/terminal.h"

namespace sfdb::tools {
namespace {

using base::WithExitCode;

std::optional<std::string> Variable(const char* name) {
  std::optional<std::string> value = ProcessVariable(name);
  if (value && value->empty()) value.reset();
  return value;
}

crypto::SecretBytes Passphrase(std::string_view text) {
  return crypto::SecretBytes::CopyOf(crypto::TrimPassphrase(text));
}

}  // namespace

const char* ProfileVariable(ProfileRole role) {
  return role == ProfileRole::kTarget ? "SFDB_TARGET_PROFILE" : "SFDB_SOURCE_PROFILE";
}

const char* RoleKeyVariable(ProfileRole role) {
  return role == ProfileRole::kTarget ? "SFDB_TARGET_PROFILE_KEY" : "SFDB_SOURCE_PROFILE_KEY";
}

absl::StatusOr<std::string> DefaultProfileDirectory() {
  if (const auto config = Variable("XDG_CONFIG_HOME")) return *config + "/sfdbtools/profiles";
  if (const auto home = Variable("HOME")) return *home + "/.config/sfdbtools/profiles";
  return WithExitCode(
      absl::FailedPreconditionError("there is no home directory to keep profiles in; give the "
                                    "profile as a path, or --profile-dir"),
      base::kExitUsage);
}

absl::StatusOr<std::string> ProfileDirectory(const ProfileChoice& choice) {
  if (!choice.directory.empty()) return choice.directory;
  return DefaultProfileDirectory();
}

absl::StatusOr<std::string> ProfileFile(const ProfileChoice& choice) {
  // A path needs no directory.
  std::string directory = ".";
  if (choice.reference->find('/') == std::string::npos) {
    ASSIGN_OR_RETURN(directory, ProfileDirectory(choice));
  }
  return engine::ProfilePath(*choice.reference, directory);
}

absl::StatusOr<engine::ProfileKey> ProfileKeyOf(const ProfileChoice& choice, bool is_new) {
  engine::ProfileKey key{.passphrase = {}, .key_file = choice.key_file};
  std::optional<std::string> text = choice.key;
  if (!text && key.key_file.empty()) {
    text = Variable(kProfileKeyVariable);
    if (!text) text = Variable(RoleKeyVariable(choice.role));
    const bool asks = !text && choice.may_ask;
    if (asks) text = AskSecret("Key of the profile: ");
    if (text && text->empty()) text.reset();
    if (text && asks && is_new) {
      if (AskSecret("The same key again: ") != text) {
        return WithExitCode(absl::InvalidArgumentError("these are two different keys"),
                            base::kExitWrongKey);
      }
    }
  }
  if (text) key.passphrase = Passphrase(*text);
  return key;
}

absl::StatusOr<engine::StoredProfile> LoadProfile(const ProfileChoice& choice) {
  ASSIGN_OR_RETURN(const std::string path, ProfileFile(choice));
  ASSIGN_OR_RETURN(const engine::ProfileKey key, ProfileKeyOf(choice));
  return engine::ReadProfile(path, key);
}

absl::Status ChooseProfile(bool may_do_without, ProfileChoice* choice) {
  if (choice->reference || !choice->may_ask || !CanAsk()) return absl::OkStatus();
  const absl::StatusOr<std::string> directory = ProfileDirectory(*choice);
  if (!directory.ok()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto profiles, engine::ListProfiles(*directory));
  if (profiles.empty()) return absl::OkStatus();
  Menu menu{.title = "Choose a profile", .items = {}};
  for (const engine::ListedProfile& profile : profiles) menu.items.push_back(profile.name);
  if (may_do_without) menu.items.push_back("(none: option files and defaults)");
  const std::optional<size_t> item = AskMenu(menu);
  if (!item) return WithExitCode(absl::CancelledError("no profile was chosen"), base::kExitFailed);
  if (*item < profiles.size()) choice->reference = profiles[*item].path;
  return absl::OkStatus();
}

void ProfileFlags::AddTo(CLI::App& app) {
  const char kGroup[] = "Profile";
  app.add_option("-p,--profile", reference_,
                 absl::StrCat("profile that says how to reach the server: a name or a path [",
                              ProfileVariable(role_), "]"))
      ->group(kGroup);
  app.add_option(
         "-P,--profile-key", key_,
         absl::StrCat("its key; others can read a command line, prefer --profile-key-file, ",
                      kProfileKeyVariable, " or ", RoleKeyVariable(role_)))
      ->group(kGroup);
  app.add_option("--profile-key-file", key_file_, "key file that it was sealed to")->group(kGroup);
  app.add_option("--profile-dir", directory_,
                 "where profiles are looked up by name (default: config_dir.database_profile of "
                 "the configuration, else ~/.config/sfdbtools/profiles)")
      ->group(kGroup);
}

ProfileChoice ProfileFlags::Choice(const ConfigFlag& config, bool may_ask) const {
  ProfileChoice choice{.reference = reference_,
                       .key = key_,
                       .key_file = key_file_,
                       .directory = directory_,
                       .may_ask = may_ask,
                       .role = role_};
  if (!choice.reference) choice.reference = Variable(ProfileVariable(role_));
  if (choice.directory.empty()) {
    choice.directory = config.text("config_dir.database_profile").value_or("");
  }
  return choice;
}

}  // namespace sfdb::tools
