#include "engine/read/row_counter.h"

#include <cstring>

namespace sfdb::engine {
namespace {

constexpr std::string_view kValues = " VALUES";

}  // namespace

void RowCounter::Add(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    switch (state_) {
      case State::kLineStart:
        if (*at == '(') ++rows_;
        // "INSERT INTO": nothing else in the text of rows begins with an I.
        state_ = *at == 'I' ? State::kHead : State::kLine;
        in_name_ = false;
        matched_ = 0;
        break;
      case State::kLine:
        at = static_cast<const char*>(std::memchr(at, '\n', static_cast<size_t>(end - at)));
        if (at == nullptr) return;
        ++at;
        state_ = State::kLineStart;
        break;
      case State::kHead:
        at = Head(at, end);
        break;
    }
  }
}

const char* RowCounter::Head(const char* at, const char* end) {
  for (; at != end; ++at) {
    if (*at == '`') in_name_ = !in_name_;
    if (in_name_) {
      matched_ = 0;
    } else if (matched_ == kValues.size()) {
      // A row follows on this line, or on the next.
      if (*at != '\n') ++rows_;
      state_ = State::kLine;
      return at;
    } else {
      matched_ = *at == kValues[matched_] ? matched_ + 1 : *at == kValues[0] ? 1 : 0;
    }
  }
  return at;
}

}  // namespace sfdb::engine
