// How to reach the server: the flags and option files of every MariaDB client.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "dumper/options/connection_options.h"
#include "engine/profiles/profile.h"
#include "tools/profile_choice.h"

namespace sfdb::tools {

// Lives as long as the CLI::App that it adds its options to.
class ConnectionFlags {
 public:
  // `profile_letters`: -H, -P, -U and -p, as the profile verbs of Go sfDBTools have them.
  void AddTo(CLI::App& app, bool profile_letters = false);

  // Flags before the profile, if one is chosen, before MYSQL_PWD before option files; of those, a
  // profile leaves only what does not say where the server is. InvalidArgument: an option file is
  // wrong. Warnings of option files go to stderr. The exit codes of LoadProfile().
  absl::StatusOr<dumper::ConnectionOptions> Resolve(const std::string& program,
                                                    const ProfileChoice& profile = {}) const;

  // What was given on the command line, into a profile. `may_ask`: for a password, when --password
  // has none. Returns whether anything was. Exit 2: it cannot be kept in a profile.
  absl::StatusOr<bool> IntoProfile(bool may_ask, engine::Profile* profile) const;
  // Whether the command line says which server is meant, or who asks.
  bool names_server() const { return host_ || port_ || socket_ || user_; }
  bool names_password() const { return password_file_ || password_flag_->count() > 0; }

 private:
  // nullopt: not given. --password before --password-file.
  absl::StatusOr<std::optional<std::string>> GivenPassword(bool may_ask) const;

  bool no_defaults_ = false;
  std::optional<std::string> defaults_file_, defaults_extra_file_, defaults_group_suffix_;
  std::optional<std::string> host_, socket_, user_, password_, password_file_, protocol_;
  std::optional<unsigned> port_;
  CLI::Option* password_flag_ = nullptr;
  bool ssl_ = false, skip_ssl_ = false, ssl_verify_server_cert_ = false;
  std::optional<std::string> ssl_ca_, ssl_capath_, ssl_cert_, ssl_cipher_, ssl_key_, ssl_crl_,
      ssl_crlpath_, tls_version_, plugin_dir_, default_auth_;
};

}  // namespace sfdb::tools
