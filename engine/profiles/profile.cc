#include "engine/profiles/profile.h"

#include <charconv>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crypto/encoding.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

constexpr std::string_view kBlanks = " \t\n\v\f\r";
constexpr std::string_view kEncoded = "-base64";

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

bool SurvivesALine(std::string_view value) {
  return Trimmed(value) == value &&
         value.find_first_of(std::string_view("\n\r\0", 3)) == value.npos;
}

struct TextField {
  std::string_view key;
  std::optional<std::string> Profile::*value;
  bool go = false;  // Go sfDBTools knows it
};
constexpr TextField kTextFields[] = {
    {"host", &Profile::host, true},         {"user", &Profile::user, true},
    {"password", &Profile::password, true}, {"socket", &Profile::socket},
    {"protocol", &Profile::protocol},       {"ssl-ca", &Profile::ssl_ca},
    {"ssl-capath", &Profile::ssl_capath},   {"ssl-cert", &Profile::ssl_cert},
    {"ssl-key", &Profile::ssl_key},         {"ssl-cipher", &Profile::ssl_cipher},
    {"tls-version", &Profile::tls_version}};

// Null: not a text field.
const TextField* FindField(std::string_view key) {
  for (const TextField& field : kTextFields) {
    if (field.key == key) return &field;
  }
  return nullptr;
}

absl::Status CheckForGo(const Profile& profile) {
  for (const TextField& field : kTextFields) {
    const auto& value = profile.*field.value;
    if (!value || (field.key == "protocol" && *value == "tcp")) continue;
    if (!field.go) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "Go sfDBTools has no '%s' in its profiles: it connects by TCP, to a host and port",
          field.key));
    }
    if (!SurvivesALine(*value)) {
      return absl::InvalidArgumentError(
          absl::StrFormat("Go sfDBTools would read another %s: its profiles lose white space at "
                          "the ends and line breaks",
                          field.key));
    }
  }
  if (profile.skip_ssl || profile.ssl_verify_server_cert) {
    return absl::InvalidArgumentError("Go sfDBTools has no TLS options in its profiles");
  }
  return absl::OkStatus();
}

std::string GoText(const Profile& profile) {
  return absl::StrFormat("[client]\nhost=%s\nport=%d\nuser=%s\npassword=%s\n",
                         profile.host.value_or("localhost"), profile.port.value_or(3306),
                         profile.user.value_or("root"), profile.password.value_or(""));
}

std::string OwnText(const Profile& profile) {
  std::string text = "[client]\n";
  for (const TextField& field : kTextFields) {
    const auto& value = profile.*field.value;
    if (!value) continue;
    text += field.key;
    if (SurvivesALine(*value)) {
      absl::StrAppend(&text, "=", *value, "\n");
    } else {
      text += kEncoded;
      text += '=';
      text += crypto::Base64EncodeSecret(*value).view();
      text += '\n';
    }
  }
  if (profile.port) absl::StrAppend(&text, "port=", *profile.port, "\n");
  if (profile.skip_ssl) text += "skip-ssl=1\n";
  if (profile.ssl_verify_server_cert) text += "ssl-verify-server-cert=1\n";
  return text;
}

bool IsOn(std::string_view value) {
  return value.empty() || value == "1" || value == "true" || value == "yes";
}

void SetField(Profile& profile, const TextField& field, std::string_view value) {
  // An empty host or socket says nothing; an empty password is one.
  if (value.empty() && field.key != "password") return;
  profile.*(field.value) = std::string(value);
}

absl::Status TakeClientLine(std::string_view key, std::string_view value, Profile& profile) {
  if (const TextField* field = FindField(key)) {
    SetField(profile, *field, value);
    return absl::OkStatus();
  }
  if (key.ends_with(kEncoded)) {
    const TextField* field = FindField(key.substr(0, key.size() - kEncoded.size()));
    const auto plain = crypto::Base64Decode(value);
    if (field != nullptr && plain) {
      SetField(profile, *field, plain->view());
      return absl::OkStatus();
    }
    if (field != nullptr) return absl::DataLossError(std::string(key) + " is not base64");
  }
  if (key == "port") {
    unsigned port = 0;
    const char* const end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, port);
    if (error != std::errc() || rest != end || port > 65535) {
      return absl::DataLossError("the port is not a number from 0 to 65535");
    }
    profile.port = port;
  } else if (key == "skip-ssl") {
    profile.skip_ssl = IsOn(value);
  } else if (key == "ssl-verify-server-cert") {
    profile.ssl_verify_server_cert = IsOn(value);
  } else {
    profile.ignored.push_back("client." + std::string(key));
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view ProfileLayoutName(ProfileLayout layout) {
  return layout == ProfileLayout::kGo ? "go" : "sfdb";
}

absl::StatusOr<crypto::SecretBytes> ProfileText(const Profile& profile, ProfileLayout layout) {
  if (layout == ProfileLayout::kGo) RETURN_IF_ERROR(CheckForGo(profile));
  std::string text = layout == ProfileLayout::kGo ? GoText(profile) : OwnText(profile);
  crypto::SecretBytes bytes = crypto::SecretBytes::CopyOf(text);
  crypto::Cleanse(text.data(), text.size());
  return bytes;
}

absl::StatusOr<Profile> ParseProfile(std::string_view text, std::string_view name) {
  Profile profile;
  std::string section;
  bool has_client = false;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    if (line.front() == '[' && line.back() == ']') {
      section = absl::AsciiStrToLower(std::string(Trimmed(line.substr(1, line.size() - 2))));
      has_client |= section == "client";
      continue;
    }
    const size_t equals = line.find('=');
    const std::string key = absl::AsciiStrToLower(std::string(Trimmed(line.substr(0, equals))));
    const std::string_view value =
        equals == line.npos ? std::string_view() : Trimmed(line.substr(equals + 1));
    if (section == "client") {
      const absl::Status status = TakeClientLine(key, value, profile);
      if (!status.ok()) {
        return absl::DataLossError(absl::StrFormat("%s: %s", name, std::string(status.message())));
      }
    } else if (section == "ssh" && key == "enabled") {
      profile.wants_ssh = IsOn(value);
    } else if (section != "ssh") {
      profile.ignored.push_back(absl::StrCat(section, ".", key));
    }
  }
  if (!has_client) {
    return absl::DataLossError(absl::StrFormat("%s is not a profile: it has no [client]", name));
  }
  return profile;
}

absl::Status ApplyProfile(const Profile& profile, ProfileLayout layout,
                          dumper::ConnectionOptions* options) {
  if (profile.wants_ssh) {
    return absl::FailedPreconditionError(
        "the profile wants an SSH tunnel, which this program does not open; open one yourself and "
        "make a profile of its local end");
  }
  options->host = profile.host;
  options->port = profile.port.value_or(0);
  options->socket = profile.socket;
  options->protocol = profile.protocol;
  // The Go program knows TCP only, also to localhost.
  if (layout == ProfileLayout::kGo) options->protocol = "tcp";
  options->user = profile.user;
  options->password = profile.password;
  options->ask_password = false;
  for (const auto& [from, to] : {std::pair{&profile.ssl_ca, &options->ssl_ca},
                                 {&profile.ssl_capath, &options->ssl_capath},
                                 {&profile.ssl_cert, &options->ssl_cert},
                                 {&profile.ssl_key, &options->ssl_key},
                                 {&profile.ssl_cipher, &options->ssl_cipher}}) {
    if (!*from) continue;
    *to = *from;
    options->ssl = options->ssl_given = true;
  }
  if (profile.tls_version) options->tls_version = profile.tls_version;
  if (profile.skip_ssl) options->ssl = false;
  if (profile.ssl_verify_server_cert) options->ssl_verify_server_cert = true;
  return absl::OkStatus();
}

}  // namespace sfdb::engine
