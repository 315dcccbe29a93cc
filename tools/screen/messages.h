// What the screens say, in English and Indonesian: one catalogue for each language, tables known at
// compile time. A text has "$0", "$1" where arguments go.
//
// Help of options, errors of the engine and log files are in English only: people search for them,
// and programs read them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "tools/screen/terminal.h"

namespace sfdb::tools {

enum class Message {
  kTitle,
  kFilterTitle,
  kCategory,
  kCount,
  kFoundTotal,
  kToBackUp,
  kExcludedTotal,
  kDropNotIncluded,
  kDropExcluded,
  kDropSystem,
  kDropVirtual,
  kDropEmpty,
  kDropMode,
  kDropNotChosen,
  kNotThere,
  kParameter,
  kOptionValue,
  kSectionGeneral,
  kSectionMode,
  kSectionProfile,
  kSectionFilter,
  kSectionCompression,
  kSectionEncryption,
  kSectionCleanup,
  kRowMode,
  kRowOutputDir,
  kRowFilenamePattern,
  kRowFilenameExample,
  kRowDryRun,
  kRowCaptureGtid,
  kRowExportGrants,
  kRowThreads,
  kRowMemory,
  kRowConsistency,
  kRowTimeout,
  kRowTicket,
  kRowDumpArgs,
  kRowDatabases,
  kRowCompanions,
  kRowProfile,
  kRowHostname,
  kRowHost,
  kRowUser,
  kRowServer,
  kRowExcludeSystem,
  kRowExcludeEmpty,
  kRowExcludeData,
  kRowInclude,
  kRowIncludeFile,
  kRowExclude,
  kRowExcludeFile,
  kRowCompression,
  kRowCompressionLevel,
  kRowEncryption,
  kRowKeys,
  kRowCleanup,
  kRowCleanupDays,
  kRowCleanupPattern,
  kYes,
  kNo,
  kEnabled,
  kEnabledWith,
  kDisabled,
  kNone,
  kOptionFiles,
  kOwnBackupsOnly,
  kConfirm,
  kYesWords,
  kNoWords,
  kCancelled,
  kNoTerminal,
  kChooseDatabase,
  kChooseAll,
  kNoDatabaseGiven,
  kDryRunDone,
  kResultTitle,
  kTotalDatabases,
  kTotalGood,
  kTotalFailed,
  kTotalTime,
  kDetailTitle,
  kResultValue,
  kRowDatabase,
  kRowStatus,
  kRowFile,
  kRowSize,
  kRowDuration,
  kRowBackupId,
  kRowStart,
  kRowEnd,
  kRowThroughput,
  kRowManifest,
  kRowGtid,
  kRowWarnings,
  kFailedTitle,
  kError,
  kDone,
  kErrorLog,
  kCleanedUp,
};
inline constexpr size_t kMessages = static_cast<size_t>(Message::kCleanedUp) + 1;

enum class Language { kEnglish, kIndonesian };

// "id", "id_ID.UTF-8" is Indonesian, anything else English. `flag` (--lang) goes before LC_ALL,
// LC_MESSAGES and LANG.
Language LanguageFor(std::string_view flag, const GetVariable& environment);

std::string_view RawText(Language language, Message message);
// With its arguments filled in.
std::string Text(Language language, Message message,
                 std::initializer_list<std::string_view> arguments = {});

}  // namespace sfdb::tools
