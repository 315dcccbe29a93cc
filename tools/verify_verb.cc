#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/base/exit_code.h"
#include "engine/read/verify.h"
#include "tools/command_line.h"
#include "tools/key_flags.h"
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
                 "structure: sizes, seals, indexes; data: every byte, checksums and row counts")
      ->check(CLI::IsMember({"structure", "data"}))
      ->capture_default_str();
  app.add_option("-t,--threads", threads, "threads that open and decompress")
      ->check(CLI::Range(1u, 256u));
  app.add_flag("--json", json, "print the result as one JSON document");
  keys.AddTo(app);
  return ParseAndRun(app, args, [&] {
    const auto identities = keys.Resolve();
    if (!identities.ok()) return ReportFailure(kProgram, identities.status());
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
