#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/read/backup_info.h"
#include "tools/command_line.h"
#include "tools/key_flags.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

constexpr char kProgram[] = "sfdbtools info";

nlohmann::ordered_json ToJson(const engine::BackupInfo& info) {
  nlohmann::ordered_json json;
  json["file"] = info.path;
  json["file_size_bytes"] = info.file_bytes;
  json["sealed"] = info.sealed;
  json["keys"] = info.keys;
  json["compression_type"] = info.codec;
  json["index"] = info.has_index;
  if (info.metadata_text.empty()) {
    json["metadata"] = nullptr;
  } else {
    json["metadata"] = nlohmann::ordered_json::parse(info.metadata_text, nullptr, false);
  }
  if (info.toc) {
    json["plain_bytes"] = info.toc->plain_bytes;
    json["frames"] = info.toc->frames.size();
    json["tables"] = nlohmann::ordered_json::array();
    for (const engine::TableInfo& table : info.tables) {
      json["tables"].push_back({{"database", table.database},
                                {"table", table.table},
                                {"rows", table.rows},
                                {"bytes", table.bytes}});
    }
  }
  return json;
}

void Print(const engine::BackupInfo& info) {
  auto line = [](const char* what, const std::string& text) {
    if (!text.empty()) std::printf("%-12s %s\n", what, text.c_str());
  };
  line("file", info.path);
  line("size", absl::StrCat(engine::HumanSize(info.file_bytes), " (", info.file_bytes, " bytes)"));
  line("sealed", info.sealed.empty() ? "no" : info.sealed);
  line("keys", info.keys);
  line("compression", info.codec);
  line("index", info.has_index ? "yes" : "no");
  if (info.metadata) {
    const engine::BackupMetadata& m = *info.metadata;
    line("type", m.backup_type);
    line("host", m.hostname);
    line("server", m.server_version);
    line("made", absl::FormatTime("%Y-%m-%d %H:%M:%S", m.start, absl::LocalTimeZone()));
    line("took", engine::ShortDuration(m.end - m.start));
    line("status", m.status);
    line("moment", m.snapshot.method);
    line("proof", m.snapshot.proof);
    line("gtid", m.snapshot.gtid);
    line("sha256", m.sha256);
    for (const engine::DatabaseFacts& database : m.databases) {
      std::printf("  %-30s %8llu tables %12llu rows %10s\n", database.name.c_str(),
                  static_cast<unsigned long long>(database.tables),
                  static_cast<unsigned long long>(database.rows),
                  engine::HumanSize(database.bytes).c_str());
    }
  } else {
    line("metadata", "none: this is not a published backup");
  }
  if (!info.index_note.empty()) line("note", info.index_note);
}

}  // namespace

int InfoVerb(const std::vector<std::string>& args) {
  CLI::App app("Says what a backup file is. With its key, also which tables it holds (--json).",
               kProgram);
  std::string file;
  bool json = false;
  OpenFlags keys;
  app.add_option("FILE", file, "backup file")->required();
  app.add_flag("--json", json, "print one JSON document");
  keys.AddTo(app);
  return ParseAndRun(app, args, [&] {
    const auto identities = keys.Resolve();
    if (!identities.ok()) return ReportFailure(kProgram, identities.status());
    const auto info = engine::ReadBackupInfo(file, *identities);
    if (!info.ok()) return ReportFailure(kProgram, info.status());
    if (json) {
      std::cout << ToJson(*info).dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                << "\n";
    } else {
      Print(*info);
    }
    return static_cast<int>(base::kExitOk);
  });
}

}  // namespace sfdb::tools
