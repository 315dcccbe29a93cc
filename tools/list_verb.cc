#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_join.h"
#include "engine/base/exit_code.h"
#include "engine/retention/backup_catalog.h"
#include "tools/command_line.h"
#include "tools/screen/display_text.h"
#include "tools/screen/table.h"
#include "tools/verb_config.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

constexpr char kProgram[] = "sfdbtools list";

// What is known without reading a byte of the dump.
std::string StateOf(const engine::CatalogEntry& entry) {
  if (entry.removing) return "removed in part";
  if (entry.dumps.size() < entry.dump_names.size()) return "dump is missing";
  if (!entry.whole) return "dump has another size";
  return entry.metadata.status;
}

std::string MadeAt(const engine::BackupMetadata& metadata) {
  if (metadata.end == absl::InfinitePast()) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", metadata.end, absl::LocalTimeZone());
}

nlohmann::ordered_json ToJson(const std::string& directory, const engine::Catalog& catalog) {
  nlohmann::ordered_json json;
  json["directory"] = directory;
  json["backups"] = nlohmann::ordered_json::array();
  for (const engine::CatalogEntry& entry : catalog.backups) {
    const engine::BackupMetadata& m = entry.metadata;
    json["backups"].push_back({{"backup_file", entry.dump_path()},
                               {"backup_type", m.backup_type},
                               {"database_names", m.database_names},
                               {"hostname", m.hostname},
                               {"backup_end_time", MadeAt(m)},
                               {"file_size_bytes", entry.dump_bytes()},
                               {"file_size_human", engine::HumanSize(entry.dump_bytes())},
                               {"compression_type", m.compression_type},
                               {"encrypted", m.encrypted},
                               {"backup_status", m.status},
                               {"state", StateOf(entry)},
                               {"good", entry.good()},
                               {"metadata_file", entry.directory + "/" + entry.metadata_name}});
  }
  json["notes"] = catalog.notes;
  return json;
}

void Print(const engine::Catalog& catalog) {
  Table table;
  table.header = {"Made",        "Type",   "Databases", "Host", "Size",
                  "Compression", "Sealed", "State",     "File"};
  table.right = {4};
  uint64_t bytes = 0;
  for (const engine::CatalogEntry& entry : catalog.backups) {
    const engine::BackupMetadata& m = entry.metadata;
    bytes += entry.dump_bytes();
    table.rows.push_back({MadeAt(m), m.backup_type,
                          m.database_names.size() > 3 ? std::to_string(m.database_names.size())
                                                      : absl::StrJoin(m.database_names, ", "),
                          m.hostname, engine::HumanSize(entry.dump_bytes()),
                          m.compression_type.empty() ? "none" : m.compression_type,
                          m.encrypted ? "yes" : "no", StateOf(entry), entry.dump_path()});
  }
  if (!table.rows.empty()) {
    std::fputs(TableText(table, StyleFor(STDOUT_FILENO, ProcessVariable)).c_str(), stdout);
  }
  std::printf("%zu backups, %s\n", catalog.backups.size(), engine::HumanSize(bytes).c_str());
}

}  // namespace

int ListVerb(const std::vector<std::string>& args) {
  CLI::App app("Lists the backups in a directory and below it, oldest first.", kProgram);
  std::string directory, output_dir;
  bool json = false;
  ConfigFlag config;
  app.add_option("DIR", directory,
                 "directory of the backups (default: the configured base directory, else the "
                 "current one)");
  app.add_option("-o,--output-dir,--backup-dir", output_dir, "the same as DIR")->excludes("DIR");
  app.add_flag("--json", json, "print one JSON document");
  config.AddTo(app);
  return ParseAndRun(app, args, [&] {
    if (const absl::Status status = config.Load(); !status.ok()) {
      return ReportFailure(kProgram, status);
    }
    if (directory.empty()) directory = output_dir;
    if (directory.empty()) directory = config.text("backup.output.base_directory").value_or(".");
    const auto catalog = engine::ReadCatalog(directory);
    if (!catalog.ok()) {
      return ReportFailure(kProgram, base::WithExitCode(catalog.status(), base::kExitUsage));
    }
    if (json) {
      std::cout << ToJson(directory, *catalog)
                       .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
                << "\n";
    } else {
      Print(*catalog);
    }
    for (const std::string& note : catalog->notes) {
      std::fprintf(stderr, "%s: %s\n", kProgram, CleanText(note).c_str());
    }
    return static_cast<int>(base::kExitOk);
  });
}

}  // namespace sfdb::tools
