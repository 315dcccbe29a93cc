// `sfdbtools dump`: reads a server and writes mariadb-dump's text to a descriptor.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "dumper/options/dump_options.h"

namespace sfdb::engine {

struct DumpRequest {
  dumper::DumpOptions options;
  int output_fd = 1;         // not owned; not synced, as mariadb-dump does not
  std::string program_name;  // what messages begin with, for example "mariadb-dump"
  bool terminal = false;     // messages go to one: --progress=auto shows a live line
  // Set by a signal handler to have one line of progress printed; may be null.
  std::atomic<bool>* progress_wanted = nullptr;
};

// Runs a dump to its end. `say` gets each message, a whole line, as it happens, never on two threads
// at once. Returns mariadb-dump's exit code: 0 when everything asked for was written, else that of
// the first error. SIGPIPE must be ignored by the caller.
int RunDump(const DumpRequest& request, const std::function<void(std::string_view line)>& say);

}  // namespace sfdb::engine
