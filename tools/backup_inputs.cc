#include "tools/backup_inputs.h"

#include <algorithm>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/config/directory_pattern.h"
#include "engine/config/list_file.h"
#include "tools/command_line.h"
#include "tools/screen/terminal.h"

namespace sfdb::tools {
namespace {

using engine::BackupMode;
using engine::BackupRequest;
using engine::Origin;
using engine::Settings;

constexpr double kMostThreads = 256;
constexpr std::string_view kEncryptedSecret = "SFDBTOOLS:";

absl::Status Wrong(const std::string& text) {
  return base::WithExitCode(absl::InvalidArgumentError(text), base::kExitUsage);
}

absl::Status Wrong(const Settings& settings, BackupSetting setting, std::string_view text) {
  return Wrong(absl::StrFormat("%s: %s", settings.at(setting).where, text));
}

const std::map<std::string, dumper::Consistency>& Consistencies() {
  static const auto* const names = new std::map<std::string, dumper::Consistency>{
      {"auto", dumper::Consistency::kAuto},     {"backup-stage", dumper::Consistency::kBackupStage},
      {"lock", dumper::Consistency::kLock},     {"binlog", dumper::Consistency::kBinlog},
      {"single", dumper::Consistency::kSingle}, {"none", dumper::Consistency::kNone}};
  return *names;
}

// A configuration serves all modes: what it says about others is not for this one.
bool Concerns(BackupSetting setting, BackupMode mode) {
  return (BackupSettingTable()[setting].modes & ModeBit(mode)) != 0;
}

absl::Status TakeFilter(const Settings& settings, BackupRequest* request) {
  struct Side {
    BackupSetting names, file;
    std::vector<std::string>* list;
  };
  for (const Side& side : {Side{kInclude, kIncludeFile, &request->filter.include},
                           Side{kExclude, kExcludeFile, &request->filter.exclude}}) {
    if (!Concerns(side.names, request->mode)) continue;
    *side.list = settings.list(side.names);
    if (!settings.is_set(side.file)) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> names,
                     engine::ReadListFile(settings.text(side.file)));
    // An empty list of what to take must not come to mean everything.
    if (names.empty() && side.file == kIncludeFile && side.list->empty()) {
      return Wrong(settings, side.file, "the file names no database");
    }
    side.list->insert(side.list->end(), names.begin(), names.end());
  }
  request->filter.exclude_system = settings.flag(kExcludeSystem);
  request->filter.exclude_empty =
      Concerns(kExcludeEmpty, request->mode) && settings.flag(kExcludeEmpty);
  return absl::OkStatus();
}

// The program's own naming of clients' databases, as patterns of the filter.
absl::Status TakeClient(const Settings& settings, BackupRequest* request) {
  const std::string client = settings.text(kClientCode);
  const std::string instance = settings.text(kInstance);
  for (const BackupSetting setting : {kClientCode, kInstance}) {
    if (settings.text(setting).find_first_of("*?[]") != std::string::npos) {
      return Wrong(settings, setting, "a code, not a pattern");
    }
  }
  if (client.empty() && instance.empty()) return absl::OkStatus();
  if (!request->filter.include.empty()) {
    return Wrong("--client-code and --instance choose the databases; they do not go with a list");
  }
  const std::string database = absl::StrCat("dbsf_nbc_", client);
  if (instance.empty()) {
    request->filter.include = {database, database + "_*"};
  } else if (client.empty()) {
    request->filter.include = {absl::StrCat("*_secondary_", instance)};
  } else {
    request->filter.include = {absl::StrCat(database, "_secondary_", instance)};
  }
  return absl::OkStatus();
}

absl::Status TakeCompression(const Settings& settings, BackupRequest* request) {
  std::string type = settings.text(kCompressionType);
  // "--compression-type zstd" says more than a configuration that switches compression off.
  const bool type_rules = settings.at(kCompressionType).origin > settings.at(kCompression).origin;
  if (!settings.flag(kCompression) && !type_rules) type = "none";
  const auto codec = codecs::FindCodec(type);
  if (!codec.ok()) return base::WithExitCode(codec.status(), base::kExitUsage);
  request->codec = *codec;
  request->level = request->codec->default_level;
  // A level in the configuration is that of the type in the configuration: zstd's 19 is no gzip's.
  const bool level_fits =
      settings.at(kCompressionLevel).origin == Origin::kFlag ||
      settings.at(kCompressionType).origin <= settings.at(kCompressionLevel).origin;
  if (const auto level = settings.number(kCompressionLevel); level && level_fits) {
    request->level = static_cast<int>(*level);
  }
  if (type == "none" && settings.at(kCompressionLevel).origin != Origin::kFlag) {
    request->level = request->codec->default_level;
  }
  if (const auto encoder = request->codec->NewCompressor(request->level); !encoder.ok()) {
    return base::WithExitCode(encoder.status(), base::kExitUsage);
  }
  return absl::OkStatus();
}

absl::Status TakeRun(const Settings& settings, BackupRequest* request) {
  request->threads = std::max(1u, std::thread::hardware_concurrency());
  if (const auto threads = settings.number(kThreads)) {
    if (*threads < 1 || *threads > kMostThreads) {
      return Wrong(settings, kThreads, absl::StrFormat("from 1 to %.0f", kMostThreads));
    }
    request->threads = static_cast<unsigned>(*threads);
  }
  const auto limit = ParseSize(settings.text(kMemoryLimit));
  if (!limit.ok()) return base::WithExitCode(limit.status(), base::kExitUsage);
  request->memory_limit_bytes = *limit;
  const auto consistency = Consistencies().find(settings.text(kConsistency));
  if (consistency == Consistencies().end()) {
    return Wrong(settings, kConsistency, "one of auto, backup-stage, lock, binlog, single, none");
  }
  request->consistency = consistency->second;
  request->lock_wait_timeout_seconds = *settings.number(kLockWaitTimeout);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BackupRequest> RequestFromSettings(const Settings& settings, BackupMode mode) {
  BackupRequest request;
  request.mode = mode;
  RETURN_IF_ERROR(TakeFilter(settings, &request));
  RETURN_IF_ERROR(TakeClient(settings, &request));
  request.database = settings.text(kDatabase);
  if (engine::TakesOneDatabase(mode)) {
    request.companions = {.dmart = settings.flag(kIncludeDmart),
                          .temp = settings.flag(kIncludeTemp),
                          .archive = settings.flag(kIncludeArchive)};
  }
  request.exclude_data = settings.flag(kExcludeData);
  ASSIGN_OR_RETURN(request.dump_args, SplitArguments(settings.text(kDumpArgs)));
  request.filename = settings.text(kFilename);
  request.ticket = settings.text(kTicket);
  request.capture_gtid = settings.flag(kCaptureGtid);
  request.export_users = !settings.flag(kExcludeUser);
  request.check_disk_space = settings.flag(kDiskSpaceCheck);
  RETURN_IF_ERROR(TakeCompression(settings, &request));
  RETURN_IF_ERROR(TakeRun(settings, &request));
  request.tool_version = SFDB_VERSION;
  return request;
}

absl::StatusOr<std::string> OutputDirectory(const Settings& settings, BackupMode mode,
                                            const std::string& database, absl::Time now) {
  if (settings.is_set(kOutputDir)) {
    if (settings.text(kOutputDir).empty()) return Wrong("--output-dir: the name is empty");
    return settings.text(kOutputDir);
  }
  return engine::ExpandDirectoryPattern(
      settings.text(kBaseDirectory), settings.text(kDirectoryPattern),
      database.empty() ? engine::BackupModeName(mode) : database, now, absl::LocalTimeZone());
}

absl::StatusOr<SealChoice> SealChoiceFromSettings(const Settings& settings) {
  SealChoice choice{.encryption = settings.flag(kEncryption),
                    .key = settings.optional_text(kEncryptionKey),
                    .key_files = settings.list(kKeyFiles),
                    .public_keys = settings.list(kEncryptTo)};
  const bool key_flag = settings.at(kEncryptionKey).origin == Origin::kFlag ||
                        !choice.key_files.empty() || !choice.public_keys.empty();
  const bool decided = settings.is_set(kEncryption);
  if (decided && !choice.encryption && settings.at(kEncryption).origin == Origin::kFlag &&
      key_flag) {
    return Wrong("encryption is switched off, and a key is given; drop one of them");
  }
  const bool key_in_file = settings.at(kEncryptionKey).origin == Origin::kFile;
  if (key_flag || (key_in_file && !decided)) choice.encryption = true;
  if (!choice.encryption) return SealChoice{};
  // Sealed to the letters of it, a backup could not be opened with the key that is meant.
  if (choice.key && choice.key->starts_with(kEncryptedSecret)) {
    return base::WithExitCode(
        absl::InvalidArgumentError(absl::StrFormat(
            "%s holds a value that the later Go program encrypted (%s...), which is not opened "
            "here; give the key itself, or a key file",
            settings.at(kEncryptionKey).where, kEncryptedSecret)),
        base::kExitWrongKey);
  }
  // A key file or a public key is what the user chose; what the environment holds is for others.
  const bool other_key = !choice.key_files.empty() || !choice.public_keys.empty();
  if (other_key && settings.at(kEncryptionKey).origin != Origin::kFlag) choice.key.reset();
  return choice;
}

absl::StatusOr<LogChoice> LogFromSettings(const Settings& settings) {
  LogChoice choice;
  engine::LogSettings& log = choice.settings;
  log.to_file = settings.flag(kLogFile);
  const std::string format = settings.text(kLogFormat);
  if (format != "text" && format != "json") return Wrong(settings, kLogFormat, "text or json");
  log.json = format == "json";
  ASSIGN_OR_RETURN(log.level, engine::ParseLogLevel(settings.text(kLogLevel)));
  log.pattern = settings.text(kLogPattern);
  if (log.pattern.find('/') != log.pattern.npos) {
    return Wrong(settings, kLogPattern, "a name of a file, without directories");
  }
  const auto size = ParseSize(settings.text(kLogMaxSize));
  if (!size.ok()) return base::WithExitCode(size.status(), base::kExitUsage);
  log.rotation.max_bytes = *size;
  log.rotation.retention_days = static_cast<int>(*settings.number(kLogRetention));
  log.rotation.compress_old = settings.flag(kLogCompressOld);
  if (settings.is_set(kLogTimezone) &&
      !absl::LoadTimeZone(settings.text(kLogTimezone), &log.zone)) {
    return Wrong(settings, kLogTimezone, "no such time zone; write it as Asia/Jakarta");
  }
  const auto directory = engine::ChooseLogDirectory(settings.text(kLogDir), ProcessVariable);
  if (directory.ok()) {
    log.directory = directory->path;
    choice.note = directory->note;
  } else {
    choice.note = std::string(directory.status().message());
  }
  return choice;
}

absl::StatusOr<std::vector<std::string>> SplitArguments(std::string_view text) {
  std::vector<std::string> words;
  std::optional<std::string> word;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (quote == 0 && blank) {
      if (word) words.push_back(*std::move(word));
      word.reset();
      continue;
    }
    if (!word) word.emplace();
    if (quote != 0 && c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      *word += text[++i];
    } else {
      *word += c;
    }
  }
  if (quote != 0) return Wrong("--mysqldump-args: a quote without its end");
  if (word) words.push_back(*std::move(word));
  return words;
}

}  // namespace sfdb::tools
