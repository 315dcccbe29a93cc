// Random tables for property tests of cutting: key shapes, column types, collations, partitions and
// rows that nobody would think of together.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace sfdb::e2e {

struct RandomTable {
  std::string name;
  std::vector<std::string> sql;  // CREATE TABLE and INSERTs, some of which may be refused
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> values;  // of each column, as literals
};

class RandomTables {
 public:
  explicit RandomTables(uint32_t seed) : random_(seed) {}

  RandomTable Make(const std::string& name);
  // A condition on some columns, which may contain OR; "" as often as not. Values are compared with
  // values of their own type: what the server makes of TIMESTAMP = 'a' depends on its plan.
  std::string Where(const RandomTable& table);
  uint64_t Number(uint64_t low, uint64_t high) {
    return std::uniform_int_distribution<uint64_t>(low, high)(random_);
  }

 private:
  struct ColumnType {
    std::string definition;
    std::vector<std::string> values;  // to draw from, as literals
  };
  bool Chance(int percent) { return Number(0, 99) < static_cast<uint64_t>(percent); }
  const std::string& OneOf(const std::vector<std::string>& list) {
    return list[Number(0, list.size() - 1)];
  }
  ColumnType Integers();
  ColumnType Strings();
  ColumnType Others();

  std::mt19937 random_;
};

}  // namespace sfdb::e2e
