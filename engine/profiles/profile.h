// A profile: how to reach one server, in the words of an option file's `[client]` group. As text it
// is what Go sfDBTools writes, with more keys where a server needs them:
//
//   [client]
//   host=127.0.0.1
//   port=3306
//   user=root
//   password=rahasia
//
// A line is a key and everything behind the first "=", white space at both ends cut off, no quotes;
// lines that begin with "#" or ";" are comments. A value that would not survive this (white space
// at an end, a line break) is written as KEY-base64.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret_bytes.h"
#include "dumper/options/connection_options.h"

namespace sfdb::engine {

// A value type. `password` is a secret.
struct Profile {
  std::optional<std::string> host;
  std::optional<unsigned> port;
  std::optional<std::string> socket;
  std::optional<std::string> protocol;
  std::optional<std::string> user;
  std::optional<std::string> password;
  std::optional<std::string> ssl_ca, ssl_capath, ssl_cert, ssl_key, ssl_cipher, tls_version;
  bool skip_ssl = false;
  bool ssl_verify_server_cert = false;

  // Keys that we have no use for, such as those of other programs: "client.compress".
  std::vector<std::string> ignored;
  // The profile wants an SSH tunnel (later versions of Go sfDBTools), which we do not make.
  bool wants_ssh = false;
};

enum class ProfileLayout {
  kSealed,  // ours: crypto/FORMAT.md
  kGo,      // readable by Go sfDBTools: crypto/legacy_go.h, TCP only
};
std::string_view ProfileLayoutName(ProfileLayout layout);  // "sfdb", "go"

// InvalidArgument with kGo: what the Go program cannot express (a socket, TLS files) or would read
// back differently.
absl::StatusOr<crypto::SecretBytes> ProfileText(const Profile& profile, ProfileLayout layout);
// DataLoss: not a profile. `name` is the file's, for messages, which never hold a value.
absl::StatusOr<Profile> ParseProfile(std::string_view text, std::string_view name);

// Puts the profile in the place of everything that says where the server is and who asks: what an
// option file says about another server must not be mixed in. FailedPrecondition: an SSH tunnel is
// wanted.
absl::Status ApplyProfile(const Profile& profile, ProfileLayout layout,
                          dumper::ConnectionOptions* options);

}  // namespace sfdb::engine
