// One table or view: structure, rows, triggers, as the pieces of text around the rows.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "dumper/script/script_context.h"
#include "dumper/script/table_catalog.h"

namespace sfdb::dumper {

// What one table task is asked to write.
struct TableRequest {
  std::string database;
  std::string table;
  bool is_view = false;
  bool structure = true;
  bool rows = true;
  std::string why_no_rows = {};  // what --verbose says of it
  bool triggers = true;
  bool listed = false;  // one of the tables the dump was asked for, not one that comes with them
  // general_log, slow_log, transaction_registry: "CREATE TABLE IF NOT EXISTS", no DROP TABLE.
  bool if_not_exists = false;
  // The verb of INSERT, when it is not the options' (--system=stats and timezones).
  enum class Verb { kAsOptions, kReplace, kInsertIgnore } verb = Verb::kAsOptions;
};

// The statement that reads a table's rows, and the text that goes around them.
struct RowsPlan {
  std::string select;    // "SELECT columns FROM table", up to WHERE
  std::string order_by;  // " ORDER BY ..." or ""
  std::shared_ptr<const InsertStyle> style;
  std::string intro;          // comment lines and the blank line
  std::string before, after;  // LOCK TABLES, DISABLE KEYS, ... and their counterparts
};

// Writes the structure block. `create`: the CREATE text, if it has been read already.
absl::Status WriteStructure(const ScriptContext& context, const TableRequest& request,
                            std::optional<std::string> create, Session& session, TaskOutput& out);
// Whether CREATE texts are read in UTF-8 and say so in SET lines around them. Servers before 4.1,
// which some --compatible modes write for, know no such thing: they get the dump's character set.
bool ReadsDefinitionsAsStored(const DumpOptions& options);
// The statement that reads a table's CREATE text.
std::string ShowCreateTable(const ScriptContext& context, const TableRequest& request);

// Whether rows are to be read FOR SYSTEM_TIME ALL (--dump-history). Transaction-precise tables do
// not allow it: reported as an error, and, when the run goes on, read without history.
absl::StatusOr<bool> ReadsHistory(const ScriptContext& context, const TableRequest& request,
                                  const TableFacts& facts, TaskOutput& out);

// Errors that say that an object is there and cannot be shown: 1356 (a view that refers to what is
// gone, or whose definer may not see it), 1449 (its definer is gone).
bool IsUnshowable(const absl::Status& status);
// What WriteViewPlaceholder() asks the server, for its answer only.
absl::Status CheckViewIsShowable(const ScriptContext& context, const std::string& view,
                                 Session& session);

// The placeholder that stands for a view until all tables exist. An invalid view is an error.
absl::Status WriteViewPlaceholder(const ScriptContext& context, const TableRequest& request,
                                  Session& session, TaskOutput& out);

// The columns ORDER BY names with --order-by-primary: those of the first listed key, if it is
// unique.
std::string PrimaryOrder(const ScriptContext& context, const TableFacts& facts);

RowsPlan PlanRows(const ScriptContext& context, const TableRequest& request,
                  const TableFacts& facts, bool history);

// Whether an engine keeps its rows elsewhere (MERGE, FEDERATED, ...): no data unless asked for.
bool IsManagedExternally(const std::string& engine);

// Whether INSERT DELAYED means something for an engine.
bool IsDelayable(const std::string& engine);

// Triggers of a table.
absl::Status WriteTriggers(const ScriptContext& context, const TableRequest& request,
                           const std::vector<std::string>& triggers, Session& session,
                           TaskOutput& out);

}  // namespace sfdb::dumper
