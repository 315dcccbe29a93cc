// A bound on every wait for a server. libmariadb's own time-outs are fixed when a connection is
// made and count from each packet; this one is a moment, set where it is needed, and holds for
// connecting too.
#pragma once

#include "absl/time/time.h"

namespace sfdb::dumper {

// While one lives, no wait of this thread for a server goes on past `moment`: it ends as a lost
// connection does (2013, 2003), and that session is of no more use. Of several that live at a time
// the earliest counts. Destroyed in reverse order, by the thread that made it.
class IoDeadline {
 public:
  explicit IoDeadline(absl::Time moment);
  ~IoDeadline();
  IoDeadline(const IoDeadline&) = delete;
  IoDeadline& operator=(const IoDeadline&) = delete;

  // What is left for this thread, at least zero; infinite when there is no bound.
  static absl::Duration Left();

 private:
  absl::Time outer_;
};

}  // namespace sfdb::dumper
