#include "dumper/run/row_reader.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "dumper/rows/column_format.h"
#include "dumper/rows/row_writer.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Takes blocks from the pool on behalf of one queue and leaves them there.
class QueueSink : public BlockSink {
 public:
  QueueSink(BlockPool* pool, const RunState* run, OutputQueue* queue, ReadProgress* progress,
            const std::function<bool()>& gives_way)
      : pool_(pool), run_(run), queue_(queue), progress_(progress), gives_way_(gives_way) {}
  absl::StatusOr<BlockPtr> Acquire() override {
    if (run_->dropped()) return absl::CancelledError("nothing of this dump is wanted any more");
    return pool_->Acquire(queue_, gives_way_);
  }
  absl::Status Deliver(BlockPtr block) override {
    progress_->Hash(block->data(), block->size());
    queue_->Push(RowsItem{std::move(block)});
    return absl::OkStatus();
  }

 private:
  BlockPool* pool_;
  const RunState* run_;
  OutputQueue* queue_;
  ReadProgress* progress_;
  const std::function<bool()>& gives_way_;
};

// Formats rows only to hash them, in one block of its own.
class HashSink : public BlockSink {
 public:
  HashSink(size_t block_bytes, ReadProgress* progress)
      : block_bytes_(block_bytes), progress_(progress) {}
  absl::StatusOr<BlockPtr> Acquire() override {
    return BlockPtr(new Block(block_bytes_, /*home=*/nullptr));
  }
  absl::Status Deliver(BlockPtr block) override {
    progress_->Hash(block->data(), block->size());
    return absl::OkStatus();
  }

 private:
  size_t block_bytes_;
  ReadProgress* progress_;
};

absl::Status RowsDiffer(uint64_t rows) {
  return absl::DataLossError(
      absl::StrFormat("the first %u rows, read again, are not the rows that were delivered", rows));
}

// Gets one row, of which the beginning was delivered: compares that, and hands on the rest.
class TailSink : public BlockSink {
 public:
  // `again` has hashed the rows before; `delivered` all that was delivered.
  TailSink(QueueSink* out, size_t block_bytes, uint64_t skip, ReadProgress again,
           const ReadProgress& delivered)
      : out_(out),
        block_bytes_(block_bytes),
        skip_(skip),
        again_(std::move(again)),
        rows_(delivered.rows),
        expected_(delivered.digest()) {}

  absl::StatusOr<BlockPtr> Acquire() override {
    return BlockPtr(new Block(block_bytes_, /*home=*/nullptr));
  }
  absl::Status Deliver(BlockPtr block) override {
    std::string_view text(block->data(), block->size());
    if (skip_ > 0) {
      const size_t again = static_cast<size_t>(std::min<uint64_t>(skip_, text.size()));
      again_.Hash(text.data(), again);
      text.remove_prefix(again);
      skip_ -= again;
      if (skip_ == 0 && again_.digest() != expected_) return RowsDiffer(rows_ + 1);
    }
    if (text.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(BlockPtr rest, out_->Acquire());
    std::memcpy(rest->tail(), text.data(), text.size());
    rest->Advance(text.size());
    rest->set_continued(text.size());
    return out_->Deliver(std::move(rest));
  }
  // Whether the row was as long as what had been delivered of it.
  bool skipped_all() const { return skip_ == 0; }

 private:
  QueueSink* out_;
  size_t block_bytes_;
  uint64_t skip_;
  ReadProgress again_;
  uint64_t rows_;
  uint64_t expected_;
};

// Reads at most `limit` rows through `writer`; stops early at the end of the rows.
absl::Status Pump(Session& session, uint64_t limit, RowWriter& writer) {
  absl::Status status;
  while (writer.rows() < limit) {
    const char* const* values = nullptr;
    const unsigned long* lengths = nullptr;
    const auto more = session.NextRow(&values, &lengths);
    if (!more.ok()) {
      status = more.status();
      break;
    }
    if (!*more) break;
    status = writer.AppendRow(values, lengths);
    if (!status.ok()) break;
  }
  const absl::Status finished = writer.Finish();
  return status.ok() ? finished : status;
}

// Reads what `progress` says was delivered, and compares; then, when that ended within a row, hands
// the rest of this row to `out`.
absl::Status SkipDelivered(const ScriptContext& context, Session& session,
                           const std::vector<ColumnFormat>& formats, QueueSink* out,
                           ReadProgress* progress) {
  const ReadProgress& delivered = *progress;
  ReadProgress again;
  HashSink sink(context.blocks->block_bytes(), &again);
  RowWriter writer(formats, context.escape_charset, &sink);
  RETURN_IF_ERROR(Pump(session, delivered.rows, writer));
  if (writer.rows() != delivered.rows) return RowsDiffer(delivered.rows);
  if (delivered.delivered() == delivered.bytes) {
    return again.digest() == delivered.digest() ? absl::OkStatus() : RowsDiffer(delivered.rows);
  }
  TailSink tail(out, context.blocks->block_bytes(), delivered.delivered() - delivered.bytes,
                std::move(again), delivered);
  RowWriter rest(formats, context.escape_charset, &tail);
  RETURN_IF_ERROR(Pump(session, 1, rest));
  if (rest.rows() != 1 || !tail.skipped_all()) return RowsDiffer(delivered.rows + 1);
  progress->rows += 1;
  progress->bytes += rest.bytes();
  return absl::OkStatus();
}

}  // namespace

ReadProgress::ReadProgress() : state_(XXH3_createState()) { XXH3_64bits_reset(state_.get()); }

void ReadProgress::Hash(const char* data, size_t size) {
  if (hashes_) XXH3_64bits_update(state_.get(), data, size);
  delivered_ += size;
}

uint64_t ReadProgress::digest() const { return XXH3_64bits_digest(state_.get()); }

absl::Status ReadRows(const ScriptContext& context, Session& session, OutputQueue* queue,
                      ReadProgress* progress, const std::function<bool()>& gives_way) {
  std::vector<ColumnFormat> formats;
  for (const FieldInfo& field : session.fields()) {
    formats.push_back(
        ColumnFormatFor(field.protocol_type, field.charset_number, context.options->hex_blob));
  }
  absl::Status status;
  QueueSink sink(context.blocks, context.run, queue, progress, gives_way);
  if (progress->delivered() > 0) {
    status = SkipDelivered(context, session, formats, &sink, progress);
  }
  if (status.ok()) {
    RowWriter writer(std::move(formats), context.escape_charset, &sink);
    status = Pump(session, UINT64_MAX, writer);
    progress->rows += writer.rows();
    progress->bytes += writer.bytes();
  }
  // A dump that is dropped leaves its sessions to others of the same snapshot.
  if (GaveWay(status) || (!status.ok() && context.run->dropped())) {
    // Lost in doing so, the connection is as any other that is lost: its work goes elsewhere.
    (void)session.CancelStream(context.options->connection);
  }
  session.EndStream();
  return status;
}

}  // namespace sfdb::dumper
