#include "crypto/damage.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace sfdb::crypto {
namespace {

constexpr char kPayloadType[] = "sfdb.crypto.DamagedFrame";

}  // namespace

absl::Status FrameDamageError(std::string_view source, const DamagedFrame& where,
                              std::string_view reason) {
  const std::string bytes =
      where.plain_end > where.plain_begin
          ? absl::StrFormat("bytes %d to %d of the data", where.plain_begin, where.plain_end - 1)
          : absl::StrFormat("at byte %d of the data", where.plain_begin);
  absl::Status status = absl::DataLossError(
      absl::StrFormat("%s: frame %d %s (%s)", source, where.frame, reason, bytes));
  status.SetPayload(kPayloadType, absl::Cord(absl::StrFormat("%d %d %d", where.frame,
                                                             where.plain_begin, where.plain_end)));
  return status;
}

std::optional<DamagedFrame> GetDamagedFrame(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadType);
  if (!payload.has_value()) return std::nullopt;
  const std::string text(*payload);
  const std::vector<std::string> parts = absl::StrSplit(text, ' ');
  DamagedFrame where;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &where.frame) ||
      !absl::SimpleAtoi(parts[1], &where.plain_begin) ||
      !absl::SimpleAtoi(parts[2], &where.plain_end)) {
    return std::nullopt;
  }
  return where;
}

absl::Status PrefixError(std::string_view source, const absl::Status& status) {
  if (status.ok()) return status;
  absl::Status prefixed(status.code(),
                        absl::StrFormat("%s: %s", source, std::string(status.message())));
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
    prefixed.SetPayload(type, payload);
  });
  return prefixed;
}

}  // namespace sfdb::crypto
