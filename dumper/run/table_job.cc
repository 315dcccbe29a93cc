#include "dumper/run/table_job.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// A piece's query may end too early this often; more often means that the server kills what we ask.
constexpr int kMaxAttempts = 20;

// Whether the run holds locks under which no table can change (LOCK TABLES, a global read lock).
bool TablesAreLocked(const DumpOptions& options) {
  return options.lock_tables || options.lock_all_tables;
}

bool IsError(const absl::Status& status, unsigned number) {
  const auto error = MariadbErrorOf(status);
  return error && error->number == number;
}

}  // namespace

TableJob::TableJob(const ScriptContext* context, SessionRunner* runner, TableRequest request,
                   TableFacts facts, TableAccess access, std::shared_ptr<OutputQueue> queue)
    : context_(context),
      runner_(runner),
      request_(std::move(request)),
      facts_(std::move(facts)),
      access_(access),
      queue_(std::move(queue)) {}

void TableJob::Start(Session& session) {
  if (out_ == nullptr) {
    order_ = SessionRunner::CurrentOrder();
    out_ = std::make_unique<TaskOutput>(queue_, context_->options, context_->run, order_);
  }
  if (context_->run->IsVoid(order_)) return Close();
  const absl::Status begun = Begin(session);
  if (begun.ok()) return;
  if (!structure_begun_ && IsLeftToOthers(session)) {
    Forget();
    runner_->Requeue(Place{order_, first_piece_}, std::nullopt,
                     [self = shared_from_this()](Session& s) { self->Start(s); });
    return;
  }
  if (WaitsForLock(begun)) {
    std::optional<size_t> holder;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      holder = OtherHolder();
    }
    runner_->Requeue(Place{order_, first_piece_}, holder,
                     [self = shared_from_this()](Session& s) { self->Start(s); });
    return;
  }
  if (!IsReported(begun)) {
    (void)out_->Fault({kExitMysqlError, std::string(begun.message())});
  }
  Finish(session);
}

// Whether `status` is a wait for somebody else's lock on this table that may go on.
bool TableJob::WaitsForLock(const absl::Status& status) {
  if (!IsError(status, kErrLockWaitTimeout) || runner_->general_sessions() < 2) return false;
  const auto now = std::chrono::steady_clock::now();
  if (!lock_waited_since_) lock_waited_since_ = now;
  const std::chrono::duration<double> waited = now - *lock_waited_since_;
  return waited.count() < context_->options->lock_wait_timeout_seconds &&
         !context_->run->IsVoid(order_);
}

// Whether the connection is lost, and another can do what it was to do.
bool TableJob::IsLeftToOthers(const Session& session) const {
  return session.lost() && runner_->live_sessions() > 1 &&
         SessionRunner::CurrentSession() < runner_->general_sessions();
}

absl::Status TableJob::Begin(Session& session) {
  if (IsLeftToOthers(session)) return absl::UnavailableError("the connection is lost");
  if (session.lost()) return ReportLost(session);
  const absl::Status used = session.UseDatabase(request_.database);
  if (!used.ok()) {
    RETURN_IF_ERROR(out_->Fault(ServerFault(used, "when selecting the database")));
    return Reported();
  }
  if (request_.is_view) {
    out_->Mark({TableMark::What::kStructure, request_.database, request_.table});
    Announce(session);
    RETURN_IF_ERROR(EnterTableMode(*context_, session));
    RETURN_IF_ERROR(WriteViewPlaceholder(*context_, request_, session, *out_));
    Finish(session);
    return absl::OkStatus();
  }

  RETURN_IF_ERROR(ReportCatalog(session));
  const bool reads_rows = request_.rows && !IsExternal() && !facts_.columns.empty();
  // Before anything reads the CREATE text, which pinning does.
  RETURN_IF_ERROR(EnterTableMode(*context_, session));
  if (reads_rows) {
    // Other failures are left to the statement that reads the rows: there mariadb-dump has them.
    const auto at_once = rows_follow_ ? true : PinInOneTrip(session);
    if (WaitsForLock(at_once.status())) return at_once.status();
    const absl::Status pinned = at_once.ok() && *at_once ? absl::OkStatus() : PinTable(session);
    if (WaitsForLock(pinned)) return pinned;
    (void)LosesSnapshot(session, pinned);
    if (IsLeftToOthers(session)) return absl::UnavailableError("the connection was lost");
    AddHolder(session);
  }
  structure_begun_ = true;
  out_->Mark({TableMark::What::kStructure, request_.database, request_.table});
  Announce(session);
  const absl::Status structure =
      WriteStructure(*context_, request_, std::move(create_), session, *out_);
  if (IsReported(structure) && context_->run->force()) {
    // mariadb-dump goes on with the triggers of a table whose structure it could not show.
    facts_.columns.clear();
    SayWhyNoRows();
    Finish(session);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(structure);
  if (!facts_.error.ok()) {
    const std::string sql = absl::StrFormat(
        "select column_name, extra, generation_expression, data_type from "
        "information_schema.columns where table_schema=database() and table_name=%s order by "
        "ordinal_position",
        SqlString(request_.table));
    const absl::Status columns = session.Execute(sql);
    if (!columns.ok()) RETURN_IF_ERROR(out_->Fault(QueryFault(sql, columns)));
  }
  ASSIGN_OR_RETURN(const bool history, ReadsHistory(*context_, request_, facts_, *out_));
  if (!reads_rows) {
    SayWhyNoRows();
    Finish(session);
    return absl::OkStatus();
  }
  return BeginRows(session, history);
}

bool TableJob::IsExternal() const {
  return context_->options->no_data_med && IsManagedExternally(facts_.engine);
}

void TableJob::SayWhyNoRows() {
  if (!request_.rows) {
    if (!request_.why_no_rows.empty()) out_->Verbose(request_.why_no_rows);
  } else if (IsExternal()) {
    out_->Verbose(
        absl::StrFormat("-- Warning: Skipping data for table '%s' because it's of type %s",
                        request_.table, facts_.engine));
  } else {
    out_->Verbose(
        absl::StrFormat("-- Skipping dump data for table '%s', it has no fields", request_.table));
  }
}

void TableJob::Announce(Session& session) {
  out_->Verbose(absl::StrFormat("-- Retrieving table structure for table %s...", request_.table));
  if (!context_->options->order_by_primary || !facts_.keys.empty()) return;
  // A table whose keys cannot be read is dumped in no order. The information schema does not tell
  // it from one that has no keys.
  const std::string name = context_->ids.Forced(request_.table);
  const absl::Status keys = session.Execute("SHOW KEYS FROM " + name);
  if (keys.ok()) return;
  const auto error = MariadbErrorOf(keys);
  out_->Note(
      absl::StrFormat("Warning: Couldn't read keys from table %s; records are NOT sorted (%s)",
                      name, error ? error->text : std::string(keys.message())));
}

// A connection that is gone is found out about statement by statement, as mariadb-dump does.
absl::Status TableJob::ReportLost(Session& session) {
  const std::string table = SqlString(request_.table);
  std::string why;
  auto fails = [&](const std::string& sql) -> absl::Status {
    const absl::Status status = session.Execute(sql);
    if (const auto error = MariadbErrorOf(status)) why = error->text;
    return status.ok() ? status : out_->Fault(QueryFault(sql, status));
  };
  RETURN_IF_ERROR(fails(EngineSql()));
  out_->Verbose(absl::StrFormat("-- Warning: Couldn't get status information for table %s (%s)",
                                request_.table, why));
  Announce(session);
  RETURN_IF_ERROR(fails(TableModeSql(*context_)));
  if (context_->options->verbose) {
    (void)out_->Fault(
        {.text = absl::StrFormat("Warning: Can't set SQL_QUOTE_SHOW_CREATE option (%s)", why),
         .is_warning = true});
  }
  RETURN_IF_ERROR(fails(
      "SELECT `COLUMN_NAME` AS `Field`, `COLUMN_TYPE` AS `Type`, `IS_NULLABLE` AS `Null`, "
      "`COLUMN_KEY` AS `Key`, `COLUMN_DEFAULT` AS `Default`, `EXTRA` AS `Extra`, "
      "`COLUMN_COMMENT` AS `Comment` FROM `INFORMATION_SCHEMA`.`COLUMNS` WHERE TABLE_SCHEMA "
      "= " +
      SqlString(request_.database) + " AND TABLE_NAME = " + table + " ORDER BY ORDINAL_POSITION"));
  facts_.triggers.clear();
  facts_.columns.clear();
  SayWhyNoRows();
  Finish(session);
  return absl::OkStatus();
}

std::string TableJob::EngineSql() const {
  return "SELECT engine, table_type FROM INFORMATION_SCHEMA.TABLES WHERE table_schema = DATABASE() "
         "AND table_name = " +
         SqlString(request_.table);
}

// What the catalog queries met before the job began.
// Fault, if the connection's character set cannot spell the table's name.
absl::Status TableJob::ReportTriggers(Session& session) {
  if (!request_.triggers || facts_.error.ok()) return absl::OkStatus();
  const std::string sql =
      "SELECT TRIGGER_NAME FROM INFORMATION_SCHEMA.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = "
      "DATABASE() AND EVENT_OBJECT_TABLE = " +
      SqlString(request_.table);
  RETURN_IF_ERROR(session.SetResultsBinary(true));
  const absl::Status triggers = session.Execute(sql);
  RETURN_IF_ERROR(session.SetResultsBinary(false));
  return triggers.ok() ? triggers : out_->Fault(QueryFault(sql, triggers));
}

absl::Status TableJob::ReportCatalog(Session& session) {
  if (facts_.found) return absl::OkStatus();
  std::optional<MariadbError> error;
  if (!facts_.error.ok()) {
    // In the server's words for the statement that the message names.
    const absl::Status status = session.Execute(EngineSql());
    if (!status.ok()) RETURN_IF_ERROR(out_->Fault(QueryFault(EngineSql(), status)));
    error = MariadbErrorOf(status);
  }
  out_->Note(absl::StrFormat("Error: Couldn't read status information for table %s (%s)",
                             request_.table, error ? error->text : ""));
  return absl::OkStatus();
}

// Takes the table's metadata lock, so that the CREATE text read next belongs to the rows read after
// it; and makes sure the columns we know are the columns it has. SHOW CREATE keeps no lock: without
// this, an instant ADD COLUMN in between makes a dump that cannot be restored.
absl::Status TableJob::PinTable(Session& session) {
  runner_->Settle(session);
  if (TablesAreLocked(*context_->options)) return TakeLock(session);
  if (!context_->options->single_transaction) {
    RETURN_IF_ERROR(session.Execute("START TRANSACTION"));
  }
  RETURN_IF_ERROR(session.BeginStream(PinSql(session)));
  std::vector<std::string> there;
  for (const FieldInfo& field : session.fields()) there.push_back(field.name);
  const char* const* values = nullptr;
  const unsigned long* lengths = nullptr;
  const auto row = session.NextRow(&values, &lengths);
  session.EndStream();
  RETURN_IF_ERROR(row.status());

  if (request_.structure && !context_->options->no_create_info) {
    // Failures are left to WriteStructure(), which asks again.
    RETURN_IF_ERROR(session.SetResultsBinary(true));
    const auto shown = session.Query(ShowCreateTable(*context_, request_));
    RETURN_IF_ERROR(session.SetResultsBinary(false));
    if (shown.ok() && shown->rows() > 0) create_ = shown->text(0, 1);
  }
  return CheckColumns(there, session);
}

// The columns seen under the lock must be those the catalog told us of before. Invisible ones are
// not among `there`: where there may be some, the catalog is asked again.
absl::Status TableJob::CheckColumns(const std::vector<std::string>& there, Session& session) {
  if (ColumnsAreKnown(there)) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto fresh,
                   LoadTableFacts(session, request_.database, {request_.table},
                                  facts_.keys.empty() ? WithKeys::kNo : WithKeys::kYes));
  facts_ = std::move(fresh[request_.table]);
  return absl::OkStatus();
}

bool TableJob::ColumnsAreKnown(const std::vector<std::string>& there) const {
  const bool all_seen = create_ && create_->find("INVISIBLE") == std::string::npos;
  std::vector<std::string> known;
  for (const Column& column : facts_.columns) {
    if (column.extra.find("INVISIBLE") == std::string::npos) known.push_back(column.name);
  }
  return there == known && known.size() == facts_.columns.size() && all_seen;
}

absl::Status TableJob::TakeLock(Session& session) {
  // The holder of LOCK TABLES has it; a global read lock lets no DDL near the table; and a table
  // read by one session alone is read under one of these, or pinned before.
  const bool has_it = context_->options->lock_all_tables || access_ != TableAccess::kShared ||
                      SessionRunner::CurrentSession() >= runner_->general_sessions() ||
                      runner_->sessions() == 1;
  if (has_it) return absl::OkStatus();
  return session.Execute(PinSql(session));
}

bool TableJob::IsGroupable() const {
  const DumpOptions& options = *context_->options;
  const bool locked = options.single_transaction || TablesAreLocked(options);
  const bool asks_more = options.order_by_primary && facts_.keys.empty();
  return locked && access_ == TableAccess::kShared && facts_.few_rows && facts_.found &&
         facts_.error.ok() && facts_.triggers.empty() && !facts_.columns.empty() &&
         !facts_.versioned() && AllVisible() && !request_.is_view && request_.rows &&
         request_.structure && !IsExternal() && !options.no_create_info && !asks_more &&
         ReadsDefinitionsAsStored(options) && runner_->general_sessions() > 1;
}

bool TableJob::AllVisible() const {
  return std::none_of(facts_.columns.begin(), facts_.columns.end(), [](const Column& column) {
    return absl::StrContains(column.extra, "INVISIBLE");
  });
}

std::string TableJob::PinSql(const Session& session) const {
  // Two sessions that hold a table each and wait for the other's, behind somebody's DDL: that is a
  // deadlock, and the server rolls one of them back. So who holds one does not wait.
  const char* const at_once = session.has_pins() && !session.AllPinsDone() && session.is_mariadb()
                                  ? "SET STATEMENT lock_wait_timeout=0 FOR "
                                  : "";
  return at_once + ("SELECT * FROM " + context_->ids.Forced(request_.table) + " LIMIT 0");
}

bool TableJob::LosesSnapshot(Session& session, const absl::Status& status) const {
  if (!IsError(status, kErrDeadlock) || runner_->general_sessions() == 1 ||
      SessionRunner::CurrentSession() >= runner_->general_sessions()) {
    return false;
  }
  session.Abandon();
  return true;
}

std::string TableJob::DefinitionSql() const { return ShowCreateTable(*context_, request_); }

std::string TableJob::RowsSql() const {
  return RowsSql(PlanRows(*context_, request_, facts_, /*history=*/false));
}

bool TableJob::Knows(const Result& pinned, const Result& definition) {
  if (definition.rows() == 0 || definition.columns() < 2) return false;
  create_ = definition.text(0, 1);
  return ColumnsAreKnown(pinned.column_names());
}

bool TableJob::IsReadAtOnce() const {
  return runner_->general_sessions() == 1 || access_ == TableAccess::kAlone || facts_.few_rows;
}

// What PinTable(), WriteStructure() and, where one statement reads the table, BeginRows() ask, in
// one round trip: on schemas of thousands of small tables round trips are most of the time. False
// when anything is not as usual: then one by one.
absl::StatusOr<bool> TableJob::PinInOneTrip(Session& session) {
  const DumpOptions& options = *context_->options;
  const bool asks_more = options.order_by_primary && facts_.keys.empty();
  if (!session.allows_batches() || !session.table_mode() || !request_.structure ||
      options.no_create_info || !ReadsDefinitionsAsStored(options) || asks_more) {
    return false;
  }
  std::vector<std::string> statements;
  const bool snapshot = options.single_transaction;
  const bool gives_up_pins = snapshot && session.has_pins() && session.AllPinsDone();
  if (!snapshot && !TablesAreLocked(options)) statements.push_back("START TRANSACTION");
  if (gives_up_pins) statements.push_back("ROLLBACK TO SAVEPOINT sp");
  const size_t pin = statements.size();
  statements.push_back(PinSql(session));
  statements.push_back(session.ResultsBinarySql(true));
  statements.push_back(DefinitionSql());
  statements.push_back(session.ResultsBinarySql(false));
  std::string rows;
  if (IsReadAtOnce() && !facts_.versioned() && AllVisible()) rows = RowsSql();
  const auto results = session.QueryBatch(statements, rows);
  if (!results.ok()) {
    // Wherever it stopped, this is the state the statements one by one begin with.
    (void)session.Execute(session.ResultsBinarySql(false));
    if (IsError(results.status(), kErrLockWaitTimeout)) return results.status();
    (void)LosesSnapshot(session, results.status());
    return false;
  }
  if (gives_up_pins) session.ClearPins();
  if (Knows((*results)[pin], (*results)[pin + 2])) {
    rows_begun_ = !rows.empty();
    return true;
  }
  RETURN_IF_ERROR(session.CancelStream(options.connection));
  if (!create_) return false;
  return CheckColumns((*results)[pin].column_names(), session).ok();
}

std::string TableJob::RowsSql(const RowsPlan& plan) const {
  std::string sql = plan.select;
  if (context_->options->where) sql += " WHERE " + *context_->options->where;
  return sql + plan.order_by;
}

absl::Status TableJob::BeginRows(Session& session, bool history) {
  plan_ = PlanRows(*context_, request_, facts_, history);
  out_->Mark({TableMark::What::kRows, request_.database, request_.table});
  out_->Text(plan_.intro);
  if (context_->options->delayed_insert && !IsDelayable(facts_.engine)) {
    out_->Verbose(absl::StrFormat(
        "-- Warning: Unable to use delayed inserts for table '%s' because it's of type %s",
        request_.table, facts_.engine));
  }
  out_->Verbose("-- Sending SELECT query...");

  // The holder of LOCK TABLES has this table only when DDL keeps the others out.
  const bool others = runner_->general_sessions() > 1 &&
                      SessionRunner::CurrentSession() < runner_->general_sessions();
  if (access_ == TableAccess::kShared && others && !IsReadAtOnce()) {
    auto chunker =
        TableChunker::Create(session, MakeChunkRequest(*context_, request_, facts_, plan_));
    // A failure here will meet the one statement again, which reports it as mariadb-dump does.
    if (chunker.ok() && (*chunker)->divisible()) {
      out_->Text(plan_.before);
      out_->Verbose("-- Retrieving rows...");
      out_->BeginRows(plan_.style);
      chunker_ = *std::move(chunker);
      // A row as SQL is about as large as the server says it is; the first pieces will tell.
      rows_wanted_ = chunker_->RowsFor(context_->chunk_bytes);
      runner_->AddSource(order_, shared_from_this());
      return absl::OkStatus();
    }
  }
  auto piece = NewPiece();
  piece->sql = RowsSql(plan_);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    exhausted_ = true;
    outstanding_ = 1;
  }
  ReadPiece(session, std::move(piece));
  return absl::OkStatus();
}

TableJob::PiecePtr TableJob::NewPiece() const {
  auto piece = std::make_shared<Piece>();
  piece->number = first_piece_;
  // With one session nothing is ever read again, and hashing costs 5 % of it: for 1.1 GB 0.06 of
  // 1.26 s of user+sys.
  if (runner_->general_sessions() == 1) piece->progress.OnlyCount();
  return piece;
}

bool TableJob::RunNext(Session& session) {
  bool goes_on = false;
  if (!Joins(session, &goes_on)) return goes_on;
  auto piece = NewPiece();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (exhausted_) return false;
    if (context_->run->IsVoid(order_)) {
      exhausted_ = true;
      if (outstanding_ == 0) Close();
      return false;
    }
    const auto next = chunker_->Next(session, rows_wanted_);
    if (!next.ok()) {
      (void)LosesSnapshot(session, next.status());
      // The session that was lost is retired.
      if (session.lost() && runner_->live_sessions() > 1) return true;
      if (IsError(next.status(), kErrQueryInterrupted) && ++killed_searches_ < kMaxAttempts) {
        return true;
      }
      EndPieces(next.status());
      return false;
    }
    if (!next->has_value()) {
      exhausted_ = true;
      if (outstanding_ > 0) return false;
      outstanding_ = 1;  // an empty table: ended below, by the same path as any other
      piece = nullptr;
    } else {
      ++outstanding_;
      piece->number = ++pieces_;
      piece->sql = chunker_->Sql(**next);
      piece->out =
          std::make_unique<TaskOutput>(out_->AddChild(), context_->options, context_->run, order_);
    }
  }
  if (piece == nullptr) {
    PieceEnded(session, Piece());
    return false;
  }
  ReadPiece(session, std::move(piece));
  return true;
}

void TableJob::AddHolder(Session& session) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (holders_.insert(SessionRunner::CurrentSession()).second) session.AddPin(done_);
}

bool TableJob::Joins(Session& session, bool* goes_on) {
  const size_t self = SessionRunner::CurrentSession();
  *goes_on = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (exhausted_) return false;
    if (holders_.count(self) > 0) return true;
    if (restricted_) {
      // It may not be at it yet: it became a holder since, or what it was to do was left to us when
      // the connection of another was lost.
      if (const auto holder = OtherHolder()) {
        RunPieces(*holder);
        return false;
      }
    }
  }
  // Not under the lock: it may take a second, and those who hold the table go on meanwhile.
  runner_->Settle(session);
  absl::Status taken = session.UseDatabase(request_.database);
  if (taken.ok()) taken = TakeLock(session);
  if (taken.ok()) {
    AddHolder(session);
    return true;
  }
  (void)LosesSnapshot(session, taken);

  std::lock_guard<std::mutex> lock(mutex_);
  if (exhausted_) return false;
  if (session.lost() && runner_->live_sessions() > 1) {
    *goes_on = true;
  } else if (IsError(taken, kErrQueryInterrupted) && ++killed_searches_ < kMaxAttempts) {
    *goes_on = true;
  } else if (IsError(taken, kErrLockWaitTimeout) && OtherHolder()) {
    if (restricted_) {
      RunPieces(*OtherHolder());
    } else {
      RestrictToHolders();
    }
  } else if (WaitsForLock(taken)) {
    *goes_on = true;
  } else {
    EndPieces(taken);
  }
  return false;
}

void TableJob::EndPieces(const absl::Status& status) {
  failed_ = true;
  exhausted_ = true;
  (void)out_->Fault(QueryFault(
      absl::StrFormat("SELECT ... FROM %s (looking for a key to cut at)", request_.table), status));
  if (outstanding_ == 0) Close();
}

std::optional<size_t> TableJob::OtherHolder() {
  const size_t self = SessionRunner::CurrentSession();
  for (const size_t holder : holders_) {
    if (holder != self && runner_->IsLive(holder)) return holder;
  }
  const size_t table_locks = runner_->sessions() - 1;
  const bool locked = context_->options->lock_tables && access_ == TableAccess::kShared &&
                      runner_->general_sessions() <= table_locks;
  return locked && self != table_locks ? std::optional<size_t>(table_locks) : std::nullopt;
}

void TableJob::RestrictToHolders() {
  restricted_ = true;
  for (const size_t holder : holders_) RunPieces(holder);
  if (holders_.empty()) {
    if (const auto holder = OtherHolder()) RunPieces(*holder);
  }
}

// One piece after the other, each as work of its own: what comes before them goes first.
void TableJob::RunPieces(size_t session) {
  runner_->Requeue(Place{order_, Place::kLast}, session, [self = shared_from_this()](Session& s) {
    if (self->RunNext(s)) self->RunPieces(SessionRunner::CurrentSession());
  });
}

void TableJob::ReadPiece(Session& session, PiecePtr piece) {
  absl::Status status;
  const bool whole_table = piece->out == nullptr;
  // Only what is read as a whole has its rows asked for in advance. Pieces are read by several
  // sessions at once, which must not touch what these say.
  const bool follow = whole_table && std::exchange(rows_follow_, false);
  const bool rows_begun = whole_table && !follow && std::exchange(rows_begun_, false);
  if (follow) status = session.NextStream(piece->sql);
  if (follow ? absl::IsNotFound(status) : !rows_begun) {
    status = session.UseDatabase(request_.database);
    if (status.ok()) status = session.BeginStream(piece->sql);
  }
  const bool begun = status.ok();
  if (begun) {
    AddHolder(session);
    if (whole_table && !std::exchange(piece->begun, true)) {
      out_->Text(plan_.before);
      out_->Verbose("-- Retrieving rows...");
      out_->BeginRows(plan_.style);
    }
    if (!whole_table) piece->out->Flush();
    OutputQueue* queue = whole_table ? out_->queue() : piece->out->queue();
    status =
        ReadRows(*context_, session, queue, &piece->progress, [&] { return GivesWay(*piece); });
  }
  if (status.ok()) {
    PieceEnded(session, *piece);
  } else {
    HandleFailure(session, std::move(piece), begun, status);
  }
}

void TableJob::HandleFailure(Session& session, PiecePtr piece, bool begun,
                             const absl::Status& status) {
  TaskOutput& out = piece->out != nullptr ? *piece->out : *out_;
  auto again = [self = shared_from_this(), piece](Session& s) { self->ReadPiece(s, piece); };
  const Place place{order_, piece->number};
  if (GaveWay(status)) {
    std::optional<size_t> here;
    if (!session.lost()) here = SessionRunner::CurrentSession();
    runner_->Requeue(place, here, std::move(again));
    return;
  }
  // A table outside the snapshot has no moment but that of its statement: read again from its
  // start, with what was delivered compared, it is that of the later statement. Not so under LOCK
  // TABLES, which only the lost session held.
  const bool repeatable = access_ == TableAccess::kShared || !TablesAreLocked(*context_->options);
  const bool shared = repeatable && runner_->general_sessions() > 1;

  // The connection died, or somebody killed the query: another session sees the same rows.
  const bool broken =
      LosesSnapshot(session, status) || session.lost() || IsError(status, kErrQueryInterrupted);
  const bool others = runner_->live_sessions() > (session.lost() ? 1u : 0u);
  if (shared && broken && others && MariadbErrorOf(status) && ++piece->breaks < kMaxAttempts) {
    out.Note(absl::StrFormat(
        "warning: connection %u: %s while reading table %s; going on at row %u of its piece "
        "through another connection of the same snapshot",
        session.thread_id(), MariadbErrorOf(status)->text, request_.table, piece->progress.rows));
    runner_->Requeue(place, std::nullopt, std::move(again));
    return;
  }
  // Somebody's DDL waits for a session that holds the table, and we wait behind it.
  if (shared && IsError(status, kErrLockWaitTimeout)) {
    std::optional<size_t> holder;
    bool waits = false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      holder = OtherHolder();
      if (holder && chunker_ != nullptr && !restricted_) RestrictToHolders();
      waits = holder || WaitsForLock(status);
    }
    if (waits) {
      runner_->Requeue(place, holder, std::move(again));
      return;
    }
  }

  {
    std::lock_guard<std::mutex> lock(mutex_);
    failed_ = true;
    exhausted_ = true;  // with --force, too: no rows follow those that failed
  }
  // What was delivered of a piece ends its statement, as for the rows of a whole table.
  if (piece->out != nullptr) out.EndRows(0);
  const auto error = MariadbErrorOf(status);
  if (!error && absl::IsDataLoss(status)) {
    (void)out.Fault({kExitConsCheck,
                     absl::StrFormat("Error: table %s: %s", context_->ids.Forced(request_.table),
                                     std::string(status.message()))});
  } else if (error && begun) {
    if (piece->out == nullptr) out.EndRows(piece->progress.rows);
    (void)out.Fault(
        {kExitConsCheck,
         absl::StrFormat("Error %u: %s when dumping table %s at row: %u", error->number,
                         error->text, context_->ids.Forced(request_.table), piece->progress.rows)});
  } else if (error) {
    (void)out.Fault(QueryFault(piece->sql, status));
    // Once for the statement, once for the rows that are missing.
    if (context_->run->force()) {
      (void)out.Fault(ServerFault(status, "when retrieving data from server"));
    }
  }
  // Neither: the consumer gave up, and knows why.
  PieceEnded(session, *piece);
}

// Asked ten times a second while there is no memory for the piece's rows.
bool TableJob::GivesWay(Piece& piece) {
  // Rows of no snapshot may have changed when they are read again, which fails the run. So others
  // first, if there are any that wait for memory, too.
  constexpr int kAskedInVain = 20;
  const bool repeatable = access_ == TableAccess::kShared || TablesAreLocked(*context_->options);
  if (!repeatable && ++piece.asked < kAskedInVain) return false;
  return runner_->GivesWay({order_, piece.number});
}

void TableJob::PieceEnded(Session& session, const Piece& piece) {
  if (piece.out != nullptr) piece.out->Flush();
  bool last = false;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    rows_ += piece.progress.rows;
    bytes_ += piece.progress.bytes;
    if (rows_ > 0 && chunker_ != nullptr) {
      // What pieces really weigh says better how many rows the next should have.
      rows_wanted_ =
          std::max<uint64_t>(1, context_->chunk_bytes / std::max<uint64_t>(1, bytes_ / rows_));
    }
    --outstanding_;
    last = exhausted_ && outstanding_ == 0;
  }
  if (last) Finish(session);
}

void TableJob::Finish(Session& session) {
  if (finished_) return;
  if (!facts_.triggers.empty() && IsLeftToOthers(session)) {
    runner_->Requeue(Place{order_, Place::kLast}, std::nullopt,
                     [self = shared_from_this()](Session& s) { self->Finish(s); });
    return;
  }
  const bool read_rows = plan_.style != nullptr;
  if (read_rows && !failed_) {
    out_->EndRows(rows_);
    out_->Text(plan_.after);
    out_->Mark({TableMark::What::kRowsEnd, request_.database, request_.table});
  }
  if (read_rows && failed_ && chunker_ != nullptr) out_->EndRows(rows_);
  const bool goes_on = !failed_ || context_->run->force();
  if (goes_on) (void)ReportTriggers(session);
  if (!request_.is_view && goes_on && request_.triggers && !facts_.triggers.empty()) {
    absl::Status used = session.UseDatabase(request_.database);
    if (used.ok()) {
      (void)WriteTriggers(*context_, request_, facts_.triggers, session, *out_);
    } else {
      (void)out_->Fault(ServerFault(used, "when selecting the database"));
    }
  }
  out_->Mark({TableMark::What::kEnd, request_.database, request_.table});
  if (!context_->run->IsVoid(order_) && context_->options->single_transaction) {
    if (request_.listed) out_->Verbose("-- Rolling back to savepoint sp...");
    if (runner_->sessions() == 1) {
      const char sql[] = "ROLLBACK TO SAVEPOINT sp";
      const absl::Status rolled_back = session.Execute(sql);
      if (!rolled_back.ok()) (void)out_->Fault(QueryFault(sql, rolled_back));
      session.ClearPins();
    }
  }
  if (!context_->options->single_transaction && !TablesAreLocked(*context_->options)) {
    (void)session.Execute("COMMIT");
    session.ClearPins();
  }
  Close();
}

void TableJob::Close() {
  finished_ = true;
  done_->store(true, std::memory_order_release);
  out_.reset();
  runner_->Nudge();
}

}  // namespace sfdb::dumper
