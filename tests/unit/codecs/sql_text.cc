#include "tests/unit/codecs/sql_text.h"

#include <array>
#include <string_view>

#include "absl/strings/str_format.h"

namespace sfdb::codecs {
namespace {

// splitmix64: tiny, and the same everywhere, which std:: distributions are not.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint64_t Below(uint64_t n) { return Next() % n; }
  // Small values far more often than large ones, as words are used.
  uint64_t Skewed(uint64_t n) { return Below(Below(n) + 1); }

 private:
  uint64_t state_;
};

constexpr std::array<std::string_view, 96> kWords = {
    "furiously",   "sly",       "careful",  "express",      "ironic",     "deposits",
    "requests",    "accounts",  "packages", "pinto",        "beans",      "foxes",
    "theodolites", "among",     "the",      "above",        "regular",    "bold",
    "pending",     "final",     "quickly",  "blithely",     "slyly",      "sleep",
    "nag",         "haggle",    "wake",     "cajole",       "detect",     "integrate",
    "after",       "across",    "against",  "even",         "special",    "unusual",
    "silent",      "platelets", "dolphins", "instructions", "asymptotes", "dependencies",
    "warthogs",    "sheaves",   "courts",   "ideas",        "grouches",   "escapades",
    "customer",    "invoice",   "shipment", "order",        "returned",   "by",
    "to",          "of",        "on",       "for",          "with",       "from",
    "delivery",    "address",   "street",   "city",         "payment",    "card",
    "transfer",    "failed",    "accepted", "rejected",     "update",     "warehouse",
    "stock",       "item",      "blue",     "green",        "metallic",   "chocolate",
    "burnished",   "lavender",  "ghost",    "spring",       "misty",      "azure",
    "polished",    "anodized",  "plated",   "brushed",      "copper",     "nickel",
    "steel",       "tin",       "brass",    "small",        "large",      "medium"};
constexpr std::array<std::string_view, 7> kModes = {"TRUCK", "MAIL", "REG AIR", "AIR",
                                                    "FOB",   "RAIL", "SHIP"};
constexpr std::array<std::string_view, 4> kInstructions = {"DELIVER IN PERSON", "COLLECT COD",
                                                           "NONE", "TAKE BACK RETURN"};

void AppendWords(Random& random, size_t words, std::string* out) {
  for (size_t i = 0; i < words; ++i) {
    if (i > 0) *out += random.Below(14) == 0 ? ". " : " ";
    *out += kWords[random.Skewed(kWords.size())];
  }
}

std::string Date(Random& random) {
  return absl::StrFormat("%04d-%02d-%02d", 1992 + random.Below(7), 1 + random.Below(12),
                         1 + random.Below(28));
}

void AppendOrderLine(Random& random, uint64_t row, std::string* out) {
  const uint64_t quantity = 1 + random.Below(50);
  const uint64_t cents = quantity * (90000 + random.Below(110000));
  *out += absl::StrFormat(
      "(%d,%d,%d,%d,%d.00,%d.%02d,0.%02d,0.%02d,'%c','%c','%s','%s','%s','%s','%s','",
      row / 4 * 8 + 1, random.Below(200000), random.Below(10000), row % 4 + 1, quantity,
      cents / 100, cents % 100, random.Below(11), random.Below(9), "NRA"[random.Below(3)],
      "OF"[random.Below(2)], Date(random), Date(random), Date(random),
      std::string(kInstructions[random.Below(kInstructions.size())]),
      std::string(kModes[random.Below(kModes.size())]));
  AppendWords(random, 3 + random.Below(4), out);
  *out += "')";
}

void AppendCustomer(Random& random, uint64_t row, std::string* out) {
  *out += absl::StrFormat("(%d,'Customer#%09d','", row, row);
  for (uint64_t i = 0, n = 10 + random.Below(30); i < n; ++i) {
    *out += "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ,"[random.Below(64)];
  }
  *out += absl::StrFormat("',%d,'%d-%03d-%03d-%04d',%d.%02d,'", random.Below(25),
                          10 + random.Below(25), random.Below(1000), random.Below(1000),
                          random.Below(10000), random.Below(10000), random.Below(100));
  AppendWords(random, 8 + random.Below(16), out);
  *out += "',NULL)";
}

void AppendDocument(Random& random, uint64_t row, std::string* out) {
  *out += absl::StrFormat(
      "(%d,'{\\\"id\\\": %d, \\\"user\\\": {\\\"name\\\": \\\"%s_%d\\\", \\\"active\\\": %s}, "
      "\\\"score\\\": 0.%08d, \\\"tags\\\": [\\\"%s\\\", \\\"%s\\\"], \\\"text\\\": \\\"",
      row, random.Below(1u << 30), std::string(kWords[random.Skewed(kWords.size())]),
      random.Below(5000), random.Below(2) == 0 ? "true" : "false", random.Below(100000000),
      std::string(kWords[random.Skewed(kWords.size())]),
      std::string(kWords[random.Skewed(kWords.size())]));
  AppendWords(random, 5 + random.Below(30), out);
  *out += absl::StrFormat("\\\"}','%s %02d:%02d:%02d')", Date(random), random.Below(24),
                          random.Below(60), random.Below(60));
}

void AppendBlob(Random& random, uint64_t row, std::string* out) {
  *out += absl::StrFormat("(%d,0x", row);
  for (uint64_t i = 0, n = 16 + random.Below(240); i < n; ++i) {
    *out += absl::StrFormat("%02X", random.Below(256));
  }
  *out += ")";
}

void AppendNumbers(Random& random, uint64_t row, std::string* out) {
  *out += absl::StrFormat("(%d,%d,%d,%d.%04d,%d)", row, random.Below(1000), random.Next() >> 16,
                          random.Below(1000000), random.Below(10000), random.Below(2));
}

}  // namespace

std::string MakeSqlText(size_t bytes, uint64_t seed) {
  using Shape = void (*)(Random&, uint64_t, std::string*);
  struct Table {
    const char* name;
    Shape append;
    uint64_t rows;
  };
  // Shares by volume: about half order lines, a tenth each of blobs and numbers.
  static constexpr Table kTables[] = {{"order_lines", AppendOrderLine, 4000},
                                      {"customers", AppendCustomer, 700},
                                      {"documents", AppendDocument, 400},
                                      {"attachments", AppendBlob, 300},
                                      {"readings", AppendNumbers, 2200}};
  Random random(seed);
  std::string out;
  out.reserve(bytes + 4096);
  uint64_t row = 1;
  while (out.size() < bytes) {
    for (const Table& table : kTables) {
      if (out.size() >= bytes) break;
      out += absl::StrFormat("INSERT INTO `%s` VALUES\n", table.name);
      for (uint64_t i = 0; i < table.rows && out.size() < bytes; ++i) {
        if (i > 0) out += ",\n";
        table.append(random, row++, &out);
      }
      out += ";\n";
    }
  }
  out.resize(bytes);
  return out;
}

std::string MakeRandomBytes(size_t bytes, uint64_t seed) {
  Random random(seed);
  std::string out(bytes, '\0');
  for (char& c : out) c = static_cast<char>(random.Next() >> 56);
  return out;
}

}  // namespace sfdb::codecs
