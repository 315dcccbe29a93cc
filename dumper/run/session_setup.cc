#include "dumper/run/session_setup.h"

#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {

std::unique_ptr<Session> OpenDumpSession(const DumpOptions& options, TaskOutput& out) {
  auto session = Session::Connect(options.connection);
  if (!session.ok()) {
    (void)out.Fault(ServerFault(session.status(), "when trying to connect"));
    return nullptr;
  }
  const std::string mode =
      absl::StrFormat("/*!40100 SET @@SQL_MODE='%s' */", options.compatible_mode_names);
  const char zone[] = "/*!40103 SET TIME_ZONE='+00:00' */";
  for (const std::string& sql : {mode, options.tz_utc ? std::string(zone) : std::string()}) {
    if (sql.empty()) continue;
    const absl::Status set = (*session)->Execute(sql);
    if (set.ok()) continue;
    (void)out.Fault(QueryFault(sql, set));
    return nullptr;
  }
  return *std::move(session);
}

absl::Status SetTimeouts(const DumpOptions& options, Session& session, TaskOutput& out) {
  const std::string limit =
      absl::StrFormat("/*M!100100 SET @@MAX_STATEMENT_TIME=%f */", options.max_statement_time);
  const absl::Status set = session.Execute(limit);
  if (!set.ok()) RETURN_IF_ERROR(out.Fault(QueryFault(limit, set)));
  // A year: what the server allows at the most. A dump through a slow pipe may stand still for
  // hours. Servers that know less are left at their defaults.
  (void)session.Execute(
      "SET SESSION wait_timeout=31536000, net_write_timeout=31536000, net_read_timeout=31536000");
  return absl::OkStatus();
}

}  // namespace sfdb::dumper
