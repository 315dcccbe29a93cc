#include "engine/restore/restore_selection.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/exit_code.h"
#include "engine/restore/near_names.h"

namespace sfdb::engine {
namespace {

using Kind = TocSection::Kind;

bool IsFrame(const TocSection& section) {
  return section.kind == Kind::kPrologue || section.kind == Kind::kEpilogue;
}

absl::Status NotThere(std::string_view what, const std::string& name,
                      const std::vector<std::string>& names) {
  return base::WithExitCode(
      absl::NotFoundError(absl::StrCat("there is no ", std::string(what), " ", name,
                                       " in this backup", DidYouMean(name, names))),
      base::kExitNothing);
}

// Names may hold dots themselves, so every dot is tried.
absl::StatusOr<RestoreSelection> SelectTable(const Toc& toc, const std::string& name) {
  if (name.find('.') == name.npos) {
    return base::WithExitCode(
        absl::InvalidArgumentError(absl::StrCat("--table wants DATABASE.TABLE, not '", name, "'")),
        base::kExitUsage);
  }
  for (size_t dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
    const std::string database = name.substr(0, dot);
    const std::string table = name.substr(dot + 1);
    RestoreSelection selection;
    bool found = false;
    for (size_t i = 0; i < toc.sections.size(); ++i) {
      const TocSection& section = toc.sections[i];
      const bool of_table =
          !table.empty() && section.database == database && section.table == table;
      found |= of_table;
      const bool of_database = section.database == database &&
                               (section.kind == Kind::kHead || section.kind == Kind::kViewsHead);
      if (of_table || of_database || IsFrame(section)) selection.sections.push_back(i);
    }
    if (!found) continue;
    selection.databases = {database};
    selection.table = table;
    return selection;
  }
  std::vector<std::string> names;
  for (const TocSection& section : toc.sections) {
    if (section.table.empty()) continue;
    std::string full = absl::StrCat(section.database, ".", section.table);
    if (std::find(names.begin(), names.end(), full) == names.end()) names.push_back(full);
  }
  return NotThere("table", name, names);
}

}  // namespace

absl::StatusOr<RestoreSelection> SelectSections(const Toc& toc,
                                                const std::optional<std::string>& database,
                                                const std::optional<std::string>& table) {
  if (table) return SelectTable(toc, *table);
  RestoreSelection selection;
  std::vector<std::string> all;
  for (size_t i = 0; i < toc.sections.size(); ++i) {
    const TocSection& section = toc.sections[i];
    const std::string& name = section.database;
    if (!name.empty() && (all.empty() || all.back() != name) &&
        std::find(all.begin(), all.end(), name) == all.end()) {
      all.push_back(name);
    }
    if (IsFrame(section) || !database || name == *database) selection.sections.push_back(i);
  }
  if (!database) {
    selection.databases = all;
    return selection;
  }
  if (std::find(all.begin(), all.end(), *database) == all.end()) {
    return NotThere("database", *database, all);
  }
  selection.databases = {*database};
  return selection;
}

}  // namespace sfdb::engine
