#include "engine/backup/toc_builder.h"

#include <utility>

namespace sfdb::engine {

using Kind = TocSection::Kind;
using What = dumper::TableMark::What;

TocBuilder::TocBuilder() { Begin(Kind::kPrologue, ""); }

uint32_t TocBuilder::Begin(Kind kind, std::string table) {
  sections_.push_back({.kind = kind, .database = database_, .table = std::move(table)});
  return static_cast<uint32_t>(sections_.size() - 1);
}

uint32_t TocBuilder::OnMark(const dumper::TableMark& mark) {
  switch (mark.what) {
    case What::kDatabase:
      database_ = mark.database;
      in_views_ = !seen_.insert(mark.database).second;
      return Begin(in_views_ ? Kind::kViewsHead : Kind::kHead, "");
    case What::kStructure:
      return Begin(in_views_ ? Kind::kView : Kind::kStructure, mark.table);
    case What::kRows:
      return Begin(Kind::kRows, mark.table);
    case What::kRowsEnd:
      return Begin(Kind::kTriggers, mark.table);
    case What::kEnd:
      return Begin(Kind::kCode, "");
    case What::kFooter:
      database_.clear();
      return Begin(Kind::kEpilogue, "");
  }
  return static_cast<uint32_t>(sections_.size() - 1);
}

void TocBuilder::OnRows(uint64_t rows) { sections_.back().rows = rows; }

std::vector<TocSection> TocBuilder::Finish(std::span<const SectionSum> sums) && {
  std::vector<TocSection> kept;
  uint64_t at = 0;
  for (size_t i = 0; i < sections_.size() && i < sums.size(); ++i) {
    if (sums[i].bytes == 0) continue;
    TocSection& section = sections_[i];
    section.at = at;
    section.bytes = sums[i].bytes;
    section.crc = sums[i].crc;
    at += section.bytes;
    kept.push_back(std::move(section));
  }
  return kept;
}

}  // namespace sfdb::engine
