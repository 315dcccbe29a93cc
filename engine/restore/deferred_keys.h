// CREATE TABLE without its plain secondary indexes, and the ALTER TABLE that adds them when the
// rows are in. Measured on 2 million rows with one such index (docs/performance.md): sorting once
// takes the server 0.72 of the CPU of keeping the index up row by row, and an index larger than the
// buffer pool would be read and written page by page.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfdb::engine {

struct DeferredKeys {
  std::string create;  // the statement without the keys
  std::string alter;   // ALTER TABLE `t` ADD KEY ..., ADD KEY ...
};

// Nothing: the table stays as it is. That is so unless it is an InnoDB table with plain keys only
// (no FULLTEXT, SPATIAL or VECTOR ones, which are sorted among them), without foreign keys (which
// need theirs), not system-versioned, and none of the keys is the AUTO_INCREMENT column's: then
// SHOW CREATE TABLE is the same afterwards. Whether other tables refer to it is for the caller to
// know.
std::optional<DeferredKeys> DeferKeys(std::string_view create_table);

}  // namespace sfdb::engine
