// The settings of `sfdbtools backup`: one row each, with every name under which a user can give it.
// The help, `config show`, the man page's test and the refusals are made from this table.
#pragma once

#include <span>
#include <string_view>

#include "engine/backup/backup_request.h"
#include "engine/config/settings.h"

namespace sfdb::tools {

// Which modes take a setting.
using ModeSet = unsigned;
constexpr ModeSet ModeBit(engine::BackupMode mode) { return 1u << static_cast<unsigned>(mode); }
inline constexpr ModeSet kAllModes = 0x1f;

// The rows, in the order of the table.
enum BackupSetting : size_t {
  kDatabase,
  kInclude,
  kIncludeFile,
  kExclude,
  kExcludeFile,
  kExcludeSystem,
  kExcludeEmpty,
  kExcludeData,
  kIncludeDmart,
  kIncludeTemp,
  kIncludeArchive,
  kClientCode,
  kInstance,
  kDumpArgs,
  kOutputDir,
  kBaseDirectory,
  kDirectoryPattern,
  kFilename,
  kTicket,
  kCaptureGtid,
  kExcludeUser,
  kDiskSpaceCheck,
  kCompression,
  kCompressionType,
  kCompressionLevel,
  kEncryption,
  kEncryptionKey,
  kKeyFiles,
  kEncryptTo,
  kProfile,
  kProfileKey,
  kProfileDirectory,
  kThreads,
  kMemoryLimit,
  kConsistency,
  kLockWaitTimeout,
  kTimeout,
  kForce,
  kYes,
  kNonInteractive,
  kQuiet,
  kDryRun,
  kJson,
  kProgress,
  kStats,
  kLang,
  kCleanup,
  kCleanupDays,
  kLogDir,
  kLogFile,
  kLogPattern,
  kLogFormat,
  kLogLevel,
  kLogConsole,
  kLogTimezone,
  kLogMaxSize,
  kLogRetention,
  kLogCompressOld,
  kBackupSettings  // how many
};

struct BackupSettingRow {
  BackupSetting setting;  // its own index
  engine::SettingSpec spec;
  std::string_view group;  // of the help
  std::string_view help;
  ModeSet modes = kAllModes;
  std::string_view refusal = {};  // why the other modes do not take it
  // A flag that may be given a value only after "=": "--compression", "--compression=false".
  bool is_flag() const { return spec.kind == engine::SettingKind::kFlag; }
};

std::span<const BackupSettingRow> BackupSettingTable();
// The specs alone, for MergeSettings.
std::span<const engine::SettingSpec> BackupSettingSpecs();

}  // namespace sfdb::tools
