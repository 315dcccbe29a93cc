// `restore`: a backup back into a server.
//
// With its index a backup is loaded in parallel, and only what was asked for is read. Any other SQL
// text (mysqldump, mariadb-dump, plain or compressed or sealed; ours without its index) goes
// through one connection in its own order, after it was read through once: damage, a text cut short
// and the databases in it are known before anything is changed.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "engine/restore/restore_request.h"

namespace sfdb::engine {

// `say` gets warnings as they come. Exit codes: 0; 1 a statement or the system failed, or the
// restore was refused; 2 usage; 4 no such database or table; 12 wrong key; 13 the file is damaged.
RestoreOutcome RunRestore(const RestoreRequest& request, std::stop_token stop,
                          const std::function<void(std::string_view)>& say);

}  // namespace sfdb::engine
