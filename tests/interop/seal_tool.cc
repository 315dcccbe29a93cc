// A pipe around crypto/, so that other programs can check files against it:
//   seal_tool seal FRAME_LENGTH KEY...  < plain  > sealed
//   seal_tool open KEY...               < sealed > plain
//   seal_tool keygen key|rsa|x25519 PATH            (writes PATH, for the last two also PATH.pub)
// KEY is a key file, a PEM file, or pass:PASSPHRASE. Exit 0, 12 wrong key, 13 damage, 1 otherwise.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "crypto/key_file.h"
#include "crypto/key_loading.h"
#include "crypto/passphrase.h"
#include "crypto/public_key.h"
#include "crypto/seal.h"
#include "crypto/sealed_stream.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {
namespace {

constexpr std::string_view kPass = "pass:";

absl::Status Pump(SequentialSource& in, ByteSink& out) {
  std::string buffer(kFrameLength, '\0');
  for (;;) {
    ASSIGN_OR_RETURN(const size_t got, in.Read(buffer.data(), buffer.size()));
    if (got == 0) return absl::OkStatus();
    RETURN_IF_ERROR(out.Write({buffer.data(), got}));
  }
}

absl::Status Seal(uint32_t frame_length, const std::vector<std::string>& keys) {
  std::vector<RecipientPtr> recipients;
  for (const std::string& key : keys) {
    if (key.starts_with(kPass)) {
      ASSIGN_OR_RETURN(auto recipient,
                       PassphraseRecipient(SecretBytes::CopyOf(key.substr(kPass.size()))));
      recipients.push_back(std::move(recipient));
    } else {
      ASSIGN_OR_RETURN(auto recipient, LoadRecipient(key));
      recipients.push_back(std::move(recipient));
    }
  }
  FdSource in(STDIN_FILENO, "standard input");
  FdSink out(STDOUT_FILENO, "standard output");
  ASSIGN_OR_RETURN(SealWriter writer,
                   SealWriter::Create({{std::string(kContextBackupId), "interop \xc3\xa9"},
                                       {std::string(kContextArtifact), "combined"}},
                                      recipients, &out, frame_length));
  class Appender : public ByteSink {
   public:
    explicit Appender(SealWriter* writer) : writer_(writer) {}
    absl::Status Write(std::string_view bytes) override { return writer_->Append(bytes); }

   private:
    SealWriter* writer_;
  } appender(&writer);
  RETURN_IF_ERROR(Pump(in, appender));
  return writer.Finish();
}

absl::Status Open(const std::vector<std::string>& keys) {
  std::vector<IdentityPtr> identities;
  for (const std::string& key : keys) {
    if (key.starts_with(kPass)) {
      identities.push_back(PassphraseIdentity(SecretBytes::CopyOf(key.substr(kPass.size()))));
    } else {
      ASSIGN_OR_RETURN(auto identity, LoadIdentity(key));
      identities.push_back(std::move(identity));
    }
  }
  FdSource in(STDIN_FILENO, "standard input");
  FdSink out(STDOUT_FILENO, "standard output");
  ASSIGN_OR_RETURN(const auto stream, OpenSealedStream(&in, identities));
  return Pump(*stream, out);
}

absl::Status Keygen(const std::string& kind, const std::string& path) {
  if (kind == "key") {
    ASSIGN_OR_RETURN(const SecretBytes key, GenerateKeyFileKey());
    return WriteNewSecretFile(path, EncodeKeyFile(key, KeyFileEncoding::kHex));
  }
  ASSIGN_OR_RETURN(const PemKeyPair pair,
                   kind == "rsa" ? GenerateRsaKeyPair(2048) : GenerateX25519KeyPair());
  std::ofstream(path + ".pub") << pair.public_pem;
  return WriteNewSecretFile(path, pair.private_pem);
}

absl::Status Run(const std::vector<std::string>& args) {
  if (args.size() >= 3 && args[0] == "seal") {
    return Seal(static_cast<uint32_t>(std::stoul(args[1])), {args.begin() + 2, args.end()});
  }
  if (args.size() >= 2 && args[0] == "open") return Open({args.begin() + 1, args.end()});
  if (args.size() == 3 && args[0] == "keygen") return Keygen(args[1], args[2]);
  return absl::InvalidArgumentError("usage: seal_tool seal|open|keygen ...");
}

}  // namespace
}  // namespace sfdb::crypto

int main(int argc, char** argv) {
  const absl::Status status = sfdb::crypto::Run({argv + 1, argv + argc});
  if (!status.ok()) std::cerr << status.message() << "\n";
  if (absl::IsPermissionDenied(status)) return 12;
  if (absl::IsDataLoss(status)) return 13;
  return status.ok() ? 0 : 1;
}
