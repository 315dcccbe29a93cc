#include "tests/e2e/random_tables.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace sfdb::e2e {

RandomTables::ColumnType RandomTables::Integers() {
  struct Integer {
    const char* name;
    int bits;
  };
  constexpr Integer kTypes[] = {
      {"TINYINT", 8}, {"SMALLINT", 16}, {"MEDIUMINT", 24}, {"INT", 32}, {"BIGINT", 64}};
  const Integer& type = kTypes[Number(0, 4)];
  const bool is_unsigned = Chance(40);
  const uint64_t half = uint64_t{1} << (type.bits - 1);
  ColumnType column;
  column.definition = absl::StrCat(type.name, is_unsigned ? " UNSIGNED" : "",
                                   is_unsigned && Chance(30) ? " ZEROFILL" : "");
  column.values = {"0", "1", "2", "3", absl::StrCat(half - 1), absl::StrCat(half - 2)};
  if (is_unsigned) {
    column.values.push_back(absl::StrCat(half));
    column.values.push_back(absl::StrCat(half - 1 + half));
  } else {
    column.values.push_back(absl::StrCat("-", half));
    column.values.push_back(absl::StrCat("-", half - 1));
    column.values.push_back("-1");
  }
  const uint64_t dense = Chance(50) ? std::min<uint64_t>(half - 1, 500) : half - 1;
  for (int i = 0; i < 80; ++i) column.values.push_back(absl::StrCat(Number(0, dense)));
  return column;
}

RandomTables::ColumnType RandomTables::Strings() {
  struct Collation {
    const char* charset;
    const char* collation;
  };
  constexpr Collation kCollations[] = {{"utf8mb4", "utf8mb4_general_ci"},
                                       {"utf8mb4", "utf8mb4_bin"},
                                       {"utf8mb4", "utf8mb4_unicode_ci"},
                                       {"utf8mb4", "utf8mb4_unicode_520_nopad_ci"},
                                       {"utf8mb4", "utf8mb4_nopad_bin"},
                                       {"utf8mb4", "utf8mb4_uca1400_as_cs"},
                                       {"utf8mb4", "utf8mb4_uca1400_nopad_ai_ci"},
                                       {"utf8mb4", "utf8mb4_german2_ci"},
                                       {"utf8mb4", "utf8mb4_spanish2_ci"},
                                       {"utf8mb4", "utf8mb4_danish_ci"},
                                       {"utf8mb4", "utf8mb4_thai_520_w2"},
                                       {"utf8mb3", "utf8mb3_croatian_ci"},
                                       {"latin1", "latin1_swedish_ci"},
                                       {"latin1", "latin1_german2_ci"},
                                       {"latin1", "latin1_bin"},
                                       {"latin1", "latin1_nopad_bin"},
                                       {"latin2", "latin2_czech_cs"},
                                       {"cp1250", "cp1250_czech_cs"},
                                       {"gbk", "gbk_chinese_ci"},
                                       {"sjis", "sjis_japanese_ci"},
                                       {"big5", "big5_bin"},
                                       {"ucs2", "ucs2_general_ci"},
                                       {"utf16", "utf16_unicode_ci"},
                                       {"utf32", "utf32_bin"},
                                       {"tis620", "tis620_thai_ci"},
                                       {"swe7", "swe7_swedish_ci"}};
  const Collation& collation = kCollations[Number(0, std::size(kCollations) - 1)];
  ColumnType column;
  column.definition =
      absl::StrFormat("%s(%d) CHARACTER SET %s COLLATE %s", Chance(30) ? "CHAR" : "VARCHAR",
                      Chance(70) ? 40 : 60, collation.charset, collation.collation);
  const std::vector<std::string> pieces = {
      "a", "A", "b",  "B",    "z",  "Z",  "ä",    "ß",  "ss", "s", "ch", "c",  "h", "ll",
      "l", "ñ", "aa", "å",    "œ",  "oe", "中",   "文", "ア", "😀", " ",  "  ", "0", "1",
      "9", "_", "%",  "\\\\", "''", "\t", "\x01", "-",  "~",  "é", "e",  "ก",  "เก"};
  const std::string common = Chance(40) ? "https://example.com/a/" : "";
  for (int i = 0; i < 90; ++i) {
    std::string text = common;
    for (uint64_t n = Number(0, 6); n > 0; --n) text += OneOf(pieces);
    if (Chance(30)) absl::StrAppend(&text, Number(0, 99999));
    column.values.push_back("'" + text + "'");
  }
  column.values.push_back("''");
  return column;
}

RandomTables::ColumnType RandomTables::Others() {
  ColumnType column;
  const auto add = [&](auto make) {
    for (int i = 0; i < 90; ++i) column.values.push_back(make());
  };
  const auto hex = [&](int bytes) {
    std::string digits;
    for (int i = 0; i < bytes; ++i)
      absl::StrAppend(&digits, absl::Hex(Number(0, 255), absl::kZeroPad2));
    return digits;
  };
  switch (Number(0, 14)) {
    case 0:
      column.definition = "DECIMAL(30,10)";
      add([&] {
        return absl::StrFormat("%s%d.%d", Chance(50) ? "-" : "", Number(0, 1u << 30),
                               Number(0, 999));
      });
      break;
    case 1:
      column.definition = "DECIMAL(8,2) UNSIGNED ZEROFILL";
      add([&] { return absl::StrFormat("%d.%02d", Number(0, 999999), Number(0, 99)); });
      break;
    case 2:
      column.definition = Chance(50) ? "FLOAT" : "FLOAT(10,3)";
      add([&] { return absl::StrFormat("%d.%d", Number(0, 5000), Number(0, 9999999)); });
      column.values.push_back("-1.5e-30");
      column.values.push_back("0.1");
      break;
    case 3:
      column.definition = Chance(70) ? "DOUBLE" : "DOUBLE(20,4)";
      add([&] {
        return absl::StrFormat("%s%d.%de%d", Chance(50) ? "-" : "", Number(0, 9),
                               Number(0, 1u << 31), Number(0, 12));
      });
      break;
    case 4:
      column.definition = "DATE";
      add([&] {
        return absl::StrFormat("'%04d-%02d-%02d'", Number(1, 9999), Number(0, 12), Number(0, 31));
      });
      column.values.push_back("'0000-00-00'");
      break;
    case 5:
      column.definition = absl::StrFormat("DATETIME(%d)", Number(0, 6));
      add([&] {
        return absl::StrFormat("'20%02d-%02d-%02d %02d:%02d:%02d.%06d'", Number(19, 24),
                               Number(1, 12), Number(1, 28), Number(0, 23), Number(0, 59),
                               Number(0, 59), Number(0, 999999));
      });
      break;
    case 6:
      column.definition = absl::StrFormat("TIMESTAMP(%d) DEFAULT '2000-01-01'", Number(0, 6));
      add([&] {
        return absl::StrFormat("'20%02d-10-27 %02d:%02d:%02d.%06d'", Number(19, 24), Number(0, 23),
                               Number(0, 59), Number(0, 59), Number(0, 999999));
      });
      column.values.push_back("'0000-00-00 00:00:00'");
      break;
    case 7:
      column.definition = absl::StrFormat("TIME(%d)", Number(0, 6));
      add([&] {
        return absl::StrFormat("'%s%d:%02d:%02d.%06d'", Chance(50) ? "-" : "", Number(0, 838),
                               Number(0, 59), Number(0, 59), Number(0, 999999));
      });
      break;
    case 8:
      column.definition = "YEAR";
      add([&] { return absl::StrCat(Number(1901, 2155)); });
      column.values.push_back("0");
      break;
    case 9:
      column.definition = "ENUM('zeta','Alpha','','it''s',',','ö','(a)') CHARACTER SET utf8mb4";
      for (int i = 0; i <= 7; ++i) column.values.push_back(absl::StrCat(i));
      break;
    case 10:
      column.definition = "SET('x','a','m','B') CHARACTER SET latin1";
      for (int i = 0; i <= 15; ++i) column.values.push_back(absl::StrCat(i));
      break;
    case 11: {
      const uint64_t bits = Number(1, 64);
      column.definition = absl::StrFormat("BIT(%d)", bits);
      add([&] {
        return absl::StrCat(Number(0, bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1));
      });
      break;
    }
    case 12: {
      const bool fixed = Chance(50);
      column.definition = fixed ? "BINARY(9)" : "VARBINARY(30)";
      const std::string common = Chance(30) ? "00112233445566778899AABBCCDDEEFF0011" : "";
      add([&] {
        return absl::StrFormat("X'%s%s'", fixed ? "" : common, hex(static_cast<int>(Number(0, 6))));
      });
      column.values.push_back("X'FFFFFFFFFFFF'");
      column.values.push_back("X'0000'");
      break;
    }
    case 13: {
      column.definition = "UUID";
      const std::string version = OneOf({"4", "7", "1", "x"});
      add([&] {
        return absl::StrFormat("'%s-%s-%s%s-%s%s-%s'", hex(4), hex(2),
                               version == "x" ? hex(1).substr(0, 1) : version, hex(2).substr(1),
                               OneOf({"8", "9", "a", "b"}), hex(2).substr(1), hex(6));
      });
      break;
    }
    default:
      column.definition = Chance(50) ? "INET6" : "INET4";
      add([&] {
        return column.definition == "INET6"
                   ? absl::StrFormat("'%s:%s::%s'", hex(2), hex(1), hex(2))
                   : absl::StrFormat("'%d.%d.%d.%d'", Number(0, 255), Number(0, 255), Number(0, 3),
                                     Number(0, 255));
      });
  }
  return column;
}

RandomTable RandomTables::Make(const std::string& name) {
  RandomTable table;
  table.name = name;
  std::vector<ColumnType> types;
  std::string create = "CREATE TABLE " + name + " (";
  const uint64_t count = Number(1, 4);
  std::vector<bool> nullable;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t kind = Number(0, 99);
    types.push_back(kind < 35 ? Integers() : kind < 65 ? Strings() : Others());
    if (Chance(20)) types.back().values.resize(std::min<size_t>(types.back().values.size(), 2));
    nullable.push_back(Chance(30));
    table.columns.push_back(absl::StrFormat("c%d", i));
    absl::StrAppend(&create, i > 0 ? ", " : "", "c", i, " ", types.back().definition,
                    nullable.back() ? " NULL" : " NOT NULL");
  }
  for (const ColumnType& type : types) table.values.push_back(type.values);
  const bool has_payload = Chance(60);
  if (has_payload) absl::StrAppend(&create, ", payload TEXT");
  const auto key_columns = [&](bool directions) {
    std::vector<std::string> columns = table.columns;
    std::shuffle(columns.begin(), columns.end(), random_);
    columns.resize(Number(1, columns.size()));
    if (directions) {
      for (std::string& column : columns) column += Chance(80) ? "" : " DESC";
    }
    return absl::StrJoin(columns, ",");
  };
  const std::string primary = key_columns(Chance(20));
  const uint64_t shape = Number(0, 9);
  if (shape < 6) absl::StrAppend(&create, ", PRIMARY KEY (", primary, ")");
  if (shape >= 5 && shape < 9)
    absl::StrAppend(&create, ", UNIQUE KEY u (", key_columns(Chance(20)), ")");
  for (uint64_t i = Number(0, 2); i > 0; --i) {
    absl::StrAppend(&create, ", KEY k", i, " (", key_columns(Chance(20)), ")");
  }
  create += ") ENGINE=InnoDB";
  if (shape < 5 && Chance(25)) {
    absl::StrAppend(&create, " PARTITION BY KEY () PARTITIONS ", Number(1, 5));
  }
  table.sql.push_back(create);
  const uint64_t rows = Chance(10) ? Number(0, 3) : Number(20, 250);
  for (uint64_t i = 0; i < rows; ++i) {
    std::string row;
    for (uint64_t c = 0; c < count; ++c) {
      absl::StrAppend(&row, c > 0 ? "," : "",
                      nullable[c] && Chance(10) ? "NULL" : OneOf(types[c].values));
    }
    if (has_payload) absl::StrAppend(&row, ",'", i, "'");
    table.sql.push_back("INSERT IGNORE INTO " + name + " VALUES (" + row + ")");
  }
  return table;
}

std::string RandomTables::Where(const RandomTable& table) {
  if (Chance(50)) return "";
  const size_t first = Number(0, table.columns.size() - 1);
  const size_t second = Number(0, table.columns.size() - 1);
  const std::string& a = table.columns[first];
  const std::string& b = table.columns[second];
  const auto value = [&](size_t column) { return OneOf(table.values[column]); };
  switch (Number(0, 5)) {
    case 0:
      return absl::StrFormat("%s IS NOT NULL OR %s > %s", a, b, value(second));
    case 1:
      return absl::StrFormat("%s > %s OR %s < %s", a, value(first), b, value(second));
    case 2:
      return absl::StrFormat("NOT (%s = %s) AND (%s < %s OR %s IS NULL)", a, value(first), b,
                             value(second), b);
    case 3:
      return absl::StrFormat("%s >= %s", a, value(first));
    case 4:
      return absl::StrFormat("%s = (%s)", a, a);
    default:
      return absl::StrFormat("%s IN (%s, %s, %s)", a, value(first), value(first), value(first));
  }
}

}  // namespace sfdb::e2e
