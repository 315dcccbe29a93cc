// Chunks of a table, read and put together, are the rows of mariadb-dump's one SELECT, value by
// value and in its order; on every key shape, with and without ORDER BY, with --where.
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "dumper/chunks/table_chunker.h"
#include "tests/e2e/dump_pair.h"
#include "tests/support/mariadb_server.h"

namespace sfdb::e2e {
namespace {

using dumper::Chunk;
using dumper::ChunkLimits;
using dumper::ChunkRequest;
using dumper::Session;
using dumper::TableChunker;
using test_support::MariadbServer;

// Every table may be cut.
constexpr ChunkLimits kNoLimits = {.small_rows = 0, .small_bytes = 0, .estimate_from_rows = 2000};

std::unique_ptr<Session> Open(const MariadbServer& server, const std::string& charset = "utf8mb4") {
  dumper::ConnectionOptions options;
  options.socket = server.socket_path();
  options.user = "root";
  options.character_set = charset;
  auto session = Session::Connect(options);
  EXPECT_TRUE(session.ok()) << session.status();
  for (const char* sql : {"SET SQL_MODE='NO_AUTO_VALUE_ON_ZERO', TIME_ZONE='+00:00'",
                          "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ"}) {
    EXPECT_TRUE((*session)->Execute(sql).ok());
  }
  return *std::move(session);
}

void Begin(Session& session) {
  ASSERT_TRUE(session.Execute("START TRANSACTION WITH CONSISTENT SNAPSHOT").ok());
}

// Rows as lines that no two different rows share.
absl::StatusOr<std::vector<std::string>> Read(Session& session, const std::string& sql) {
  absl::Status begun = session.BeginStream(sql);
  if (!begun.ok()) return begun;
  const size_t columns = session.fields().size();
  std::vector<std::string> rows;
  for (;;) {
    const char* const* values = nullptr;
    const unsigned long* lengths = nullptr;
    const auto more = session.NextRow(&values, &lengths);
    if (!more.ok()) return more.status();
    if (!*more) break;
    std::string line;
    for (size_t i = 0; i < columns; ++i) {
      if (values[i] == nullptr) {
        line += "N;";
      } else {
        absl::StrAppend(&line, lengths[i], ":", absl::string_view(values[i], lengths[i]), ";");
      }
    }
    rows.push_back(std::move(line));
  }
  session.EndStream();
  return rows;
}

enum class Order { kKey, kServer };

// As the dump would ask; nullopt: a table that has no such order (no unique first key).
std::optional<ChunkRequest> RequestFor(Session& session, const std::string& database,
                                       const std::string& table, Order order,
                                       std::optional<std::string> where = std::nullopt) {
  EXPECT_TRUE(session.UseDatabase(database).ok());
  auto loaded = dumper::LoadTableFacts(session, database, {table}, dumper::WithKeys::kYes);
  EXPECT_TRUE(loaded.ok()) << loaded.status();
  const dumper::TableFacts& facts = (*loaded)[table];
  EXPECT_TRUE(facts.found) << table;
  ChunkRequest request;
  request.database = database;
  request.table = table;
  request.engine = facts.engine;
  request.versioned = facts.versioned();
  request.where = std::move(where);
  request.select = "SELECT /*!40001 SQL_NO_CACHE */ ";
  for (size_t i = 0; i < facts.columns.size(); ++i) {
    absl::StrAppend(&request.select, i > 0 ? ", " : "",
                    dumper::QuoteIdentifier(facts.columns[i].name));
  }
  absl::StrAppend(&request.select, " FROM ", dumper::QuoteIdentifier(table));
  if (order == Order::kKey) {
    if (facts.keys.empty() || !facts.keys.front().unique) return std::nullopt;
    for (const dumper::KeyPart& part : facts.keys) {
      if (part.key != facts.keys.front().key) break;
      absl::StrAppend(&request.order_by, request.order_by.empty() ? " ORDER BY " : ",",
                      dumper::QuoteIdentifier(part.column));
    }
  }
  return request;
}

struct Cut {
  std::string reason;
  size_t chunks = 0;
  size_t rows = 0;
};

// Cuts, reads chunk by chunk over `sessions` in turn, compares with the whole.
// `rows_wanted` gives the size of each chunk.
template <typename RowsWanted>
Cut ExpectExact(const std::vector<Session*>& sessions, const ChunkRequest& request,
                RowsWanted rows_wanted, const ChunkLimits& limits = kNoLimits) {
  Cut cut;
  Session& first = *sessions.front();
  const std::string whole_sql = absl::StrCat(
      request.select, request.where ? " WHERE " + *request.where : "", request.order_by);
  const auto whole = Read(first, whole_sql);
  EXPECT_TRUE(whole.ok()) << whole.status();
  if (!whole.ok()) return cut;
  auto chunker = TableChunker::Create(first, request, limits);
  EXPECT_TRUE(chunker.ok()) << chunker.status();
  if (!chunker.ok()) return cut;
  cut.reason = (*chunker)->reason();
  size_t row = 0;
  for (;;) {
    Session& session = *sessions[cut.chunks % sessions.size()];
    const auto chunk = (*chunker)->Next(session, rows_wanted());
    EXPECT_TRUE(chunk.ok()) << request.table << ": " << chunk.status();
    if (!chunk.ok() || !chunk->has_value()) break;
    ++cut.chunks;
    const std::string sql = (*chunker)->Sql(**chunk);
    Session& reader = *sessions[(cut.chunks * 7) % sessions.size()];
    EXPECT_TRUE(reader.UseDatabase(request.database).ok());
    const auto rows = Read(reader, sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok()) break;
    for (const std::string& line : *rows) {
      if (row >= whole->size() || (*whole)[row] != line) {
        ADD_FAILURE() << request.database << "." << request.table << request.order_by << " WHERE "
                      << request.where.value_or("-") << ": row " << row << " of " << whole->size()
                      << " is " << line << "\ninstead of "
                      << (row < whole->size() ? (*whole)[row] : "the end") << "\nin " << sql;
        return cut;
      }
      ++row;
    }
    EXPECT_LE(cut.chunks, whole->size() * 3 + 2000) << "chunks without end";
    if (cut.chunks > whole->size() * 3 + 2000) break;
  }
  EXPECT_EQ(row, whole->size()) << request.table << ": rows are missing at the end";
  cut.rows = row;
  return cut;
}

std::vector<std::string> TablesOf(Session& session, const std::string& database) {
  const auto result = session.Query(
      absl::StrFormat("SELECT table_name FROM information_schema.tables WHERE table_schema = '%s' "
                      "AND table_type LIKE '%%BASE TABLE' OR table_schema = '%s' AND table_type = "
                      "'SYSTEM VERSIONED'",
                      database, database));
  EXPECT_TRUE(result.ok());
  std::vector<std::string> names;
  for (size_t i = 0; i < result->rows(); ++i) names.push_back(result->text(i, 0));
  return names;
}

class ChunkTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({"keys", "keys_large", "partitions"}).release();
    for (auto& session : sessions_) {
      session = Open(*server_).release();
      Begin(*session);
    }
  }
  static void TearDownTestSuite() {
    for (auto& session : sessions_) delete session;
    delete server_;
  }
  static std::vector<Session*> sessions() { return {sessions_[0], sessions_[1], sessions_[2]}; }

  static MariadbServer* server_;
  static Session* sessions_[3];
};
MariadbServer* ChunkTest::server_ = nullptr;
Session* ChunkTest::sessions_[3] = {};

// Which tables of key_shapes cannot be cut, in one order or the other. A table that is not named
// here must give several chunks.
const std::set<std::string> kOneReadByKey = {"k_text_unique",
                                             "k_prefix_unique",
                                             "k_prefix_primary",
                                             "k_unique_many_nulls",
                                             "k_unique_composite_nulls",
                                             "k_ignored_key",
                                             "k_mixed_direction",
                                             "k_myisam",
                                             "k_aria",
                                             "k_memory",
                                             "k_uuid_mixed"};
const std::set<std::string> kOneReadByServer = {"k_text_unique",
                                                "k_prefix_unique",
                                                "k_prefix_primary",
                                                "k_unique_many_nulls",
                                                "k_unique_composite_nulls",
                                                "k_unique_one_null",
                                                "k_no_clustered",
                                                "k_none",
                                                "k_myisam",
                                                "k_aria",
                                                "k_memory",
                                                "k_part_heap",
                                                "k_generated_key",
                                                "k_virtual_unique",
                                                "k_ignored_key",
                                                "k_uuid_mixed"};

class KeyShapes : public ChunkTest, public testing::WithParamInterface<Order> {};

TEST_P(KeyShapes, EveryTableIsCutExactly) {
  std::mt19937 random(20240611);
  for (const std::string& table : TablesOf(*sessions_[0], "key_shapes")) {
    const auto request = RequestFor(*sessions_[0], "key_shapes", table, GetParam());
    if (!request) continue;
    for (const uint64_t most : {1, 3, 40, 150}) {
      const Cut cut = ExpectExact(sessions(), *request, [&] {
        return std::uniform_int_distribution<uint64_t>(1, most)(random);
      });
      const auto& refused = GetParam() == Order::kKey ? kOneReadByKey : kOneReadByServer;
      EXPECT_EQ(!cut.reason.empty(), refused.count(table) > 0)
          << table << ": " << (cut.reason.empty() ? "was cut" : cut.reason);
      if (cut.reason.empty() && cut.rows > 4 && most == 1) {
        EXPECT_EQ(cut.chunks, cut.rows) << table << ": chunks of one row each";
      }
    }
  }
}

TEST_P(KeyShapes, EveryTableIsCutExactlyWithWhere) {
  std::mt19937 random(4711);
  for (const std::string& table : TablesOf(*sessions_[0], "key_shapes")) {
    const auto plain = RequestFor(*sessions_[0], "key_shapes", table, GetParam());
    if (!plain) continue;
    const auto columns = sessions_[0]->Query(absl::StrFormat(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'key_shapes' AND "
        "table_name = '%s'",
        table));
    ASSERT_TRUE(columns.ok());
    for (size_t i = 0; i < columns->rows(); ++i) {
      const std::string name = dumper::QuoteIdentifier(columns->at(i, 0));
      for (const std::string& where :
           {absl::StrFormat("%s > '5' OR %s < '3'", name, name),
            absl::StrFormat("%s = 3 OR %s IS NULL OR %s > 'k'", name, name, name),
            absl::StrFormat("NOT (%s BETWEEN 20 AND 200)", name), absl::StrFormat("%s = 1", name),
            absl::StrFormat("%s IS NOT NULL", name)}) {
        auto request = *plain;
        request.where = where;
        // A UUID or an address cannot be compared with a number.
        const auto asked = sessions_[0]->Query("EXPLAIN " + request.select + " WHERE " + where);
        if (!asked.ok()) continue;
        ExpectExact(sessions(), request,
                    [&] { return std::uniform_int_distribution<uint64_t>(1, 90)(random); });
      }
    }
  }
}

TEST_P(KeyShapes, PartitionedTablesAreCutExactly) {
  std::mt19937 random(99);
  for (const std::string& table : TablesOf(*sessions_[0], "partitions")) {
    const auto request = RequestFor(*sessions_[0], "partitions", table, GetParam());
    if (!request) continue;
    for (const uint64_t most : {1, 25}) {
      const Cut cut = ExpectExact(sessions(), *request, [&] {
        return std::uniform_int_distribution<uint64_t>(1, most)(random);
      });
      const std::set<std::string> cuttable = {"p_range_columns", "p_hash", "p_key", "p_empty_first",
                                              "p_secondary"};
      const bool by_server_no = GetParam() == Order::kServer && table == "p_secondary";
      EXPECT_EQ(cut.reason.empty(), cuttable.count(table) > 0 && !by_server_no)
          << table << ": " << cut.reason;
    }
  }
}

TEST_P(KeyShapes, LargeTablesAreCutByEstimatesExactly) {
  std::mt19937 random(7);
  ChunkLimits limits = kNoLimits;
  for (const uint64_t from : {200, 1000000}) {
    limits.estimate_from_rows = from;
    for (const std::string& table : TablesOf(*sessions_[0], "key_shapes_large")) {
      const auto request = RequestFor(*sessions_[0], "key_shapes_large", table, GetParam());
      if (!request) continue;
      const Cut cut = ExpectExact(
          sessions(), *request,
          [&] { return std::uniform_int_distribution<uint64_t>(300, 9000)(random); }, limits);
      if (cut.reason.empty() && cut.rows > 20000) {
        EXPECT_GT(cut.chunks, 4u) << table;
        EXPECT_LT(cut.chunks, cut.rows / 300) << table;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, KeyShapes, testing::Values(Order::kKey, Order::kServer),
                         [](const testing::TestParamInfo<Order>& param) {
                           return param.param == Order::kKey ? "ByKey" : "AsTheServer";
                         });

}  // namespace
}  // namespace sfdb::e2e
