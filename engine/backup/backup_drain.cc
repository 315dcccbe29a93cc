#include "engine/backup/backup_drain.h"

#include <utility>
#include <variant>

#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {

using dumper::OutputItem;
using dumper::OutputQueue;

BackupDrain::BackupDrain(dumper::BlockPool* pool, FrameCutter* cutter, TocBuilder* toc,
                         const dumper::SizesItem* sizes, ProgressCounters* progress,
                         Listeners listeners)
    : pool_(pool),
      cutter_(cutter),
      toc_(toc),
      sizes_(sizes),
      progress_(progress),
      listeners_(std::move(listeners)) {}

absl::Status BackupDrain::Drain(OutputQueue* queue) {
  while (Enter(queue)) {
    auto item = queue->Pop();
    if (!item) break;
    if (!status_.ok()) {
      if (auto* child = std::get_if<dumper::ChildItem>(&*item)) (void)Drain(child->queue.get());
    } else if (absl::Status status = Handle(*item); !status.ok() && status_.ok()) {
      status_ = std::move(status);
      if (listeners_.failed) listeners_.failed();
    }
  }
  // However it ends: the queue may now go away, and Stop() may come at any time.
  std::lock_guard<std::mutex> lock(mutex_);
  current_ = nullptr;
  if (stopped_) return absl::CancelledError("stopped");
  return status_;
}

bool BackupDrain::Enter(OutputQueue* queue) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (stopped_) return false;
  if (current_ != queue) {
    current_ = queue;
    pool_->SetHead(queue);
  }
  return true;
}

void BackupDrain::Stop() {
  std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  if (current_ == nullptr) return;
  current_->Discard();
  current_->Close();
}

absl::Status BackupDrain::Handle(OutputItem& item) {
  if (auto* rows = std::get_if<dumper::RowsItem>(&item)) return AddRows(std::move(rows->block));
  if (auto* text = std::get_if<dumper::TextItem>(&item)) {
    progress_->bytes += text->text.size();
    return cutter_->AddOwned(std::move(text->text));
  }
  if (auto* end = std::get_if<dumper::EndRowsItem>(&item)) return EndRows(end->rows);
  if (auto* mark = std::get_if<dumper::TableMark>(&item)) {
    OnMark(*mark);
    return absl::OkStatus();
  }
  if (auto* begin = std::get_if<dumper::BeginRowsItem>(&item)) {
    style_ = begin->style;
    stitcher_.BeginTable(style_.get());
    return absl::OkStatus();
  }
  if (auto* child = std::get_if<dumper::ChildItem>(&item)) {
    return Drain(child->queue.get());
  }
  if (auto* note = std::get_if<dumper::NoteItem>(&item)) {
    listeners_.note(std::move(note->text));
    return absl::OkStatus();
  }
  if (const auto* left_out = std::get_if<dumper::LeftOutItem>(&item)) {
    listeners_.left_out(left_out->object, left_out->why);
    return absl::OkStatus();
  }
  if (std::holds_alternative<dumper::SizesItem>(item)) return absl::OkStatus();
  auto& fault = std::get<dumper::FaultItem>(item).fault;
  if (!fault.is_warning) {
    return base::WithExitCode(absl::InternalError(fault.text), base::kExitFailed);
  }
  listeners_.note(std::move(fault.text));
  return absl::OkStatus();
}

absl::Status BackupDrain::AddFooter(std::string text) {
  OnMark({dumper::TableMark::What::kFooter});
  progress_->bytes += text.size();
  return cutter_->AddOwned(std::move(text));
}

void BackupDrain::OnMark(const dumper::TableMark& mark) {
  using What = dumper::TableMark::What;
  cutter_->BeginSection(toc_->OnMark(mark));
  if (mark.what == What::kStructure || mark.what == What::kDatabase) cutter_->BeginUnit();
  if (mark.what == What::kEnd) {
    ++progress_->tables;
    const auto size = sizes_->bytes.find({mark.database, mark.table});
    if (size != sizes_->bytes.end()) progress_->data_done += size->second;
  }
}

absl::Status BackupDrain::EndRows(uint64_t rows) {
  stitcher_.EndTable(&pieces_);
  for (const std::string_view piece : std::exchange(pieces_, {})) {
    RETURN_IF_ERROR(cutter_->AddCopy(piece));
  }
  toc_->OnRows(rows);
  progress_->rows += rows;
  return absl::OkStatus();
}

absl::Status BackupDrain::AddRows(dumper::BlockPtr block) {
  dumper::Block* const raw = block.get();
  progress_->bytes += raw->size();
  stitcher_.Add(raw, &pieces_);
  absl::Status status;
  if (raw->size() < raw->capacity() / 2) {
    // Mostly empty, the last of a table: frames would keep more memory than text.
    for (const std::string_view piece : pieces_) {
      if (status = cutter_->AddCopy(piece); !status.ok()) break;
    }
  } else {
    const Hold rows = std::shared_ptr<const dumper::Block>(std::move(block));
    const char* const begin = raw->data();
    for (const std::string_view piece : pieces_) {
      // Between the rows: the head of a statement, which is the style's.
      const bool of_block = piece.data() >= begin && piece.data() < begin + raw->capacity();
      status = cutter_->Add(piece, of_block ? rows : Hold(style_));
      if (!status.ok()) break;
    }
  }
  pieces_.clear();
  return status;
}

void DiscardOutput(dumper::BlockPool* pool, OutputQueue* queue) {
  while (true) {
    pool->SetHead(queue);
    const auto item = queue->Pop();
    if (!item) return;
    if (const auto* child = std::get_if<dumper::ChildItem>(&*item)) {
      DiscardOutput(pool, child->queue.get());
    }
  }
}

}  // namespace sfdb::engine
