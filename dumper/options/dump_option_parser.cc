#include "dumper/options/dump_option_parser.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_format.h"
#include "dumper/options/dump_help.h"
#include "dumper/options/dump_option_table.h"
#include "dumper/options/option_names.h"
#include "dumper/options/option_scanner.h"

namespace sfdb::dumper {
namespace {

const std::vector<std::string>& DumpGroups() {
  static const std::vector<std::string> groups = {"mysqldump", "mariadb-dump", "client",
                                                  "client-server", "client-mariadb"};
  return groups;
}

// Opens `path` for writing in place of `*fd`. Close-on-exec: no child of ours writes there.
int Reopen(const std::string& path, int flags, int* fd) {
  const int opened = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666);
  if (opened < 0) return errno;
  if (*fd >= 0) ::close(*fd);
  *fd = opened;
  return 0;
}

// What options imply once all of them are known. False: they contradict one another.
bool ResolveLocking(DumpOptions& o) {
  if (o.dump_slave != 0) {
    o.lock_all_tables = !o.single_transaction;
    // --dump-slave=2 lets --master-data stand beside it; 1 does not.
    if (o.dump_slave == 1) o.master_data = 0;
    o.delete_master_logs = false;
  }
  if (o.delete_master_logs && o.master_data == 0) o.master_data = 2;
  if (o.master_data != 0 && !o.single_transaction) o.lock_all_tables = true;
  if (o.single_transaction && o.lock_all_tables) return false;
  if (o.single_transaction || o.lock_all_tables) o.lock_tables = false;
  return true;
}

// Reads the positional arguments. False: usage error.
bool ResolveScope(const DumpCommandLine& line, const std::vector<std::string>& names,
                  DumpOptions* o) {
  if (names.empty() && !line.all_databases && line.system_set == 0) return false;
  if (!names.empty() && line.all_databases) return false;
  if (!names.empty()) o->header_database = names[0];
  if (line.all_databases) {
    o->scope = DumpScope::kAllDatabases;
  } else if (names.empty()) {
    o->scope = DumpScope::kSystemOnly;
  } else if (line.databases) {
    o->scope = DumpScope::kDatabases;
    o->databases = names;
  } else {
    o->scope = names.size() == 1 ? DumpScope::kOneDatabase : DumpScope::kSelectedTables;
    o->databases = {names[0]};
    o->tables.assign(names.begin() + 1, names.end());
  }
  return true;
}

// The checks that come after parsing, in mariadb-dump's order. Empty: all is well.
std::string FirstContradiction(const DumpCommandLine& line, const std::vector<std::string>& names) {
  const DumpOptions& o = line.options;
  const std::string prefix = line.program_name + ": ";
  if (!o.ignore_database.empty() && !line.all_databases) {
    return prefix + "--ignore-database can only be used together with --all-databases.\n";
  }
  if (o.dump_history && o.replace) {
    return prefix + "--dump-history can't be used with --replace.\n";
  }
  if (o.dump_history && o.as_of) return prefix + "--dump-history can't be used with --as-of.\n";
  if (o.as_of && o.as_of->find('\'') != std::string::npos) {
    return prefix + "Incorrect DATETIME value: '" + *o.as_of + "'\n";
  }
  if (!IsKnownCharacterSet(o.connection.character_set)) {
    return absl::StrFormat(
        "\a%s: Character set '%s' is not a compiled character set and is not specified in the "
        "'%s/Index.xml' file\n",
        line.invoked_name, o.connection.character_set,
        o.connection.character_sets_dir.value_or("/usr/share/mysql/charsets"));
  }
  if (o.order_by_size && names.size() > 1 && !line.databases) {
    return prefix + "--order-by-size can't be used when dumping selected tables\n";
  }
  return {};
}

// MYSQL_PWD stands in for a password that nobody gave.
void TakeEnvironmentPassword(const OptionEnvironment& environment, ConnectionOptions* connection) {
  if (connection->password || connection->ask_password || !environment.get) return;
  connection->password = environment.get("MYSQL_PWD");
}

void Finish(DumpCommandLine& line, const std::vector<std::string>& names, ParseOutcome* outcome) {
  DumpOptions& o = line.options;
  outcome->kind = ParseOutcome::Kind::kError;
  outcome->exit_code = kOptionFailed;
  if (line.delimiter || line.header) {
    outcome->err += absl::StrFormat("%s: You must use option --tab with --%s\n", line.program_name,
                                    line.delimiter ? "fields-..." : "header");
    return;
  }
  if (!ResolveLocking(o)) {
    outcome->err +=
        line.program_name +
        ": You can't use --single-transaction and --lock-all-tables at the same time.\n";
    return;
  }
  if (const std::string problem = FirstContradiction(line, names); !problem.empty()) {
    outcome->err += problem;
    return;
  }
  if (!ResolveScope(line, names, &o)) {
    outcome->err +=
        DumpUsage(line.program_name) + "For more options, use " + line.program_name + " --help\n";
    return;
  }
  if (o.log_error && line.files != nullptr) {
    // Silent: by then mariadb-dump has lost its standard error.
    if (line.files->OpenLogError(*o.log_error) != 0) {
      outcome->exit_code = 2;
      return;
    }
  }
  if (o.delayed_insert) o.add_locks = false;
  o.compatible_mode_names = CompatibleModeNames(o.compatible);
  o.system = (line.system_set & 1) != 0 ? static_cast<unsigned>(kSystemAll)
                                        : static_cast<unsigned>(line.system_set >> 1);
  outcome->kind = ParseOutcome::Kind::kRun;
  outcome->exit_code = 0;
}

}  // namespace

PosixDumpFiles::~PosixDumpFiles() {
  if (result_ >= 0) ::close(result_);
  if (log_ >= 0) ::close(log_);
}

int PosixDumpFiles::OpenResultFile(const std::string& path) {
  return Reopen(path, O_TRUNC, &result_);
}
int PosixDumpFiles::OpenLogError(const std::string& path) { return Reopen(path, O_APPEND, &log_); }
int PosixDumpFiles::TakeResultFile() { return std::exchange(result_, -1); }
int PosixDumpFiles::TakeLogError() { return std::exchange(log_, -1); }

ParseOutcome ParseDumpCommandLine(std::string_view invoked_name,
                                  const std::vector<std::string>& args,
                                  const OptionEnvironment& environment, DumpFiles* files) {
  ParseOutcome outcome;
  const std::string_view program_name = invoked_name.substr(invoked_name.rfind('/') + 1);
  const DefaultsArguments defaults = TakeDefaultsArguments(args);
  OptionFileResult from_files = ReadOptionFiles(invoked_name, DumpGroups(), defaults, environment);
  outcome.err = std::move(from_files.messages);
  if (!from_files.ok) {
    outcome.kind = ParseOutcome::Kind::kError;
    outcome.exit_code = kOptionFailed;
    return outcome;
  }
  const std::vector<std::string> rest(args.begin() + static_cast<ptrdiff_t>(defaults.consumed),
                                      args.end());
  if (defaults.print_defaults) {
    outcome.kind = ParseOutcome::Kind::kDone;
    outcome.out =
        std::string(invoked_name) + " would have been started with the following arguments:\n";
    for (const std::string& arg : from_files.args) outcome.out += arg + " ";
    for (const std::string& arg : rest) outcome.out += arg + " ";
    outcome.out += "\n";
    return outcome;
  }

  DumpCommandLine line;
  line.program_name = std::string(program_name);
  line.invoked_name = std::string(invoked_name);
  line.files = files;
  line.messages = &outcome.err;
  size_t last = 0;
  const ScanResult scan = ScanOptions(
      invoked_name, DumpOptionSpecs(), from_files.args, rest,
      [&](const OptionUse& use) {
        last = use.index;
        return ApplyDumpOption(line, use);
      },
      &outcome.err);
  outcome.exit_code = scan.exit_code;
  if (scan.stopped && scan.exit_code == 0) {
    outcome.kind = ParseOutcome::Kind::kDone;
    outcome.out = DumpOptionTable()[last].spec.name == "version"
                      ? DumpVersionLine(program_name)
                      : DumpHelp(line, OptionFilePaths(defaults, environment),
                                 GroupsWithSuffix(DumpGroups(), defaults, environment));
    return outcome;
  }
  if (scan.exit_code != 0) {
    outcome.kind = ParseOutcome::Kind::kError;
    return outcome;
  }
  Finish(line, scan.positional, &outcome);
  if (outcome.kind == ParseOutcome::Kind::kRun) {
    TakeEnvironmentPassword(environment, &line.options.connection);
    outcome.options = std::move(line.options);
  }
  return outcome;
}

ConnectionOutcome ReadConnectionOptions(std::string_view program_name,
                                        const std::vector<std::string>& groups,
                                        const DefaultsArguments& defaults,
                                        const OptionEnvironment& environment) {
  ConnectionOutcome outcome;
  const OptionFileResult from_files = ReadOptionFiles(program_name, groups, defaults, environment);
  outcome.ok = from_files.ok;
  outcome.messages = from_files.messages;
  if (!outcome.ok) return outcome;

  // Only these rows are known here, so that a name is not ambiguous because `dump` has another.
  std::vector<OptionSpec> specs;
  std::vector<size_t> rows;
  for (size_t i = 0; i < DumpOptionTable().size(); ++i) {
    if (DumpOptionTable()[i].section != OptionSection::kConnection) continue;
    specs.push_back(DumpOptionTable()[i].spec);
    rows.push_back(i);
  }
  DumpCommandLine line;
  line.program_name = std::string(program_name);
  line.invoked_name = line.program_name;
  for (const std::string& arg : from_files.args) {
    std::string messages;
    line.messages = &messages;
    const ScanResult scan = ScanOptions(
        program_name, specs, {arg}, {},
        [&](OptionUse use) {
          use.index = rows[use.index];
          return ApplyDumpOption(line, use);
        },
        &messages);
    if (scan.exit_code == kUnknownOption || scan.exit_code == kUnknownVariable) {
      outcome.others.push_back(arg);
      continue;
    }
    outcome.messages += messages;
    if (scan.exit_code != 0) outcome.ok = false;
  }
  line.messages = nullptr;
  TakeEnvironmentPassword(environment, &line.options.connection);
  outcome.options = std::move(line.options.connection);
  return outcome;
}

}  // namespace sfdb::dumper
