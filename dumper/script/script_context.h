// What every author of SQL text needs to know, and may not change.
#pragma once

#include <string>

#include "dumper/escape/escape.h"
#include "dumper/options/dump_options.h"
#include "dumper/script/task_output.h"
#include "dumper/session/session.h"
#include "dumper/stream/block_pool.h"
#include "dumper/text/identifiers.h"

namespace sfdb::dumper {

// Constant during a run, shared by all threads. The objects pointed to outlive it.
struct ScriptContext {
  const DumpOptions* options;
  Identifiers ids;
  EscapeCharset escape_charset;
  RunState* run;
  BlockPool* blocks;
  std::string user;          // as given, for the messages that name it
  uint64_t chunk_bytes = 0;  // about how much SQL one piece of a table should make
  // The rules of `backup` where they differ from mariadb-dump's: views that the server cannot show
  // are left out by name, and what mariadb-dump cannot dump for a fault of its own is dumped.
  bool for_backup = false;
};

// Brings a session to the state in which a table's CREATE text is read: identifier quotes as asked
// for and, without create-options, a SQL mode that hides engine options. It stays until the session
// ends, as in mariadb-dump, where it also changes what SHOW CREATE DATABASE says afterwards.
std::string TableModeSql(const ScriptContext& context);
absl::Status EnterTableMode(const ScriptContext& context, Session& session);
// EnterTableMode() once the script has come to its first table: for sessions that read definitions
// of other objects. What fails here is left to the statement that follows.
void FollowTableMode(const ScriptContext& context, Session& session);

}  // namespace sfdb::dumper
