#include "engine/filters/database_filter.h"

#include <fnmatch.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"

namespace sfdb::engine {
namespace {

constexpr std::array<std::string_view, 5> kModeNames = {"combined", "separated", "single",
                                                        "primary", "secondary"};

bool SameName(const std::string& a, const std::string& b) {
  return strcasecmp(a.c_str(), b.c_str()) == 0;
}

// A name as the user wrote it -> the databases meant: spelled so, or else those equal but for case.
std::set<std::string> NamesLike(const std::string& wanted, const std::vector<std::string>& there) {
  std::set<std::string> found;
  for (const std::string& name : there) {
    if (name == wanted) return {name};
    if (SameName(name, wanted)) found.insert(name);
  }
  return found;
}

// A list of names and globs against the databases that are there.
struct ResolvedList {
  std::set<std::string> named;
  std::set<std::string> globbed;
  std::vector<std::string> missing;

  ResolvedList(const std::vector<std::string>& entries, const std::vector<std::string>& there) {
    for (const std::string& entry : entries) {
      std::set<std::string> found = NamesLike(entry, there);
      if (!found.empty()) {
        named.merge(found);
        continue;
      }
      const size_t before = globbed.size();
      if (entry.find_first_of("*?[") != std::string::npos) {
        for (const std::string& name : there) {
          if (fnmatch(entry.c_str(), name.c_str(), 0) == 0) globbed.insert(name);
        }
      }
      if (globbed.size() == before) missing.push_back(entry);
    }
  }
  bool Has(const std::string& name) const {
    return named.count(name) > 0 || globbed.count(name) > 0;
  }
};

constexpr std::array<std::string_view, 3> kCompanionSuffixes = {"_dmart", "_temp", "_archive"};

bool IsCompanionName(std::string_view lower) {
  return std::any_of(kCompanionSuffixes.begin(), kCompanionSuffixes.end(),
                     [&](std::string_view suffix) { return lower.ends_with(suffix); });
}

// The document's rules, "Filter Rules" of its sections 3 to 5.
bool FitsMode(BackupMode mode, const std::string& name) {
  const std::string lower = absl::AsciiStrToLower(name);
  const bool secondary = lower.find("_secondary") != std::string::npos;
  switch (mode) {
    case BackupMode::kCombined:
    case BackupMode::kSeparated:
      return true;
    case BackupMode::kSingle:
      return !IsCompanionName(lower);
    case BackupMode::kPrimary:
      return !secondary && !IsCompanionName(lower);
    case BackupMode::kSecondary:
      return secondary && !IsCompanionName(lower);
  }
  return false;
}

class Chooser {
 public:
  Chooser(const ChoiceRequest& request, const std::vector<std::string>& there,
          const std::set<std::string>& empty)
      : request_(request),
        there_(there),
        empty_(empty),
        include_(request.filter.include, there),
        exclude_(request.filter.exclude, there) {}

  DatabaseChoice Choose() {
    DatabaseChoice choice;
    FilterStatistics& statistics = choice.statistics;
    statistics.found = there_.size();
    const bool by_name = TakesOneDatabase(request_.mode) && !request_.database.empty();
    if (by_name) {
      named_ = NamesLike(request_.database, there_);
      if (named_.empty()) statistics.missing.push_back(request_.database);
    } else {
      statistics.missing = include_.missing;
    }
    std::map<std::string, DropReason> dropped;
    std::set<std::string> taken;
    for (const std::string& name : there_) {
      const auto reason = by_name ? WhyNotNamed(name) : WhyNot(name);
      if (reason) {
        dropped.emplace(name, *reason);
        continue;
      }
      choice.databases.push_back(name);
      taken.insert(name);
      if (TakesOneDatabase(request_.mode)) AddCompanions(name, &choice, &taken);
    }
    for (const std::string& name : there_) {
      if (taken.count(name) == 0) statistics.dropped.push_back({name, dropped.at(name)});
    }
    return choice;
  }

 private:
  std::optional<DropReason> WhyNotNamed(const std::string& name) const {
    if (named_.count(name) == 0) return DropReason::kNotChosen;
    // What is asked for by its full name is not held against the rule for a menu's entries.
    if (request_.mode != BackupMode::kSingle && !FitsMode(request_.mode, name)) {
      return DropReason::kMode;
    }
    return std::nullopt;
  }

  std::optional<DropReason> WhyNot(const std::string& name) const {
    const DatabaseFilter& filter = request_.filter;
    const bool named = include_.named.count(name) > 0;
    if (!filter.include.empty() && !include_.Has(name)) return DropReason::kNotIncluded;
    if (!named) {
      if (exclude_.Has(name)) return DropReason::kExcluded;
      if (IsVirtualDatabase(name)) return DropReason::kVirtual;
      if (filter.exclude_system && IsSystemDatabase(name)) return DropReason::kSystem;
      if (filter.exclude_empty && empty_.count(name) > 0) return DropReason::kEmpty;
    }
    if (!FitsMode(request_.mode, name)) return DropReason::kMode;
    return std::nullopt;
  }

  void AddCompanions(const std::string& name, DatabaseChoice* choice,
                     std::set<std::string>* taken) const {
    const std::array<bool, 3> wanted = {request_.companions.dmart, request_.companions.temp,
                                        request_.companions.archive};
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (!wanted[i]) continue;
      const std::string companion = name + std::string(kCompanionSuffixes[i]);
      const std::set<std::string> found = NamesLike(companion, there_);
      if (found.empty()) choice->statistics.absent_companions.push_back(companion);
      for (const std::string& one : found) {
        if (taken->insert(one).second) choice->databases.push_back(one);
      }
    }
  }

  const ChoiceRequest& request_;
  const std::vector<std::string>& there_;
  const std::set<std::string>& empty_;
  const ResolvedList include_;
  const ResolvedList exclude_;
  std::set<std::string> named_;
};

}  // namespace

std::string_view BackupModeName(BackupMode mode) { return kModeNames[static_cast<size_t>(mode)]; }

bool BackupModeNamed(std::string_view name, BackupMode* mode) {
  const auto found = std::find(kModeNames.begin(), kModeNames.end(), name);
  if (found == kModeNames.end()) return false;
  *mode = static_cast<BackupMode>(found - kModeNames.begin());
  return true;
}

std::string_view DropReasonText(DropReason reason) {
  switch (reason) {
    case DropReason::kNotIncluded:
      return "not included";
    case DropReason::kExcluded:
      return "excluded";
    case DropReason::kSystem:
      return "system database";
    case DropReason::kVirtual:
      return "virtual database";
    case DropReason::kEmpty:
      return "empty";
    case DropReason::kMode:
      return "not of this mode";
    case DropReason::kNotChosen:
      return "not chosen";
  }
  return "";
}

size_t FilterStatistics::Count(DropReason reason) const {
  return static_cast<size_t>(std::count_if(dropped.begin(), dropped.end(),
                                           [&](const auto& one) { return one.reason == reason; }));
}

DatabaseChoice ChooseDatabases(const ChoiceRequest& request, const std::vector<std::string>& there,
                               const std::set<std::string>& empty) {
  return Chooser(request, there, empty).Choose();
}

std::string SelectionText(const DatabaseFilter& filter) {
  std::vector<std::string> parts;
  auto add = [&](const char* what, std::vector<std::string> names) {
    if (names.empty()) return;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    parts.push_back(what + absl::StrJoin(names, ", "));
  };
  add("only ", filter.include);
  add("without ", filter.exclude);
  if (filter.exclude_empty) parts.push_back("without empty ones");
  if (!filter.exclude_system) parts.push_back("with the system's");
  return absl::StrJoin(parts, "; ");
}

bool IsVirtualDatabase(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(std::string(name));
  return lower == "information_schema" || lower == "performance_schema";
}

bool IsSystemDatabase(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(std::string(name));
  return IsVirtualDatabase(lower) || lower == "mysql" || lower == "sys" || lower == "innodb";
}

}  // namespace sfdb::engine
