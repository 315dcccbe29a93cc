// Throughput of one core: sealing and opening frames, hashing, making a header. Run it next to the
// library's own numbers with bench/crypto/against_openssl.sh.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "crypto/key_file.h"
#include "crypto/open.h"
#include "crypto/passphrase.h"
#include "crypto/seal.h"
#include "crypto/sha256.h"

namespace sfdb::crypto {
namespace {

std::vector<RecipientPtr> Recipients() {
  std::vector<RecipientPtr> list;
  list.push_back(KeyFileRecipient(SecretBytes(kKeyFileKeyBytes)));
  return list;
}
std::vector<IdentityPtr> Identities() {
  std::vector<IdentityPtr> list;
  list.push_back(KeyFileIdentity(SecretBytes(kKeyFileKeyBytes)));
  return list;
}

// Arguments: frame length, number of pieces that the frame is gathered from.
void BM_SealFrame(benchmark::State& state) {
  const auto length = static_cast<uint32_t>(state.range(0));
  const auto count = static_cast<size_t>(state.range(1));
  const auto message = SealedMessage::Create({}, Recipients(), length);
  auto sealer = message->NewSealer();
  const std::string plain(length, 'x');
  std::vector<std::string_view> pieces;
  for (size_t i = 0; i < count; ++i) {
    // Cut at odd places, as compressed frames are.
    const size_t begin = i * length / count | (i > 0), end = (i + 1) * length / count | 1;
    pieces.push_back(std::string_view(plain).substr(begin, i + 1 < count ? end - begin : end));
  }
  std::string out(SealedFrameSize(FrameKind::kRegular, length), '\0');
  uint32_t frame = 1;
  for (auto _ : state) {
    const auto size = sealer->Seal(frame++, FrameKind::kRegular, pieces, {out.data(), out.size()});
    if (!size.ok()) state.SkipWithError(size.status().ToString().c_str());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * length);
}
BENCHMARK(BM_SealFrame)
    ->Args({1 << 20, 1})
    ->Args({1 << 20, 7})
    ->Args({1 << 20, 64})
    ->Args({4 << 10, 1})
    ->Args({64 << 10, 1})
    ->Args({4 << 20, 1});

void BM_OpenFrame(benchmark::State& state) {
  const auto length = static_cast<uint32_t>(state.range(0));
  const auto created = SealedMessage::Create({}, Recipients(), length);
  auto sealer = created->NewSealer();
  const std::string plain(length, 'x');
  const std::string_view piece[] = {plain};
  std::string sealed(SealedFrameSize(FrameKind::kRegular, length), '\0');
  (void)sealer->Seal(1, FrameKind::kRegular, piece, {sealed.data(), sealed.size()});
  auto opened =
      OpenedMessage::Open(*ParseMessageHeader(created->header())->header, "bench", Identities());
  auto opener = opened->NewOpener();
  std::string out(length, '\0');
  for (auto _ : state) {
    const auto size = opener->Open(1, FrameKind::kRegular, sealed, {out.data(), out.size()});
    if (!size.ok()) state.SkipWithError(size.status().ToString().c_str());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * length);
}
BENCHMARK(BM_OpenFrame)->Arg(1 << 20)->Arg(64 << 10);

void BM_Sha256(benchmark::State& state) {
  const std::string bytes(1 << 20, 'x');
  Sha256 hasher;
  for (auto _ : state) hasher.Update(bytes);
  benchmark::DoNotOptimize(hasher.Finish());
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * (1 << 20));
}
BENCHMARK(BM_Sha256);

void BM_MakeHeaderForAKeyFile(benchmark::State& state) {
  const auto recipients = Recipients();
  for (auto _ : state) benchmark::DoNotOptimize(SealedMessage::Create({}, recipients));
}
BENCHMARK(BM_MakeHeaderForAKeyFile);

void BM_MakeHeaderForAPassphrase(benchmark::State& state) {
  std::vector<RecipientPtr> recipients;
  recipients.push_back(*PassphraseRecipient(SecretBytes::CopyOf("passphrase")));
  for (auto _ : state) benchmark::DoNotOptimize(SealedMessage::Create({}, recipients));
}
BENCHMARK(BM_MakeHeaderForAPassphrase)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sfdb::crypto
