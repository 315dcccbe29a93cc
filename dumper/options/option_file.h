// Option files (my.cnf) and the `--defaults-*` arguments that choose them, read as MariaDB 10.11
// clients read them. The rules were taken from the behaviour of the installed mariadb-dump and
// my_print_defaults, which tests/unit/dumper/options_differential.py compares with this reader.
//
// A file is lines: `[group]`, `key`, `key = value`, `# comment`, `; comment`, `!include FILE`,
// `!includedir DIR`. What the chosen groups hold comes out as arguments `--key` or `--key=value`,
// in the order of reading; they stand before the command line, so the command line wins.
//
// No global state; every function may be called from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sfdb::dumper {

// What the process is surrounded by. Tests put their own here.
struct OptionEnvironment {
  // Value of an environment variable, or nothing.
  std::function<std::optional<std::string>(const std::string& name)> get;
  // Option files of the machine, in the order of reading.
  std::vector<std::string> system_files = {"/etc/my.cnf", "/etc/mysql/my.cnf"};
};

// The environment of this process.
OptionEnvironment ProcessEnvironment();

// The leading `--no-defaults`, `--defaults-*` and `--print-defaults` of a command line. They count
// only in front of everything else, each once; anywhere else they are unknown options.
struct DefaultsArguments {
  bool no_defaults = false;
  bool print_defaults = false;
  std::optional<std::string> file;          // --defaults-file: read this one and nothing else
  std::optional<std::string> extra_file;    // --defaults-extra-file: after the machine's files
  std::optional<std::string> group_suffix;  // --defaults-group-suffix
  size_t consumed = 0;                      // how many arguments they were
};
DefaultsArguments TakeDefaultsArguments(const std::vector<std::string>& args);

// `groups`, followed by the same names with the suffix of --defaults-group-suffix, or else of
// MARIADB_GROUP_SUFFIX or MYSQL_GROUP_SUFFIX.
std::vector<std::string> GroupsWithSuffix(const std::vector<std::string>& groups,
                                          const DefaultsArguments& defaults,
                                          const OptionEnvironment& environment);

// The files that ReadOptionFiles will try, in order, home directory expanded.
std::vector<std::string> OptionFilePaths(const DefaultsArguments& defaults,
                                         const OptionEnvironment& environment);

struct OptionFileResult {
  bool ok = true;                 // false: reading failed; `messages` says why
  std::vector<std::string> args;  // "--key" or "--key=value"; quotes and escapes resolved
  std::string messages;           // warnings and errors for stderr, whole lines
};

// Reads all files for `groups` (with their suffixes). `program_name` is the prefix that some
// messages carry.
OptionFileResult ReadOptionFiles(std::string_view program_name,
                                 const std::vector<std::string>& groups,
                                 const DefaultsArguments& defaults,
                                 const OptionEnvironment& environment);

// Reads text that is not a file on disk (tests, fuzzing). `name` is what messages call it;
// `!include` and `!includedir` are followed only when `follow_includes` is set.
OptionFileResult ReadOptionText(std::string_view program_name, std::string_view text,
                                const std::string& name, const std::vector<std::string>& groups,
                                bool follow_includes);

}  // namespace sfdb::dumper
