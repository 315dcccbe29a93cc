// Reading backups: files made by the pipeline, whole and damaged, with and without their index.
#include "engine/read/backup_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "crypto/key_file.h"
#include "crypto/seal.h"
#include "engine/backup/small_file.h"
#include "engine/base/exit_code.h"
#include "engine/pipeline/backup_pipeline.h"
#include "engine/pipeline/frame_cutter.h"
#include "engine/read/verify.h"
#include "tests/unit/engine/memory_sink.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Kind = TocSection::Kind;

struct Made {
  std::string text;
  std::string table_text;  // what cat --table d.t2 prints
  std::string dump;
  std::string toc;
};

// A dump of one database with three tables, t1 large enough for several frames.
Made MakeBackup(const codecs::Codec& codec, int level, const crypto::SecretBytes* key) {
  std::vector<crypto::RecipientPtr> recipients;
  if (key != nullptr) recipients.push_back(crypto::KeyFileRecipient(*key));
  const crypto::Context context = {
      {std::string(crypto::kContextBackupId), "id-1"},
      {std::string(crypto::kContextCompression), std::string(codec.name)}};
  std::optional<crypto::SealedMessage> seal;
  if (key != nullptr) seal = *crypto::SealedMessage::Create(context, recipients);

  Made made;
  MemoryFile file;
  MemoryPlan plan = *PlanMemory({.limit_bytes = 1ull << 30, .threads = 2}, codec, level);
  plan.frame_bytes = 100'000;
  BackupPipeline pipeline({.codec = &codec,
                           .level = level,
                           .seal = seal ? &*seal : nullptr,
                           .memory = plan,
                           .file = &file});
  FrameCutter cutter(plan.frame_bytes,
                     [&](FramePtr frame) { return pipeline.Submit(std::move(frame)); });
  Toc toc;
  toc.backup_id = "id-1";
  toc.codec = std::string(codec.name);
  auto add = [&](Kind kind, const char* table, uint64_t rows, const std::string& text) {
    if (kind == Kind::kStructure) cutter.BeginUnit();
    cutter.BeginSection(static_cast<uint32_t>(toc.sections.size()));
    toc.sections.push_back(
        {.kind = kind,
         .database = kind == Kind::kPrologue || kind == Kind::kEpilogue ? "" : "d",
         .table = table,
         .rows = rows,
         .at = made.text.size(),
         .bytes = text.size()});
    made.text += text;
    if (std::string_view(table) == "t2" || toc.sections.back().database.empty()) {
      made.table_text += text;
    }
    EXPECT_TRUE(cutter.AddOwned(text).ok());
  };
  auto rows_of = [](int count, int seed) {
    std::string text = "INSERT INTO `t` VALUES\n";
    for (int i = 0; i < count; ++i) {
      text += "(" + std::to_string(uint32_t(i + seed) * 2654435761u) + ",'x')" +
              (i + 1 == count ? ";\n" : ",\n");
    }
    return text;
  };
  add(Kind::kPrologue, "", 0, "/* prologue */\n");
  add(Kind::kHead, "", 0, "USE `d`;\n");
  add(Kind::kStructure, "t1", 0, "CREATE TABLE t1;\n");
  add(Kind::kRows, "t1", 40'000, rows_of(40'000, 1));
  add(Kind::kStructure, "t2", 0, "CREATE TABLE t2;\n");
  add(Kind::kRows, "t2", 8'000, rows_of(8'000, 2));
  add(Kind::kStructure, "t3", 0, "CREATE TABLE t3;\n");
  add(Kind::kRows, "t3", 30'000, rows_of(30'000, 3));
  add(Kind::kEpilogue, "", 0, "-- Dump completed on 2026-01-01  0:00:00\n");
  EXPECT_TRUE(cutter.Finish().ok());
  const PipelineResult result = *pipeline.Finish();
  toc.plain_bytes = made.text.size();
  toc.stream_bytes = result.stream_bytes;
  toc.prologue_bytes = result.prologue_bytes;
  for (const auto& frame : result.frames) {
    toc.frames.push_back({frame.plain_size, frame.compressed_size});
  }
  for (size_t i = 0; i < toc.sections.size(); ++i) toc.sections[i].crc = result.sections[i].crc;
  made.dump = std::move(file.content);
  made.toc = *CompressText(TocText(toc), codec, level);
  if (key != nullptr) made.toc = *crypto::SealBytes(made.toc, context, recipients);
  return made;
}

struct FormatCase {
  const char* codec;
  int level;
  const char* extension;
  bool sealed;
};
void PrintTo(const FormatCase& one, std::ostream* out) {
  *out << one.codec << one.level << (one.sealed ? "_sealed" : "_plain");
}

class ReadBackup : public testing::TestWithParam<FormatCase> {
 protected:
  ReadBackup() : key_(*crypto::GenerateKeyFileKey()) {
    std::string pattern = (fs::temp_directory_path() / "read-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    const FormatCase& format = GetParam();
    made_ = MakeBackup(**codecs::FindCodec(format.codec), format.level,
                       format.sealed ? &key_ : nullptr);
    path_ = directory_ + "/x.sql" + format.extension + (format.sealed ? ".enc" : "");
    Write(path_, made_.dump);
    Write(directory_ + "/x.toc", made_.toc);
    identities_.push_back(crypto::KeyFileIdentity(key_));
  }
  ~ReadBackup() override { fs::remove_all(directory_); }

  static void Write(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  void RemoveIndex() { fs::remove(directory_ + "/x.toc"); }

  absl::StatusOr<std::string> Cat() {
    auto file = BackupFile::Open(path_, identities_, 3);
    if (!file.ok()) return file.status();
    std::string text;
    const absl::Status status = (*file)->ReadAll([&](std::string_view piece) {
      text += piece;
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return text;
  }

  VerifyResult Verify(VerifyLevel level = VerifyLevel::kData) {
    return VerifyBackup(path_, level, identities_, 3);
  }

  crypto::SecretBytes key_;
  std::string directory_;
  std::string path_;
  Made made_;
  std::vector<crypto::IdentityPtr> identities_;
};

TEST_P(ReadBackup, WholeWithAndWithoutItsIndex) {
  EXPECT_EQ(*Cat(), made_.text);
  EXPECT_TRUE(Verify().status.ok()) << Verify().status;
  EXPECT_EQ(Verify().rows, 78'000u);
  RemoveIndex();
  EXPECT_EQ(*Cat(), made_.text);
  EXPECT_TRUE(Verify().status.ok()) << Verify().status;
}

TEST_P(ReadBackup, OneTableReadsOnlyItsFrames) {
  const auto file = BackupFile::Open(path_, identities_, 3);
  ASSERT_TRUE(file.ok());
  ASSERT_NE((*file)->toc(), nullptr) << (*file)->toc_error();
  const uint64_t before = (*file)->bytes_read();
  const auto ranges = RangesOfTable(*(*file)->toc(), "d", "t2");
  ASSERT_TRUE(ranges.ok());
  std::string text;
  ASSERT_TRUE((*file)
                  ->ReadRanges(*ranges,
                               [&](std::string_view piece) {
                                 text += piece;
                                 return absl::OkStatus();
                               })
                  .ok());
  EXPECT_EQ(text, made_.table_text);
  // Of nine frames: the first (prologue), that of t2, the last (epilogue). A sealed file this small
  // is one or two sealed frames.
  if (!GetParam().sealed) {
    EXPECT_LT((*file)->bytes_read() - before, made_.dump.size() / 2);
  }
}

TEST_P(ReadBackup, TruncationAnywhereIsDamage) {
  for (const bool with_index : {true, false}) {
    if (!with_index) RemoveIndex();
    for (const double part : {0.0, 0.3, 0.9, 0.999}) {
      Write(path_, made_.dump.substr(0, static_cast<size_t>(double(made_.dump.size()) * part)));
      const VerifyResult result = Verify();
      EXPECT_EQ(base::ExitCodeOf(result.status), base::kExitDamaged) << part << result.status;
      EXPECT_THAT(std::string(result.status.message()), HasSubstr(directory_)) << result.status;
    }
  }
}

TEST_P(ReadBackup, FlippedBitsAreFoundAndTheTableIsNamed) {
  size_t named = 0;
  for (size_t i = 0; i < 40; ++i) {
    std::string bad = made_.dump;
    const size_t at = bad.size() * (2 * i + 1) / 80;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    Write(path_, bad);
    const VerifyResult result = Verify();
    EXPECT_EQ(base::ExitCodeOf(result.status), base::kExitDamaged) << at << result.status;
    named += std::string(result.status.message()).find("`d`") != std::string::npos;
  }
  // Some flips hit what is in no frame: header, padding, the container's own index.
  EXPECT_GE(named, 30u);
}

TEST_P(ReadBackup, AnIndexOfAnotherBackupIsNotUsed) {
  const Made other = MakeBackup(**codecs::FindCodec(GetParam().codec), GetParam().level,
                                GetParam().sealed ? &key_ : nullptr);
  Write(directory_ + "/x.toc", other.toc.substr(0, other.toc.size() / 2));
  EXPECT_EQ(*Cat(), made_.text);
  const VerifyResult result = Verify(VerifyLevel::kStructure);
  EXPECT_EQ(base::ExitCodeOf(result.status), base::kExitDamaged) << result.status;
}

TEST_P(ReadBackup, WithoutItsKeyItIsAWrongKey) {
  if (!GetParam().sealed) return;
  identities_.clear();
  EXPECT_EQ(base::ExitCodeOf(Cat().status()), base::kExitWrongKey);
  identities_.push_back(crypto::KeyFileIdentity(*crypto::GenerateKeyFileKey()));
  EXPECT_EQ(base::ExitCodeOf(Cat().status()), base::kExitWrongKey);
  EXPECT_EQ(base::ExitCodeOf(Verify().status), base::kExitWrongKey);
}

INSTANTIATE_TEST_SUITE_P(
    Formats, ReadBackup,
    testing::Values(FormatCase{"gzip", 1, ".gz", false}, FormatCase{"gzip", 6, ".gz", true},
                    FormatCase{"zstd", 3, ".zst", false}, FormatCase{"zstd", 3, ".zst", true},
                    FormatCase{"xz", 1, ".xz", false}, FormatCase{"xz", 1, ".xz", true},
                    FormatCase{"none", 0, "", true}),
    testing::PrintToStringParamName());

}  // namespace
}  // namespace sfdb::engine
