// "Did you mean": names that look like one that was not found.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sfdb::engine {

// How many bytes have to be inserted, removed or replaced to make `a` of `b`.
size_t EditDistance(std::string_view a, std::string_view b);

// Up to `most` of `names`, nearest first: those that contain `name` or the other way round, and
// those within a third of its length. Case does not count.
std::vector<std::string> NearNames(std::string_view name, const std::vector<std::string>& names,
                                   size_t most = 5);

// "; did you mean `a`, `b`?", or "" if nothing is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& names);

}  // namespace sfdb::engine
