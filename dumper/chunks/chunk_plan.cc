#include "dumper/chunks/chunk_plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "dumper/chunks/repeatable_where.h"
#include "dumper/text/identifiers.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Fills a plan; the first reason found ends it.
class Planner {
 public:
  Planner(Session& session, const ChunkLimits& limits, ChunkPlan& plan)
      : session_(session), limits_(limits), plan_(plan) {}

  absl::Status Run();

 private:
  absl::Status PlanKeyOrder(const Explained& server);
  absl::Status PlanServerOrder(const Explained& server);
  absl::Status CheckNulls(const TableKey& key);
  absl::Status CheckSortKey();
  absl::Status CheckClustered(const TableKey& key);
  absl::Status CheckOrder();
  absl::Status CheckUuids();
  bool AddColumns(const TableKey& key, bool keep_direction);

  bool Refuse(std::string reason) {
    plan_.reason = std::move(reason);
    return false;
  }
  bool refused() const { return !plan_.reason.empty(); }

  Session& session_;
  const ChunkLimits& limits_;
  ChunkPlan& plan_;
  KeyCatalog catalog_;
};

absl::Status Planner::Run() {
  const ChunkRequest& request = plan_.request;
  if (request.engine != "InnoDB") {
    Refuse(absl::StrFormat("engine %s", request.engine));
    return absl::OkStatus();
  }
  // The end of a row's period is a hidden part of every key.
  if (request.versioned) {
    Refuse("system-versioned");
    return absl::OkStatus();
  }
  if (request.where) {
    if (const auto why = WhyNotRepeatable(*request.where, session_.character_set())) {
      Refuse("--where cannot be asked in pieces: " + *why);
      return absl::OkStatus();
    }
  }
  ASSIGN_OR_RETURN(const auto server, Explain(session_, plan_.WholeSql()));
  if (!server) {
    Refuse("the server's plan reads no table, or more than one");
    return absl::OkStatus();
  }
  if (server->rows < limits_.small_rows) {
    Refuse("small");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(plan_.size, LoadTableSize(session_, request.database, request.table));
  plan_.size.rows = server->rows;
  if (plan_.size.data_bytes < limits_.small_bytes) {
    Refuse("small");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(catalog_, LoadKeyCatalog(session_, request.database, request.table));
  RETURN_IF_ERROR(request.order_by.empty() ? PlanServerOrder(*server) : PlanKeyOrder(*server));
  if (!refused()) RETURN_IF_ERROR(CheckOrder());
  // A chunk of one member of an ENUM may be sorted.
  const bool has_members =
      std::any_of(plan_.columns.begin(), plan_.columns.end(),
                  [](const KeyColumn& column) { return column.type == KeyColumn::Type::kMember; });
  if (!refused() && has_members) RETURN_IF_ERROR(CheckSortKey());
  if (!refused()) RETURN_IF_ERROR(CheckUuids());
  return absl::OkStatus();
}

// ORDER BY names the columns of the first key, which is unique: always ascending, whatever the
// directions in the index.
absl::Status Planner::PlanKeyOrder(const Explained& server) {
  if (catalog_.keys.empty()) {
    Refuse("no key");
    return absl::OkStatus();
  }
  const TableKey& key = catalog_.keys.front();
  plan_.key = key.name;
  if (!AddColumns(key, /*keep_direction=*/false)) return absl::OkStatus();
  const bool scans = server.type == "ALL" || server.type == "index";
  if (plan_.request.where) {
    if (!scans && server.key != key.name) {
      Refuse(absl::StrFormat("the server finds the rows of --where through %s",
                             server.key.empty() ? "several keys" : server.key));
      return absl::OkStatus();
    }
    plan_.seek_with_where = !scans;
  }
  if (key.nullable) RETURN_IF_ERROR(CheckNulls(key));
  if (!refused() && server.sorts()) return CheckSortKey();
  return absl::OkStatus();
}

absl::Status Planner::PlanServerOrder(const Explained& server) {
  for (const auto& note : absl::StrSplit(server.extra, "; ", absl::SkipEmpty())) {
    if (note == "Using where" || note == "Using index" || note == "Using index condition") continue;
    Refuse(absl::StrCat("the server's plan: ", note));
    return absl::OkStatus();
  }
  const TableKey* clustered = catalog_.clustered();
  if (server.type == "ALL") {
    if (clustered == nullptr) {
      Refuse("no clustered key");
      return absl::OkStatus();
    }
    plan_.key = clustered->name;
    if (!AddColumns(*clustered, /*keep_direction=*/true)) return absl::OkStatus();
    RETURN_IF_ERROR(CheckClustered(*clustered));
    if (refused() || !server.partitioned) return absl::OkStatus();
    ASSIGN_OR_RETURN(plan_.partitions,
                     LoadPartitions(session_, plan_.request.database, plan_.request.table));
    if (plan_.partitions.empty()) Refuse("its partitions are not known");
    return absl::OkStatus();
  }
  const bool scans = server.type == "index";
  if (!scans && server.type != "range" && server.type != "ref") {
    Refuse(absl::StrFormat("the server's plan: %s", server.type));
    return absl::OkStatus();
  }
  const TableKey* key = catalog_.key(server.key);
  if (key == nullptr) {
    Refuse(absl::StrFormat("the server's plan names an unknown key '%s'", server.key));
    return absl::OkStatus();
  }
  plan_.key = key->name;
  plan_.seek_with_where = !scans;
  const bool total = key->unique && !key->nullable;
  // A scan along a key merges the partitions; anything less reads them in an order of its own.
  if (server.partitioned && (!scans || !total || key->has_descending())) {
    Refuse("the server's plan: a key of a partitioned table");
    return absl::OkStatus();
  }
  if (!AddColumns(*key, /*keep_direction=*/true) || total) return absl::OkStatus();
  // The server does not count on the clustered key behind a unique key, even one with NULLs.
  if (key->unique) return CheckNulls(*key);
  // Rows of one key value come in the order of the clustered key, which every key ends with.
  if (clustered == nullptr) {
    Refuse("no clustered key");
  } else if (key->has_descending() || clustered->has_descending()) {
    Refuse("descending parts in a key that is not unique");
  } else {
    AddColumns(*clustered, /*keep_direction=*/true);
  }
  return absl::OkStatus();
}

bool Planner::AddColumns(const TableKey& key, bool keep_direction) {
  if (!key.btree) return Refuse(absl::StrFormat("key %s is not a BTREE", key.name));
  if (key.has_prefix()) return Refuse(absl::StrFormat("key %s has parts of columns", key.name));
  for (const TableKey::Part& part : key.parts) {
    const ColumnFacts* facts = catalog_.column(part.column);
    if (facts == nullptr) return Refuse(absl::StrFormat("column %s is unknown", part.column));
    auto column = MakeKeyColumn(*facts, plan_.request.utc);
    if (!column) {
      return Refuse(absl::StrFormat("column %s of key %s is %s", part.column, key.name,
                                    facts->column_type.substr(0, 60)));
    }
    column->descending = keep_direction && part.descending;
    const bool known =
        std::any_of(plan_.columns.begin(), plan_.columns.end(),
                    [&](const KeyColumn& other) { return other.name == column->name; });
    if (!known) plan_.columns.push_back(*std::move(column));
  }
  return true;
}

// Two rows with NULL in a unique key are equal to ORDER BY, and come as they like.
absl::Status Planner::CheckNulls(const TableKey& key) {
  std::string condition;
  for (const KeyColumn& column : plan_.columns) {
    if (!column.nullable) continue;
    absl::StrAppend(&condition, condition.empty() ? "" : " OR ", column.name, " IS NULL");
  }
  auto rows =
      session_.Query(absl::StrFormat("SELECT 1%s WHERE %s LIMIT 2", plan_.From(0), condition));
  RETURN_IF_ERROR(rows.status());
  if (rows->rows() > 1) Refuse(absl::StrFormat("several rows have NULL in key %s", key.name));
  return absl::OkStatus();
}

// The server sorts mariadb-dump's rows instead of reading along the key, and looks only at the
// first max_sort_length bytes of each sort key: 1024 by default. A character has up to eight
// weights.
absl::Status Planner::CheckSortKey() {
  bool has_text = false;
  for (const KeyColumn& column : plan_.columns) has_text = has_text || column.sort_bytes > 0;
  if (!has_text) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Result limit, session_.Query("SELECT @@max_sort_length"));
  uint64_t most = 0;
  (void)absl::SimpleAtoi(limit.text(0, 0), &most);
  for (const KeyColumn& column : plan_.columns) {
    if (column.sort_bytes <= most) continue;
    Refuse(absl::StrFormat("the server sorts by %s, and by its first bytes only", column.name));
  }
  return absl::OkStatus();
}

// That a key which is not called PRIMARY is the one the rows are stored by: the server then gives
// whole rows in its order without sorting, even if not told to use it.
absl::Status Planner::CheckClustered(const TableKey& key) {
  if (key.name == "PRIMARY") return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto plan,
                   Explain(session_, absl::StrCat(plan_.request.select, " ORDER BY ",
                                                  OrderList(plan_.columns))));
  if (!plan || plan->key != key.name || plan->sorts()) {
    Refuse(absl::StrFormat("rows are not stored in the order of key %s", key.name));
  }
  return absl::OkStatus();
}

absl::Status Planner::CheckOrder() {
  const std::string sql = absl::StrCat(plan_.request.select, plan_.Along(0), plan_.Where(true, ""),
                                       " ORDER BY ", OrderList(plan_.columns));
  ASSIGN_OR_RETURN(const auto plan, Explain(session_, sql));
  const bool along = plan && plan->key == plan_.key && !plan->sorts() &&
                     (plan->type == "index" || plan->type == "range" || plan->type == "ref");
  if (!along) Refuse(absl::StrFormat("the server would sort to read along key %s", plan_.key));
  return absl::OkStatus();
}

// UUIDs of versions 1 to 5 are stored and compared with their last group first, those of 6 and 7 as
// they are written; and where both meet in one column, the server's comparisons contradict its
// index: a range loses rows. So all must be of one kind. A scan of the index; it ends early where
// they are mixed.
absl::Status Planner::CheckUuids() {
  for (const KeyColumn& column : plan_.columns) {
    if (column.quoted != KeyColumn::Quoted::kUuid) continue;
    size_t mixed = 0;
    for (const char* kind : {"MID(%s,15,1) BETWEEN '1' AND '5' AND MID(%s,20,1) >= '8'",
                             "MID(%s,15,1) IN ('6','7') AND MID(%s,20,1) >= '8'"}) {
      const auto same = absl::ParsedFormat<'s', 's'>::New(kind);
      ASSIGN_OR_RETURN(const Result others, session_.Query(absl::StrFormat(
                                                "SELECT 1%s WHERE NOT (%s) LIMIT 1", plan_.From(0),
                                                absl::StrFormat(*same, column.name, column.name))));
      if (others.rows() == 0) break;
      ++mixed;
    }
    if (mixed == 2) Refuse(absl::StrFormat("UUIDs of several versions in column %s", column.name));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsOfTheMoment(const absl::Status& status) {
  const auto error = MariadbErrorOf(status);
  return !error || IsConnectionLost(status) || status.code() == absl::StatusCode::kAborted ||
         status.code() == absl::StatusCode::kDeadlineExceeded ||
         status.code() == absl::StatusCode::kResourceExhausted ||
         error->number == kErrTableDefChanged || error->number == kErrDeadlock;
}

bool Explained::sorts() const {
  return absl::StrContains(extra, "filesort") || absl::StrContains(extra, "temporary");
}

absl::StatusOr<std::optional<Explained>> Explain(Session& session, const std::string& sql) {
  ASSIGN_OR_RETURN(
      const Result result,
      session.Query((session.is_mariadb() ? "EXPLAIN PARTITIONS " : "EXPLAIN ") + sql));
  const auto type = result.column("type");
  const auto key = result.column("key");
  const auto rows = result.column("rows");
  const auto extra = result.column("Extra");
  const auto partitions = result.column("partitions");
  if (result.rows() != 1 || !type || !key || !rows || !extra || result.is_null(0, *type)) {
    return std::nullopt;
  }
  Explained explained;
  explained.type = result.text(0, *type);
  explained.key = result.text(0, *key);
  explained.extra = result.text(0, *extra);
  (void)absl::SimpleAtoi(result.text(0, *rows), &explained.rows);
  explained.partitioned = partitions && !result.is_null(0, *partitions);
  return explained;
}

std::string ChunkPlan::Along(size_t partition) const {
  std::string sql;
  if (!partitions.empty()) {
    sql = absl::StrCat(" PARTITION (", QuoteIdentifier(partitions[partition]), ")");
  }
  return absl::StrCat(sql, " FORCE INDEX (", QuoteIdentifier(key), ")");
}

std::string ChunkPlan::From(size_t partition) const {
  return absl::StrCat(" FROM ", QuoteIdentifier(request.table), Along(partition));
}

std::string ChunkPlan::Where(bool with_users, const std::string& range) const {
  std::string sql;
  if (with_users && request.where) sql = "(" + *request.where + ")";
  if (!range.empty()) absl::StrAppend(&sql, sql.empty() ? "" : " AND ", range);
  return sql.empty() ? sql : " WHERE " + sql;
}

std::string ChunkPlan::WholeSql() const {
  std::string sql = request.select;
  if (request.where) sql += " WHERE " + *request.where;
  return sql + request.order_by;
}

std::string ChunkPlan::ChunkSql(const Chunk& chunk) const {
  if (!reason.empty() || (!chunk.after && !chunk.up_to && partitions.empty())) return WholeSql();
  return absl::StrCat(request.select, Along(chunk.partition),
                      Where(true, RangeCondition(columns, chunk.after, chunk.up_to)), " ORDER BY ",
                      OrderList(columns));
}

absl::StatusOr<ChunkPlan> PlanChunks(Session& session, ChunkRequest request,
                                     const ChunkLimits& limits) {
  ChunkPlan plan;
  plan.request = std::move(request);
  absl::Status planned = session.UseDatabase(plan.request.database);
  if (planned.ok()) planned = Planner(session, limits, plan).Run();
  if (planned.ok()) return plan;
  if (IsOfTheMoment(planned)) return planned;
  // The statement itself will say it again, in mariadb-dump's words, if it concerns that.
  if (plan.reason.empty()) plan.reason = std::string(planned.message());
  return plan;
}

}  // namespace sfdb::dumper
