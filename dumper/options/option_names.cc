#include "dumper/options/option_names.h"

#include <algorithm>
#include <array>
#include <bit>

namespace sfdb::dumper {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool Same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

bool Abbreviates(std::string_view text, std::string_view name) {
  return text.size() <= name.size() && Same(text, name.substr(0, text.size()));
}

// In the order of the bits of CompatibleMode.
constexpr std::array<std::string_view, 11> kCompatibleNames = {
    "MYSQL323", "MYSQL40",        "POSTGRESQL",       "ORACLE",           "MSSQL", "DB2",
    "MAXDB",    "NO_KEY_OPTIONS", "NO_TABLE_OPTIONS", "NO_FIELD_OPTIONS", "ANSI"};

constexpr std::array<std::string_view, 7> kSystemNames = {"all",     "users", "plugins",  "udfs",
                                                          "servers", "stats", "timezones"};

constexpr std::array<std::string_view, 3> kProtocols = {"tcp", "socket", "pipe"};

struct NamedConsistency {
  std::string_view name;
  Consistency value;
};
constexpr std::array kConsistencies = {
    NamedConsistency{"auto", Consistency::kAuto},
    NamedConsistency{"backup-stage", Consistency::kBackupStage},
    NamedConsistency{"lock", Consistency::kLock},
    NamedConsistency{"binlog", Consistency::kBinlog},
    NamedConsistency{"single", Consistency::kSingle},
    NamedConsistency{"none", Consistency::kNone},
};

constexpr std::array<std::string_view, 42> kCharacterSets = {
    "armscii8", "ascii",   "auto",   "big5",     "binary",  "cp1250",  "cp1251", "cp1256", "cp1257",
    "cp850",    "cp852",   "cp866",  "cp932",    "dec8",    "eucjpms", "euckr",  "gb2312", "gbk",
    "geostd8",  "greek",   "hebrew", "hp8",      "keybcs2", "koi8r",   "koi8u",  "latin1", "latin2",
    "latin5",   "latin7",  "macce",  "macroman", "sjis",    "swe7",    "tis620", "ucs2",   "ujis",
    "utf16",    "utf16le", "utf32",  "utf8",     "utf8mb3", "utf8mb4"};

}  // namespace

std::optional<unsigned> ParseCompatibleModes(std::string_view list, std::string* bad) {
  unsigned modes = 0;
  while (!list.empty()) {
    const std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    if (name.empty()) continue;
    unsigned found = 0, count = 0;
    for (size_t i = 0; i < kCompatibleNames.size(); ++i) {
      if (!Abbreviates(name, kCompatibleNames[i])) continue;
      found = 1u << i;
      ++count;
    }
    if (count != 1) {
      *bad = std::string(name);
      return std::nullopt;
    }
    modes |= found;
  }
  return modes;
}

std::string CompatibleModeNames(unsigned modes) {
  std::string names;
  for (size_t i = 0; i < kCompatibleNames.size(); ++i) {
    if ((modes & (1u << i)) == 0) continue;
    if (!names.empty()) names += ',';
    names += kCompatibleNames[i];
  }
  return names;
}

std::optional<uint64_t> ParseSystemSet(std::string_view list) {
  if (list.empty()) return 0;
  if (list.find_first_not_of("0123456789") == std::string_view::npos) {
    uint64_t number = 0;
    for (const char c : list) {
      number = number * 10 + static_cast<uint64_t>(c - '0');
      if (number >> kSystemNames.size() != 0) return std::nullopt;
    }
    return number;
  }
  uint64_t set = 0;
  for (;;) {
    const std::string_view name = list.substr(0, list.find(','));
    const bool last = name.size() == list.size();
    uint64_t exact = 0, abbreviated = 0;
    for (size_t i = 0; i < kSystemNames.size(); ++i) {
      const uint64_t bit = uint64_t{1} << i;
      if (Same(kSystemNames[i], name)) exact = bit;
      if (last && !name.empty() && Abbreviates(name, kSystemNames[i])) abbreviated |= bit;
    }
    if (exact == 0 && !std::has_single_bit(abbreviated)) return std::nullopt;
    set |= exact != 0 ? exact : abbreviated;
    if (last) return set;
    list.remove_prefix(name.size() + 1);
  }
}

std::string SystemSetText(uint64_t set) {
  std::string names;
  for (size_t i = 0; i < kSystemNames.size(); ++i) {
    if ((set >> i & 1) == 0) continue;
    if (!names.empty()) names += ',';
    names += kSystemNames[i];
  }
  return names;
}

std::optional<std::string> ParseProtocol(std::string_view name) {
  for (const std::string_view protocol : kProtocols) {
    if (!name.empty() && Abbreviates(name, protocol)) return std::string(protocol);
  }
  return std::nullopt;
}

std::optional<Consistency> ParseConsistency(std::string_view name) {
  for (const NamedConsistency& known : kConsistencies) {
    if (known.name == name) return known.value;
  }
  return std::nullopt;
}

std::string_view ConsistencyName(Consistency consistency) {
  for (const NamedConsistency& known : kConsistencies) {
    if (known.value == consistency) return known.name;
  }
  return "auto";
}

bool IsKnownCharacterSet(std::string_view name) {
  // The one name that is no character set's is not compared without case.
  if (Same(name, "auto")) return name == "auto";
  return std::any_of(kCharacterSets.begin(), kCharacterSets.end(),
                     [&](std::string_view known) { return Same(known, name); });
}

}  // namespace sfdb::dumper
