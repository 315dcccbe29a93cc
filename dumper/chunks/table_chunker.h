#pragma once
#include <memory>
#include <optional>
#include <string>
#include "absl/status/statusor.h"
#include "dumper/script/script_context.h"
#include "dumper/script/table_catalog.h"
#include "dumper/script/table_text.h"
namespace sfdb::dumper {
struct Chunk { std::string c; };
struct ChunkRequest { int x = 0; };
class TableChunker {
 public:
  static absl::StatusOr<std::unique_ptr<TableChunker>> Create(Session&, const ChunkRequest&) { return absl::UnimplementedError("x"); }
  bool divisible() const { return false; }
  uint64_t RowsFor(uint64_t) const { return 0; }
  absl::StatusOr<std::optional<Chunk>> Next(Session&, uint64_t) { return std::optional<Chunk>(); }
  std::string Sql(const Chunk&) const { return ""; }
};
inline ChunkRequest MakeChunkRequest(const ScriptContext&, const TableRequest&, const TableFacts&, const RowsPlan&) { return {}; }
}
