// Whatever a profile's text is: no crash, and what was understood comes back from our layout.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/profiles/profile.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sfdb::engine;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto profile = ParseProfile(text, "fuzz");
  if (!profile.ok()) return 0;
  const auto written = ProfileText(*profile, ProfileLayout::kSealed);
  if (!written.ok()) std::abort();
  const auto again = ParseProfile(written->view(), "again");
  if (!again.ok()) std::abort();
  if (again->host != profile->host || again->password != profile->password ||
      again->user != profile->user || again->socket != profile->socket ||
      again->port != profile->port || again->ssl_ca != profile->ssl_ca ||
      again->skip_ssl != profile->skip_ssl) {
    std::abort();
  }
  sfdb::dumper::ConnectionOptions options;
  (void)ApplyProfile(*profile, ProfileLayout::kSealed, &options);
  return 0;
}
