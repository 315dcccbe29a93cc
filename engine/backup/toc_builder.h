// Makes the index while the text goes by: marks of the dump become sections.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "dumper/stream/output_queue.h"
#include "engine/backup/toc.h"
#include "engine/pipeline/sections.h"

namespace sfdb::engine {

// Used by one thread. Begins with the prologue, section 0.
class TocBuilder {
 public:
  TocBuilder();

  // The text goes on with another section; returns its number.
  uint32_t OnMark(const dumper::TableMark& mark);
  // The rows just ended were so many.
  void OnRows(uint64_t rows);

  // The sections in order, those without text left out. `sums`: by section number.
  std::vector<TocSection> Finish(std::span<const SectionSum> sums) &&;

 private:
  uint32_t Begin(TocSection::Kind kind, std::string table);

  std::vector<TocSection> sections_;
  std::string database_;
  std::set<std::string> seen_;  // databases that have had their first head
  bool in_views_ = false;
};

}  // namespace sfdb::engine
