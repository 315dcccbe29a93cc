// The ordered output of one piece of work (the whole run, one table, one chunk), while it is made.
//
// A queue holds items in the order in which their bytes must appear; a Child item stands for
// another queue whose items belong in its place. So pieces are worked on by many sessions at once,
// and the consumer, who drains the tree depth first, sees one order: that of the plan.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "dumper/rows/block.h"
#include "dumper/rows/stitcher.h"
#include "dumper/stream/dump_fault.h"

namespace sfdb::dumper {

class OutputQueue;

// SQL text, to be written as it is.
struct TextItem {
  std::string text;
};
// A line for people (--verbose, warnings), without newline.
struct NoteItem {
  std::string text;
};
// Something went wrong here. Unless the run goes on after errors, nothing after it is written.
struct FaultItem {
  DumpFault fault;
};
// Where parts of the text begin and end: what indexes are made of. In order:
//   kDatabase  the head of a database (again for its views, after all databases)
//   kStructure, kRows, kRowsEnd, kEnd   one table, view or sequence; rows only where there are any
//   kFooter    what comes after the last database
struct TableMark {
  enum class What { kDatabase, kStructure, kRows, kRowsEnd, kEnd, kFooter } what;
  std::string database = {};
  std::string table = {};
};
// Rows of one table follow, as blocks, here and in children, until EndRowsItem.
struct BeginRowsItem {
  std::shared_ptr<const InsertStyle> style;
};
struct RowsItem {
  BlockPtr block;
};
struct EndRowsItem {
  uint64_t rows = 0;
};
struct ChildItem {
  std::shared_ptr<OutputQueue> queue;
};

// How much data the tables to be dumped hold, as the server says: what an estimate of the time left
// is made from. Sent once, first, when somebody asked for progress.
struct SizesItem {
  std::map<std::pair<std::string, std::string>, uint64_t> bytes;  // (database, table)
};

// The server cannot show an object that is there: the text goes on without it (`backup` only).
struct LeftOutItem {
  std::string object;  // "view `d`.`v`"
  std::string why;     // in the server's words
};

using OutputItem = std::variant<TextItem, NoteItem, FaultItem, TableMark, BeginRowsItem, RowsItem,
                                EndRowsItem, ChildItem, SizesItem, LeftOutItem>;

// One producer at a time, one consumer. Its memory is bounded by others: blocks by their pool, text
// and children by how far ahead the plan may run.
class OutputQueue {
 public:
  // Text and marks may reach a consumer that waits only with the next rows, fault, note or child,
  // or the end.
  void Push(OutputItem item);
  // No more items will come. Idempotent.
  void Close();
  // The next item, waiting for it; nullopt when the queue is closed and empty.
  std::optional<OutputItem> Pop();
  // Drops what is queued, and everything pushed from now on (the run was given up).
  void Discard();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<OutputItem> items_;
  bool closed_ = false;
  bool discarding_ = false;
};

}  // namespace sfdb::dumper
