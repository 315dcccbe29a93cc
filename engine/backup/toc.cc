#include "engine/backup/toc.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

using Json = nlohmann::ordered_json;
using Kind = TocSection::Kind;

constexpr std::array<std::string_view, 9> kKindNames = {
    "prologue", "head", "views-head", "structure", "rows", "triggers", "view", "code", "epilogue"};
// A million pairs in one document would be one long line.
constexpr size_t kFramesPerLine = 4096;

absl::Status BadLine(size_t line, std::string_view what) {
  return absl::DataLossError(absl::StrFormat("line %d of the index %s", line, what));
}

// Names may hold any bytes; JSON only UTF-8. Those that are not are written as hex.
bool IsUtf8(const std::string& text) {
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

std::string ToHex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) absl::StrAppend(&hex, absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
  return hex;
}

std::optional<std::string> FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    if (error != std::errc() || end != hex.data() + i + 2) return std::nullopt;
    bytes.push_back(static_cast<char>(value));
  }
  return bytes;
}

void PutName(Json& line, const char* key, const std::string& name) {
  if (name.empty()) return;
  if (IsUtf8(name)) {
    line[key] = name;
  } else {
    line[std::string(key) + "-hex"] = ToHex(name);
  }
}

bool TakeName(const Json& line, const std::string& key, std::string* name) {
  if (const auto found = line.find(key); found != line.end()) {
    if (!found->is_string()) return false;
    *name = found->get<std::string>();
  } else if (const auto hex = line.find(key + "-hex"); hex != line.end()) {
    if (!hex->is_string()) return false;
    auto bytes = FromHex(hex->get_ref<const std::string&>());
    if (!bytes) return false;
    *name = *std::move(bytes);
  }
  return true;
}

bool TakeNumber(const Json& line, const char* key, uint64_t* number) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_number_unsigned()) return false;
  *number = found->get<uint64_t>();
  return true;
}

Json SectionLine(const TocSection& section) {
  Json line;
  line["section"] = TocKindName(section.kind);
  PutName(line, "database", section.database);
  PutName(line, "table", section.table);
  if (section.kind == Kind::kRows) line["rows"] = section.rows;
  line["at"] = section.at;
  line["bytes"] = section.bytes;
  line["crc64"] = absl::StrFormat("%016x", section.crc);
  return line;
}

// Reads lines in order, and keeps the totals that tie them together.
class TocParser {
 public:
  absl::Status Line(size_t number, std::string_view text) {
    const Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object()) return BadLine(number, "is not a JSON object");
    if (number == 1) return First(line);
    if (line.contains("frames")) return Frames(number, line["frames"]);
    if (line.contains("section")) return Section(number, line);
    return BadLine(number, "is neither a section nor frames");
  }

  absl::StatusOr<Toc> Take() {
    if (!begun_) return absl::DataLossError("the index is empty");
    if (section_bytes_ != toc_.plain_bytes || frame_bytes_ != toc_.plain_bytes ||
        toc_.frames.size() != frames_) {
      return absl::DataLossError("the index is truncated: its parts do not add up to the whole text");
    }
    return std::move(toc_);
  }

 private:
  absl::Status First(const Json& line) {
    begun_ = true;
    uint64_t version = 0;
    if (!TakeNumber(line, "sfdb_toc", &version)) return BadLine(1, "is not that of an index");
    if (version != kTocVersion) {
      return absl::UnimplementedError(absl::StrFormat(
          "the index has version %d; this program reads version %d", version, kTocVersion));
    }
    if (!TakeName(line, "backup_id", &toc_.backup_id) || !TakeName(line, "codec", &toc_.codec) ||
        !TakeNumber(line, "plain_bytes", &toc_.plain_bytes) ||
        !TakeNumber(line, "stream_bytes", &toc_.stream_bytes) ||
        !TakeNumber(line, "prologue_bytes", &toc_.prologue_bytes) ||
        !TakeNumber(line, "frames_total", &frames_) ||
        toc_.prologue_bytes > toc_.stream_bytes) {
      return BadLine(1, "lacks a total");
    }
    stream_left_ = toc_.stream_bytes - toc_.prologue_bytes;
    return absl::OkStatus();
  }

  absl::Status Frames(size_t number, const Json& list) {
    if (!list.is_array() || list.size() % 2 != 0) return BadLine(number, "holds no pairs of sizes");
    for (size_t i = 0; i < list.size(); i += 2) {
      if (!list[i].is_number_unsigned() || !list[i + 1].is_number_unsigned()) {
        return BadLine(number, "holds something that is no size");
      }
      const TocFrame frame{list[i].get<uint64_t>(), list[i + 1].get<uint64_t>()};
      if (frame.plain_bytes > toc_.plain_bytes - frame_bytes_ ||
          frame.compressed_bytes > stream_left_) {
        return BadLine(number, "holds more than the file");
      }
      frame_bytes_ += frame.plain_bytes;
      stream_left_ -= frame.compressed_bytes;
      toc_.frames.push_back(frame);
    }
    return absl::OkStatus();
  }

  absl::Status Section(size_t number, const Json& line) {
    TocSection section;
    const auto name = line["section"];
    const auto kind = std::find(kKindNames.begin(), kKindNames.end(),
                                name.is_string() ? name.get<std::string>() : std::string());
    if (kind == kKindNames.end()) return BadLine(number, "is of no known kind");
    section.kind = static_cast<Kind>(kind - kKindNames.begin());
    if (!TakeName(line, "database", &section.database) ||
        !TakeName(line, "table", &section.table) || !TakeNumber(line, "at", &section.at) ||
        !TakeNumber(line, "bytes", &section.bytes) ||
        (section.kind == Kind::kRows && !TakeNumber(line, "rows", &section.rows))) {
      return BadLine(number, "lacks a field");
    }
    if (section.at != section_bytes_ || section.bytes > toc_.plain_bytes - section_bytes_) {
      return BadLine(number, "does not begin where the one before ends");
    }
    section_bytes_ += section.bytes;
    const auto crc = line.find("crc64");
    if (crc == line.end() || !crc->is_string()) return BadLine(number, "lacks a checksum");
    const auto& digits = crc->get_ref<const std::string&>();
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), section.crc, 16);
    if (digits.size() != 16 || error != std::errc() || end != digits.data() + digits.size()) {
      return BadLine(number, "lacks a checksum");
    }
    toc_.sections.push_back(std::move(section));
    return absl::OkStatus();
  }

  Toc toc_;
  bool begun_ = false;
  uint64_t frames_ = 0;
  uint64_t section_bytes_ = 0;
  uint64_t frame_bytes_ = 0;
  uint64_t stream_left_ = 0;
};

void AppendRange(const TocSection& section, std::vector<TextRange>* ranges) {
  if (section.bytes == 0) return;
  if (!ranges->empty() && ranges->back().at + ranges->back().bytes == section.at) {
    ranges->back().bytes += section.bytes;
  } else {
    ranges->push_back({section.at, section.bytes});
  }
}

}  // namespace

std::string_view TocKindName(Kind kind) { return kKindNames[static_cast<size_t>(kind)]; }

std::string TocText(const Toc& toc) {
  Json first;
  first["sfdb_toc"] = kTocVersion;
  first["backup_id"] = toc.backup_id;
  first["codec"] = toc.codec;
  first["plain_bytes"] = toc.plain_bytes;
  first["stream_bytes"] = toc.stream_bytes;
  first["prologue_bytes"] = toc.prologue_bytes;
  first["frames_total"] = toc.frames.size();
  std::string text = first.dump() + "\n";
  for (const TocSection& section : toc.sections) {
    text += SectionLine(section).dump();
    text += '\n';
  }
  for (size_t begin = 0; begin < toc.frames.size(); begin += kFramesPerLine) {
    const size_t end = std::min(toc.frames.size(), begin + kFramesPerLine);
    text += "{\"frames\":[";
    for (size_t i = begin; i < end; ++i) {
      absl::StrAppend(&text, i > begin ? "," : "", toc.frames[i].plain_bytes, ",",
                      toc.frames[i].compressed_bytes);
    }
    text += "]}\n";
  }
  return text;
}

absl::StatusOr<Toc> ParseToc(std::string_view text) {
  TocParser parser;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return BadLine(number, "is truncated");
    if (end > kMaxTocLineBytes) return BadLine(number, "is too long");
    RETURN_IF_ERROR(parser.Line(number, text.substr(0, end)));
    text.remove_prefix(end + 1);
  }
  return parser.Take();
}

absl::StatusOr<std::vector<TextRange>> RangesOfTable(const Toc& toc, std::string_view database,
                                                     std::string_view table) {
  std::vector<TextRange> ranges;
  bool found = false;
  for (const TocSection& section : toc.sections) {
    const bool of_table = section.database == database && section.table == table && !table.empty();
    found |= of_table;
    if (of_table || section.kind == Kind::kPrologue || section.kind == Kind::kEpilogue) {
      AppendRange(section, &ranges);
    }
  }
  if (found) return ranges;
  return absl::NotFoundError(absl::StrFormat("there is no table `%s`.`%s` in this backup",
                                             database, table));
}

absl::StatusOr<std::vector<TextRange>> RangesOfDatabase(const Toc& toc, std::string_view database) {
  std::vector<TextRange> ranges;
  bool found = false;
  const bool has_views = std::any_of(toc.sections.begin(), toc.sections.end(), [&](const auto& s) {
    return s.kind == Kind::kView && s.database == database;
  });
  for (const TocSection& section : toc.sections) {
    const bool of_database = !section.database.empty() && section.database == database;
    found |= of_database;
    // Every database has a second head as soon as one of them has a view.
    if (of_database && section.kind == Kind::kViewsHead && !has_views) continue;
    if (of_database || section.kind == Kind::kPrologue || section.kind == Kind::kEpilogue) {
      AppendRange(section, &ranges);
    }
  }
  if (found) return ranges;
  return absl::NotFoundError(absl::StrFormat("there is no database `%s` in this backup", database));
}

}  // namespace sfdb::engine
