// Where finished bytes go: an open descriptor, whatever it is. Large regular files on a local disk
// are written around the page cache, which costs a tenth of the processor time (figures in the .cc
// file); pipes, terminals, small files and everything else get plain writes.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "absl/status/status.h"
#include "engine/sinks/disk_pace.h"

namespace sfdb::engine {

// Used by one thread, which waits for the disk: never a TBB worker.
//
// What a plain writer promises holds here too. Bytes go to the descriptor's offset, which is shared
// with whoever else has the file open through it (the shell, our own standard error): it moves on
// with every write, and when others move it, we go on from there. The file is not truncated, and
// bytes beyond the last one written stay. After an error the file holds a prefix of what was given,
// without holes. The descriptor's flags are not touched.
class FileOutput {
 public:
  // Does not own `fd`, which must stay open until the end of this object. A pipe is made larger.
  explicit FileOutput(int fd);
  // Drops what Finish() would have written.
  ~FileOutput();
  FileOutput(const FileOutput&) = delete;
  FileOutput& operator=(const FileOutput&) = delete;

  // Writes the pieces one after the other; their memory is free again on return. `pieces` is used
  // as scratch space. The last MiB may stay here until more comes or Finish(), and so may its
  // error. Errors: ResourceExhausted (no space), Unavailable (reader gone), Internal; last_errno()
  // says. An error is final: later calls return it again.
  absl::Status Write(std::span<iovec> pieces);
  // Hands what is left to the kernel: after it the file's size and the descriptor's offset are
  // right. Does not sync. More may be written afterwards.
  absl::Status Finish();

  int last_errno() const { return last_errno_; }
  // Bytes the kernel has taken, and how many of them went around the page cache.
  uint64_t bytes_written() const { return bytes_written_; }
  uint64_t bytes_direct() const { return bytes_direct_; }

 private:
  struct Unmap {
    void operator()(char* memory) const;
  };

  absl::Status Fail(int error);
  absl::Status WritePlain(std::span<iovec> pieces);
  // Opens the file a second time for direct writes; false: not a file for that.
  bool OpenDirect();
  // Writes what the staging buffer holds, which is full.
  absl::Status WriteStaged();
  absl::Status WriteStagedPlain(size_t from);
  // No more direct writes in this object's life.
  void GiveUpDirect();

  const int fd_;
  int last_errno_ = 0;
  uint64_t bytes_written_ = 0;
  uint64_t bytes_direct_ = 0;

  bool may_be_direct_ = false;
  int direct_fd_ = -1;  // open from the first direct write on
  std::unique_ptr<char, Unmap> stage_;
  size_t staged_ = 0;    // bytes in stage_
  bool direct_ = false;  // stage_ collects, and its first byte belongs at next_
  off_t next_ = 0;       // a multiple of the alignment; where the shared offset should be
  DiskPace pace_;
  std::chrono::steady_clock::time_point last_end_;  // of the last direct write
};

}  // namespace sfdb::engine
