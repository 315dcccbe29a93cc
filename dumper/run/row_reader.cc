#include "dumper/run/row_reader.h"

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
  QueueSink(BlockPool* pool, const RunState* run, OutputQueue* queue, ReadProgress* progress)
      : pool_(pool), run_(run), queue_(queue), progress_(progress) {}
  absl::StatusOr<BlockPtr> Acquire() override {
    if (run_->dropped()) return absl::CancelledError("nothing of this dump is wanted any more");
    return pool_->Acquire(queue_);
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

absl::Status SkipDelivered(const ScriptContext& context, Session& session,
                           const std::vector<ColumnFormat>& formats,
                           const ReadProgress& delivered) {
  ReadProgress again;
  HashSink sink(context.blocks->block_bytes(), &again);
  RowWriter writer(formats, context.escape_charset, &sink);
  RETURN_IF_ERROR(Pump(session, delivered.rows, writer));
  if (writer.rows() == delivered.rows && again.digest() == delivered.digest()) {
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrFormat(
      "the first %u rows, read again, are not the rows that were delivered", delivered.rows));
}

// Reads what is left of a result that nobody wants: ending it early would cost the connection, and
// with it a session of the snapshot that other dumps still read.
void DropRows(const ScriptContext& context, Session& session) {
  const char* const* values = nullptr;
  const unsigned long* lengths = nullptr;
  while (!context.run->given_up()) {
    const auto more = session.NextRow(&values, &lengths);
    if (!more.ok() || !*more) return;
  }
}

}  // namespace

ReadProgress::ReadProgress() : state_(XXH3_createState()) { XXH3_64bits_reset(state_.get()); }

void ReadProgress::Hash(const char* data, size_t size) {
  XXH3_64bits_update(state_.get(), data, size);
}

uint64_t ReadProgress::digest() const { return XXH3_64bits_digest(state_.get()); }

absl::Status ReadRows(const ScriptContext& context, Session& session, OutputQueue* queue,
                      ReadProgress* progress) {
  std::vector<ColumnFormat> formats;
  for (const FieldInfo& field : session.fields()) {
    formats.push_back(
        ColumnFormatFor(field.protocol_type, field.charset_number, context.options->hex_blob));
  }
  absl::Status status;
  if (progress->rows > 0) status = SkipDelivered(context, session, formats, *progress);
  if (status.ok()) {
    QueueSink sink(context.blocks, context.run, queue, progress);
    RowWriter writer(std::move(formats), context.escape_charset, &sink);
    status = Pump(session, UINT64_MAX, writer);
    progress->rows += writer.rows();
    progress->bytes += writer.bytes();
  }
  if (!status.ok() && context.run->dropped()) DropRows(context, session);
  session.EndStream();
  return status;
}

}  // namespace sfdb::dumper
