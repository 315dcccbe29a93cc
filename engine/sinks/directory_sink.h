// Files of a directory, by the publication law: a temporary name in the same directory, write,
// fsync, rename without replacing, fsync of the directory.
#pragma once

#include <string>
#include <vector>

#include "engine/sinks/file_system.h"
#include "engine/sinks/sink.h"

namespace sfdb::engine {

// What temporary names end in; nothing else may. Only the run that holds the directory's lock makes
// such files, so any other run that holds it may remove them.
inline constexpr std::string_view kTemporarySuffix = ".sfdb.tmp";

class DirectorySink : public Sink {
 public:
  // `directory` exists; the caller holds its lock (engine/sinks/directory_lock.h), or brings a
  // suffix of his own.
  DirectorySink(std::string directory, FileSystem* files,
                std::string_view temporary_suffix = kTemporarySuffix);

  absl::StatusOr<std::unique_ptr<SinkFile>> Begin(const std::string& name) override;
  absl::Status Publish(std::span<const std::unique_ptr<SinkFile>> files) override;

  // Removes what a killed run has left behind; returns the names.
  absl::StatusOr<std::vector<std::string>> RemoveLeftovers();

 private:
  const std::string directory_;
  FileSystem* const files_;
  const std::string suffix_;
};

}  // namespace sfdb::engine
