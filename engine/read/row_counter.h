// Counts the rows of INSERT statements in mariadb-dump's text, without parsing values: every line
// end inside of a value is escaped, so a row begins either on a line of its own, with "(", or right
// after "VALUES " in the statement's head. Names are the only place where a line end stands raw, and
// they are quoted.
#pragma once

#include <cstdint>
#include <string_view>

namespace sfdb::engine {

// Used by one thread. The text of one table's rows may come in pieces cut anywhere.
class RowCounter {
 public:
  void Add(std::string_view text);
  uint64_t rows() const { return rows_; }

 private:
  enum class State {
    kLineStart,
    kLine,  // of a row, or of anything else: up to its end
    kHead,  // of a statement: up to its VALUES
  };
  const char* Head(const char* at, const char* end);

  State state_ = State::kLineStart;
  bool in_name_ = false;
  size_t matched_ = 0;  // of " VALUES"
  uint64_t rows_ = 0;
};

}  // namespace sfdb::engine
