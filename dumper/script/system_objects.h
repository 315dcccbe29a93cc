// --system: plugins, users and roles, user-defined functions and servers as portable SQL.
#pragma once

#include "absl/status/status.h"
#include "dumper/script/script_context.h"

namespace sfdb::dumper {

absl::Status WritePlugins(const ScriptContext& context, Session& session, TaskOutput& out);
absl::Status WriteUsers(const ScriptContext& context, Session& session, TaskOutput& out);
absl::Status WriteUdfs(const ScriptContext& context, Session& session, TaskOutput& out);
absl::Status WriteServers(const ScriptContext& context, Session& session, TaskOutput& out);

}  // namespace sfdb::dumper
