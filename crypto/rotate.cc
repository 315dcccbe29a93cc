#include "crypto/rotate.h"

#include <memory>
#include <string>
#include <utility>

#include "crypto/open.h"
#include "crypto/seal.h"
#include "crypto/sealed_stream.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {

absl::Status RotateKeys(SequentialSource* in, std::span<const IdentityPtr> identities,
                        std::span<const RecipientPtr> recipients, ByteSink* out) {
  ASSIGN_OR_RETURN(MessageHeader header, ReadMessageHeader(*in));
  ASSIGN_OR_RETURN(const OpenedMessage message,
                   OpenedMessage::Open(std::move(header), in->name(), identities));
  ASSIGN_OR_RETURN(const std::string rewrapped, message.Rewrap(recipients));
  ASSIGN_OR_RETURN(FrameOpener opener, message.NewOpener());
  RETURN_IF_ERROR(out->Write(rewrapped));

  FrameSplitter splitter(in, message.header());
  FrameSplitter::Frame frame;
  std::string plain(message.header().frame_length, '\0');
  for (;;) {
    ASSIGN_OR_RETURN(const bool more, splitter.Next(&frame));
    if (!more) return absl::OkStatus();
    RETURN_IF_ERROR(
        opener.Open(frame.number, frame.kind, frame.bytes, {plain.data(), plain.size()}).status());
    RETURN_IF_ERROR(out->Write(frame.bytes));
  }
}

absl::Status Reseal(SequentialSource* in, std::span<const IdentityPtr> identities,
                    std::span<const RecipientPtr> recipients, ByteSink* out) {
  ASSIGN_OR_RETURN(const std::unique_ptr<OpenStream> plain, OpenSealedStream(in, identities));
  ASSIGN_OR_RETURN(SealWriter writer, SealWriter::Create(plain->context(), recipients, out));
  std::string buffer(kFrameLength, '\0');
  for (;;) {
    ASSIGN_OR_RETURN(const size_t got, plain->Read(buffer.data(), buffer.size()));
    if (got == 0) return writer.Finish();
    RETURN_IF_ERROR(writer.Append({buffer.data(), got}));
  }
}

}  // namespace sfdb::crypto
