#include "engine/restore/near_names.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace sfdb::engine {
namespace {

std::string Lower(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

}  // namespace

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

std::vector<std::string> NearNames(std::string_view name, const std::vector<std::string>& names,
                                   size_t most) {
  const std::string wanted = Lower(name);
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& candidate : names) {
    const std::string lower = Lower(candidate);
    const size_t distance = EditDistance(wanted, lower);
    const bool contains = !wanted.empty() && !lower.empty() &&
                          (lower.find(wanted) != lower.npos || wanted.find(lower) != wanted.npos);
    if (contains || distance <= std::max<size_t>(1, wanted.size() / 3)) {
      near.emplace_back(distance, candidate);
    }
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const auto& x, const auto& y) { return x.first < y.first; });
  if (near.size() > most) near.resize(most);
  std::vector<std::string> found;
  for (auto& [distance, candidate] : near) found.push_back(std::move(candidate));
  return found;
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& near : NearNames(name, names)) {
    absl::StrAppend(&text, text.empty() ? "; did you mean " : ", ", near);
  }
  if (!text.empty()) text += "?";
  return text;
}

}  // namespace sfdb::engine
