// Law 3: a file under its final name is whole, whatever fails and whenever.
#include "engine/sinks/directory_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/status_macros.h"
#include "engine/sinks/directory_lock.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DirectorySinkTest : public testing::Test {
 protected:
  DirectorySinkTest() {
    std::string pattern = (fs::temp_directory_path() / "sink-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~DirectorySinkTest() override { fs::remove_all(directory_); }

  std::vector<std::string> Names() const { return *PosixFileSystem().List(directory_); }
  std::string Content(const std::string& name) const {
    std::ifstream in(directory_ + "/" + name);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }

  std::string directory_;
};

// Passes everything on, but the n-th call (from 1) fails.
class FailingFileSystem : public FileSystem {
 public:
  explicit FailingFileSystem(int fail_at) : fail_at_(fail_at) {}
  bool failed() const { return calls_ >= fail_at_; }

  absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    RETURN_IF_ERROR(Call());
    ASSIGN_OR_RETURN(auto file, PosixFileSystem().Create(path));
    return std::make_unique<File>(this, std::move(file));
  }
  absl::Status RenameNoReplace(const std::string& from, const std::string& to) override {
    RETURN_IF_ERROR(Call());
    return PosixFileSystem().RenameNoReplace(from, to);
  }
  // Cleaning up is not made to fail: that is a crash, which RemoveLeftovers is for.
  absl::Status Remove(const std::string& path) override { return PosixFileSystem().Remove(path); }
  bool Exists(const std::string& path) override { return PosixFileSystem().Exists(path); }
  absl::Status SyncDirectory(const std::string& directory) override {
    RETURN_IF_ERROR(Call());
    return PosixFileSystem().SyncDirectory(directory);
  }
  absl::Status CreateDirectories(const std::string& directory) override {
    return PosixFileSystem().CreateDirectories(directory);
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    return PosixFileSystem().List(directory);
  }

 private:
  class File : public WritableFile {
   public:
    File(FailingFileSystem* files, std::unique_ptr<WritableFile> file)
        : files_(files), file_(std::move(file)) {}
    absl::Status Append(std::span<const std::string_view> pieces) override {
      RETURN_IF_ERROR(files_->Call());
      return file_->Append(pieces);
    }
    absl::Status Close() override {
      RETURN_IF_ERROR(files_->Call());
      return file_->Close();
    }

   private:
    FailingFileSystem* files_;
    std::unique_ptr<WritableFile> file_;
  };

  absl::Status Call() {
    return ++calls_ == fail_at_ ? absl::ResourceExhaustedError("no space") : absl::OkStatus();
  }
  const int fail_at_;
  int calls_ = 0;
};

// A dump, its index, its metadata.
absl::Status PublishThree(Sink& sink) {
  std::vector<std::unique_ptr<SinkFile>> files;
  for (const char* name : {"x.sql", "x.toc", "x.meta.json"}) {
    ASSIGN_OR_RETURN(auto file, sink.Begin(name));
    const std::string_view text = name;
    RETURN_IF_ERROR(file->Append({&text, 1}));
    RETURN_IF_ERROR(file->Close());
    files.push_back(std::move(file));
  }
  return sink.Publish(files);
}

TEST_F(DirectorySinkTest, PublishedFilesAreWholeAndPrivate) {
  DirectorySink sink(directory_, &PosixFileSystem());
  ASSERT_TRUE(PublishThree(sink).ok());
  EXPECT_THAT(Names(), ElementsAre("x.meta.json", "x.sql", "x.toc"));
  EXPECT_EQ(Content("x.sql"), "x.sql");
  struct stat info {};
  ASSERT_EQ(stat((directory_ + "/x.sql").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(DirectorySinkTest, AFailureAnywhereLeavesNothing) {
  int failures = 0;
  for (int n = 1;; ++n) {
    FailingFileSystem files(n);
    DirectorySink sink(directory_, &files);
    const absl::Status status = PublishThree(sink);
    if (!files.failed()) {
      EXPECT_TRUE(status.ok()) << status;
      break;
    }
    ++failures;
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << n << status;
    EXPECT_THAT(Names(), IsEmpty()) << "call " << n;
  }
  // Three times create, append, close; three renames, two syncs of the directory.
  EXPECT_EQ(failures, 14);
}

TEST_F(DirectorySinkTest, AnExistingFileIsNeverReplaced) {
  std::ofstream(directory_ + "/x.sql") << "older";
  DirectorySink sink(directory_, &PosixFileSystem());
  EXPECT_TRUE(absl::IsAlreadyExists(PublishThree(sink)));
  EXPECT_EQ(Content("x.sql"), "older");
  EXPECT_THAT(Names(), ElementsAre("x.sql"));
}

TEST_F(DirectorySinkTest, ANameTakenWhileWeWroteIsNotReplacedAndTheSetWithdrawn) {
  DirectorySink sink(directory_, &PosixFileSystem());
  std::vector<std::unique_ptr<SinkFile>> files;
  for (const char* name : {"x.sql", "x.toc"}) {
    files.push_back(*sink.Begin(name));
    ASSERT_TRUE(files.back()->Close().ok());
  }
  std::ofstream(directory_ + "/x.toc") << "somebody's";
  EXPECT_TRUE(absl::IsAlreadyExists(sink.Publish(files)));
  files.clear();
  EXPECT_THAT(Names(), ElementsAre("x.toc"));
  EXPECT_EQ(Content("x.toc"), "somebody's");
}

TEST_F(DirectorySinkTest, WhatIsNotPublishedIsGone) {
  DirectorySink sink(directory_, &PosixFileSystem());
  {
    auto file = *sink.Begin("x.sql");
    const std::string_view text = "half";
    ASSERT_TRUE(file->Append({&text, 1}).ok());
    EXPECT_THAT(Names(), ElementsAre("x.sql.sfdb.tmp"));
  }
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(DirectorySinkTest, LeftoversOfAKilledRunAreRemovedAndNothingElse) {
  for (const char* name : {"a.sql.gz.sfdb.tmp", "a.toc.sfdb.tmp", "other.tmp", "b.sql.gz"}) {
    std::ofstream(directory_ + "/" + name) << "x";
  }
  DirectorySink sink(directory_, &PosixFileSystem());
  const auto removed = sink.RemoveLeftovers();
  ASSERT_TRUE(removed.ok());
  EXPECT_THAT(*removed, ElementsAre("a.sql.gz.sfdb.tmp", "a.toc.sfdb.tmp"));
  EXPECT_THAT(Names(), ElementsAre("b.sql.gz", "other.tmp"));
}

TEST_F(DirectorySinkTest, DirectoriesAreMadeWithParentsAndPrivate) {
  const std::string deep = directory_ + "/a/b/c";
  ASSERT_TRUE(PosixFileSystem().CreateDirectories(deep).ok());
  ASSERT_TRUE(PosixFileSystem().CreateDirectories(deep).ok());
  struct stat info {};
  ASSERT_EQ(stat((directory_ + "/a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  std::ofstream(directory_ + "/file") << "x";
  EXPECT_FALSE(PosixFileSystem().CreateDirectories(directory_ + "/file").ok());
}

TEST_F(DirectorySinkTest, ALockedDirectorySaysWhoHoldsIt) {
  auto lock = DirectoryLock::Acquire(directory_, "backup combined");
  ASSERT_TRUE(lock.ok());
  const auto second = DirectoryLock::Acquire(directory_, "backup single");
  ASSERT_TRUE(absl::IsAborted(second.status()));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("backup combined"));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(std::to_string(getpid())));
}

TEST_F(DirectorySinkTest, TheLockOfADeadProcessIsFree) {
  const pid_t child = fork();
  if (child == 0) {
    auto lock = DirectoryLock::Acquire(directory_, "backup");
    _exit(lock.ok() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(DirectoryLock::Acquire(directory_, "backup").ok());
}

TEST(ErrnoStatus, AFullDiskAndAFullQuotaSayNoSpace) {
  for (const int error : {ENOSPC, EDQUOT}) {
    const absl::Status status = ErrnoStatus(error, "writing", "/x");
    EXPECT_TRUE(absl::IsResourceExhausted(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr("no space"));
  }
}

}  // namespace
}  // namespace sfdb::engine
