#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/base/exit_code.h"
#include "engine/read/verify.h"
#include "engine/restore/verify_restore.h"
#include "tools/command_line.h"
#include "tools/key_flags.h"
#include "tools/stop_signals.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

constexpr char kProgram[] = "sfdbtools verify";

void PrintJson(const std::string& file, const std::string& level,
               const engine::VerifyResult& result) {
  nlohmann::ordered_json json;
  json["file"] = file;
  json["level"] = level;
  json["ok"] = result.status.ok();
  if (!result.status.ok()) json["error"] = std::string(result.status.message());
  json["frames"] = result.frames;
  json["tables"] = result.tables;
  json["rows"] = result.rows;
  json["bytes"] = result.plain_bytes;
  json["notes"] = result.notes;
  json["exit_code"] = base::ExitCodeOf(result.status);
  std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void PrintResult(const std::string& file, const std::string& level,
                 const engine::VerifyResult& result) {
  for (const std::string& note : result.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  if (!result.status.ok()) return;
  std::printf("%s: %s is good", file.c_str(), level.c_str());
  if (result.tables > 0) {
    std::printf(", %llu tables", static_cast<unsigned long long>(result.tables));
  }
  if (level == "data") {
    std::printf(", %llu rows, %llu bytes of SQL", static_cast<unsigned long long>(result.rows),
                static_cast<unsigned long long>(result.plain_bytes));
  }
  std::printf("\n");
}

void PrintJson(const std::string& file, const engine::VerifyRestoreResult& result, int exit_code) {
  nlohmann::ordered_json json;
  json["file"] = file;
  json["level"] = "restore";
  json["ok"] = result.status.ok();
  if (!result.status.ok()) json["error"] = std::string(result.status.message());
  json["rows"] = result.rows;
  json["seconds"] = result.seconds;
  json["notes"] = result.notes;
  json["objects"] = nlohmann::ordered_json::array();
  for (const engine::ObjectProof& object : result.objects) {
    json["objects"].push_back({{"database", object.database},
                               {"table", object.table},
                               {"rows", object.rows},
                               {"rows_restored", object.rows_restored},
                               {"same", object.differences.empty()},
                               {"differences", object.differences}});
  }
  json["exit_code"] = exit_code;
  std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

int VerifyRestored(const std::string& file, std::vector<crypto::IdentityPtr> identities,
                   unsigned threads, const std::string& work_dir, bool json) {
  engine::VerifyRestoreRequest request;
  request.file = file;
  request.identities = std::move(identities);
  request.threads = threads;
  request.work_dir = work_dir;
  request.tool_version = SFDB_VERSION;
  const StopSignals signals;
  engine::VerifyRestoreResult result =
      engine::VerifyByRestore(request, signals.token(), [](std::string_view text) {
        std::fprintf(stderr, "%s: %s\n", kProgram, std::string(text).c_str());
      });
  if (!result.status.ok() && signals.exit_code() != 0) {
    result.status = base::WithExitCode(absl::CancelledError("stopped"), signals.exit_code());
  }
  const int exit_code = base::ExitCodeOf(result.status);
  if (!result.status.ok()) ReportFailure(kProgram, result.status);
  if (json) {
    PrintJson(file, result, exit_code);
    return exit_code;
  }
  for (const std::string& note : result.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  for (const engine::ObjectProof& object : result.objects) {
    for (const std::string& difference : object.differences) {
      std::printf("DIFFERS %s.%s: %s, %llu rows of %llu\n", object.database.c_str(),
                  object.table.c_str(), difference.c_str(),
                  static_cast<unsigned long long>(object.rows_restored),
                  static_cast<unsigned long long>(object.rows));
    }
  }
  if (result.status.ok()) {
    std::printf("%s: restored and dumped again: %zu objects, %llu rows, all the same, %.1f s\n",
                file.c_str(), result.objects.size(), static_cast<unsigned long long>(result.rows),
                result.seconds);
  }
  return exit_code;
}

}  // namespace

int VerifyVerb(const std::vector<std::string>& args) {
  CLI::App app("Checks a backup file, its index and its metadata.", kProgram);
  std::string file;
  std::string level = "data";
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  bool json = false;
  OpenFlags keys;
  app.add_option("FILE", file, "backup file")->required();
  app.add_option("--level", level,
                 "structure: sizes, seals, indexes; data: every byte, checksums and row counts; "
                 "restore: loaded into a private server, dumped again and compared")
      ->check(CLI::IsMember({"structure", "data", "restore"}))
      ->capture_default_str();
  app.add_option("-t,--threads", threads, "threads that open and decompress")
      ->check(CLI::Range(1u, 256u));
  app.add_flag("--json", json, "print the result as one JSON document");
  std::string work_dir;
  app.add_option("--work-dir", work_dir, "directory of the private server, with room for the data");
  keys.AddTo(app);
  return ParseAndRun(app, args, [&] {
    auto identities = keys.Resolve();
    if (!identities.ok()) return ReportFailure(kProgram, identities.status());
    if (level == "restore") {
      return VerifyRestored(file, *std::move(identities), threads, work_dir, json);
    }
    const engine::VerifyResult result = engine::VerifyBackup(
        file, level == "data" ? engine::VerifyLevel::kData : engine::VerifyLevel::kStructure,
        *identities, threads);
    if (json) {
      PrintJson(file, level, result);
    } else {
      PrintResult(file, level, result);
    }
    return result.status.ok() ? base::kExitOk : ReportFailure(kProgram, result.status);
  });
}

}  // namespace sfdb::tools
