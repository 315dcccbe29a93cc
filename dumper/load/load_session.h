// One connection that executes the statements of a dump.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/options/connection_options.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

// Used by one thread at a time. Errors carry the server's number (MariadbErrorOf).
class LoadSession {
 public:
  // A session that outlives the server's habits: no statement time-out, patience for a client that
  // decompresses while the server waits.
  static absl::StatusOr<std::unique_ptr<LoadSession>> Connect(const ConnectionOptions& options);

  // Runs one statement as it stands; a result is dropped. A statement that the server would not
  // take (max_allowed_packet) is not sent: it would end the connection, and say nothing of use.
  absl::Status Run(std::string_view sql);
  absl::StatusOr<Result> Query(std::string_view sql) { return session_->Query(sql); }
  absl::Status Use(const std::string& database) { return session_->UseDatabase(database); }

  // Of the session's sql_mode, as the server said it last: what backslashes and double quotes mean
  // in the text that follows.
  bool backslash_escapes() const { return session_->backslash_escapes(); }
  bool ansi_quotes() const { return session_->ansi_quotes(); }

  unsigned long thread_id() const { return session_->thread_id(); }
  bool lost() const { return session_->lost(); }
  // Ends a statement in progress with an error; callable from another thread.
  void Abort() { session_->Abort(); }

 private:
  explicit LoadSession(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  std::unique_ptr<Session> session_;
  uint64_t max_packet_bytes_ = 0;  // the server's
};

}  // namespace sfdb::dumper
