// Comparing two dumps under law 1: all bytes equal, except what names the program, the server build
// and the time of the run. Masked, and only where mariadb-dump writes them:
//   - the version line ("-- MariaDB dump 10.19  Distrib …"), when it is one of the first two lines,
//   - "-- Server version<TAB>…", among the first eight lines,
//   - the date behind "-- Dump completed on", when it is the last line.
// Pure functions, thread-safe. Dumps of several hundred MB are fine: nothing is copied.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfdb::test_support {

// A dump in three pieces: masked head, untouched body (a view into the input), masked tail.
struct MaskedDump {
  std::string head;
  std::string_view body;
  std::string tail;
};

// `dump` must outlive the result.
MaskedDump MaskDump(std::string_view dump);

// Nothing when equal. Else a text for a person: number of the first differing line, that line of
// both, three lines before it, and the column. Control bytes and bytes above 0x7e are shown as
// \xHH, long lines are cut around the difference.
std::optional<std::string> DescribeDumpDifference(std::string_view expected,
                                                  std::string_view actual);

// The same without masks, for stderr and other texts.
std::optional<std::string> DescribeTextDifference(std::string_view expected,
                                                  std::string_view actual);

}  // namespace sfdb::test_support
