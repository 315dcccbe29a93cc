// What a statement of a dump does, told from its first words: enough to leave it out, to send it
// elsewhere, and to name the table in an error. Not a parser of SQL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfdb::engine {

struct StatementHead {
  enum class Kind {
    kSet,             // SET ..., also of variables in version comments
    kUse,             // USE `database`
    kCreateDatabase,  // CREATE DATABASE, also IF NOT EXISTS
    kDropDatabase,
    kAlterDatabase,
    kLockTables,
    kUnlockTables,
    kDrop,    // DROP TABLE, VIEW, ... IF EXISTS
    kCreate,  // CREATE TABLE, VIEW, ...
    kInsert,  // INSERT or REPLACE
    kOther,
  };
  Kind kind = Kind::kOther;
  std::string what;       // kDrop and kCreate: "TABLE", "VIEW", "TRIGGER", ..., upper case
  std::string name;       // of the database or the object, unquoted; empty: not understood
  std::string qualifier;  // the database in front of it, if one is written
  // Where the database's name stands in the text, quotes included (kUse, kCreateDatabase,
  // kDropDatabase, kAlterDatabase).
  size_t name_at = 0;
  size_t name_bytes = 0;
};

StatementHead ParseStatementHead(std::string_view text);

// A statement of CREATE TABLE with every `from`. in front of a name made `to`.: sequences in
// DEFAULT nextval(), tables of a MERGE. Strings and comments stay as they are.
std::string RenameQualifier(std::string_view text, std::string_view from, std::string_view to);

// The first line or so of a statement, for messages.
std::string ShownHead(std::string_view text);

}  // namespace sfdb::engine
