#include "dumper/session/session.h"

#include <mysql.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "dumper/session/io_deadline.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Statements in messages are cut: a SELECT of a thousand columns helps nobody.
constexpr size_t kShownSqlBytes = 300;

std::string Doing(std::string_view sql) {
  return absl::StrFormat("executing '%s%s'", sql.substr(0, kShownSqlBytes),
                         sql.size() > kShownSqlBytes ? "..." : "");
}

const char* OrNull(const std::optional<std::string>& text) {
  return text ? text->c_str() : nullptr;
}

void SetTls(MYSQL* mysql, const ConnectionOptions& options) {
  if (!options.ssl) {
    my_bool off = 0;
    mysql_optionsv(mysql, MYSQL_OPT_SSL_ENFORCE, &off);
    return;
  }
  mysql_ssl_set(mysql, OrNull(options.ssl_key), OrNull(options.ssl_cert), OrNull(options.ssl_ca),
                OrNull(options.ssl_capath), OrNull(options.ssl_cipher));
  if (options.ssl_crl) mysql_optionsv(mysql, MYSQL_OPT_SSL_CRL, options.ssl_crl->c_str());
  if (options.ssl_crlpath)
    mysql_optionsv(mysql, MYSQL_OPT_SSL_CRLPATH, options.ssl_crlpath->c_str());
  if (options.tls_version) {
    mysql_optionsv(mysql, MARIADB_OPT_TLS_VERSION, options.tls_version->c_str());
  }
  my_bool verify = options.ssl_verify_server_cert ? 1 : 0;
  mysql_optionsv(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

void SetProtocol(MYSQL* mysql, const std::optional<std::string>& protocol) {
  if (!protocol) return;
  unsigned value = MYSQL_PROTOCOL_DEFAULT;
  if (strcasecmp(protocol->c_str(), "tcp") == 0) value = MYSQL_PROTOCOL_TCP;
  if (strcasecmp(protocol->c_str(), "socket") == 0) value = MYSQL_PROTOCOL_SOCKET;
  mysql_optionsv(mysql, MYSQL_OPT_PROTOCOL, &value);
}

// How long a reader in the middle of a large result sleeps before it asks the socket again. The
// server writes 16 KiB at a time and is slower than we are, so waking for each of them costs more
// than all the rest of reading; meanwhile the socket buffer (208 KiB by default on a local socket)
// keeps the server busy. Measured on 1.1 GB, 2 cores: 63,000 context switches without, 22,000 with
// 250 us, and user+sys 10-20 % less; at 500 us a fast server would begin to wait for us.
constexpr auto kNap = std::chrono::microseconds(250);

// How long a connection made to kill a query may take.
constexpr absl::Duration kCancelBound = absl::Seconds(10);

// A result with more rows than this is a large one.
constexpr uint64_t kBulkRows = 4096;

// True while this thread reads a result that has proved large.
thread_local bool reading_in_bulk = false;

// The shorter of the library's time-out (negative: none) and what IoDeadline leaves.
int Bounded(int timeout_ms) {
  const absl::Duration left = IoDeadline::Left();
  if (left == absl::InfiniteDuration()) return timeout_ms;
  // Rounded up, so that the last millisecond is waited for, not polled for.
  const int left_ms = static_cast<int>(
      absl::ToInt64Milliseconds(std::min(left, absl::Hours(24)) + absl::Microseconds(999)));
  return timeout_ms < 0 ? left_ms : std::min(timeout_ms, left_ms);
}

// What libmariadb calls when the socket has nothing to read (or no room to write). Result as
// poll().
int WaitForSocket(my_socket handle, my_bool is_read, int timeout_ms) {
  if (is_read && reading_in_bulk) std::this_thread::sleep_for(kNap);
  pollfd waited{};
  waited.fd = handle;
  waited.events = static_cast<short>(is_read ? POLLIN : POLLOUT);
  int ready;
  do {
    ready = poll(&waited, 1, Bounded(timeout_ms));
  } while (ready < 0 && errno == EINTR);
  return ready;
}

}  // namespace

Result::Result(st_mysql_res* result)
    : result_(result, [](st_mysql_res* r) { mysql_free_result(r); }) {
  columns_ = mysql_num_fields(result);
  rows_.reserve(mysql_num_rows(result));
  while (MYSQL_ROW values = mysql_fetch_row(result)) {
    const unsigned long* lengths = mysql_fetch_lengths(result);
    rows_.push_back({values, std::vector<unsigned long>(lengths, lengths + columns_)});
  }
}

bool Result::is_null(size_t row, size_t column) const {
  return rows_[row].values[column] == nullptr;
}

std::string_view Result::at(size_t row, size_t column) const {
  const Row& r = rows_[row];
  if (r.values[column] == nullptr) return {};
  return {r.values[column], r.lengths[column]};
}

std::vector<std::string> Result::column_names() const {
  std::vector<std::string> names;
  const MYSQL_FIELD* fields = mysql_fetch_fields(result_.get());
  for (size_t i = 0; i < columns_; ++i) names.emplace_back(fields[i].name, fields[i].name_length);
  return names;
}

std::optional<size_t> Result::column(std::string_view name) const {
  const MYSQL_FIELD* fields = mysql_fetch_fields(result_.get());
  for (size_t i = 0; i < columns_; ++i) {
    if (name.size() == fields[i].name_length &&
        strncasecmp(fields[i].name, name.data(), name.size()) == 0) {
      return i;
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::unique_ptr<Session>> Session::Connect(const ConnectionOptions& options) {
  std::unique_ptr<Session> session(new Session());
  session->character_set_ = options.character_set;
  MYSQL* mysql = mysql_init(nullptr);
  if (mysql == nullptr) return absl::ResourceExhaustedError("no memory for a connection");
  session->mysql_ = mysql;

  if (options.compress) mysql_optionsv(mysql, MYSQL_OPT_COMPRESS, nullptr);
  SetTls(mysql, options);
  SetProtocol(mysql, options.protocol);
  mysql_optionsv(mysql, MYSQL_SET_CHARSET_NAME, options.character_set.c_str());
  if (options.character_sets_dir) {
    mysql_optionsv(mysql, MYSQL_SET_CHARSET_DIR, options.character_sets_dir->c_str());
  }
  if (options.plugin_dir) mysql_optionsv(mysql, MYSQL_PLUGIN_DIR, options.plugin_dir->c_str());
  if (options.default_auth)
    mysql_optionsv(mysql, MYSQL_DEFAULT_AUTH, options.default_auth->c_str());
  mysql_optionsv(mysql, MYSQL_OPT_CONNECT_ATTR_RESET, nullptr);
  mysql_optionsv(mysql, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "mysqldump");
  mysql_optionsv(mysql, MARIADB_OPT_IO_WAIT, WaitForSocket);
  unsigned long max_packet = static_cast<unsigned long>(options.max_allowed_packet);
  mysql_optionsv(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &max_packet);
  unsigned long net_buffer = static_cast<unsigned long>(options.net_buffer_length);
  mysql_optionsv(mysql, MYSQL_OPT_NET_BUFFER_LENGTH, &net_buffer);

  const absl::Duration left = IoDeadline::Left();
  if (left != absl::InfiniteDuration()) {
    // Only with a time-out of its own does the library connect without blocking.
    const unsigned seconds = static_cast<unsigned>(
        std::max<int64_t>(1, absl::ToInt64Seconds(std::min(left, absl::Hours(24)))));
    mysql_optionsv(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  }

  if (mysql_real_connect(mysql, OrNull(options.host), OrNull(options.user),
                         OrNull(options.password), nullptr, options.port, OrNull(options.socket),
                         0) == nullptr) {
    return session->LastError("connecting");
  }
  session->socket_->Set(static_cast<int>(mysql_get_socket(mysql)));
  // The library has looked up the locale's.
  if (options.character_set == "auto") session->character_set_ = mysql_character_set_name(mysql);
  return session;
}

Session::~Session() {
  EndStream();
  socket_->Set(-1);
  if (mysql_ != nullptr) mysql_close(mysql_);
}

void SessionSocket::Set(int socket) {
  std::lock_guard<std::mutex> lock(mutex_);
  socket_ = socket;
}

void SessionSocket::Abort() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

absl::Status Session::LastError(std::string_view doing) {
  absl::Status status = MariadbStatus({mysql_errno(mysql_), mysql_error(mysql_)}, doing);
  lost_ |= IsConnectionLost(status);
  // The library has closed it; the number may soon be another file's.
  if (lost_) socket_->Set(-1);
  return status;
}

absl::Status Session::Send(std::string_view sql) {
  if (mysql_real_query(mysql_, sql.data(), sql.size()) != 0) return LastError(Doing(sql));
  return absl::OkStatus();
}

absl::Status Session::Execute(std::string_view sql) { return Query(sql).status(); }

absl::StatusOr<Result> Session::Query(std::string_view sql) {
  RETURN_IF_ERROR(Send(sql));
  return StoreResult(sql);
}

absl::StatusOr<Result> Session::StoreResult(std::string_view sql) {
  MYSQL_RES* result = mysql_store_result(mysql_);
  if (result == nullptr) {
    if (mysql_errno(mysql_) != 0) return LastError(Doing(sql));
    return Result();
  }
  return Result(result);
}

absl::Status Session::AllowBatches() {
  if (mysql_set_server_option(mysql_, MYSQL_OPTION_MULTI_STATEMENTS_ON) != 0) {
    return LastError("allowing several statements at once");
  }
  allows_batches_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Result>> Session::QueryBatch(const std::vector<std::string>& statements,
                                                        std::string_view streamed) {
  std::string sql;
  for (const std::string& statement : statements) sql.append(statement).append(";");
  sql.append(streamed);
  RETURN_IF_ERROR(Send(sql));
  std::vector<Result> results;
  const size_t expected = statements.size() + (streamed.empty() ? 0 : 1);
  for (size_t i = 0; i < expected; ++i) {
    const int more = i == 0 ? 0 : mysql_next_result(mysql_);
    if (more > 0) return LastError(Doing(sql));
    if (more < 0) {
      return absl::InternalError(
          absl::StrFormat("%u results of %u statements: %s", i, expected, Doing(sql)));
    }
    if (i == statements.size()) {
      RETURN_IF_ERROR(OpenStream(streamed));
      break;
    }
    MYSQL_RES* result = mysql_store_result(mysql_);
    if (result == nullptr && mysql_errno(mysql_) != 0) return LastError(Doing(sql));
    results.push_back(result != nullptr ? Result(result) : Result());
  }
  return results;
}

absl::Status Session::SendOnly(std::string_view sql) {
  if (mysql_send_query(mysql_, sql.data(), sql.size()) != 0) return LastError(Doing(sql));
  return absl::OkStatus();
}

absl::StatusOr<Result> Session::Receive(std::string_view sql) {
  if (mysql_read_query_result(mysql_) != 0) return LastError(Doing(sql));
  return StoreResult(sql);
}

absl::Status Session::UseDatabase(const std::string& database) {
  if (database == database_ && !lost_) return absl::OkStatus();
  if (mysql_select_db(mysql_, database.c_str()) != 0) {
    return LastError(absl::StrFormat("selecting the database '%s'", database));
  }
  database_ = database;
  return absl::OkStatus();
}

std::string Session::ResultsBinarySql(bool binary) const {
  return absl::StrFormat("SET SESSION character_set_results = '%s'",
                         binary ? "binary" : character_set_.c_str());
}

absl::Status Session::SetResultsBinary(bool binary) {
  if (binary == results_binary_ || keeps_results_charset_) return absl::OkStatus();
  RETURN_IF_ERROR(Execute(ResultsBinarySql(binary)));
  results_binary_ = binary;
  return absl::OkStatus();
}

absl::Status Session::BeginStream(std::string_view sql) {
  RETURN_IF_ERROR(Send(sql));
  return OpenStream(sql);
}

absl::Status Session::SendStreams(std::vector<std::string> statements) {
  std::string sql;
  for (const std::string& statement : statements) sql.append(statement).append(";");
  RETURN_IF_ERROR(SendOnly(sql));
  next_streams_.assign(std::make_move_iterator(statements.begin()),
                       std::make_move_iterator(statements.end()));
  streams_sent_ = true;
  return absl::OkStatus();
}

absl::Status Session::NextStream(std::string_view sql) {
  if (next_streams_.empty() || next_streams_.front() != sql) {
    return absl::NotFoundError("this statement is not the next of those that were sent");
  }
  next_streams_.pop_front();
  const bool first = std::exchange(streams_sent_, false);
  const int failed = first ? mysql_read_query_result(mysql_) : mysql_next_result(mysql_);
  const absl::Status opened = failed == 0 ? OpenStream(sql) : LastError(Doing(sql));
  if (!opened.ok()) next_streams_.clear();
  return opened;
}

absl::Status Session::DropStreams(const ConnectionOptions& options) {
  if (next_streams_.empty() || lost_) return absl::OkStatus();
  const std::string next = next_streams_.front();
  RETURN_IF_ERROR(NextStream(next));
  return CancelStream(options);
}

absl::Status Session::OpenStream(std::string_view sql) {
  stream_ = mysql_use_result(mysql_);
  if (stream_ == nullptr) {
    if (mysql_errno(mysql_) != 0) return LastError(Doing(sql));
    return absl::InternalError(absl::StrFormat("%s gave no result set", Doing(sql)));
  }
  stream_ended_ = false;
  stream_rows_ = 0;
  fields_.clear();
  const MYSQL_FIELD* fields = mysql_fetch_fields(stream_);
  for (unsigned i = 0; i < mysql_num_fields(stream_); ++i) {
    fields_.push_back({std::string(fields[i].name, fields[i].name_length),
                       static_cast<int>(fields[i].type), fields[i].charsetnr});
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> Session::NextRow(const char* const** values, const unsigned long** lengths) {
  reading_in_bulk = ++stream_rows_ > kBulkRows;
  MYSQL_ROW row = mysql_fetch_row(stream_);
  reading_in_bulk = false;
  if (row == nullptr) {
    stream_ended_ = true;
    if (mysql_errno(mysql_) == 0) return false;
    next_streams_.clear();
    return LastError("reading rows");
  }
  *values = row;
  *lengths = mysql_fetch_lengths(stream_);
  return true;
}

void Session::EndStream() {
  if (stream_ == nullptr) return;
  // mysql_free_result would read all the rows that are left; a shut socket ends that at once.
  if (!stream_ended_) {
    Abort();
    lost_ = true;
  }
  mysql_free_result(stream_);
  stream_ = nullptr;
}

absl::Status Session::CancelStream(const ConnectionOptions& options) {
  if (stream_ == nullptr) return absl::OkStatus();
  {
    const IoDeadline bound(absl::Now() + kCancelBound);
    if (auto other = Connect(options); other.ok()) {
      (void)(*other)->Execute(absl::StrFormat("KILL QUERY %u", thread_id()));
    }
  }
  while (mysql_fetch_row(stream_) != nullptr) {
  }
  stream_ended_ = true;
  bool more = !next_streams_.empty();
  next_streams_.clear();
  if (mysql_errno(mysql_) != 0) {
    const absl::Status ended = LastError("giving up a read");
    if (lost_) return ended;
    more = false;
  }
  EndStream();
  // The kill came after this one's last row: it, or the end, is among those that follow.
  while (more && mysql_next_result(mysql_) == 0) {
    MYSQL_RES* result = mysql_use_result(mysql_);
    if (result != nullptr) mysql_free_result(result);
  }
  if (more && mysql_errno(mysql_) != 0) {
    const absl::Status ended = LastError("giving up what was sent");
    if (lost_) return ended;
  }
  // Should the kill have come after the last row, this is the statement that it ends.
  const absl::Status used_up = Execute("DO 0");
  return lost_ ? used_up : absl::OkStatus();
}

absl::Status Session::FlushLogs() {
  if (mysql_refresh(mysql_, REFRESH_LOG) != 0) return LastError("flushing the logs");
  return absl::OkStatus();
}

absl::Status Session::Ping() {
  if (mysql_ping(mysql_) != 0) return LastError("pinging the server");
  return absl::OkStatus();
}

unsigned long Session::thread_id() const { return mysql_thread_id(mysql_); }

std::string Session::server_version() const { return mysql_get_server_info(mysql_); }

unsigned long Session::server_version_number() const { return mysql_get_server_version(mysql_); }

bool Session::is_mariadb() const { return mariadb_connection(mysql_) != 0; }

namespace {

bool HasServerStatus(MYSQL* mysql, unsigned bit) {
  unsigned status = 0;
  mariadb_get_infov(mysql, MARIADB_CONNECTION_SERVER_STATUS, &status);
  return (status & bit) != 0;
}

}  // namespace

bool Session::backslash_escapes() const {
  return !HasServerStatus(mysql_, SERVER_STATUS_NO_BACKSLASH_ESCAPES);
}

bool Session::ansi_quotes() const { return HasServerStatus(mysql_, SERVER_STATUS_ANSI_QUOTES); }

std::string Session::EscapeLiteral(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (c == '\'' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

bool Session::AllPinsDone() const {
  for (const auto& done : pins_) {
    if (!done->load(std::memory_order_acquire)) return false;
  }
  return true;
}

std::string Session::Escape(std::string_view text) {
  std::string out(2 * text.size() + 1, '\0');
  out.resize(mysql_real_escape_string(mysql_, out.data(), text.data(), text.size()));
  return out;
}

void Session::Abort() {
  const int socket = static_cast<int>(mysql_get_socket(mysql_));
  if (socket >= 0) shutdown(socket, SHUT_RDWR);
}

}  // namespace sfdb::dumper
