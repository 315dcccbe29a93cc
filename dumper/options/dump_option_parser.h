// The command line of `sfdbtools dump`: that of mariadb-dump 10.11, option files included, plus a
// few long options of our own. In: arguments. Out: DumpOptions in their final state, or what to
// print and the exit code to end with. Messages and exit codes are mariadb-dump's, tested against
// the installed one.
//
// Nothing is printed and no global state is kept; calls may run side by side. The two effects that
// parsing has on the file system, as in mariadb-dump, go through DumpFiles.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dumper/options/dump_options.h"
#include "dumper/options/option_file.h"

namespace sfdb::dumper {

// Opens the files that are opened while options are parsed. Each call returns 0 or an errno. An
// implementation that keeps the descriptor spares the caller from opening a pipe twice.
class DumpFiles {
 public:
  virtual ~DumpFiles() = default;
  // --result-file: create or truncate, mode 0666 & ~umask, at the moment the option is met, so
  // that the file exists, empty, after any later failure. Called again when the option is repeated:
  // the last file is the one to write to.
  virtual int OpenResultFile(const std::string& path) = 0;
  // --log-error: create or append, after all options have been found good.
  virtual int OpenLogError(const std::string& path) = 0;
};

// Keeps the descriptors (-1: not opened), close-on-exec, and closes what nobody has taken.
class PosixDumpFiles : public DumpFiles {
 public:
  PosixDumpFiles() = default;
  PosixDumpFiles(const PosixDumpFiles&) = delete;
  PosixDumpFiles& operator=(const PosixDumpFiles&) = delete;
  ~PosixDumpFiles() override;
  int OpenResultFile(const std::string& path) override;
  int OpenLogError(const std::string& path) override;
  // Hands the descriptor over; the caller closes it.
  int TakeResultFile();
  int TakeLogError();

 private:
  int result_ = -1;
  int log_ = -1;
};

struct ParseOutcome {
  enum class Kind {
    kRun,    // `options` are final; print `err`, then dump
    kDone,   // help, version, print-defaults: print `err` and `out`, end with `exit_code`
    kError,  // print `err`, end with `exit_code`
  };
  Kind kind = Kind::kRun;
  DumpOptions options;
  int exit_code = 0;
  std::string out;  // for stdout
  std::string err;  // for stderr: information, warnings and errors in order, whole lines
};

// `args`: what follows the verb (or argv[0]). `invoked_name`: argv[0], or what stands for it; messages
// about the syntax of options begin with it, all others with its last component. No password given anywhere: MYSQL_PWD is taken. `files` may be null: nothing is
// opened then.
ParseOutcome ParseDumpCommandLine(std::string_view invoked_name,
                                  const std::vector<std::string>& args,
                                  const OptionEnvironment& environment, DumpFiles* files);

// How `backup` and `restore` learn about the server from option files: the connection options of
// `groups`, for example {"client", "client-server", "client-mariadb", "sfdbtools"}.
struct ConnectionOutcome {
  bool ok = true;
  ConnectionOptions options;
  std::vector<std::string> others;  // "--key[=value]" that are no connection options, in order
  std::string messages;             // warnings and errors, whole lines
};
ConnectionOutcome ReadConnectionOptions(std::string_view program_name,
                                        const std::vector<std::string>& groups,
                                        const DefaultsArguments& defaults,
                                        const OptionEnvironment& environment);

}  // namespace sfdb::dumper
