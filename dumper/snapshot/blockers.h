// Who keeps us from getting a lock: text for an error message.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "dumper/session/session.h"

namespace sfdb::dumper {

// The connections in the way of a lock on the whole server (`database` empty) or on that database's
// tables: id, user, host, seconds, statement; the longest first. Exact where the server has the
// plugin metadata_lock_info, else those that have been busy or idle for longest, and says so. Never
// fails: text that says what could not be seen is an answer too. `own`: connections to leave out.
// To be called right after the wait has ended, on a session that did not wait.
std::string DescribeBlockers(Session& watcher, std::string_view database,
                             std::span<const unsigned long> own);

}  // namespace sfdb::dumper
