#include "dumper/load/load_session.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// The library's bound for what we send and receive; the server's is the one that counts.
constexpr uint64_t kMaxPacketBytes = uint64_t{1} << 30;
constexpr unsigned kErrPacketTooLarge = 1153;

}  // namespace

absl::StatusOr<std::unique_ptr<LoadSession>> LoadSession::Connect(
    const ConnectionOptions& options) {
  ConnectionOptions ours = options;
  ours.max_allowed_packet = kMaxPacketBytes;
  ours.character_set = "utf8mb4";
  ASSIGN_OR_RETURN(std::unique_ptr<Session> session, Session::Connect(ours));
  RETURN_IF_ERROR(session->Execute(
      "SET SESSION wait_timeout=86400, net_read_timeout=3600, net_write_timeout=3600"));
  // MariaDB's name; a MySQL server has another, with no bound for what is not a SELECT.
  if (session->is_mariadb()) RETURN_IF_ERROR(session->Execute("SET SESSION max_statement_time=0"));
  ASSIGN_OR_RETURN(const Result packet, session->Query("SELECT @@global.max_allowed_packet"));
  std::unique_ptr<LoadSession> load(new LoadSession(std::move(session)));
  if (!absl::SimpleAtoi(packet.text(0, 0), &load->max_packet_bytes_)) {
    return absl::InternalError("the server does not say its max_allowed_packet");
  }
  return load;
}

absl::Status LoadSession::Run(std::string_view sql) {
  // One byte of the packet is the command.
  if (sql.size() + 1 > max_packet_bytes_) {
    return MariadbStatus(
        {kErrPacketTooLarge,
         absl::StrFormat("the statement has %d bytes, the server takes %d; "
                         "SET GLOBAL max_allowed_packet to more than that and try again",
                         sql.size(), max_packet_bytes_)},
        "sending a statement");
  }
  return session_->Execute(sql);
}

}  // namespace sfdb::dumper
