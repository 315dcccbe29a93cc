// Key values as numbers, so that a value some way behind another can be made up: what
// the search for a boundary by the optimizer's estimates needs.
//
// The numbers follow the key's order nearly, not exactly: a made-up value only says where to look,
// the boundary is then the key of a row found there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "dumper/chunks/key_column.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

class KeySpace {
 public:
  // nullopt: values of this type cannot be made up. Asks the server how a collation orders ASCII.
  static absl::StatusOr<std::optional<KeySpace>> Make(Session& session, const KeyColumn& column);

  // The place of a value, from 0 to largest(); larger comes later, also where the column descends.
  // Strings are looked at from byte `skip` on. nullopt for values out of the ordinary.
  std::optional<absl::uint128> PlaceOf(const KeyValue& value, size_t skip) const;
  absl::uint128 largest() const { return largest_; }
  // A value at `place`, which shares with `like` the first `skip` bytes of a string, the kind of a
  // UUID.
  KeyValue ValueAt(absl::uint128 place, const KeyValue& like, size_t skip) const;
  // How many bytes of a string have a place of their own; 0 for other types.
  size_t digits() const { return digits_; }

 private:
  enum class Kind { kInteger, kDate, kDateTime, kUuid, kString };
  KeySpace() = default;

  std::optional<absl::uint128> StringPlace(const KeyValue& value, size_t skip) const;

  Kind kind_ = Kind::kInteger;
  bool descending_ = false;
  absl::uint128 largest_ = 0;
  absl::uint128 zero_at_ = 0;  // kInteger: the place of 0
  // kString: the rank of each byte, from 1 (0: not known), and a byte of each rank.
  std::array<uint8_t, 256> rank_{};
  std::string bytes_;
  size_t digits_ = 0;
};

}  // namespace sfdb::dumper
