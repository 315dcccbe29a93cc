#include <algorithm>
#include <cstdio>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/read/backup_file.h"
#include "engine/sinks/stream_sink.h"
#include "tools/command_line.h"
#include "tools/key_flags.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

constexpr char kProgram[] = "sfdbtools cat";

struct CatFlags {
  std::string file;
  std::optional<std::string> database, table;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  bool stats = false;
  OpenFlags keys;
};

// The ranges of DB.TABLE. Names may hold dots themselves, so every dot is tried.
absl::StatusOr<std::vector<engine::TextRange>> TableRanges(const engine::Toc& toc,
                                                           const std::string& name) {
  absl::Status first =
      absl::InvalidArgumentError(absl::StrCat("--table wants DATABASE.TABLE, not '", name, "'"));
  first = base::WithExitCode(std::move(first), base::kExitUsage);
  for (size_t dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
    auto ranges = engine::RangesOfTable(toc, std::string_view(name).substr(0, dot),
                                        std::string_view(name).substr(dot + 1));
    if (ranges.ok()) return ranges;
    if (!absl::IsNotFound(first)) {
      first = base::WithExitCode(ranges.status(), base::kExitNothing);
    }
  }
  return first;
}

absl::Status PrintPart(engine::BackupFile& file, const CatFlags& flags,
                       const engine::TextSink& sink) {
  RETURN_IF_ERROR(engine::WithReadExitCode(file.toc_error()));
  if (file.toc() == nullptr) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s has no index (.toc) beside it, so its tables cannot be found; without --table and "
        "--database all of it is printed",
        file.path()));
  }
  std::vector<engine::TextRange> ranges;
  if (flags.table) {
    ASSIGN_OR_RETURN(ranges, TableRanges(*file.toc(), *flags.table));
  } else {
    auto of_database = engine::RangesOfDatabase(*file.toc(), *flags.database);
    if (!of_database.ok()) return base::WithExitCode(of_database.status(), base::kExitNothing);
    ranges = *std::move(of_database);
  }
  return file.ReadRanges(ranges, sink);
}

absl::Status Run(const CatFlags& flags) {
  ASSIGN_OR_RETURN(const std::vector<crypto::IdentityPtr> identities, flags.keys.Resolve());
  ASSIGN_OR_RETURN(const std::unique_ptr<engine::BackupFile> file,
                   engine::BackupFile::Open(flags.file, identities, flags.threads));
  engine::StreamFile out(STDOUT_FILENO, "standard output");
  const engine::TextSink sink = [&](std::string_view text) { return out.Append({&text, 1}); };
  absl::Status status;
  if (flags.table || flags.database) {
    status = PrintPart(*file, flags, sink);
  } else {
    if (!file->toc_error().ok()) {
      std::fprintf(stderr, "%s: the index is not used: %s\n", kProgram,
                   std::string(file->toc_error().message()).c_str());
    }
    status = file->ReadAll(sink);
  }
  if (flags.stats) {
    std::fprintf(stderr, "file %llu bytes, read %llu bytes, printed %llu bytes\n",
                 static_cast<unsigned long long>(file->file_bytes()),
                 static_cast<unsigned long long>(file->bytes_read()),
                 static_cast<unsigned long long>(out.bytes()));
  }
  return status;
}

}  // namespace

int CatVerb(const std::vector<std::string>& args) {
  CLI::App app(
      "Prints the SQL of a backup: all of it, one database, or one table as mariadb-dump DB TABLE "
      "would.",
      kProgram);
  CatFlags flags;
  app.add_option("FILE", flags.file, "backup file")->required();
  auto* const database = app.add_option("--database", flags.database, "only this database");
  app.add_option("--table", flags.table, "only this table: DATABASE.TABLE")->excludes(database);
  app.add_option("-t,--threads", flags.threads, "threads that open and decompress")
      ->check(CLI::Range(1u, 256u));
  app.add_flag("--stats", flags.stats, "print how much was read, to stderr");
  flags.keys.AddTo(app);
  return ParseAndRun(app, args, [&] {
    const absl::Status status = Run(flags);
    return status.ok() ? base::kExitOk : ReportFailure(kProgram, status);
  });
}

}  // namespace sfdb::tools
