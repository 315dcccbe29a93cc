#include "tools/connection_flags.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/key_loading.h"
#include "dumper/options/dump_option_parser.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "tools/ask_secret.h"

namespace sfdb::tools {

void ConnectionFlags::AddTo(CLI::App& app, bool profile_letters) {
  const char kGroup[] = "Connection";
  auto with = [&](const char* letter, const char* name) {
    return std::string(profile_letters ? letter : "") + name;
  };
  auto option = [&](const std::string& name, auto& value, const char* help) {
    // The last one counts, as with every MariaDB client.
    return app.add_option(name, value, help)->group(kGroup)->take_last();
  };
  option(with("-H,", "--host"), host_, "server's host name");
  option(with("-P,", "--port"), port_, "TCP port");
  option("--socket", socket_, "Unix socket");
  option(with("-U,", "--user"), user_, "account");
  password_flag_ = option(with("-p,", "--password"), password_,
                          "password; without a value it is asked for. Others can read a command "
                          "line: prefer --password-file, MYSQL_PWD or an option file")
                       ->expected(0, 1);
  option("--password-file", password_file_, "file whose first line is the password");
  option("--protocol", protocol_, "tcp or socket");
  app.add_flag("--ssl", ssl_, "use TLS")->group(kGroup);
  app.add_flag("--skip-ssl", skip_ssl_, "do not use TLS")->group(kGroup);
  app.add_flag("--ssl-verify-server-cert", ssl_verify_server_cert_,
               "check the server's certificate")
      ->group(kGroup);
  option("--ssl-ca", ssl_ca_, "file of certificate authorities");
  option("--ssl-capath", ssl_capath_, "directory of certificate authorities");
  option("--ssl-cert", ssl_cert_, "client certificate");
  option("--ssl-key", ssl_key_, "client key");
  option("--ssl-cipher", ssl_cipher_, "ciphers");
  option("--ssl-crl", ssl_crl_, "revocation list");
  option("--ssl-crlpath", ssl_crlpath_, "directory of revocation lists");
  option("--tls-version", tls_version_, "TLS versions, comma separated");
  option("--plugin-dir", plugin_dir_, "directory of client plugins");
  option("--default-auth", default_auth_, "authentication plugin to begin with");
  app.add_flag("--no-defaults", no_defaults_, "read no option file")->group(kGroup);
  option("--defaults-file", defaults_file_, "read this option file and no other");
  option("--defaults-extra-file", defaults_extra_file_, "read this option file too");
  option("--defaults-group-suffix", defaults_group_suffix_, "also read groups with this suffix");
}

absl::StatusOr<dumper::ConnectionOptions> ConnectionFlags::Resolve(
    const std::string& program, const ProfileChoice& profile) const {
  dumper::DefaultsArguments defaults;
  defaults.no_defaults = no_defaults_;
  defaults.file = defaults_file_;
  defaults.extra_file = defaults_extra_file_;
  defaults.group_suffix = defaults_group_suffix_;
  dumper::ConnectionOutcome from_files = dumper::ReadConnectionOptions(
      program, {"client", "client-server", "client-mariadb", "sfdbtools"}, defaults,
      dumper::ProcessEnvironment());
  std::fputs(from_files.messages.c_str(), stderr);
  if (!from_files.ok) {
    return base::WithExitCode(absl::InvalidArgumentError("the option files cannot be used"),
                              base::kExitUsage);
  }
  dumper::ConnectionOptions options = std::move(from_files.options);
  if (profile.reference) {
    ASSIGN_OR_RETURN(const engine::StoredProfile stored, LoadProfile(profile));
    const absl::Status status = ApplyProfile(stored.profile, stored.layout, &options);
    if (!status.ok()) return base::WithExitCode(status, base::kExitUsage);
    // Another way to the server than the profile's is a whole one.
    if (socket_ && !protocol_) options.protocol.reset();
  }
  auto take = [](const auto& flag, auto& field) {
    if (flag) field = *flag;
  };
  take(host_, options.host);
  take(port_, options.port);
  take(socket_, options.socket);
  take(user_, options.user);
  take(protocol_, options.protocol);
  take(plugin_dir_, options.plugin_dir);
  take(default_auth_, options.default_auth);
  take(tls_version_, options.tls_version);
  for (const auto& [flag, field] : {std::pair{&ssl_ca_, &options.ssl_ca},
                                    {&ssl_capath_, &options.ssl_capath},
                                    {&ssl_cert_, &options.ssl_cert},
                                    {&ssl_key_, &options.ssl_key},
                                    {&ssl_cipher_, &options.ssl_cipher},
                                    {&ssl_crl_, &options.ssl_crl},
                                    {&ssl_crlpath_, &options.ssl_crlpath}}) {
    if (!*flag) continue;
    *field = **flag;
    options.ssl = options.ssl_given = true;
  }
  if (ssl_) options.ssl = options.ssl_given = true;
  if (skip_ssl_) options.ssl = false;
  if (ssl_verify_server_cert_) options.ssl_verify_server_cert = true;

  ASSIGN_OR_RETURN(std::optional<std::string> password, GivenPassword(/*may_ask=*/true));
  if (password) {
    options.password = std::move(password);
  } else if (options.ask_password) {
    options.password = AskSecret("Enter password: ").value_or("");
  }
  return options;
}

absl::StatusOr<std::optional<std::string>> ConnectionFlags::GivenPassword(bool may_ask) const {
  if (password_flag_->count() > 0) {
    if (password_ && !password_->empty()) return password_;
    if (may_ask) return AskSecret("Enter password: ").value_or("");
    return base::WithExitCode(
        absl::InvalidArgumentError("--password has no value, and nobody may be asked for it"),
        base::kExitUsage);
  }
  if (!password_file_) return std::nullopt;
  const absl::StatusOr<crypto::SecretBytes> contents = crypto::ReadSecretFile(*password_file_);
  if (!contents.ok()) return base::WithExitCode(contents.status(), base::kExitUsage);
  const std::string_view text = contents->view();
  return std::string(text.substr(0, text.find_first_of("\r\n")));
}

absl::StatusOr<bool> ConnectionFlags::IntoProfile(bool may_ask, engine::Profile* profile) const {
  for (const auto& [flag, name] : {std::pair{&plugin_dir_, "--plugin-dir"},
                                   {&default_auth_, "--default-auth"},
                                   {&ssl_crl_, "--ssl-crl"},
                                   {&ssl_crlpath_, "--ssl-crlpath"}}) {
    if (!*flag) continue;
    return base::WithExitCode(
        absl::InvalidArgumentError(absl::StrCat(name, " cannot be kept in a profile")),
        base::kExitUsage);
  }
  bool any = false;
  auto take = [&](const auto& flag, auto& field) {
    if (!flag) return;
    field = *flag;
    any = true;
  };
  take(host_, profile->host);
  take(port_, profile->port);
  take(socket_, profile->socket);
  take(user_, profile->user);
  take(protocol_, profile->protocol);
  take(ssl_ca_, profile->ssl_ca);
  take(ssl_capath_, profile->ssl_capath);
  take(ssl_cert_, profile->ssl_cert);
  take(ssl_key_, profile->ssl_key);
  take(ssl_cipher_, profile->ssl_cipher);
  take(tls_version_, profile->tls_version);
  if (skip_ssl_ || ssl_) {
    profile->skip_ssl = skip_ssl_;
    any = true;
  }
  if (ssl_verify_server_cert_) profile->ssl_verify_server_cert = any = true;
  ASSIGN_OR_RETURN(const std::optional<std::string> password, GivenPassword(may_ask));
  take(password, profile->password);
  return any;
}

}  // namespace sfdb::tools
