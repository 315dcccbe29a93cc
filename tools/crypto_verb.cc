#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "crypto/key_file.h"
#include "crypto/key_loading.h"
#include "crypto/public_key.h"
#include "crypto/seal.h"
#include "crypto/sealed_stream.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/read/backup_file.h"
#include "engine/read/rotate_backup.h"
#include "engine/sinks/directory_sink.h"
#include "engine/sinks/stream_sink.h"
#include "tools/command_line.h"
#include "tools/key_flags.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

namespace fs = std::filesystem;
using base::WithExitCode;

constexpr char kUsage[] =
    "Usage: sfdbtools crypto COMMAND [options]\n"
    "\n"
    "  keygen        make a key file, or a key pair\n"
    "  encrypt-file  seal a file\n"
    "  decrypt-file  open a sealed file, or one of Go sfDBTools\n"
    "  rotate        give a sealed backup other keys\n"
    "\n"
    "sfdbtools crypto COMMAND --help explains a command.\n";

// No other run takes such files for its own.
constexpr std::string_view kTemporary = ".crypto.tmp";

// Standard input or a file, as `-` or a path.
struct Input {
  std::unique_ptr<crypto::FdSource> source;
  int fd = -1;
  ~Input() {
    if (fd > 2) close(fd);
  }
};

absl::Status OpenInput(const std::string& path, Input* input) {
  if (path == "-") {
    input->source = std::make_unique<crypto::FdSource>(STDIN_FILENO, "standard input");
    return absl::OkStatus();
  }
  input->fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (input->fd < 0) return engine::ErrnoStatus(errno, "opening", path);
  input->source = std::make_unique<crypto::FdSource>(input->fd, path);
  return absl::OkStatus();
}

class SinkBytes : public crypto::ByteSink {
 public:
  explicit SinkBytes(engine::SinkFile* file) : file_(file) {}
  absl::Status Write(std::string_view bytes) override { return file_->Append({&bytes, 1}); }

 private:
  engine::SinkFile* file_;
};

// Has `write` write the output, and gives it its name when all is well.
absl::Status WriteOutput(const std::string& path,
                         const std::function<absl::Status(crypto::ByteSink*)>& write) {
  if (path == "-") {
    engine::StreamFile out(STDOUT_FILENO, "standard output");
    SinkBytes bytes(&out);
    return write(&bytes);
  }
  const fs::path whole = path;
  engine::DirectorySink sink(whole.has_parent_path() ? whole.parent_path().string() : ".",
                             &engine::PosixFileSystem(), kTemporary);
  std::vector<std::unique_ptr<engine::SinkFile>> files;
  ASSIGN_OR_RETURN(auto file, sink.Begin(whole.filename().string()));
  files.push_back(std::move(file));
  SinkBytes bytes(files.front().get());
  RETURN_IF_ERROR(write(&bytes));
  RETURN_IF_ERROR(files.front()->Close());
  return sink.Publish(files);
}

int Finish(const std::string& program, const absl::Status& status) {
  return status.ok() ? base::kExitOk : ReportFailure(program, status);
}

absl::Status Keygen(const std::string& out, const std::string& public_out, const std::string& type,
                    const std::string& format) {
  if (type == "key") {
    ASSIGN_OR_RETURN(const crypto::SecretBytes key, crypto::GenerateKeyFileKey());
    const auto encoding = format == "raw"   ? crypto::KeyFileEncoding::kRaw
                          : format == "hex" ? crypto::KeyFileEncoding::kHex
                                            : crypto::KeyFileEncoding::kBase64;
    RETURN_IF_ERROR(crypto::WriteNewSecretFile(out, crypto::EncodeKeyFile(key, encoding)));
    std::printf("%s\n", crypto::KeyFileKeyName(key).c_str());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const crypto::PemKeyPair pair,
                   type == "rsa" ? crypto::GenerateRsaKeyPair() : crypto::GenerateX25519KeyPair());
  RETURN_IF_ERROR(crypto::WriteNewSecretFile(out, pair.private_pem));
  const std::string public_path = public_out.empty() ? out + ".pub" : public_out;
  RETURN_IF_ERROR(
      crypto::WriteNewSecretFile(public_path, crypto::SecretBytes::CopyOf(pair.public_pem)));
  std::printf("%s\n", pair.name.c_str());
  return absl::OkStatus();
}

int KeygenCommand(const std::vector<std::string>& args) {
  const std::string program = "sfdbtools crypto keygen";
  CLI::App app("Makes a new random key; an existing file is never overwritten.", program);
  std::string out, public_out, type = "key", format = "base64";
  app.add_option("-o,--out", out, "file for the key, or for the private key")->required();
  app.add_option("--public", public_out, "file for the public key (default: FILE.pub)");
  app.add_option("--type", type, "key: a key file; rsa, x25519: a pair of PEM files")
      ->check(CLI::IsMember({"key", "rsa", "x25519"}))
      ->capture_default_str();
  app.add_option("--format", format, "of a key file: raw, hex or base64")
      ->check(CLI::IsMember({"raw", "hex", "base64"}))
      ->capture_default_str();
  return ParseAndRun(app, args,
                     [&] { return Finish(program, Keygen(out, public_out, type, format)); });
}

absl::Status Encrypt(const std::string& in, const std::string& out, const SealFlags& keys) {
  ASSIGN_OR_RETURN(const auto recipients, keys.Resolve(/*may_ask=*/true));
  Input input;
  RETURN_IF_ERROR(OpenInput(in, &input));
  return WriteOutput(out, [&](crypto::ByteSink* sink) -> absl::Status {
    ASSIGN_OR_RETURN(crypto::SealWriter writer, crypto::SealWriter::Create({}, recipients, sink));
    std::string buffer(crypto::kFrameLength, '\0');
    while (true) {
      ASSIGN_OR_RETURN(const size_t size, input.source->Read(buffer.data(), buffer.size()));
      if (size == 0) return writer.Finish();
      RETURN_IF_ERROR(writer.Append(std::string_view(buffer).substr(0, size)));
    }
  });
}

absl::Status Decrypt(const std::string& in, const std::string& out, const OpenFlags& keys) {
  ASSIGN_OR_RETURN(const auto identities, keys.Resolve());
  Input input;
  RETURN_IF_ERROR(OpenInput(in, &input));
  return WriteOutput(out, [&](crypto::ByteSink* sink) -> absl::Status {
    auto stream = crypto::OpenSealedStream(input.source.get(), identities);
    if (!stream.ok()) return engine::WithReadExitCode(stream.status());
    std::string buffer(crypto::kFrameLength, '\0');
    while (true) {
      const auto size = (*stream)->Read(buffer.data(), buffer.size());
      if (!size.ok()) return engine::WithReadExitCode(size.status());
      if (*size == 0) return absl::OkStatus();
      RETURN_IF_ERROR(sink->Write(std::string_view(buffer).substr(0, *size)));
    }
  });
}

int EncryptCommand(const std::vector<std::string>& args) {
  const std::string program = "sfdbtools crypto encrypt-file";
  CLI::App app("Seals a file.", program);
  std::string in = "-", out = "-";
  app.add_option("-i,--in", in, "file to read; - is standard input")->capture_default_str();
  app.add_option("-o,--out", out, "new file; - is standard output")->capture_default_str();
  SealFlags keys;
  keys.AddTo(app);
  return ParseAndRun(app, args, [&] { return Finish(program, Encrypt(in, out, keys)); });
}

int DecryptCommand(const std::vector<std::string>& args) {
  const std::string program = "sfdbtools crypto decrypt-file";
  CLI::App app("Opens a sealed file, or one that Go sfDBTools encrypted.", program);
  std::string in = "-", out = "-";
  app.add_option("-i,--in", in, "file to read; - is standard input")->capture_default_str();
  app.add_option("-o,--out", out, "new file; - is standard output")->capture_default_str();
  OpenFlags keys;
  keys.AddTo(app);
  return ParseAndRun(app, args, [&] { return Finish(program, Decrypt(in, out, keys)); });
}

int RotateCommand(const std::vector<std::string>& args) {
  const std::string program = "sfdbtools crypto rotate";
  CLI::App app(
      "Writes a copy of a sealed backup, with index and metadata, that other keys open. The old "
      "files are not touched.",
      program);
  engine::RotateRequest request;
  app.add_option("FILE,-i,--in", request.in, "sealed file")->required();
  app.add_option("-o,--out", request.out, "new file, or a directory")->required();
  app.add_flag("--reseal", request.reseal,
               "also with a new data key: for a key that may have leaked");
  OpenFlags old_keys;
  old_keys.AddTo(app);
  SealFlags new_keys("--new-");
  new_keys.AddTo(app);
  return ParseAndRun(app, args, [&] {
    const auto identities = old_keys.Resolve();
    if (!identities.ok()) return ReportFailure(program, identities.status());
    const auto recipients = new_keys.Resolve(/*may_ask=*/false);
    if (!recipients.ok()) return ReportFailure(program, recipients.status());
    return Finish(program, engine::RotateBackup(request, *identities, *recipients));
  });
}

}  // namespace

int CryptoVerb(const std::vector<std::string>& args) {
  const std::string command = args.empty() ? "" : args.front();
  const std::vector<std::string> rest(args.empty() ? args.end() : args.begin() + 1, args.end());
  if (command == "keygen") return KeygenCommand(rest);
  if (command == "encrypt-file") return EncryptCommand(rest);
  if (command == "decrypt-file") return DecryptCommand(rest);
  if (command == "rotate") return RotateCommand(rest);
  const bool asked = command == "--help" || command == "-h";
  std::fputs(kUsage, asked ? stdout : stderr);
  return asked ? base::kExitOk : base::kExitUsage;
}

}  // namespace sfdb::tools
