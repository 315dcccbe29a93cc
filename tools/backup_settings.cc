#include "tools/backup_settings.h"

#include <array>

namespace sfdb::tools {
namespace {

using engine::BackupMode;
using engine::SettingKind;

constexpr auto kFlag = SettingKind::kFlag;
constexpr auto kNumber = SettingKind::kNumber;
constexpr auto kSeconds = SettingKind::kSeconds;
constexpr auto kList = SettingKind::kList;
constexpr auto kPaths = SettingKind::kPaths;

constexpr ModeSet kNotSingle = kAllModes & ~ModeBit(BackupMode::kSingle);
constexpr ModeSet kOneDatabase =
    ModeBit(BackupMode::kSingle) | ModeBit(BackupMode::kPrimary) | ModeBit(BackupMode::kSecondary);
constexpr ModeSet kByRule = ModeBit(BackupMode::kPrimary) | ModeBit(BackupMode::kSecondary);
constexpr ModeSet kNamedFile = kAllModes & ~ModeBit(BackupMode::kSeparated);

constexpr std::string_view kSingleNamesOne =
    "mode single takes the one database that --database names";
constexpr std::string_view kUseInclude = "this mode takes lists: give --include";
constexpr std::string_view kNoCompanions =
    "companions belong to one database: use mode single, primary or secondary; here name them "
    "with --include";
constexpr std::string_view kClientsByRule =
    "a client's databases are those of modes primary and secondary; here use --include";
constexpr std::string_view kOnlySecondary = "instances are those of mode secondary";
constexpr std::string_view kManyFiles =
    "separated writes several files, one name would not do; they are called "
    "{database}_separated_{host}_{time}";

constexpr std::string_view kWhat = "What is backed up";
constexpr std::string_view kFiles = "Files";
constexpr std::string_view kCodec = "Compression";
constexpr std::string_view kSeal = "Encryption";
constexpr std::string_view kServer = "Connection";
constexpr std::string_view kRun = "Run";
constexpr std::string_view kAfter = "Cleanup and logs";

constexpr std::array<BackupSettingRow, kBackupSettings> kTable = {{
    {kDatabase,
     {.flags = "--database,-d"},
     kWhat,
     "the database; without it a menu on a terminal, else, in modes primary and secondary, all",
     kOneDatabase,
     kUseInclude},
    {kInclude,
     {.flags = "--include,--db", .kind = kList, .config_keys = "backup.include.databases"},
     kWhat,
     "only these databases: names or patterns (* ?), repeated or separated by commas",
     kNotSingle,
     kSingleNamesOne},
    {kIncludeFile,
     {.flags = "--include-file,--db-file", .config_keys = "backup.include.file"},
     kWhat,
     "only the databases that this file lists, one a line",
     kNotSingle,
     kSingleNamesOne},
    {kExclude,
     {.flags = "--exclude,--exclude-db", .kind = kList, .config_keys = "backup.exclude.databases"},
     kWhat,
     "not these databases",
     kNotSingle,
     kSingleNamesOne},
    {kExcludeFile,
     {.flags = "--exclude-file,--exclude-db-file", .config_keys = "backup.exclude.file"},
     kWhat,
     "not the databases that this file lists",
     kNotSingle,
     kSingleNamesOne},
    {kExcludeSystem,
     {.flags = "--exclude-system,-S",
      .kind = kFlag,
      .config_keys = "backup.exclude.system_databases",
      .fallback = "true"},
     kWhat,
     "not mysql, sys and the like (--exclude-system=false takes them)",
     kNotSingle,
     kSingleNamesOne},
    {kExcludeEmpty,
     {.flags = "--exclude-empty,-E",
      .kind = kFlag,
      .config_keys = "backup.exclude.empty",
      .fallback = "false"},
     kWhat,
     "not databases without any table, view, routine or event",
     kNotSingle,
     kSingleNamesOne},
    {kExcludeData,
     {.flags = "--exclude-data,-x",
      .kind = kFlag,
      .config_keys = "backup.exclude.data",
      .fallback = "false"},
     kWhat,
     "structure only, no rows"},
    {kIncludeDmart,
     {.flags = "--include-dmart",
      .kind = kFlag,
      .config_keys = "backup.include.include_dmart",
      .fallback = "false"},
     kWhat,
     "with the companion {database}_dmart",
     kOneDatabase,
     kNoCompanions},
    {kIncludeTemp,
     {.flags = "--include-temp",
      .kind = kFlag,
      .config_keys = "backup.include.include_temp",
      .fallback = "false"},
     kWhat,
     "with the companion {database}_temp",
     kOneDatabase,
     kNoCompanions},
    {kIncludeArchive,
     {.flags = "--include-archive",
      .kind = kFlag,
      .config_keys = "backup.include.include_archive",
      .fallback = "false"},
     kWhat,
     "with the companion {database}_archive",
     kOneDatabase,
     kNoCompanions},
    {kClientCode,
     {.flags = "--client-code"},
     kWhat,
     "only the databases of this client: dbsf_nbc_CODE and dbsf_nbc_CODE_*",
     kByRule,
     kClientsByRule},
    {kInstance,
     {.flags = "--instance"},
     kWhat,
     "only the databases of this instance: *_secondary_INSTANCE",
     ModeBit(BackupMode::kSecondary),
     kOnlySecondary},
    {kDumpArgs,
     {.flags = "--mysqldump-args", .config_keys = "backup.mysqldump_args"},
     kWhat,
     "more options of mariadb-dump, in one text; those that choose databases, the connection, the "
     "moment or the output are refused"},

    {kOutputDir,
     {.flags = "--output-dir,--backup-dir,-o"},
     kFiles,
     "directory for the files, created when missing; default: the configured base directory with "
     "its date pattern, else the current directory"},
    {kBaseDirectory,
     {.flags = "", .config_keys = "backup.output.base_directory", .fallback = "."},
     kFiles,
     ""},
    {kDirectoryPattern,
     {.flags = "", .config_keys = "backup.output.structure.pattern"},
     kFiles,
     ""},
    {kFilename,
     {.flags = "--filename,-f"},
     kFiles,
     "name of the (main) file instead of {database}_{mode}_{host}_{time}; without extension, or "
     "with the very extension that the options make",
     kNamedFile,
     kManyFiles},
    {kTicket, {.flags = "--ticket"}, kFiles, "a note for the metadata, such as a ticket's number"},
    {kCaptureGtid,
     {.flags = "--capture-gtid",
      .kind = kFlag,
      .config_keys = "backup.replication.capture_gtid|backup.output.capture_gtid",
      .fallback = "true"},
     kFiles,
     "write _gtid.info, the binary log position of the snapshot (--capture-gtid=false: do not)"},
    {kExcludeUser,
     {.flags = "--exclude-user,-e",
      .kind = kFlag,
      .config_keys = "backup.exclude.user",
      .fallback = "false"},
     kFiles,
     "do not write _users.cnf, the accounts and their grants"},
    {kDiskSpaceCheck,
     {.flags = "--disk-space-check",
      .kind = kFlag,
      .config_keys = "backup.verification.disk_space_check",
      .fallback = "true"},
     kFiles,
     "compare the free space with the databases' size before the start"},

    {kCompression,
     {.flags = "--compression,!--skip-compress",
      .kind = kFlag,
      .config_keys = "backup.compression.enabled",
      .fallback = "true"},
     kCodec,
     "compress, or (--skip-compress, --compression=false) do not"},
    {kCompressionType,
     {.flags = "--compression-type,--compress-type,--compress,-C,-c",
      .config_keys = "backup.compression.type",
      .fallback = "gzip"},
     kCodec,
     "gzip, pgzip (the same), zstd, xz or none"},
    {kCompressionLevel,
     {.flags = "--compress-level,--compression-level,-l",
      .kind = kNumber,
      .config_keys = "backup.compression.level"},
     kCodec,
     "as the stock tool of that type knows it"},

    {kEncryption,
     {.flags = "--encryption,!--skip-encrypt",
      .kind = kFlag,
      .config_keys = "backup.encryption.enabled"},
     kSeal,
     "seal the backup; the key comes from another option, SFDB_BACKUP_ENCRYPTION_KEY or the "
     "terminal"},
    {kEncryptionKey,
     {.flags = "--encryption-key,--backup-key,-K",
      .environment = "SFDB_BACKUP_ENCRYPTION_KEY",
      .config_keys = "backup.encryption.key",
      .secret = true},
     kSeal,
     "passphrase; others can read a command line, prefer a key file"},
    {kKeyFiles, {.flags = "--encryption-key-file", .kind = kPaths}, kSeal, "key file (repeatable)"},
    {kEncryptTo,
     {.flags = "--encrypt-to", .kind = kPaths},
     kSeal,
     "public key in PEM, RSA or X25519 (repeatable)"},

    {kProfile,
     {.flags = "--profile,-p", .environment = "SFDB_SOURCE_PROFILE"},
     kServer,
     "profile: a path, or a name in the configured directory"},
    {kProfileKey,
     {.flags = "--profile-key,-P,-k", .environment = "SFDB_SOURCE_PROFILE_KEY", .secret = true},
     kServer,
     "key of the profile; prefer SFDB_SOURCE_PROFILE_KEY"},
    {kProfileDirectory, {.flags = "", .config_keys = "config_dir.database_profile"}, kServer, ""},

    {kThreads,
     {.flags = "--threads,-t", .kind = kNumber},
     kRun,
     "connections, and threads that compress; default: the CPUs"},
    {kMemoryLimit,
     {.flags = "--memory-limit", .fallback = "512M"},
     kRun,
     "K, M and G are powers of 1024"},
    {kConsistency,
     {.flags = "--consistency", .fallback = "auto"},
     kRun,
     "how all connections come to see one moment: auto, backup-stage, lock, binlog, single, none"},
    {kLockWaitTimeout,
     {.flags = "--lock-wait-timeout", .kind = kSeconds, .fallback = "60"},
     kRun,
     "seconds to wait for a lock at most"},
    {kTimeout,
     {.flags = "--timeout", .kind = kSeconds},
     kRun,
     "seconds after which the backup is given up, exit 124"},
    {kForce, {.flags = "--force", .kind = kFlag}, kRun, "show no options and do not ask"},
    {kYes, {.flags = "--yes,-y", .kind = kFlag}, kRun, "do not ask"},
    {kNonInteractive,
     {.flags = "--non-interactive,-n", .kind = kFlag},
     kRun,
     "never ask anything, neither for keys nor for names"},
    {kQuiet,
     {.flags = "--quiet,-q", .kind = kFlag, .environment = "SFDB_QUIET"},
     kRun,
     "as --non-interactive, and print nothing but warnings and errors"},
    {kDryRun,
     {.flags = "--dry-run", .kind = kFlag},
     kRun,
     "show what would be backed up, and write nothing"},
    {kJson, {.flags = "--json", .kind = kFlag}, kRun, "print the result as one JSON document"},
    {kProgress,
     {.flags = "--progress", .fallback = "auto"},
     kRun,
     "bar, plain, json or none; auto: a live line on a terminal, a line every few seconds "
     "elsewhere"},
    {kStats, {.flags = "--stats", .kind = kFlag}, kRun, "print where the CPU time went, to stderr"},
    {kLang, {.flags = "--lang"}, kRun, "language of the screens: en or id; default: LANG"},

    {kCleanup,
     {.flags = "--cleanup",
      .kind = kFlag,
      .config_keys = "backup.cleanup.enabled",
      .fallback = "false"},
     kAfter,
     "after a backup without failures, delete backups older than --cleanup-days"},
    {kCleanupDays,
     {.flags = "--cleanup-days", .kind = kNumber, .config_keys = "backup.cleanup.days"},
     kAfter,
     "days that backups are kept"},
    {kLogDir,
     {.flags = "--log-dir", .environment = "SFDB_LOG_DIR", .config_keys = "log.output.file.dir"},
     kAfter,
     "directory of the logs; default /var/log/sfDBTools, or below the home directory"},
    {kLogFile,
     {.flags = "--log-file",
      .kind = kFlag,
      .config_keys = "log.output.file.enabled",
      .fallback = "false"},
     kAfter,
     "keep a log of the run too, not only of errors"},
    {kLogPattern,
     {.flags = "",
      .config_keys = "log.output.file.filename_pattern",
      .fallback = "sfDBTools_{date}.log"},
     kAfter,
     ""},
    {kLogFormat, {.flags = "", .config_keys = "log.format", .fallback = "text"}, kAfter, ""},
    {kLogLevel, {.flags = "", .config_keys = "log.level", .fallback = "info"}, kAfter, ""},
    {kLogConsole,
     {.flags = "", .kind = kFlag, .config_keys = "log.output.console.enabled", .fallback = "true"},
     kAfter,
     ""},
    {kLogTimezone, {.flags = "", .config_keys = "log.timezone"}, kAfter, ""},
    {kLogMaxSize,
     {.flags = "", .config_keys = "log.output.file.rotation.max_size", .fallback = "100MB"},
     kAfter,
     ""},
    {kLogRetention,
     {.flags = "",
      .kind = kNumber,
      .config_keys = "log.output.file.rotation.retention_days",
      .fallback = "7"},
     kAfter,
     ""},
    {kLogCompressOld,
     {.flags = "",
      .kind = kFlag,
      .config_keys = "log.output.file.rotation.compress_old",
      .fallback = "false"},
     kAfter,
     ""},
}};

constexpr bool InOrder() {
  for (size_t i = 0; i < kTable.size(); ++i) {
    if (kTable[i].setting != i) return false;
    if (kTable[i].modes != kAllModes && kTable[i].refusal.empty()) return false;
  }
  return true;
}
static_assert(InOrder(), "a row is not where its name says, or does not say why it is refused");

constexpr auto kSpecs = [] {
  std::array<engine::SettingSpec, kBackupSettings> specs{};
  for (size_t i = 0; i < specs.size(); ++i) specs[i] = kTable[i].spec;
  return specs;
}();

}  // namespace

std::span<const BackupSettingRow> BackupSettingTable() { return kTable; }

std::span<const engine::SettingSpec> BackupSettingSpecs() { return kSpecs; }

}  // namespace sfdb::tools
