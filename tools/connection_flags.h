// How to reach the server: the flags and option files of every MariaDB client.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "dumper/options/connection_options.h"

namespace sfdb::tools {

// Lives as long as the CLI::App that it adds its options to.
class ConnectionFlags {
 public:
  void AddTo(CLI::App& app);

  // Flags before MYSQL_PWD before option files. InvalidArgument: an option file is wrong. Warnings
  // of option files go to stderr.
  absl::StatusOr<dumper::ConnectionOptions> Resolve(const std::string& program) const;

 private:
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
