#include "engine/restore/section_reader.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "codecs/crc64.h"
#include "dumper/text/identifiers.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

constexpr std::string_view kRowsBegin = "\nINSERT INTO `";
// How far behind `to` is read at first: statements are 1 MiB long unless a row is longer.
constexpr uint64_t kSlackBytes = 2 << 20;
constexpr uint64_t kMoreBytes = 4 << 20;

absl::Status EndsInside(const TocSection& section) {
  return WithReadExitCode(
      absl::DataLossError(absl::StrFormat("the text of %s %s ends inside of a statement",
                                          TocKindName(section.kind), ObjectOf(section))));
}

}  // namespace

std::string ObjectOf(const TocSection& section) {
  if (section.database.empty()) return "";
  if (section.table.empty()) return dumper::QuoteIdentifier(section.database);
  return absl::StrCat(dumper::QuoteIdentifier(section.database), ".",
                      dumper::QuoteIdentifier(section.table));
}

absl::Status ReadSection(BackupFile& file, const TocSection& section,
                         const std::function<SplitterModes()>& modes, const StatementSink& sink) {
  StatementSplitter splitter(section.at);
  splitter.set_modes(modes());
  auto drain = [&]() -> absl::Status {
    while (const std::optional<Statement> statement = splitter.Next()) {
      if (!statement->delimited) return EndsInside(section);
      RETURN_IF_ERROR(sink(*statement));
      splitter.set_modes(modes());
    }
    return splitter.status().ok() ? absl::OkStatus() : EndsInside(section);
  };
  const TextRange range = {section.at, section.bytes};
  RETURN_IF_ERROR(file.ReadRanges({&range, 1}, [&](std::string_view text) {
    splitter.Add(text);
    return drain();
  }));
  splitter.End();
  return drain();
}

bool CanBeCut(const TocSection& section) { return section.table.find('\n') == section.table.npos; }

absl::Status ReadRowsBetween(BackupFile& file, const TocSection& section, uint64_t from,
                             uint64_t to, const StatementSink& sink) {
  const uint64_t section_end = section.at + section.bytes;
  const bool first = from == section.at;
  // The line end in front of a statement at `from` is looked for, too.
  uint64_t position = first ? from : from - 1;
  StatementSplitter splitter(position);
  bool found = first;
  bool done = false;
  std::string head;  // of the text, while the first statement is looked for
  auto drain = [&]() -> absl::Status {
    while (!done) {
      const std::optional<Statement> statement = splitter.Next();
      if (!statement) return splitter.status().ok() ? absl::OkStatus() : EndsInside(section);
      if (statement->offset >= to) {
        done = true;
      } else if (!statement->delimited) {
        return EndsInside(section);
      } else {
        RETURN_IF_ERROR(sink(*statement));
      }
    }
    return absl::OkStatus();
  };
  auto take = [&](std::string_view text) -> absl::Status {
    if (done) return absl::OkStatus();
    if (found) {
      splitter.Add(text);
      return drain();
    }
    head += text;
    const size_t at = head.find(kRowsBegin);
    if (at == head.npos) {
      // Enough is kept for a match that began in this piece.
      const size_t keep = std::min(head.size(), kRowsBegin.size() - 1);
      position += head.size() - keep;
      head.erase(0, head.size() - keep);
      done = position >= to;
      return absl::OkStatus();
    }
    found = true;
    if (position + at + 1 >= to) {
      done = true;
      return absl::OkStatus();
    }
    splitter.Seek(position + at + 1);
    splitter.Add(std::string_view(head).substr(at + 1));
    return drain();
  };
  uint64_t read_to = position;
  while (!done && read_to < section_end) {
    const uint64_t goal = std::max(to + kSlackBytes, read_to + kMoreBytes);
    const uint64_t end = std::min(section_end, goal);
    const TextRange range = {read_to, end - read_to};
    RETURN_IF_ERROR(file.ReadRanges({&range, 1}, take));
    read_to = end;
  }
  if (done) return absl::OkStatus();
  splitter.End();
  return drain();
}

absl::Status CheckSection(BackupFile& file, const TocSection& section) {
  uint64_t crc = 0;
  const TextRange range = {section.at, section.bytes};
  RETURN_IF_ERROR(file.ReadRanges({&range, 1}, [&](std::string_view text) {
    crc = codecs::Crc64(crc, text);
    return absl::OkStatus();
  }));
  if (crc == section.crc) return absl::OkStatus();
  return WithReadExitCode(absl::DataLossError(absl::StrFormat(
      "%s: the text of %s %s is not what was written: checksum %016x, not %016x", file.path(),
      TocKindName(section.kind), ObjectOf(section), crc, section.crc)));
}

}  // namespace sfdb::engine
