// One connection to a MariaDB or MySQL server, and what a dump needs of it: small buffered results,
// one large unbuffered result, the current database and result character set (switched only when
// they differ, because every switch is a round trip).
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/options/connection_options.h"
#include "dumper/session/mariadb_error.h"

struct st_mysql;
struct st_mysql_res;

namespace sfdb::dumper {

// A small result, wholly in memory. Values point into it.
class Result {
 public:
  Result() = default;
  explicit Result(st_mysql_res* result);

  size_t rows() const { return rows_.size(); }
  size_t columns() const { return columns_; }
  bool is_null(size_t row, size_t column) const;
  // "" for NULL.
  std::string_view at(size_t row, size_t column) const;
  std::string text(size_t row, size_t column) const { return std::string(at(row, column)); }
  std::vector<std::string> column_names() const;
  // The column of that name, compared without case; nullopt when there is none.
  std::optional<size_t> column(std::string_view name) const;

 private:
  struct Row {
    char** values;
    std::vector<unsigned long> lengths;
  };
  std::shared_ptr<st_mysql_res> result_;
  std::vector<Row> rows_;
  size_t columns_ = 0;
};

// What is known of one column of a streamed result.
struct FieldInfo {
  std::string name;
  int protocol_type = 0;        // enum_field_types
  unsigned charset_number = 0;  // 63: binary
};

// The socket of a session, for those who may have to end what it waits for. Thread-safe.
class SessionSocket {
 public:
  // Ends the connection, if it is still open.
  void Abort();

 private:
  friend class Session;
  void Set(int socket);

  std::mutex mutex_;
  int socket_ = -1;  // as connected: the library's own field is its owner thread's
};

// Used by one thread at a time. Not copyable; closing is the destructor's, and never waits for a
// result in progress: the socket is shut down instead.
class Session {
 public:
  // Connects. Errors carry the server's number (MariadbErrorOf).
  static absl::StatusOr<std::unique_ptr<Session>> Connect(const ConnectionOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs one statement and drops its result, if any.
  absl::Status Execute(std::string_view sql);
  // Runs one statement and reads its whole result.
  absl::StatusOr<Result> Query(std::string_view sql);
  // Query in two halves, so that one thread can have several sessions work at the same time: after
  // SendOnly succeeded, exactly one Receive, before anything else on this session. `sql` is the
  // statement that was sent; Receive needs it for messages only.
  absl::Status SendOnly(std::string_view sql);
  absl::StatusOr<Result> Receive(std::string_view sql);

  // Lets QueryBatch() send several statements at once. Never for a session that is to run text of
  // the user's (--where, names without quotes): what is one statement to mariadb-dump would be
  // several to us.
  absl::Status AllowBatches();
  bool allows_batches() const { return allows_batches_; }
  // Runs statements in one round trip; a result for each (empty for those that have none). The
  // first error ends it: the statements after it were not run. REQUIRES: allows_batches(); no
  // statement contains an unquoted ';'.
  //
  // With `streamed`, one more statement, an unbuffered read is in progress afterwards, as after
  // BeginStream(streamed).
  absl::StatusOr<std::vector<Result>> QueryBatch(const std::vector<std::string>& statements,
                                                 std::string_view streamed = {});
  // The statements that SetResultsBinary() would send, for a batch that reads definitions and comes
  // back: SET 'binary' before, SET back after.
  std::string ResultsBinarySql(bool binary) const;
  // From now on results stay in the connection's character set: SetResultsBinary() does nothing.
  void KeepResultsCharset() { keeps_results_charset_ = true; }

  // Makes `database` current unless it already is.
  absl::Status UseDatabase(const std::string& database);
  const std::string& database() const { return database_; }

  // Sets character_set_results to 'binary' or back to the connection's character set.
  absl::Status SetResultsBinary(bool binary);

  // Starts an unbuffered read. Until EndStream nothing else may run on this session.
  absl::Status BeginStream(std::string_view sql);
  // Sends several statements that give rows, to be read one after the other: each begun by
  // NextStream() with the same text, and read to its end. After an error in one of them those that
  // follow are not run, and NextStream() says NotFound, as for any other text. Nothing else may run
  // in between. REQUIRES: allows_batches().
  absl::Status SendStreams(std::vector<std::string> statements);
  absl::Status NextStream(std::string_view sql);
  // Gives up those that were not begun; see CancelStream().
  absl::Status DropStreams(const ConnectionOptions& options);
  const std::vector<FieldInfo>& fields() const { return fields_; }
  // The next row: true, and the values (null pointer: NULL) and lengths, valid until the next call;
  // false at the end of the rows.
  absl::StatusOr<bool> NextRow(const char* const** values, const unsigned long** lengths);
  // Ends the read; with rows left, the connection is shut down, for good.
  void EndStream();
  // Ends the read and keeps the connection, its transaction and its locks: another connection, made
  // with `options` for this alone, kills the query. Where the server does not let that in, the rows
  // that are left are read and dropped.
  absl::Status CancelStream(const ConnectionOptions& options);

  // Has the server close and reopen its logs (COM_REFRESH).
  absl::Status FlushLogs();
  // Round trip that keeps an idle connection alive.
  absl::Status Ping();

  // The connection's id on the server, for KILL and for messages.
  unsigned long thread_id() const;
  // As the handshake says it, without the "5.5.5-" prefix ("10.11.19-MariaDB-0+deb12u1-log").
  std::string server_version() const;
  // 101119 for 10.11.19.
  unsigned long server_version_number() const;
  bool is_mariadb() const;
  // What the answer to the last statement said of the session's sql_mode.
  bool backslash_escapes() const;
  bool ansi_quotes() const;
  // The character set of row data, as asked for; for "auto" what it turned out to be.
  const std::string& character_set() const { return character_set_; }
  // `text` as a string literal in the connection's character set has it, without the quotes.
  std::string Escape(std::string_view text);
  // Escapes ' and \ for a string literal in a statement of ours.
  static std::string EscapeLiteral(std::string_view text);

  // Closes the socket under a read in progress, so that it ends with an error. By the owner; the
  // session is of no more use afterwards.
  void Abort();
  // How another thread does that, at any time, also when the session is gone by then.
  const std::shared_ptr<SessionSocket>& socket() const { return socket_; }

  // Closes it for good: its transaction is not what the caller needs any more.
  void Abandon() { Abort(), lost_ = true; }
  // True once the connection is known to be gone; every further statement fails.
  bool lost() const { return lost_; }

  // Table locks that this session's open transaction keeps, each with a flag that its owner sets
  // when they are needed no more. Rolling back to the savepoint gives up all of them at once, so it
  // has to wait until every flag is set.
  void AddPin(std::shared_ptr<const std::atomic<bool>> done) { pins_.push_back(std::move(done)); }
  bool has_pins() const { return !pins_.empty(); }
  bool AllPinsDone() const;
  void ClearPins() { pins_.clear(); }

  // A note of the caller's: the session-wide settings for reading CREATE texts have been made.
  bool table_mode() const { return table_mode_; }
  void set_table_mode() { table_mode_ = true; }

 private:
  Session() = default;
  absl::Status Send(std::string_view sql);
  absl::StatusOr<Result> StoreResult(std::string_view sql);
  absl::Status OpenStream(std::string_view sql);
  absl::Status LastError(std::string_view doing);

  st_mysql* mysql_ = nullptr;
  std::shared_ptr<SessionSocket> socket_ = std::make_shared<SessionSocket>();
  st_mysql_res* stream_ = nullptr;
  bool stream_ended_ = false;
  std::deque<std::string> next_streams_;
  bool streams_sent_ = false;  // and nothing was read of their results
  uint64_t stream_rows_ = 0;
  std::vector<FieldInfo> fields_;
  std::string database_;
  std::string character_set_;
  bool results_binary_ = false;
  bool keeps_results_charset_ = false;
  bool table_mode_ = false;
  bool lost_ = false;
  bool allows_batches_ = false;
  std::vector<std::shared_ptr<const std::atomic<bool>>> pins_;
};

}  // namespace sfdb::dumper
