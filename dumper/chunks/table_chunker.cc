#include "dumper/chunks/table_chunker.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {

ChunkRequest MakeChunkRequest(const ScriptContext& context, const TableRequest& request,
                              const TableFacts& facts, const RowsPlan& plan) {
  ChunkRequest chunks;
  chunks.database = request.database;
  chunks.table = request.table;
  chunks.engine = facts.engine;
  chunks.select = plan.select;
  chunks.where = context.options->where;
  chunks.order_by = plan.order_by;
  chunks.versioned = facts.versioned();
  chunks.utc = context.options->tz_utc;
  return chunks;
}

absl::StatusOr<std::unique_ptr<TableChunker>> TableChunker::Create(Session& session,
                                                                   ChunkRequest request,
                                                                   const ChunkLimits& limits) {
  ASSIGN_OR_RETURN(ChunkPlan plan, PlanChunks(session, std::move(request), limits));
  return absl::WrapUnique(new TableChunker(std::move(plan), limits));
}

uint64_t TableChunker::RowsFor(uint64_t bytes) const {
  return std::max<uint64_t>(1, bytes / std::max<uint64_t>(1, plan_.size.row_bytes));
}

absl::StatusOr<std::optional<Chunk>> TableChunker::Next(Session& session, uint64_t rows_wanted) {
  if (done_) return std::nullopt;
  if (!divisible()) {
    done_ = true;
    return Chunk{};
  }
  RETURN_IF_ERROR(session.UseDatabase(plan_.request.database));
  ASSIGN_OR_RETURN(std::optional<KeyBound> up_to,
                   finder_.Find(session, partition_, after_, rows_wanted));
  Chunk chunk{after_, up_to, partition_};
  after_ = std::move(up_to);
  if (!after_ && ++partition_ >= plan_.partitions.size()) done_ = true;
  return chunk;
}

}  // namespace sfdb::dumper
