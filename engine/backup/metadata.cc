#include "engine/backup/metadata.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/backup/file_names.h"

namespace sfdb::engine {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kLocalTime[] = "%Y-%m-%d %H:%M:%S";

// What Go sfDBTools had under gtid_info.
std::string GtidInfo(const SnapshotFacts& snapshot) {
  if (!snapshot.gtid.empty()) return snapshot.gtid;
  if (snapshot.binlog_file.empty()) return "";
  return absl::StrFormat("File=%s, Pos=%d", snapshot.binlog_file, snapshot.binlog_position);
}

Json SnapshotJson(const SnapshotFacts& snapshot) {
  Json json;
  json["method"] = snapshot.method;
  json["proof"] = snapshot.proof;
  json["lock_ms"] = std::round(snapshot.lock_ms * 1000) / 1000;
  if (!snapshot.binlog_file.empty()) {
    json["binlog_file"] = snapshot.binlog_file;
    json["binlog_position"] = snapshot.binlog_position;
  }
  if (!snapshot.gtid.empty()) json["gtid"] = snapshot.gtid;
  return json;
}

std::string TextAt(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

uint64_t NumberAt(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number_unsigned() ? found->get<uint64_t>() : 0;
}

bool FlagAt(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> TextsAt(const Json& json, const char* key) {
  std::vector<std::string> texts;
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) return texts;
  for (const Json& text : *found) {
    if (text.is_string()) texts.push_back(text.get<std::string>());
  }
  return texts;
}

absl::Time TimeAt(const Json& json, const char* key, absl::TimeZone zone) {
  absl::Time time;
  std::string error;
  const std::string text = TextAt(json, key);
  if (absl::ParseTime(kLocalTime, text, zone, &time, &error)) return time;
  return absl::ParseTime(absl::RFC3339_full, text, &time, &error) ? time : absl::InfinitePast();
}

// Go sfDBTools grouped its keys from the middle of December 2025 on. The flat ones, from those.
Json Flattened(Json json) {
  struct Key {
    const char* group;
    const char* key;
    const char* flat;
  };
  constexpr Key kKeys[] = {{"backup", "exclude_data", "exclude_data"},
                           {"backup", "file", "backup_file"},
                           {"backup", "type", "backup_type"},
                           {"backup", "status", "backup_status"},
                           {"backup", "databases", "database_names"},
                           {"time", "start_time", "backup_start_time"},
                           {"time", "end_time", "backup_end_time"},
                           {"file", "size_bytes", "file_size_bytes"},
                           {"compression", "type", "compression_type"},
                           {"encryption", "enabled", "encrypted"},
                           {"source", "hostname", "hostname"},
                           {"version", "mariadb", "mariadb_version"},
                           {"generator", "generated_by", "generated_by"}};
  const auto backup = json.find("backup");
  if (backup == json.end() || !backup->is_object() || TextAt(*backup, "file").empty()) return json;
  for (const Key& key : kKeys) {
    const auto group = json.find(key.group);
    if (group == json.end() || !group->is_object()) continue;
    // A copy: to insert a key may move what `group` points to.
    if (const auto value = group->find(key.key); value != group->end()) {
      Json copy = *value;
      json[key.flat] = std::move(copy);
    }
  }
  return json;
}

// "x" for "/dir/x.sql.gz".
std::string FileBase(const std::string& path) {
  const std::string base = BasePathOf(path);
  return base.substr(base.rfind('/') + 1);
}

}  // namespace

std::string MetadataText(const BackupMetadata& metadata, absl::TimeZone zone) {
  Json json;
  json["schema_version"] = kMetadataSchemaVersion;
  json["backup_file"] = metadata.backup_file;
  json["backup_type"] = metadata.backup_type;
  if (!metadata.selection.empty()) json["selection"] = metadata.selection;
  json["database_names"] = metadata.database_names;
  json["hostname"] = metadata.hostname;
  json["backup_start_time"] = absl::FormatTime(kLocalTime, metadata.start, zone);
  json["backup_end_time"] = absl::FormatTime(kLocalTime, metadata.end, zone);
  json["backup_duration"] = ShortDuration(metadata.end - metadata.start);
  json["file_size_bytes"] = metadata.file_size_bytes;
  json["file_size_human"] = HumanSize(metadata.file_size_bytes);
  json["compressed"] = !metadata.compression_type.empty();
  if (!metadata.compression_type.empty()) json["compression_type"] = metadata.compression_type;
  json["encrypted"] = metadata.encrypted;
  if (!metadata.server_version.empty()) json["mariadb_version"] = metadata.server_version;
  if (const std::string gtid = GtidInfo(metadata.snapshot); !gtid.empty()) json["gtid_info"] = gtid;
  json["backup_status"] = metadata.status;
  if (!metadata.warnings.empty()) json["warnings"] = metadata.warnings;
  if (!metadata.left_out.empty()) json["left_out"] = metadata.left_out;
  json["generated_by"] = "sfDBTools";
  json["generated_at"] = absl::FormatTime(absl::RFC3339_sec, metadata.end, zone);
  if (!metadata.ticket.empty()) json["ticket"] = metadata.ticket;
  if (!metadata.mode.empty()) json["mode"] = metadata.mode;
  json["exclude_data"] = metadata.exclude_data;
  json["backup_id"] = metadata.backup_id;
  json["sha256"] = metadata.sha256;
  json["snapshot"] = SnapshotJson(metadata.snapshot);
  json["databases"] = Json::array();
  for (const DatabaseFacts& database : metadata.databases) {
    Json facts;
    facts["name"] = database.name;
    facts["tables"] = database.tables;
    facts["rows"] = database.rows;
    facts["bytes"] = database.bytes;
    json["databases"].push_back(std::move(facts));
  }
  json["additional_files"] = Json::object();
  if (!metadata.toc_file.empty()) json["additional_files"]["toc"] = metadata.toc_file;
  if (!metadata.gtid_file.empty()) json["additional_files"]["gtid_info"] = metadata.gtid_file;
  if (!metadata.users_file.empty()) json["additional_files"]["user_grants"] = metadata.users_file;
  json["tool"]["name"] = "sfdbtools";
  json["tool"]["version"] = metadata.tool_version;
  json["server"]["version"] = metadata.server_version;
  json["server"]["hostname"] = metadata.hostname;
  // Names that are not UTF-8 must not cost the backup: what JSON cannot hold is replaced.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

absl::StatusOr<BackupMetadata> ParseMetadata(std::string_view text, absl::TimeZone zone) {
  Json parsed = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return absl::DataLossError("the metadata is not a JSON object");
  const Json json = Flattened(std::move(parsed));
  BackupMetadata metadata;
  metadata.backup_file = TextAt(json, "backup_file");
  if (metadata.backup_file.empty()) {
    return absl::DataLossError("the metadata does not name its backup file");
  }
  metadata.backup_type = TextAt(json, "backup_type");
  metadata.selection = TextAt(json, "selection");
  metadata.database_names = TextsAt(json, "database_names");
  metadata.hostname = TextAt(json, "hostname");
  metadata.start = TimeAt(json, "backup_start_time", zone);
  metadata.end = TimeAt(json, "backup_end_time", zone);
  metadata.file_size_bytes = NumberAt(json, "file_size_bytes");
  metadata.compression_type = TextAt(json, "compression_type");
  metadata.encrypted = FlagAt(json, "encrypted");
  metadata.server_version = TextAt(json, "mariadb_version");
  metadata.status = TextAt(json, "backup_status");
  metadata.warnings = TextsAt(json, "warnings");
  metadata.generated_by = TextAt(json, "generated_by");
  metadata.left_out = TextsAt(json, "left_out");
  metadata.mode = TextAt(json, "mode");
  metadata.ticket = TextAt(json, "ticket");
  metadata.exclude_data = FlagAt(json, "exclude_data");
  if (const auto files = json.find("additional_files"); files != json.end() && files->is_object()) {
    metadata.toc_file = TextAt(*files, "toc");
    metadata.gtid_file = TextAt(*files, "gtid_info");
    metadata.users_file = TextAt(*files, "user_grants");
  }
  metadata.backup_id = TextAt(json, "backup_id");
  metadata.sha256 = TextAt(json, "sha256");
  if (const auto snapshot = json.find("snapshot");
      snapshot != json.end() && snapshot->is_object()) {
    metadata.snapshot.method = TextAt(*snapshot, "method");
    metadata.snapshot.proof = TextAt(*snapshot, "proof");
    if (const auto ms = snapshot->find("lock_ms"); ms != snapshot->end() && ms->is_number()) {
      metadata.snapshot.lock_ms = ms->get<double>();
    }
    metadata.snapshot.binlog_file = TextAt(*snapshot, "binlog_file");
    metadata.snapshot.binlog_position = NumberAt(*snapshot, "binlog_position");
    metadata.snapshot.gtid = TextAt(*snapshot, "gtid");
  }
  if (const auto list = json.find("databases"); list != json.end() && list->is_array()) {
    for (const Json& facts : *list) {
      if (!facts.is_object()) continue;
      metadata.databases.push_back({.name = TextAt(facts, "name"),
                                    .tables = NumberAt(facts, "tables"),
                                    .rows = NumberAt(facts, "rows"),
                                    .bytes = NumberAt(facts, "bytes")});
    }
  }
  if (const auto tool = json.find("tool"); tool != json.end() && tool->is_object()) {
    metadata.tool_version = TextAt(*tool, "version");
  }
  return metadata;
}

absl::StatusOr<std::string> MetadataForCopy(std::string_view text, const std::string& backup_file,
                                            uint64_t file_bytes, const std::string& sha256) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::DataLossError("the metadata is not a JSON object");
  const std::string old_base = FileBase(TextAt(json, "backup_file"));
  const std::string new_base = FileBase(backup_file);
  if (const auto beside = json.find("additional_files");
      beside != json.end() && beside->is_object() && !old_base.empty()) {
    for (auto& [what, name] : beside->items()) {
      if (!name.is_string()) continue;
      const std::string old_name = name.get<std::string>();
      if (old_name.rfind(old_base, 0) == 0) name = new_base + old_name.substr(old_base.size());
    }
  }
  json["backup_file"] = backup_file;
  json["file_size_bytes"] = file_bytes;
  json["file_size_human"] = HumanSize(file_bytes);
  json["sha256"] = sha256;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ShortDuration(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration + absl::Milliseconds(500));
  const int64_t hours = seconds / 3600;
  const int64_t minutes = seconds / 60 % 60;
  if (hours > 0) return absl::StrFormat("%dh %dm %ds", hours, minutes, seconds % 60);
  if (minutes > 0) return absl::StrFormat("%dm %ds", minutes, seconds % 60);
  return absl::StrFormat("%ds", seconds);
}

std::string HumanSize(uint64_t bytes) {
  constexpr std::array<const char*, 7> kUnits = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  if (bytes < 10) return absl::StrFormat("%d B", bytes);
  size_t unit = 0;
  double value = static_cast<double>(bytes);
  while (value >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  value = std::floor(value * 10 + 0.5) / 10;
  return absl::StrFormat("%.*f %s", value < 10 ? 1 : 0, value, kUnits[unit]);
}

}  // namespace sfdb::engine
