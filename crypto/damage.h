// Where a sealed file is damaged, for messages and for whoever wants to name the table.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"

namespace sfdb::crypto {

struct DamagedFrame {
  uint64_t frame = 0;  // from 1
  // The bytes of the plain data that the frame holds, or should hold: [begin, end).
  uint64_t plain_begin = 0;
  uint64_t plain_end = 0;
};

// DataLoss "<source>: frame 3 <reason> (bytes 2097152 to 3145727 of the data)", with `where`
// attached.
absl::Status FrameDamageError(std::string_view source, const DamagedFrame& where,
                              std::string_view reason);

// What FrameDamageError() attached; nullopt for any other status. Survives a status that was
// rebuilt with another message only if the payloads were copied.
std::optional<DamagedFrame> GetDamagedFrame(const absl::Status& status);

// The same status (code and payloads) with "<source>: " in front of its message.
absl::Status PrefixError(std::string_view source, const absl::Status& status);

}  // namespace sfdb::crypto
