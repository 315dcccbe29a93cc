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
};

// Brings a session to the state in which a table's CREATE text is read: identifier quotes as asked
// for and, without create-options, a SQL mode that hides engine options. It stays until the session
// ends, as in mariadb-dump, where it also changes what SHOW CREATE DATABASE says afterwards.
std::string TableModeSql(const ScriptContext& context);
absl::Status EnterTableMode(const ScriptContext& context, Session& session);

}  // namespace sfdb::dumper
