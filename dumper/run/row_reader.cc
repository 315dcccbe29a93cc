#include "dumper/run/row_reader.h"

#include <utility>
#include <vector>

#include "dumper/rows/column_format.h"
#include "dumper/rows/row_writer.h"

namespace sfdb::dumper {
namespace {

// Takes blocks from the pool on behalf of one queue and leaves them there.
class QueueSink : public BlockSink {
 public:
  QueueSink(BlockPool* pool, OutputQueue* queue) : pool_(pool), queue_(queue) {}
  absl::StatusOr<BlockPtr> Acquire() override { return pool_->Acquire(queue_); }
  absl::Status Deliver(BlockPtr block) override {
    queue_->Push(RowsItem{std::move(block)});
    return absl::OkStatus();
  }

 private:
  BlockPool* pool_;
  OutputQueue* queue_;
};

}  // namespace

ReadOutcome ReadRows(const ScriptContext& context, Session& session, OutputQueue* queue) {
  std::vector<ColumnFormat> formats;
  for (const FieldInfo& field : session.fields()) {
    formats.push_back(
        ColumnFormatFor(field.protocol_type, field.charset_number, context.options->hex_blob));
  }
  QueueSink sink(context.blocks, queue);
  RowWriter writer(std::move(formats), context.escape_charset, &sink);

  ReadOutcome outcome;
  while (true) {
    const char* const* values = nullptr;
    const unsigned long* lengths = nullptr;
    const auto more = session.NextRow(&values, &lengths);
    if (!more.ok()) {
      outcome.status = more.status();
      break;
    }
    if (!*more) break;
    outcome.status = writer.AppendRow(values, lengths);
    if (!outcome.status.ok()) break;
  }
  outcome.rows = writer.rows();
  const absl::Status finished = writer.Finish();
  if (outcome.status.ok()) outcome.status = finished;
  session.EndStream();
  return outcome;
}

}  // namespace sfdb::dumper
