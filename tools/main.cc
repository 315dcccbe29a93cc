// sfdbtools, the command line. One file per verb; this one finds the verb.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tools/hide_secrets.h"
#include "tools/verbs.h"

namespace {

std::string_view BaseName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

constexpr char kUsage[] =
    "Usage: sfdbtools VERB [options]\n"
    "\n"
    "  dump      print SQL exactly as mariadb-dump does; also when started under the name\n"
    "            mariadb-dump or mysqldump\n"
    "  backup    write a backup: compressed, sealed, published only when whole\n"
    "  restore   load a backup into a server\n"
    "  verify    check a backup\n"
    "  cat       print the SQL of a backup, or of one database or table of it\n"
    "  info      say what a backup file is\n"
    "  list      list the backups in a directory\n"
    "  cleanup   remove old backups\n"
    "  db-scan   what the databases of a server hold, in numbers\n"
    "  profile   how to reach servers, kept in sealed files\n"
    "  crypto    keys, and files sealed with them\n"
    "  config    show settings and where they come from\n"
    "  completion  print a script that completes command lines, for bash, zsh or fish\n"
    "  version   print the version\n"
    "\n"
    "sfdbtools VERB --help explains a verb.\n";

// A standard descriptor that is closed would be the number of the next file or socket, and what is
// meant for it would go there: SQL to the server's own connection. Reading from /dev/null at its
// place, a write fails as one to a closed descriptor does.
void OccupyStandardDescriptors() {
  while (true) {
    const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (fd > STDERR_FILENO) {
      close(fd);
      return;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  OccupyStandardDescriptors();
  // A reader that goes away is an error of the write, with its own exit code, not our death.
  std::signal(SIGPIPE, SIG_IGN);
  const std::string_view name = BaseName(argc > 0 ? argv[0] : "sfdbtools");
  std::vector<std::string> args(argv + 1, argv + argc);
  sfdb::tools::HideSecrets(argc, argv);
  if (name == "mariadb-dump" || name == "mysqldump") {
    return sfdb::tools::DumpVerb(argv[0], args);
  }
  if (args.empty()) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  const std::string verb = args.front();
  args.erase(args.begin());
  if (verb == "dump") return sfdb::tools::DumpVerb("sfdbtools dump", args);
  if (verb == "backup" || verb == "db-backup" || verb == "dbbackup") {
    return sfdb::tools::BackupVerb(args);
  }
  if (verb == "completion") return sfdb::tools::CompletionVerb(args);
  if (verb == "config") return sfdb::tools::ConfigVerb(args);
  if (verb == "restore") return sfdb::tools::RestoreVerb(args);
  if (verb == "verify") return sfdb::tools::VerifyVerb(args);
  if (verb == "cat") return sfdb::tools::CatVerb(args);
  if (verb == "info") return sfdb::tools::InfoVerb(args);
  if (verb == "list") return sfdb::tools::ListVerb(args);
  if (verb == "cleanup" || verb == "clean") return sfdb::tools::CleanupVerb(args);
  if (verb == "db-scan" || verb == "dbscan") return sfdb::tools::DbScanVerb(args);
  if (verb == "profile") return sfdb::tools::ProfileVerb(args);
  if (verb == "crypto") return sfdb::tools::CryptoVerb(args);
  if (verb == "version" || verb == "--version" || verb == "-V") {
    std::puts("sfdbtools " SFDB_VERSION);
    return 0;
  }
  if (verb == "help" || verb == "--help" || verb == "-h") {
    std::fputs(kUsage, stdout);
    return 0;
  }
  std::fprintf(stderr, "sfdbtools: unknown verb '%s'; sfdbtools --help lists them\n", verb.c_str());
  return 2;
}
