#include <gtest/gtest.h>

#include "crypto/damage.h"
#include "crypto/open.h"
#include "crypto/seal.h"
#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

constexpr uint32_t kLength = 64;

// Opens frame by frame what SealBytes made, with nothing but FrameLayout, ReadMessageHeader and
// FrameOpener.
absl::StatusOr<std::string> OpenAll(const std::string& sealed,
                                    const std::vector<IdentityPtr>& identities) {
  const MemorySource source(sealed, "x.enc");
  auto header = ReadMessageHeader(static_cast<const RandomAccessSource&>(source));
  if (!header.ok()) return header.status();
  const auto layout =
      FrameLayout::FromFileSize(header->size(), header->frame_length, sealed.size());
  auto message = OpenedMessage::Open(*std::move(header), "x.enc", identities);
  if (!message.ok()) return message.status();
  auto opener = message->NewOpener();
  std::string plain(layout->plain_size(), '\0');
  for (uint64_t i = 1; i <= layout->frames; ++i) {
    auto got = opener->Open(
        static_cast<uint32_t>(i), layout->KindOf(i),
        std::string_view(sealed).substr(layout->FrameOffset(i), layout->SealedSizeOf(i)),
        {plain.data() + layout->PlainOffset(i), layout->PlainSizeOf(i)});
    if (!got.ok()) return got.status();
  }
  return plain;
}

TEST(SealOpen, WhatIsSealedOpensAgainAtEverySizeAroundTheFrameEdges) {
  for (const size_t size : {0u, 1u, 63u, 64u, 65u, 127u, 128u, 129u, 1000u}) {
    const std::string data = TestData(size);
    const auto sealed = SealBytes(data, {}, ToKey('a'), kLength);
    ASSERT_THAT(sealed, IsOk());
    const auto opened = OpenAll(*sealed, WithKey('a'));
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(*opened, data) << size;
  }
}

TEST(SealOpen, ContextIsReadableAndNamesTheFormat) {
  const auto sealed =
      SealBytes("x", {{"sfdb-backup-id", "b1"}, {"sfdb-format", "9"}}, ToKey('a'), kLength);
  const auto header = ParseMessageHeader(*sealed);
  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->header->context, (Context{{"sfdb-backup-id", "b1"}, {"sfdb-format", "1"}}));
}

TEST(FrameSealer, PiecesSealLikeTheirConcatenation) {
  const auto message = SealedMessage::Create({}, ToKey('a'), kLength);
  ASSERT_THAT(message, IsOk());
  auto sealer = message->NewSealer();
  auto other = message->NewSealer();
  const std::string data = TestData(kLength);
  const std::string_view view = data;
  char whole[kLength + 32], pieced[kLength + 32];
  const std::string_view one[] = {view};
  const std::string_view many[] = {view.substr(0, 1), "", view.substr(1, 16), view.substr(17, 30),
                                   view.substr(47)};
  ASSERT_THAT(sealer->Seal(7, FrameKind::kRegular, one, whole), IsOk());
  ASSERT_THAT(other->Seal(7, FrameKind::kRegular, many, pieced), IsOk());
  EXPECT_EQ(std::string_view(whole, sizeof whole), std::string_view(pieced, sizeof pieced));
}

TEST(FrameSealer, RefusesFramesThatNoReaderWouldTake) {
  const auto message = SealedMessage::Create({}, ToKey('a'), kLength);
  auto sealer = message->NewSealer();
  const std::string data = TestData(kLength + 1);
  std::string out(200, '\0');
  const auto seal = [&](uint32_t frame, FrameKind kind, size_t size, size_t room) {
    const std::string_view pieces[] = {std::string_view(data).substr(0, size)};
    return sealer->Seal(frame, kind, pieces, {out.data(), room}).status();
  };
  EXPECT_THAT(seal(0, FrameKind::kRegular, kLength, 200), Fails(kInvalidArgument, "frame 0"));
  EXPECT_THAT(seal(1, FrameKind::kRegular, kLength - 1, 200), Fails(kInvalidArgument, "63 bytes"));
  EXPECT_THAT(seal(1, FrameKind::kRegular, kLength + 1, 200), Fails(kInvalidArgument, "65 bytes"));
  EXPECT_THAT(seal(1, FrameKind::kFinal, kLength + 1, 200), Fails(kInvalidArgument, "65 bytes"));
  EXPECT_THAT(seal(1, FrameKind::kRegular, kLength, 95), Fails(kInvalidArgument, "into 95"));
  EXPECT_THAT(seal(1, FrameKind::kFinal, kLength, 104), IsOk());
}

TEST(SealedMessage, RefusesContextAndRecipientsOutsideTheFormat) {
  EXPECT_THAT(SealedMessage::Create({}, {}), Fails(kInvalidArgument, "1 to 64 keys"));
  EXPECT_THAT(SealedMessage::Create({{"aws-crypto-x", "1"}}, ToKey('a')),
              Fails(kInvalidArgument, "aws-crypto-"));
  EXPECT_THAT(SealedMessage::Create({{"k", "\xff"}}, ToKey('a')), Fails(kInvalidArgument, "UTF-8"));
  EXPECT_THAT(SealedMessage::Create({{"k", std::string(65535, 'x')}}, ToKey('a')),
              Fails(kInvalidArgument, "longer"));
  EXPECT_THAT(SealedMessage::Create({}, ToKey('a'), 0), Fails(kInvalidArgument, "frame length"));
}

TEST(OpenedMessage, AnotherKeyIsDeniedWithBothNames) {
  const auto sealed = SealBytes("x", {}, ToKey('a'), kLength);
  const auto opened = OpenAll(*sealed, WithKey('b'));
  EXPECT_THAT(opened, Fails(kPermissionDenied, "x.enc: wrong key: the file is sealed to key " +
                                                   KeyFileKeyName(TestKey('a')) + "; given: key " +
                                                   KeyFileKeyName(TestKey('b'))));
  EXPECT_THAT(OpenAll(*sealed, {}), Fails(kPermissionDenied, "no key given"));
}

TEST(OpenedMessage, AnyOfSeveralKeysOpensAnyOfSeveralSlots) {
  const auto recipients = List(KeyFileRecipient(TestKey('a')), KeyFileRecipient(TestKey('b')));
  const auto sealed = SealBytes("text", {}, recipients, kLength);
  for (const char key : {'a', 'b'}) {
    const auto opened =
        OpenAll(*sealed, List(KeyFileIdentity(TestKey('x')), KeyFileIdentity(TestKey(key))));
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(*opened, "text");
  }
}

TEST(KeyFile, ReadsRawHexAndBase64AndNothingElse) {
  const SecretBytes key = TestKey('k');
  for (const auto encoding :
       {KeyFileEncoding::kRaw, KeyFileEncoding::kHex, KeyFileEncoding::kBase64}) {
    const auto parsed = ParseKeyFile(EncodeKeyFile(key, encoding), "k.key");
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(parsed->view(), key.view());
  }
  const SecretBytes hex = EncodeKeyFile(key, KeyFileEncoding::kHex);
  for (const char* ending : {"", "\r\n", "\n\n"}) {
    const auto contents = SecretBytes::CopyOf(std::string(hex.view().substr(0, 64)) + ending);
    EXPECT_THAT(ParseKeyFile(contents, "k.key"), IsOk());
  }
  for (const size_t size : {0, 1, 31, 33, 43, 44, 63, 64, 65, 1000}) {
    const auto refused = ParseKeyFile(SecretBytes::CopyOf(std::string(size, '!')), "k.key");
    EXPECT_THAT(refused, Fails(kInvalidArgument, "k.key is not a key file")) << size;
  }
}

// The contents of a 32-byte file are the key, even when they look like text.
TEST(KeyFile, ExactlyThirtyTwoBytesAreRaw) {
  const auto parsed = ParseKeyFile(SecretBytes::CopyOf("0123456789abcdef0123456789abcde\n"), "k");
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->view(), "0123456789abcdef0123456789abcde\n");
}

// Computed with: printf 'sfdb-key-id\0%s' kkkk... | sha256sum
TEST(KeyFile, NameIsTheHashOfALabelAndTheKey) {
  EXPECT_EQ(KeyFileKeyName(TestKey('k')), "sha256:4f81a59c4b7a4fba");
}

}  // namespace
}  // namespace sfdb::crypto
