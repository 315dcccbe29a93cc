#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dumper/session/session.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/profiles/profile_store.h"
#include "engine/sinks/file_system.h"
#include "tools/ask_secret.h"
#include "tools/command_line.h"
#include "tools/connection_flags.h"
#include "tools/menu.h"
#include "tools/profile_choice.h"
#include "tools/screen/display_text.h"
#include "tools/screen/table.h"
#include "tools/verb_config.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

using base::WithExitCode;
using engine::Profile;
using engine::ProfileKey;
using engine::ProfileLayout;
using engine::StoredProfile;

constexpr char kUsage[] =
    "Usage: sfdbtools profile COMMAND [options]\n"
    "\n"
    "  create  keep how to reach a server, sealed, after trying it\n"
    "  edit    change a profile\n"
    "  show    print a profile, the password hidden\n"
    "  delete  remove profiles\n"
    "  list    list the profiles\n"
    "\n"
    "sfdbtools profile COMMAND --help explains a command.\n";

constexpr char kHidden[] = "********";

absl::Status Wrong(const std::string& text) {
  return WithExitCode(absl::InvalidArgumentError(text), base::kExitUsage);
}

// What all commands that work on one profile have.
struct Flags {
  std::string program;
  ProfileChoice choice;
  std::string reference, key, new_name, new_key, new_key_file;
  std::vector<std::string> references;  // of delete
  std::optional<std::string> layout;
  bool interactive = true, non_interactive = false, force = false, yes = false;
  bool reveal_password = false, skip_test = false, json = false;
  ConnectionFlags connection;
  ConfigFlag config;

  void AddChoice(CLI::App& app);
  void AddKey(CLI::App& app);
  void AddSaving(CLI::App& app);
  void AddJson(CLI::App& app) { app.add_flag("--json", json, "print one JSON document"); }
  // After parsing.
  absl::Status Take();
};

void Flags::AddChoice(CLI::App& app) {
  app.add_option("PROFILE,-n,-f,--profile,--profil,--name,--file", reference, "a name, or a path");
  app.add_option("-o,--profile-dir,--output-dir", choice.directory,
                 "where profiles are kept by name (default: config_dir.database_profile of the "
                 "configuration, else ~/.config/sfdbtools/profiles)");
  app.add_flag("-i,--interactive", interactive,
               "ask for what is missing, on a terminal (the default)");
  app.add_flag("--non-interactive", non_interactive, "never ask anything");
  config.AddTo(app);
}

void Flags::AddKey(CLI::App& app) {
  app.add_option("-k,--key,--profile-key", key,
                 absl::StrCat("key of the profile; others can read a command line, prefer "
                              "--profile-key-file, ",
                              kProfileKeyVariable, " or ", RoleKeyVariable(choice.role)));
  app.add_option("--profile-key-file", choice.key_file, "key file");
}

void Flags::AddSaving(CLI::App& app) {
  app.add_option("--layout", layout,
                 "sfdb, or go: readable by Go sfDBTools, which knows TCP only and no TLS options")
      ->check(CLI::IsMember({"sfdb", "go"}));
  app.add_flag("--skip-test,--no-connection-test", skip_test,
               "save it without connecting to the server");
  connection.AddTo(app, /*profile_letters=*/true);
}

absl::Status Flags::Take() {
  if (!reference.empty()) choice.reference = reference;
  if (!key.empty()) choice.key = key;
  choice.may_ask = interactive && !non_interactive && CanAsk();
  RETURN_IF_ERROR(config.Load());
  if (choice.directory.empty()) {
    choice.directory = config.text("config_dir.database_profile").value_or("");
  }
  return absl::OkStatus();
}

absl::Status NeedReference(const ProfileChoice& choice) {
  if (choice.reference) return absl::OkStatus();
  return Wrong("which profile? give --profile NAME or PATH; `profile list` lists them");
}

// "" for what is not set.
std::string Shown(const std::optional<std::string>& text) { return text.value_or(""); }

absl::Status TestConnection(const StoredProfile& stored) {
  dumper::ConnectionOptions options;
  RETURN_IF_ERROR(ApplyProfile(stored.profile, stored.layout, &options));
  const auto session = dumper::Session::Connect(options);
  if (session.ok()) {
    std::fprintf(stderr, "connected: %s\n", CleanText((*session)->server_version()).c_str());
    return absl::OkStatus();
  }
  return absl::Status(session.status().code(),
                      absl::StrCat("the server cannot be reached, so nothing was saved "
                                   "(--skip-test saves without trying): ",
                                   std::string(session.status().message())));
}

absl::Status AskField(const std::string& question, const std::string& fallback,
                      std::optional<std::string>* field) {
  const auto answer = AskLine(question, field->value_or(fallback));
  if (!answer) return WithExitCode(absl::CancelledError("cancelled"), base::kExitFailed);
  *field = *answer;
  return absl::OkStatus();
}

absl::Status AskForServer(Profile* profile) {
  if (!profile->socket) {
    RETURN_IF_ERROR(AskField("Host", "localhost", &profile->host));
    std::optional<std::string> port =
        profile->port ? std::optional(absl::StrCat(*profile->port)) : std::nullopt;
    RETURN_IF_ERROR(AskField("Port", "3306", &port));
    unsigned number = 0;
    const auto [rest, error] = std::from_chars(port->data(), port->data() + port->size(), number);
    if (error != std::errc() || rest != port->data() + port->size() || number > 65535) {
      return Wrong("a port is a number from 0 to 65535");
    }
    profile->port = number;
  }
  return AskField("User", "root", &profile->user);
}

absl::Status Create(Flags& flags) {
  StoredProfile stored;
  if (flags.layout == "go") stored.layout = ProfileLayout::kGo;
  ASSIGN_OR_RETURN(const bool given,
                   flags.connection.IntoProfile(flags.choice.may_ask, &stored.profile));
  Profile& profile = stored.profile;
  if (const char* const password = std::getenv("MYSQL_PWD"); password != nullptr) {
    if (!profile.password) profile.password = password;
  }
  if (flags.choice.may_ask && !flags.connection.names_server()) {
    RETURN_IF_ERROR(AskForServer(&profile));
  }
  if (flags.choice.may_ask && !given && !profile.password) {
    profile.password = AskSecret("Password: ").value_or("");
  }
  if (!flags.choice.reference) {
    flags.choice.reference =
        absl::StrCat(profile.host.value_or("localhost"), "_", profile.port.value_or(3306));
    if (flags.choice.may_ask) {
      RETURN_IF_ERROR(AskField("Name of the profile", "", &flags.choice.reference));
    }
  }
  ASSIGN_OR_RETURN(const std::string path, ProfileFile(flags.choice));
  // Before anybody is asked for a key, or the server.
  if (engine::PosixFileSystem().Exists(path)) {
    return absl::AlreadyExistsError(
        absl::StrCat("the profile ", path, " exists; change it with `profile edit`"));
  }
  ASSIGN_OR_RETURN(const ProfileKey key, ProfileKeyOf(flags.choice, /*is_new=*/true));
  if (!flags.skip_test) RETURN_IF_ERROR(TestConnection(stored));
  RETURN_IF_ERROR(engine::WriteProfile(path, stored, key, /*replace=*/false));
  std::printf("%s\n", path.c_str());
  return absl::OkStatus();
}

absl::Status Edit(Flags& flags) {
  RETURN_IF_ERROR(ChooseProfile(/*may_do_without=*/false, &flags.choice));
  RETURN_IF_ERROR(NeedReference(flags.choice));
  ASSIGN_OR_RETURN(const std::string path, ProfileFile(flags.choice));
  ASSIGN_OR_RETURN(const ProfileKey key, ProfileKeyOf(flags.choice));
  ASSIGN_OR_RETURN(StoredProfile stored, engine::ReadProfile(path, key));
  if (!stored.profile.ignored.empty() || stored.profile.wants_ssh) {
    return Wrong(absl::StrCat(path, " holds settings of another program, which would be lost: ",
                              absl::StrJoin(stored.profile.ignored, ", "),
                              stored.profile.wants_ssh ? " ssh" : ""));
  }
  ASSIGN_OR_RETURN(bool changes,
                   flags.connection.IntoProfile(flags.choice.may_ask, &stored.profile));
  if (flags.layout) {
    stored.layout = *flags.layout == "go" ? ProfileLayout::kGo : ProfileLayout::kSealed;
    changes = true;
  }
  ProfileChoice new_key = flags.choice;
  if (!flags.new_key.empty() || !flags.new_key_file.empty()) {
    new_key.key = flags.new_key.empty() ? std::nullopt : std::optional(flags.new_key);
    new_key.key_file = flags.new_key_file;
    changes = true;
  }
  std::string new_path = path;
  if (!flags.new_name.empty()) {
    const size_t slash = path.rfind('/');
    ASSIGN_OR_RETURN(
        new_path,
        engine::ProfilePath(flags.new_name, slash == path.npos ? "." : path.substr(0, slash)));
    changes = true;
  }
  if (!changes && flags.choice.may_ask) {
    RETURN_IF_ERROR(AskForServer(&stored.profile));
    const auto password = AskSecret("Password (empty: as it is): ");
    if (password && !password->empty()) stored.profile.password = *password;
    changes = true;
  }
  if (!changes) return Wrong("nothing to change; give the options that are to be different");
  ProfileKey other_key;
  const bool same_key = flags.new_key.empty() && flags.new_key_file.empty();
  if (!same_key) {
    ASSIGN_OR_RETURN(other_key, ProfileKeyOf(new_key));
  }
  if (!flags.skip_test) RETURN_IF_ERROR(TestConnection(stored));
  RETURN_IF_ERROR(
      engine::WriteProfile(new_path, stored, same_key ? key : other_key, new_path == path));
  if (new_path != path) RETURN_IF_ERROR(engine::PosixFileSystem().Remove(path));
  std::printf("%s\n", new_path.c_str());
  return absl::OkStatus();
}

absl::Status Show(Flags& flags) {
  RETURN_IF_ERROR(ChooseProfile(/*may_do_without=*/false, &flags.choice));
  RETURN_IF_ERROR(NeedReference(flags.choice));
  ASSIGN_OR_RETURN(const std::string path, ProfileFile(flags.choice));
  ASSIGN_OR_RETURN(const ProfileKey key, ProfileKeyOf(flags.choice));
  ASSIGN_OR_RETURN(const StoredProfile stored, engine::ReadProfile(path, key));
  const Profile& p = stored.profile;
  const std::string password = Shown(p.password);
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"profile", path},
      {"layout", std::string(engine::ProfileLayoutName(stored.layout))},
      {"host", Shown(p.host)},
      {"port", p.port ? absl::StrCat(*p.port) : ""},
      {"socket", Shown(p.socket)},
      {"protocol", Shown(p.protocol)},
      {"user", Shown(p.user)},
      {"password", password.empty() || flags.reveal_password ? password : kHidden},
      {"ssl-ca", Shown(p.ssl_ca)},
      {"ssl-capath", Shown(p.ssl_capath)},
      {"ssl-cert", Shown(p.ssl_cert)},
      {"ssl-key", Shown(p.ssl_key)},
      {"ssl-cipher", Shown(p.ssl_cipher)},
      {"tls-version", Shown(p.tls_version)},
      {"skip-ssl", p.skip_ssl ? "yes" : ""},
      {"ssl-verify-server-cert", p.ssl_verify_server_cert ? "yes" : ""},
      {"ssh", p.wants_ssh ? "a tunnel, which this program does not open" : ""},
      {"ignored", absl::StrJoin(p.ignored, ", ")}};
  if (flags.json) {
    nlohmann::ordered_json json;
    for (const auto& [name, value] : rows) {
      if (!value.empty()) json[name] = value;
    }
    std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return absl::OkStatus();
  }
  for (const auto& [name, value] : rows) {
    if (value.empty()) continue;
    // What was asked for in clear comes out as it is, for `$(...)`.
    const bool as_it_is = name == "password" && flags.reveal_password;
    std::printf("%-12s %s\n", name.c_str(), (as_it_is ? value : CleanText(value)).c_str());
  }
  return absl::OkStatus();
}

absl::Status Delete(Flags& flags) {
  if (flags.references.empty()) {
    RETURN_IF_ERROR(ChooseProfile(/*may_do_without=*/false, &flags.choice));
    RETURN_IF_ERROR(NeedReference(flags.choice));
    flags.references = {*flags.choice.reference};
  }
  std::vector<std::string> paths;
  for (const std::string& reference : flags.references) {
    ProfileChoice choice = flags.choice;
    choice.reference = reference;
    ASSIGN_OR_RETURN(const std::string path, ProfileFile(choice));
    if (!path.ends_with(engine::kProfileExtension)) {
      return Wrong(absl::StrCat(path, " is not called like a profile"));
    }
    if (!engine::PosixFileSystem().Exists(path)) {
      return WithExitCode(absl::NotFoundError("there is no profile " + path), base::kExitUsage);
    }
    paths.push_back(path);
  }
  if (!flags.force && !flags.yes && !flags.non_interactive) {
    if (!CanAsk()) {
      return WithExitCode(absl::FailedPreconditionError(
                              "there is no terminal to confirm at; give --yes or --force"),
                          base::kExitUsage);
    }
    for (const std::string& path : paths) std::fprintf(stderr, "%s\n", CleanText(path).c_str());
    if (!AskYesNo("Delete?")) {
      return WithExitCode(absl::CancelledError("not confirmed"), base::kExitFailed);
    }
  }
  for (const std::string& path : paths) {
    RETURN_IF_ERROR(engine::PosixFileSystem().Remove(path));
    std::printf("%s\n", path.c_str());
  }
  return absl::OkStatus();
}

absl::Status List(Flags& flags) {
  ASSIGN_OR_RETURN(const std::string directory, ProfileDirectory(flags.choice));
  ASSIGN_OR_RETURN(const auto profiles, engine::ListProfiles(directory));
  Table table;
  table.header = {"Name", "Layout", "Changed", "Private", "File"};
  nlohmann::ordered_json json;
  json["directory"] = directory;
  json["profiles"] = nlohmann::ordered_json::array();
  for (const engine::ListedProfile& profile : profiles) {
    const std::string layout =
        profile.layout ? std::string(engine::ProfileLayoutName(*profile.layout)) : "unknown";
    const std::string changed =
        absl::FormatTime("%Y-%m-%d %H:%M:%S", profile.modified, absl::LocalTimeZone());
    table.rows.push_back(
        {profile.name, layout, changed, profile.is_private ? "yes" : "no", profile.path});
    json["profiles"].push_back({{"name", profile.name},
                                {"layout", layout},
                                {"changed", changed},
                                {"private", profile.is_private},
                                {"file", profile.path}});
  }
  if (flags.json) {
    std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
  } else if (profiles.empty()) {
    std::fprintf(stderr, "no profiles in %s\n", CleanText(directory).c_str());
  } else {
    std::fputs(TableText(table, StyleFor(STDOUT_FILENO, ProcessVariable)).c_str(), stdout);
  }
  return absl::OkStatus();
}

int RunCommand(CLI::App& app, const std::vector<std::string>& args, Flags& flags,
               absl::Status (*command)(Flags&)) {
  return ParseAndRun(app, args, [&] {
    absl::Status status = flags.Take();
    if (status.ok()) status = command(flags);
    return status.ok() ? static_cast<int>(base::kExitOk) : ReportFailure(flags.program, status);
  });
}

}  // namespace

int ProfileVerb(const std::vector<std::string>& args) {
  const std::string command = args.empty() ? "" : args.front();
  const std::vector<std::string> rest(args.empty() ? args.end() : args.begin() + 1, args.end());
  Flags flags;
  flags.program = "sfdbtools profile " + command;
  CLI::App app("", flags.program);
  if (command == "create") {
    app.description(
        "Keeps how to reach a server in a sealed file, after connecting to it. The password comes "
        "from --password-file or MYSQL_PWD; without, on a terminal, it is asked for, else there is "
        "none. Option files are not read.");
    flags.AddChoice(app);
    flags.AddKey(app);
    flags.AddSaving(app);
    return RunCommand(app, rest, flags, Create);
  }
  if (command == "edit") {
    app.description("Changes a profile: what is not given stays. MYSQL_PWD counts for nothing.");
    flags.AddChoice(app);
    flags.AddKey(app);
    app.add_option("-N,--new-name", flags.new_name, "another name");
    app.add_option("--new-profile-key", flags.new_key, "another key");
    app.add_option("--new-profile-key-file", flags.new_key_file, "another key file");
    flags.AddSaving(app);
    return RunCommand(app, rest, flags, Edit);
  }
  if (command == "show") {
    app.description("Prints a profile, the password hidden.");
    flags.AddChoice(app);
    flags.AddKey(app);
    app.add_flag("-r,--reveal-password", flags.reveal_password, "print the password in clear");
    flags.AddJson(app);
    return RunCommand(app, rest, flags, Show);
  }
  if (command == "delete") {
    app.description("Removes profiles; their keys are not needed.");
    app.add_option("PROFILE,-n,-f,--profile,--profil,--name,--file", flags.references,
                   "names, or paths");
    app.add_option("-o,--profile-dir", flags.choice.directory, "where profiles are kept by name");
    app.add_flag("-F,--force", flags.force, "do not ask");
    app.add_flag("-y,--yes", flags.yes, "do not ask");
    app.add_flag("--non-interactive", flags.non_interactive, "never ask anything");
    flags.config.AddTo(app);
    return RunCommand(app, rest, flags, Delete);
  }
  if (command == "list") {
    app.description("Lists the profiles that can be used by name; needs no key.");
    app.add_option("-o,--profile-dir", flags.choice.directory, "where profiles are kept by name");
    flags.AddJson(app);
    flags.config.AddTo(app);
    return RunCommand(app, rest, flags, List);
  }
  const bool asked = command == "--help" || command == "-h";
  std::fputs(kUsage, asked ? stdout : stderr);
  return asked ? base::kExitOk : base::kExitUsage;
}

}  // namespace sfdb::tools
