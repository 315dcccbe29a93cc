// `_gtid.info`: where in the binary log the backup stands, in the user document's form.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "engine/backup/metadata.h"

namespace sfdb::engine {

// "" when the server has no binary log. File, position and GTID are those of the snapshot.
std::string GtidInfoText(const SnapshotFacts& snapshot, absl::Time now, absl::TimeZone zone);

}  // namespace sfdb::engine
