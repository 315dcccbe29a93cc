// The shape of a catalogue, and the check that it has every message. Internal to tools/screen.
#pragma once

#include <cstddef>
#include <string_view>

#include "tools/screen/messages.h"

namespace sfdb::tools {

struct CatalogueEntry {
  Message message;
  std::string_view text;
};

// Every message once, in the order of the enumeration, none empty.
template <size_t N>
consteval bool IsComplete(const CatalogueEntry (&entries)[N]) {
  if (N != kMessages) return false;
  for (size_t i = 0; i < N; ++i) {
    if (static_cast<size_t>(entries[i].message) != i || entries[i].text.empty()) return false;
  }
  return true;
}

}  // namespace sfdb::tools
