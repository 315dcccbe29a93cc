#include "engine/retention/retention_plan.h"

#include <fnmatch.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sfdb::engine {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

bool Matches(const CatalogEntry& entry, const std::string& root, std::string pattern) {
  if (pattern.empty()) return true;
  std::string path = entry.dump_path();
  if (path.starts_with(root)) path.erase(0, root.size());
  while (path.starts_with('/')) path.erase(0, 1);
  auto match = [&](const std::string& text) {
    return fnmatch(pattern.c_str(), text.c_str(), FNM_NOESCAPE) == 0;
  };
  if (match(entry.dump_names.front()) || match(path)) return true;
  if (!pattern.starts_with("**/")) return false;
  pattern.erase(0, 3);
  return match(path);
}

// Why the rules let `entry` go, newer_good being how many good ones of its series are newer.
std::optional<std::string> ReasonToGo(const CatalogEntry& entry, const RetentionPolicy& policy,
                                      int newer_good, absl::Time now) {
  std::vector<std::string> reasons;
  if (policy.days) {
    const absl::Duration age = now - entry.metadata.end;
    if (age <= *policy.days * kDay) return std::nullopt;
    reasons.push_back(absl::StrFormat("%d days old", age / kDay));
  }
  if (policy.keep_last) {
    if (newer_good < *policy.keep_last) return std::nullopt;
    reasons.push_back(absl::StrFormat("%d newer", newer_good));
  }
  if (!entry.good()) reasons.push_back("not good");
  std::string reason;
  for (const std::string& part : reasons) {
    absl::StrAppend(&reason, reason.empty() ? "" : ", ", part);
  }
  return reason;
}

using Place = std::pair<std::string, std::string>;  // directory, name

// What `entry` cannot be without.
std::vector<Place> PlacesOf(const CatalogEntry& entry) {
  std::vector<Place> places = {{entry.directory, entry.metadata_name}};
  for (const std::string& name : entry.dump_names) places.emplace_back(entry.directory, name);
  for (const CatalogFile& file : entry.sidecars) places.emplace_back(entry.directory, file.name);
  return places;
}

}  // namespace

absl::Status CheckPolicy(const RetentionPolicy& policy) {
  if (!policy.days && !policy.keep_last) {
    return absl::InvalidArgumentError(
        "nothing says what is to be kept; give --days, --keep-last or both");
  }
  if (policy.days.value_or(0) < 0 || policy.days.value_or(0) > 36500) {
    return absl::InvalidArgumentError("--days is 0 to 36500");
  }
  if (policy.keep_last.value_or(1) < 1) {
    return absl::InvalidArgumentError("--keep-last is at least 1: the newest backup always stays");
  }
  return absl::OkStatus();
}

uint64_t Removal::bytes() const {
  uint64_t bytes = backup.metadata_bytes;
  for (const CatalogFile& file : files) bytes += file.bytes;
  return bytes;
}

RetentionPlan PlanRetention(const Catalog& catalog, const std::string& root,
                            const RetentionPolicy& policy, absl::Time now) {
  std::set<std::string> with_good;
  for (const CatalogEntry& entry : catalog.backups) {
    if (entry.good() && entry.metadata.end != absl::InfinitePast()) {
      with_good.insert(SeriesOf(entry.metadata));
    }
  }
  RetentionPlan plan;
  std::set<Place> needed;
  std::map<std::string, int> newer_good;  // per series
  for (auto entry = catalog.backups.rbegin(); entry != catalog.backups.rend(); ++entry) {
    const std::string series = SeriesOf(entry->metadata);
    std::optional<std::string> reason;
    if (entry->removing) {
      reason = "removal was interrupted";
    } else if (entry->metadata.end != absl::InfinitePast()) {
      const bool is_newest_good = entry->good() && newer_good[series] == 0;
      const bool may_be_all_there_is = !with_good.contains(series) && !entry->dumps.empty();
      if (!is_newest_good && !may_be_all_there_is && Matches(*entry, root, policy.pattern)) {
        reason = ReasonToGo(*entry, policy, newer_good[series], now);
      }
      if (entry->good()) ++newer_good[series];
    }
    if (reason) {
      plan.removals.push_back({*entry, *std::move(reason), {}});
    } else {
      ++plan.kept;
      for (Place& place : PlacesOf(*entry)) needed.insert(std::move(place));
    }
  }
  std::reverse(plan.removals.begin(), plan.removals.end());
  // From here on `needed` also holds what an earlier removal takes.
  for (Removal& removal : plan.removals) {
    for (const auto* files : {&removal.backup.dumps, &removal.backup.sidecars}) {
      for (const CatalogFile& file : *files) {
        if (needed.emplace(removal.backup.directory, file.name).second) {
          removal.files.push_back(file);
        }
      }
    }
  }
  return plan;
}

}  // namespace sfdb::engine
