#include "engine/restore/verify_restore.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "dumper/load/load_session.h"
#include "dumper/text/identifiers.h"
#include "engine/backup/backup_run.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/read/backup_file.h"
#include "engine/restore/accounts_file.h"
#include "engine/restore/private_server.h"
#include "engine/restore/restore_run.h"
#include "engine/restore/section_reader.h"

namespace sfdb::engine {
namespace {

using Kind = TocSection::Kind;
using Name = std::pair<std::string, std::string>;

// What an index says of one object.
struct Sums {
  std::map<Kind, std::vector<std::pair<uint64_t, uint64_t>>> texts;  // length, checksum
  uint64_t rows = 0;
};

bool IsCompared(Kind kind) {
  // The frame of the file names its moment and server; the second head of a database is USE.
  return kind != Kind::kPrologue && kind != Kind::kEpilogue && kind != Kind::kViewsHead;
}

std::map<Name, Sums> SumsOf(const Toc& toc, std::vector<Name>* order) {
  std::map<Name, Sums> all;
  for (const TocSection& section : toc.sections) {
    if (!IsCompared(section.kind)) continue;
    const Name name = {section.database, section.table};
    const auto [found, is_new] = all.try_emplace(name);
    if (is_new && order != nullptr) order->push_back(name);
    found->second.texts[section.kind].emplace_back(section.bytes, section.crc);
    found->second.rows += section.rows;
  }
  return all;
}

std::string_view WhatDiffers(Kind kind) {
  switch (kind) {
    case Kind::kHead:
    case Kind::kStructure:
      return "definition";
    case Kind::kRows:
      return "data";
    case Kind::kTriggers:
      return "triggers";
    case Kind::kView:
      return "view";
    default:
      return "routines or events";
  }
}

// Engines that a server may have, but not loaded.
constexpr const char* kEngines[] = {"ha_archive", "ha_blackhole", "ha_federatedx",
                                    "ha_rocksdb", "ha_spider",    "ha_connect"};

// "DEFINER=`user`@`host`" or "DEFINER=`role`" in the text of an object.
struct Definer {
  std::string user;
  std::optional<std::string> host;  // nullopt: a role
  friend auto operator<=>(const Definer&, const Definer&) = default;

  std::string Account() const {
    return host ? absl::StrCat(dumper::QuoteIdentifier(user), "@", dumper::QuoteIdentifier(*host))
                : dumper::QuoteIdentifier(user);
  }
};

// A name in backticks at `at`, which is moved behind it; "" if none is there.
std::string TakeName(std::string_view text, size_t* at) {
  std::string name;
  if (*at >= text.size() || text[*at] != '`') return name;
  for (++*at; *at < text.size(); ++*at) {
    if (text[*at] == '`') {
      ++*at;
      if (*at >= text.size() || text[*at] != '`') return name;
    }
    name += text[*at];
  }
  return name;
}

void FindDefiners(std::string_view text, std::set<Definer>* definers) {
  constexpr std::string_view kDefiner = "DEFINER=";
  for (size_t at = text.find(kDefiner); at != text.npos; at = text.find(kDefiner, at + 1)) {
    size_t name = at + kDefiner.size();
    Definer definer;
    definer.user = TakeName(text, &name);
    if (definer.user.empty()) continue;
    if (name < text.size() && text[name] == '@') {
      ++name;
      definer.host = TakeName(text, &name);
    }
    definers->insert(std::move(definer));
  }
}

class RestoreProof {
 public:
  RestoreProof(const VerifyRestoreRequest& request, std::stop_token stop,
               const std::function<void(std::string_view)>& say)
      : request_(request), stop_(std::move(stop)), say_(say) {}

  VerifyRestoreResult Run() {
    const auto started = std::chrono::steady_clock::now();
    result_.status = RunSteps();
    server_.reset();
    result_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return std::move(result_);
  }

 private:
  absl::Status RunSteps() {
    ASSIGN_OR_RETURN(const auto file, BackupFile::Open(request_.file, request_.identities, 1));
    RETURN_IF_ERROR(WithReadExitCode(file->toc_error()));
    say_("starting a private server");
    ASSIGN_OR_RETURN(server_, PrivateServer::Start(request_.work_dir, stop_));
    ASSIGN_OR_RETURN(session_, dumper::LoadSession::Connect(server_->connection()));
    for (const char* engine : kEngines) {
      // Only the tables of an engine that is not here need it.
      session_->Run(absl::StrFormat("INSTALL SONAME '%s'", engine)).IgnoreError();
    }
    RETURN_IF_ERROR(CreateDefiners(*file));
    say_("restoring");
    RETURN_IF_ERROR(Restore());
    if (file->toc() == nullptr) {
      result_.notes.push_back(
          "no index: it loads without an error; there is nothing to compare with");
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(GrantToDefiners());
    say_("dumping again");
    return Compare(*file->toc());
  }

  // An object whose definer is missing cannot be dumped, and a role that is missing is taken for a
  // user: all have to be there before.
  absl::Status CreateDefiners(BackupFile& file) {
    if (file.toc() == nullptr) return absl::OkStatus();
    for (const TocSection& section : file.toc()->sections) {
      if (section.kind != Kind::kTriggers && section.kind != Kind::kCode &&
          section.kind != Kind::kView) {
        continue;
      }
      RETURN_IF_ERROR(ReadSection(
          file, section, [] { return SplitterModes(); },
          [&](const Statement& statement) {
            FindDefiners(statement.text, &definers_);
            return absl::OkStatus();
          }));
    }
    for (const Definer& definer : definers_) {
      RETURN_IF_ERROR(session_->Run(
          absl::StrCat(definer.host ? "CREATE USER IF NOT EXISTS " : "CREATE ROLE IF NOT EXISTS ",
                       definer.Account())));
    }
    return absl::OkStatus();
  }

  // How the server shows a view depends on what its definer may see: as on the first server, if the
  // backup has the accounts.
  absl::Status GrantToDefiners() {
    const std::string accounts = AccountsPathOf(request_.file);
    if (!accounts.empty()) {
      return ReadAccounts(accounts, [&](const Statement& statement) {
        const absl::Status status = session_->Run(statement.text);
        // An account may need a plugin that is not here; what it defines is compared all the same.
        if (!status.ok()) {
          result_.notes.push_back(absl::StrCat("accounts: ", std::string(status.message())));
        }
        return absl::OkStatus();
      });
    }
    for (const Definer& definer : definers_) {
      RETURN_IF_ERROR(session_->Run("GRANT ALL ON *.* TO " + definer.Account()));
    }
    return absl::OkStatus();
  }

  absl::Status Restore() {
    RestoreRequest restore;
    restore.file = request_.file;
    restore.identities = &request_.identities;
    restore.connection = server_->connection();
    restore.threads = request_.threads;
    restore.into_existing = true;
    restore.trust_text = true;
    restore.keep_journal = false;
    const RestoreOutcome outcome = RunRestore(restore, stop_, say_);
    restored_databases_ = outcome.databases;
    if (outcome.status.ok() || outcome.failures.empty()) return outcome.status;
    return base::WithExitCode(
        absl::DataLossError(
            absl::StrCat("it cannot be restored: ", std::string(outcome.status.message()))),
        base::kExitDamaged);
  }

  absl::Status Compare(const Toc& first) {
    BackupRequest backup;
    backup.mode = BackupMode::kCombined;
    backup.connection = server_->connection();
    backup.filter.include = restored_databases_;
    backup.output_dir = server_->dir() + "/again";
    ASSIGN_OR_RETURN(backup.codec, codecs::FindCodec("zstd"));
    backup.level = 1;
    backup.threads = request_.threads;
    backup.tool_version = request_.tool_version;
    backup.export_users = backup.capture_gtid = false;
    backup.check_disk_space = false;
    const BackupOutcome outcome = RunBackup(backup, stop_, say_);
    RETURN_IF_ERROR(outcome.status);
    if (outcome.files.empty()) return absl::InternalError("the second dump made no file");
    ASSIGN_OR_RETURN(const auto again, BackupFile::Open(outcome.files.front().path, {}, 1));
    RETURN_IF_ERROR(again->toc_error());
    if (again->toc() == nullptr) return absl::InternalError("the second dump has no index");
    result_.objects = CompareTocs(first, *again->toc());
    std::vector<std::string> wrong;
    for (const ObjectProof& object : result_.objects) {
      result_.rows += object.rows;
      if (object.differences.empty()) continue;
      wrong.push_back(
          absl::StrFormat("%s%s: %s", dumper::QuoteIdentifier(object.database),
                          object.table.empty() ? "" : "." + dumper::QuoteIdentifier(object.table),
                          absl::StrJoin(object.differences, ", ")));
    }
    if (wrong.empty()) return absl::OkStatus();
    const size_t count = wrong.size();
    if (wrong.size() > 5) wrong.resize(5);
    return base::WithExitCode(
        absl::DataLossError(absl::StrFormat(
            "%s: restored and dumped again, %d of %d objects are not what was backed up: %s%s",
            request_.file, count, result_.objects.size(), absl::StrJoin(wrong, "; "),
            count > wrong.size() ? "; ..." : "")),
        base::kExitDamaged);
  }

  const VerifyRestoreRequest& request_;
  const std::stop_token stop_;
  const std::function<void(std::string_view)>& say_;
  VerifyRestoreResult result_;
  std::unique_ptr<PrivateServer> server_;
  std::unique_ptr<dumper::LoadSession> session_;
  std::vector<std::string> restored_databases_;
  std::set<Definer> definers_;
};

}  // namespace

std::vector<ObjectProof> CompareTocs(const Toc& first, const Toc& second) {
  std::vector<Name> order;
  const std::map<Name, Sums> expected = SumsOf(first, &order);
  std::vector<Name> actual_order;
  const std::map<Name, Sums> actual = SumsOf(second, &actual_order);
  std::vector<ObjectProof> proofs;
  for (const Name& name : order) {
    const Sums& sums = expected.at(name);
    ObjectProof proof = {name.first, name.second, sums.rows, 0, {}};
    const auto found = actual.find(name);
    if (found == actual.end()) {
      proof.differences.push_back("missing");
    } else {
      proof.rows_restored = found->second.rows;
      for (const auto& [kind, texts] : sums.texts) {
        const auto again = found->second.texts.find(kind);
        if (again != found->second.texts.end() && again->second == texts) continue;
        proof.differences.emplace_back(WhatDiffers(kind));
      }
      for (const auto& [kind, texts] : found->second.texts) {
        // A backup without rows (--exclude-data) says nothing of them.
        if (sums.texts.contains(kind) || kind == Kind::kRows) continue;
        proof.differences.push_back(absl::StrCat("added ", std::string(WhatDiffers(kind))));
      }
    }
    proofs.push_back(std::move(proof));
  }
  for (const Name& name : actual_order) {
    if (expected.contains(name)) continue;
    proofs.push_back({name.first, name.second, 0, actual.at(name).rows, {"not in the backup"}});
  }
  return proofs;
}

VerifyRestoreResult VerifyByRestore(const VerifyRestoreRequest& request, std::stop_token stop,
                                    const std::function<void(std::string_view)>& say) {
  return RestoreProof(request, std::move(stop), say).Run();
}

}  // namespace sfdb::engine
