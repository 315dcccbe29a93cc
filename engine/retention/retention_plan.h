// Which backups go and which stay. A pure function: the same catalog, policy and time give the same
// plan, so that what a dry run prints is what a run does.
//
// A backup goes when every rule that was given lets it go, and never when it is
//   - the newest good one of its series (whole, and published as a success),
//   - in a series without a good one, unless nothing of its dump is left: it may be all there is,
//   - of unknown age.
// What was interrupted while it was being removed always goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/retention/backup_catalog.h"

namespace sfdb::engine {

struct RetentionPolicy {
  // Ended longer ago than this many days of 24 hours.
  std::optional<int> days = {};
  // At least this many good ones of the series are newer.
  std::optional<int> keep_last = {};
  // Only dumps whose name, or path below the directory, matches this; empty: all. `*`, `?` and
  // `[...]` as fnmatch(3) has them, `*` also across slashes; a leading `**/` may match nothing.
  std::string pattern = {};
};

// InvalidArgument: no rule at all, or one that makes no sense.
absl::Status CheckPolicy(const RetentionPolicy& policy);

struct Removal {
  CatalogEntry backup;
  std::string reason;  // "40 days old", "3 newer ones"
  // What goes with it, dumps before sidecars, without the metadata, which goes first. A file that a
  // backup that stays also needs is not among them.
  std::vector<CatalogFile> files;

  uint64_t bytes() const;
};

struct RetentionPlan {
  std::vector<Removal> removals;  // oldest first
  size_t kept = 0;                // backups that stay
};

// `root` is the directory of the catalog: patterns are matched below it.
RetentionPlan PlanRetention(const Catalog& catalog, const std::string& root,
                            const RetentionPolicy& policy, absl::Time now);

}  // namespace sfdb::engine
