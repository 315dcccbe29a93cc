#include "engine/config/config_keys.h"

namespace sfdb::engine {
namespace {

constexpr auto kText = ConfigKind::kText;
constexpr auto kFlag = ConfigKind::kFlag;
constexpr auto kNumber = ConfigKind::kNumber;
constexpr auto kList = ConfigKind::kList;

constexpr std::string_view kDisplayOnly = "it names things on the old program's screens only";
constexpr std::string_view kServerSetup = "it belongs to the old program's server setup";
constexpr std::string_view kAlwaysWritten =
    "the metadata file is always written: without it a dump "
    "does not count as a backup";
constexpr std::string_view kAlwaysPrivate = "backup files are always 0600, directories 0700";
constexpr std::string_view kNoReplicationUser = "no account is written into metadata";

// In the order of the program's own file.
constexpr ConfigKey kKeys[] = {
    {"backup.cleanup.days", kNumber},
    {"backup.cleanup.enabled", kFlag},
    {"backup.cleanup.schedule", kText,
     "nothing here runs by itself; the systemd timer sfdbtools-cleanup.timer says when"},
    {"backup.compression.enabled", kFlag},
    {"backup.compression.level", kNumber},
    {"backup.compression.type"},
    {"backup.encryption.enabled", kFlag},
    {"backup.encryption.key", kText, {}, true},
    {"backup.exclude.data", kFlag},
    {"backup.exclude.databases", kList},
    {"backup.exclude.empty", kFlag},
    {"backup.exclude.file"},
    {"backup.exclude.system_databases", kFlag},
    {"backup.exclude.user", kFlag},
    {"backup.include.databases", kList},
    {"backup.include.file"},
    {"backup.include.include_archive", kFlag},
    {"backup.include.include_dmart", kFlag},
    {"backup.include.include_temp", kFlag},
    {"backup.mysqldump_args"},
    {"backup.output.base_directory"},
    {"backup.output.capture_gtid", kFlag},
    {"backup.output.cleanup_temp", kFlag,
     "temporary files are gone after every failure, and at the latest with the next run"},
    {"backup.output.create_backup_info", kFlag, kAlwaysWritten},
    {"backup.output.file_permissions", kText, kAlwaysPrivate},
    {"backup.output.metadata_permissions", kText, kAlwaysPrivate},
    {"backup.output.save_backup_info", kFlag, kAlwaysWritten},
    {"backup.output.structure.create_subdirs", kFlag,
     "backup.output.structure.pattern decides: an empty one makes no directories"},
    {"backup.output.structure.pattern"},
    {"backup.replication.capture_gtid", kFlag},
    {"backup.replication.replication_password", kText, kNoReplicationUser, true},
    {"backup.replication.replication_user", kText, kNoReplicationUser},
    {"backup.verification.disk_space_check", kFlag},
    {"config_dir.database_list", kText, "list files are named by their path"},
    {"config_dir.database_profile"},
    {"config_dir.mariadb_config_templates", kText, kServerSetup},
    {"general.*", kText, kDisplayOnly},
    {"log.format"},
    {"log.level"},
    {"log.output.console.enabled", kFlag},
    {"log.output.file.dir"},
    {"log.output.file.enabled", kFlag},
    {"log.output.file.filename_pattern"},
    {"log.output.file.rotation.compress_old", kFlag},
    {"log.output.file.rotation.daily", kFlag,
     "{date} in log.output.file.filename_pattern makes a file a day"},
    {"log.output.file.rotation.max_size"},
    {"log.output.file.rotation.retention_days", kNumber},
    {"log.timezone"},
    {"mariadb.*", kText, kServerSetup},
    {"profile.connection.timeout", kText, "the client library's own time-out holds"},
    {"script.*", kText, "scripts are not part of this program"},
    {"system_users.*", kText, "the accounts of the server itself are known without a list"},
};

}  // namespace

std::span<const ConfigKey> ConfigKeys() { return kKeys; }

const ConfigKey* FindConfigKey(std::string_view name) {
  for (const ConfigKey& key : kKeys) {
    if (key.name == name) return &key;
    if (key.name.ends_with('*') && name.starts_with(key.name.substr(0, key.name.size() - 1))) {
      return &key;
    }
  }
  return nullptr;
}

}  // namespace sfdb::engine
