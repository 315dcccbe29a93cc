// How to reach a server: what every MariaDB client accepts on its command line and in option files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sfdb::dumper {

// A value type. `password` is a secret: never print it, never log it, never put it on a command
// line.
struct ConnectionOptions {
  std::optional<std::string> host;      // unset: localhost through the socket
  std::optional<std::string> user;      // unset: the login name
  std::optional<std::string> password;  // unset: none given (MYSQL_PWD has been looked up already)
  bool ask_password = false;            // `-p` without a value: ask on the terminal
  unsigned port = 0;                    // 0: the library's default
  std::optional<std::string> socket;
  std::optional<std::string> protocol;  // tcp, socket, pipe, memory
  bool compress = false;

  bool ssl = true;
  // --ssl or an option that implies it was given. Measured on mariadb-dump 10.11: even then it goes
  // on in plain text when the server has no TLS; only ssl_verify_server_cert (also with --skip-ssl)
  // makes TLS required.
  bool ssl_given = false;
  bool ssl_verify_server_cert = false;
  std::optional<std::string> ssl_ca, ssl_capath, ssl_cert, ssl_cipher, ssl_key, ssl_crl,
      ssl_crlpath;
  std::optional<std::string> tls_version;

  std::optional<std::string> plugin_dir;
  std::optional<std::string> default_auth;
  std::optional<std::string> character_sets_dir;

  // The character set of the handshake and of row data, exactly as the user typed it.
  std::string character_set = "utf8mb4";
  uint64_t max_allowed_packet = 25165824;  // bytes; a larger row ends the read with error 2013
  uint64_t net_buffer_length = 1046528;    // bytes, already clamped and rounded
};

}  // namespace sfdb::dumper
