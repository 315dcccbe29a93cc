// The proof of a backup: it is loaded into a private server, dumped again with the same options,
// and what comes out is compared with the index of the backup, table by table: the checksum of the
// text of its definition, of its rows, of its triggers, of its view; and per database that of its
// own definition and of its routines and events.
//
// So everything between the index and the rows on a server is under test: the file, its seal and
// frames, the SQL, the restore. A file without an index can only be proved to load.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "crypto/slot.h"
#include "engine/backup/toc.h"

namespace sfdb::engine {

struct VerifyRestoreRequest {
  std::string file;
  std::vector<crypto::IdentityPtr> identities;
  unsigned threads = 1;
  std::string work_dir;  // for the private server; empty: $TMPDIR, else /tmp
  std::string tool_version;
};

// One table, view, or (table "") what a database has besides.
struct ObjectProof {
  std::string database;
  std::string table;
  uint64_t rows = 0;  // as the index says
  uint64_t rows_restored = 0;
  std::vector<std::string> differences;  // "definition", "data", "missing", ...; empty: the same
};

struct VerifyRestoreResult {
  absl::Status status;  // OK; exit 13 with differences; else what kept it from being proved
  std::vector<std::string> notes;
  std::vector<ObjectProof> objects;  // in the order of the index
  uint64_t rows = 0;
  double seconds = 0;
};

VerifyRestoreResult VerifyByRestore(const VerifyRestoreRequest& request, std::stop_token stop,
                                    const std::function<void(std::string_view)>& say);

// What a second dump shows of the first one's objects. Pure.
std::vector<ObjectProof> CompareTocs(const Toc& first, const Toc& second);

}  // namespace sfdb::engine
