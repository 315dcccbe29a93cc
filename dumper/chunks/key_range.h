// Ranges of a composite key as conditions that the server answers from the index.
//
// Row constructors, (a,b) > (1,2), make MariaDB read the whole index; so bounds are expanded, and
// into ranges that do not overlap: what both bounds have in common is factored out, then come the
// rows that share the lower bound's head, those between, and those that share the upper bound's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dumper/chunks/key_column.h"

namespace sfdb::dumper {

// A place in the order of a key: after all rows whose first columns have these values. May name
// fewer columns than the key has.
using KeyBound = std::vector<KeyValue>;

// The rows after `after` up to and with `up_to`; nullopt is the open end. "" when both are open.
// REQUIRES: `after` comes before `up_to`, and values of theirs that are equal to the server are
// equal.
std::string RangeCondition(const std::vector<KeyColumn>& columns,
                           const std::optional<KeyBound>& after,
                           const std::optional<KeyBound>& up_to);

// "`a`,`b` DESC"
std::string OrderList(const std::vector<KeyColumn>& columns);

}  // namespace sfdb::dumper
