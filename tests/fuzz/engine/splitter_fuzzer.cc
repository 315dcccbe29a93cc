// Any bytes, in any pieces: the splitter cuts them as the byte-by-byte twin does.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/restore/statement_splitter.h"
#include "tests/unit/engine/naive_splitter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sfdb::engine::NaiveStatement;
  if (size < 1) return 0;
  // The first byte: modes, and how long the pieces are.
  const sfdb::engine::SplitterModes modes = {.backslash_escapes = (data[0] & 1) == 0,
                                             .ansi_quotes = (data[0] & 2) != 0};
  const size_t piece = 1u + (data[0] >> 2);
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const sfdb::engine::NaiveSplit expected = SplitNaively(text, modes);

  sfdb::engine::StatementSplitter splitter;
  splitter.set_modes(modes);
  size_t count = 0;
  auto drain = [&] {
    while (const auto statement = splitter.Next()) {
      if (count == expected.statements.size()) std::abort();
      const NaiveStatement actual = {std::string(statement->text), statement->offset,
                                     statement->delimited};
      if (!(actual == expected.statements[count++])) std::abort();
    }
  };
  for (size_t at = 0; at < text.size(); at += piece) {
    splitter.Add(text.substr(at, piece));
    drain();
  }
  splitter.End();
  drain();
  if (count != expected.statements.size()) std::abort();
  if (splitter.status().ok() == expected.unclosed) std::abort();
  return 0;
}
