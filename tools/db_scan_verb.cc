#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "engine/backup/metadata.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/config/list_file.h"
#include "engine/config/settings.h"
#include "engine/scan/database_scan.h"
#include "tools/command_line.h"
#include "tools/connection_flags.h"
#include "tools/menu.h"
#include "tools/profile_choice.h"
#include "tools/screen/display_text.h"
#include "tools/screen/table.h"
#include "tools/stop_signals.h"
#include "tools/verb_config.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

constexpr char kUsage[] =
    "Usage: sfdbtools db-scan COMMAND [options]\n"
    "\n"
    "  all     size and objects of every database\n"
    "  filter  of those that lists choose: --db, --db-file, --exclude-db, --exclude-db-file\n"
    "\n"
    "sfdbtools db-scan COMMAND --help explains a command.\n";

struct Flags {
  std::vector<std::string> include, exclude, include_files, exclude_files;
  bool exclude_system = true, non_interactive = false, json = false;
  ConnectionFlags connection;
  ProfileFlags profile;
  ConfigFlag config;
};

absl::Status TakeList(const std::vector<std::string>& given, const std::vector<std::string>& files,
                      std::vector<std::string>* list) {
  for (const std::string& names : given) {
    for (std::string& name : engine::SplitList(names)) list->push_back(std::move(name));
  }
  for (const std::string& file : files) {
    ASSIGN_OR_RETURN(std::vector<std::string> names, engine::ReadListFile(file));
    for (std::string& name : names) list->push_back(std::move(name));
  }
  return absl::OkStatus();
}

absl::StatusOr<engine::ScanRequest> MakeRequest(const std::string& command, const Flags& flags) {
  engine::ScanRequest request;
  request.filter.exclude_system = flags.exclude_system;
  RETURN_IF_ERROR(TakeList(flags.include, flags.include_files, &request.filter.include));
  RETURN_IF_ERROR(TakeList(flags.exclude, flags.exclude_files, &request.filter.exclude));
  // An empty list of what to take must not come to mean everything.
  const bool asked = !flags.include.empty() || !flags.include_files.empty();
  if (asked && request.filter.include.empty()) {
    return base::WithExitCode(absl::InvalidArgumentError("the list names no database"),
                              base::kExitUsage);
  }
  if (command == "filter" && request.filter.include.empty() && request.filter.exclude.empty()) {
    return base::WithExitCode(
        absl::InvalidArgumentError("nothing to choose by; give --db, --db-file, --exclude-db or "
                                   "--exclude-db-file, or scan all"),
        base::kExitUsage);
  }
  return request;
}

std::string StatusText(const engine::DatabaseNumbers& database) {
  return database.status.ok() ? "OK" : std::string(database.status.message());
}

// Of the databases whose numbers mean something.
engine::DatabaseNumbers Total(const engine::ScanResult& result) {
  engine::DatabaseNumbers total;
  for (const engine::DatabaseNumbers& database : result.databases) {
    if (!database.status.ok()) continue;
    total.bytes += database.bytes;
    total.tables += database.tables;
    total.procedures += database.procedures;
    total.functions += database.functions;
    total.views += database.views;
  }
  return total;
}

nlohmann::ordered_json ToJson(const engine::DatabaseNumbers& database) {
  nlohmann::ordered_json json;
  json["size_bytes"] = database.bytes;
  json["size_human"] = engine::HumanSize(database.bytes);
  json["tables"] = database.tables;
  json["procedures"] = database.procedures;
  json["functions"] = database.functions;
  json["views"] = database.views;
  return json;
}

void PrintJson(const engine::ScanResult& result) {
  nlohmann::ordered_json json;
  json["hostname"] = result.hostname;
  json["server_version"] = result.version;
  json["databases"] = nlohmann::ordered_json::array();
  for (const engine::DatabaseNumbers& database : result.databases) {
    nlohmann::ordered_json one;
    one["database"] = database.name;
    if (database.status.ok()) one.update(ToJson(database));
    if (database.grants) one["grants"] = *database.grants;
    one["status"] = StatusText(database);
    json["databases"].push_back(std::move(one));
  }
  json["total"] = ToJson(Total(result));
  json["missing"] = result.missing;
  std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void PrintTable(const engine::ScanResult& result) {
  Table table;
  table.header = {"Database",  "Size",  "Tables", "Procedures",
                  "Functions", "Views", "Grants", "Status"};
  table.right = {1, 2, 3, 4, 5, 6};
  for (const engine::DatabaseNumbers& database : result.databases) {
    if (!database.status.ok()) {
      table.rows.push_back({database.name, "-", "-", "-", "-", "-", "-", StatusText(database)});
      continue;
    }
    table.rows.push_back({database.name, engine::HumanSize(database.bytes),
                          absl::StrCat(database.tables), absl::StrCat(database.procedures),
                          absl::StrCat(database.functions), absl::StrCat(database.views),
                          database.grants ? absl::StrCat(*database.grants) : std::string("-"),
                          StatusText(database)});
  }
  std::fputs(TableText(table, StyleFor(STDOUT_FILENO, ProcessVariable)).c_str(), stdout);
  const engine::DatabaseNumbers total = Total(result);
  std::printf("%zu databases, %s, %llu tables on %s\n", result.databases.size(),
              engine::HumanSize(total.bytes).c_str(), static_cast<unsigned long long>(total.tables),
              CleanText(result.hostname).c_str());
}

absl::StatusOr<engine::ScanResult> Scan(const std::string& program, const std::string& command,
                                        const Flags& flags, const StopSignals& signals) {
  ASSIGN_OR_RETURN(const engine::ScanRequest request, MakeRequest(command, flags));
  ProfileChoice profile = flags.profile.Choice(flags.config, !flags.non_interactive && CanAsk());
  if (!flags.connection.names_server()) {
    RETURN_IF_ERROR(ChooseProfile(/*may_do_without=*/true, &profile));
  }
  ASSIGN_OR_RETURN(const dumper::ConnectionOptions options,
                   flags.connection.Resolve(program, profile));
  ASSIGN_OR_RETURN(const auto session, dumper::Session::Connect(options));
  return engine::ScanDatabases(*session, request, [&] { return signals.token().stop_requested(); });
}

int Run(const std::string& program, const std::string& command, Flags& flags) {
  if (const absl::Status status = flags.config.Load(); !status.ok()) {
    return ReportFailure(program, status);
  }
  const StopSignals signals;
  const auto result = Scan(program, command, flags, signals);
  if (signals.exit_code() != 0) return signals.exit_code();
  if (!result.ok()) return ReportFailure(program, result.status());
  for (const std::string& name : result->missing) {
    std::fprintf(stderr, "%s: database '%s' does not exist\n", program.c_str(),
                 CleanText(name).c_str());
  }
  if (flags.json) {
    PrintJson(*result);
  } else {
    PrintTable(*result);
  }
  for (const engine::DatabaseNumbers& database : result->databases) {
    if (!database.status.ok()) return base::kExitSomeFailed;
  }
  return base::kExitOk;
}

}  // namespace

int DbScanVerb(const std::vector<std::string>& args) {
  const std::string command = args.empty() ? "" : args.front();
  if (command != "all" && command != "filter") {
    const bool asked = command == "--help" || command == "-h";
    std::fputs(kUsage, asked ? stdout : stderr);
    return asked ? base::kExitOk : base::kExitUsage;
  }
  const std::string program = "sfdbtools db-scan " + command;
  CLI::App app(
      "Prints what databases hold: size as the server estimates it, tables, procedures, functions, "
      "views, and how many accounts have grants on them.",
      program);
  Flags flags;
  app.add_flag("--exclude-system", flags.exclude_system,
               "not mysql, sys and the like (the default; --exclude-system=false takes them)");
  if (command == "filter") {
    app.add_option("--db,--include", flags.include,
                   "only these (repeat, or separate by commas; globs)");
    app.add_option("--db-file,--include-file", flags.include_files, "only those of this file");
    app.add_option("--exclude-db,--exclude", flags.exclude, "not these, even if listed");
    app.add_option("--exclude-db-file,--exclude-file", flags.exclude_files,
                   "not those of this file");
    for (const char* const name : {"--db", "--db-file", "--exclude-db", "--exclude-db-file"}) {
      app.get_option(name)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
  }
  app.add_flag("--json", flags.json, "print one JSON document");
  app.add_flag("--non-interactive", flags.non_interactive, "never ask anything");
  flags.config.AddTo(app);
  flags.profile.AddTo(app);
  flags.connection.AddTo(app);
  return ParseAndRun(app, {args.begin() + 1, args.end()},
                     [&] { return Run(program, command, flags); });
}

}  // namespace sfdb::tools
