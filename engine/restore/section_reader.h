// Statements of stretches of an indexed backup, read from the frames that hold them and no others.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "engine/backup/toc.h"
#include "engine/read/backup_file.h"
#include "engine/restore/statement_splitter.h"

namespace sfdb::engine {

// Gets statements in order; an error ends the read.
using StatementSink = std::function<absl::Status(const Statement&)>;

// "`d`.`t`", "`d`", or "" for what belongs to no database.
std::string ObjectOf(const TocSection& section);

// All statements of `section`; `modes` is asked after each for how the text goes on.
// DataLoss: the section ends inside of a statement. Thread-safe for different readers of one file.
absl::Status ReadSection(BackupFile& file, const TocSection& section,
                         const std::function<SplitterModes()>& modes, const StatementSink& sink);

// The statements of a table's rows that begin in [from, to) of the text. Where they begin is known
// without reading what lies before: every line end inside of a value is escaped, so a line that
// begins with "INSERT INTO `" begins a statement. (A name with a line end could look like one:
// CanBeCut().) REQUIRES: from == section.at or CanBeCut(section).
absl::Status ReadRowsBetween(BackupFile& file, const TocSection& section, uint64_t from,
                             uint64_t to, const StatementSink& sink);

bool CanBeCut(const TocSection& section);

// Reads the section and compares it with its checksum. DataLoss names it.
absl::Status CheckSection(BackupFile& file, const TocSection& section);

}  // namespace sfdb::engine
