// One vector per way in which a sealed file can be damaged. Each is read as a file (by offset) and
// as a stream, and each must be refused, with a message that says what is wrong and where.
#include "crypto/damage.h"

#include <random>

#include "absl/strings/str_format.h"
#include "crypto/internal/wire.h"
#include "crypto/passphrase.h"
#include "crypto/public_key.h"
#include "crypto/seal.h"
#include "crypto/sealed_file_reader.h"
#include "crypto/sealed_stream.h"
#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

constexpr uint32_t kLength = 64;

absl::Status ReadAsFile(const std::string& sealed, const std::vector<IdentityPtr>& identities) {
  const MemorySource source(sealed, "x.enc");
  auto reader = SealedFileReader::Open(&source, identities);
  if (!reader.ok()) return reader.status();
  std::string out(reader->size(), '\0');
  return reader->ReadAt(0, out.size(), out.data());
}

absl::Status ReadAsStream(const std::string& sealed, const std::vector<IdentityPtr>& identities) {
  MemorySource source(sealed, "x.enc");
  auto reader = OpenSealedStream(&source, identities);
  if (!reader.ok()) return reader.status();
  std::string out(sealed.size() + 1, '\0');
  return ReadFully(**reader, out.data(), out.size()).status();
}

// Both ways of reading fail with this code and text.
#define EXPECT_REFUSED(sealed, identities, code, text)                \
  do {                                                                \
    EXPECT_THAT(ReadAsFile(sealed, identities), Fails(code, text));   \
    EXPECT_THAT(ReadAsStream(sealed, identities), Fails(code, text)); \
  } while (false)

// A sealed file taken apart.
struct File {
  explicit File(size_t plain_size = 3 * kLength + 5,
                std::vector<RecipientPtr> recipients = ToKey('a'))
      : bytes(*SealBytes(TestData(plain_size), {{"sfdb-backup-id", "b1"}}, recipients, kLength)),
        header(*ParseMessageHeader(bytes)->header),
        layout(*FrameLayout::FromFileSize(header.size(), kLength, bytes.size())) {}

  std::string Head() const { return bytes.substr(0, header.size()); }
  std::string Frame(uint64_t i) const {
    return bytes.substr(layout.FrameOffset(i), layout.SealedSizeOf(i));
  }
  std::string Flip(size_t offset, int bit = 0) const {
    std::string flipped = bytes;
    flipped[offset] = static_cast<char>(flipped[offset] ^ (1 << bit));
    return flipped;
  }
  std::string WithU32(size_t offset, uint32_t value) const {
    std::string changed = bytes;
    internal::StoreU32(changed.data() + offset, value);
    return changed;
  }

  std::string bytes;
  MessageHeader header;
  FrameLayout layout;
};

// Where the fields of File().bytes are. Context: 2 length, 2 count, then pairs; see FORMAT.md.
constexpr size_t kIdAt = 3;
constexpr size_t kContextAt = kIdAt + 32;

size_t SlotsAt(const File& file) { return kContextAt + 2 + ContextAad(file.header.context).size(); }
size_t ContentTypeAt(const File& file) { return file.header.body.size() - 32 - 4 - 1; }

TEST(DamagedHeader, EveryFieldIsRefusedWithItsOwnMessage) {
  const File file;
  const size_t slots = SlotsAt(file);
  const size_t provider = slots + 2;
  const size_t info = provider + 2 + kKeyFileProvider.size();
  const size_t ciphertext = info + 2 + file.header.slots[0].info.size();
  const size_t type = ContentTypeAt(file);
  const struct {
    const char* field;
    size_t offset;
    int bit;
    absl::StatusCode code;
    const char* text;
  } vectors[] = {
      {"version", 0, 0, kDataLoss,
       "x.enc: not a sealed file, or damaged: it begins with byte 0x03"},
      {"suite", 1, 0, kDataLoss, "names algorithm suite 0x0578"},
      {"message id", kIdAt + 7, 3, kDataLoss, "header damaged: the key commitment does not fit"},
      {"context length", kContextAt + 1, 0, kDataLoss, "header damaged: "},
      {"context length, high byte", kContextAt, 0, kDataLoss,
       "header damaged: the context is longer"},
      {"context count", kContextAt + 3, 2, kDataLoss,
       "header damaged: pair 3 of the context does not fit"},
      {"context key", kContextAt + 6 + 13, 0, kDataLoss,
       "does not open with it; the slot or the context"},
      {"context value", slots - 1, 0, kDataLoss, "does not open with it; the slot or the context"},
      {"slot count to 0", slots + 1, 0, kDataLoss, "header damaged: it claims 0 key slots"},
      {"slot count to 257", slots, 0, kDataLoss, "header damaged: it claims 257 key slots"},
      {"slot kind", provider + 3, 0, kPermissionDenied, "sealed to an unknown kind of key"},
      {"slot key name", info + 9, 0, kPermissionDenied, "wrong key: the file is sealed to key"},
      {"slot tag bits", info + 2 + 23 + 3, 0, kDataLoss, "was given, but does not open with it"},
      {"slot iv", info + 2 + 23 + 8, 0, kDataLoss, "was given, but does not open with it"},
      {"slot data key", ciphertext + 2, 0, kDataLoss, "was given, but does not open with it"},
      {"slot tag", ciphertext + 2 + 47, 0, kDataLoss, "was given, but does not open with it"},
      {"content type", type, 0, kDataLoss, "header damaged: content type is 3"},
      {"frame length above the limit", type + 1, 0, kDataLoss,
       "header damaged: frame length is 16777280"},
      {"frame length", type + 4, 0, kDataLoss,
       "header damaged: its authentication tag does not match"},
      {"commitment", type + 5, 0, kDataLoss, "header damaged: the key commitment does not fit"},
      {"tag", file.header.size() - 1, 7, kDataLoss, "header damaged: its authentication tag"},
  };
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector.field);
    EXPECT_REFUSED(file.Flip(vector.offset, vector.bit), WithKey('a'), vector.code, vector.text);
  }
  EXPECT_REFUSED(file.WithU32(type + 1, 0), WithKey('a'), kDataLoss, "frame length is 0");
}

TEST(DamagedHeader, LengthsOfSlotFieldsThatRunOverTheEndAreTruncation) {
  const File file;
  std::string changed = file.bytes;
  changed[SlotsAt(file) + 2] = '\xff';  // the kind of the slot is now 65292 bytes long
  EXPECT_REFUSED(changed, WithKey('a'), kDataLoss, "truncated: it ends at byte");
}

TEST(DamagedHeader, AHeaderWithoutEndIsRefusedAtItsLimit) {
  const File file;
  std::string huge = file.bytes.substr(0, SlotsAt(file));
  huge += std::string("\0\x40", 2);
  const std::string field = std::string("\xff\xff", 2) + std::string(65535, 'x');
  for (int i = 0; i < 3 * 64; ++i) huge += field;
  EXPECT_REFUSED(huge, WithKey('a'), kDataLoss, "header damaged: it does not end within 1048576");
}

TEST(DamagedHeader, ContextThatRepeatsOrMisordersKeysIsRefused) {
  MessageHeader header = File().header;
  std::string body = header.body.substr(0, kContextAt);
  std::string context("\0\x02", 2);
  for (const char* key : {"b", "a"}) {
    internal::AppendField(&context, key);
    internal::AppendField(&context, "v");
  }
  internal::AppendField(&body, context);
  EXPECT_THAT(ParseMessageHeader(body), Fails(kDataLoss, "keys of the context are not in order"));
  body = header.body.substr(0, kContextAt) + std::string("\0\x02\0\0", 4);
  EXPECT_THAT(ParseMessageHeader(body), Fails(kDataLoss, "the context has no pairs"));
}

TEST(DamagedHeader, UnprintableNamesReachNoTerminal) {
  const File file;
  std::string changed = file.bytes;
  changed[SlotsAt(file) + 4] = '\x1b';
  EXPECT_REFUSED(changed, WithKey('a'), kPermissionDenied, "(\"\\x1b\\x66");
}

TEST(DamagedSlot, OfEachKindIsRefusedWithItsOwnMessage) {
  const SecretBytes passphrase = SecretBytes::CopyOf("kunci-uji");
  auto rsa = GenerateRsaKeyPair(2048);
  auto x25519 = GenerateX25519KeyPair();
  ASSERT_THAT(rsa, IsOk());
  ASSERT_THAT(x25519, IsOk());
  const auto last_of_slot = [](const File& file) { return ContentTypeAt(file) - 1; };

  const File with_passphrase(100, List(*PassphraseRecipient(passphrase, 10)));
  EXPECT_REFUSED(with_passphrase.Flip(last_of_slot(with_passphrase)),
                 List(PassphraseIdentity(passphrase)), kPermissionDenied,
                 "wrong passphrase (or its slot or the context is damaged)");
  // $scrypt$ln=10 -> ln=30: 1 TiB of memory must not be asked for.
  const size_t cost = with_passphrase.bytes.find("ln=10") + 3;
  EXPECT_REFUSED(with_passphrase.Flip(cost, 1), List(PassphraseIdentity(passphrase)), kDataLoss,
                 "the passphrase slot does not say $scrypt$");

  const File with_rsa(100, List(*ParsePublicKey(rsa->public_pem, "rsa.pub")));
  EXPECT_REFUSED(with_rsa.Flip(last_of_slot(with_rsa)),
                 List(*ParsePrivateKey(rsa->private_pem, "rsa.pem")), kDataLoss,
                 "the slot names " + rsa->name.substr(0, 7) + " sha256:");

  const File with_x25519(100, List(*ParsePublicKey(x25519->public_pem, "x.pub")));
  const auto x25519_identity = List(*ParsePrivateKey(x25519->private_pem, "x.pem"));
  EXPECT_REFUSED(with_x25519.Flip(last_of_slot(with_x25519)), x25519_identity, kDataLoss,
                 "the slot names X25519 key");
  // An ephemeral key of small order (all zeros) has no secret in it.
  std::string zero_point = with_x25519.bytes;
  zero_point.replace(last_of_slot(with_x25519) - 79, 32, 32, '\0');
  EXPECT_REFUSED(zero_point, x25519_identity, kDataLoss, "the slot names X25519 key");
}

TEST(DamagedSlot, AnotherSlotStillOpensButTheHeaderTagTells) {
  const File file(10, List(KeyFileRecipient(TestKey('a')), KeyFileRecipient(TestKey('b'))));
  // The last byte of the slots belongs to key b; key a opens its own and the tag covers both.
  EXPECT_REFUSED(file.Flip(ContentTypeAt(file) - 1), WithKey('a'), kDataLoss,
                 "header damaged: its authentication tag does not match");
  EXPECT_REFUSED(file.Flip(ContentTypeAt(file) - 1), WithKey('b'), kDataLoss,
                 "was given, but does not open with it");
}

TEST(WrongKey, IsDeniedAndNeverCalledDamage) {
  const File file(10, List(KeyFileRecipient(TestKey('a')),
                           *PassphraseRecipient(SecretBytes::CopyOf("right"), 10)));
  EXPECT_REFUSED(file.bytes, WithKey('b'), kPermissionDenied,
                 "wrong key: the file is sealed to key sha256:");
  EXPECT_REFUSED(file.bytes, WithKey('b'), kPermissionDenied, ", a passphrase; given: key sha256:");
  EXPECT_REFUSED(file.bytes, List(PassphraseIdentity(SecretBytes::CopyOf("wrong"))),
                 kPermissionDenied, "wrong passphrase");
  EXPECT_REFUSED(file.bytes, std::vector<IdentityPtr>(), kPermissionDenied, "no key given");
}

TEST(DamagedFrames, SwappedDuplicatedAndMissingFramesAreNamed) {
  const File file;  // frames 1 to 3, and 4 with 5 bytes
  const std::string head = file.Head();
  const std::string f1 = file.Frame(1), f2 = file.Frame(2), f3 = file.Frame(3), f4 = file.Frame(4);
  const auto key = WithKey('a');
  EXPECT_REFUSED(head + f1 + f3 + f2 + f4, key, kDataLoss,
                 "x.enc: frame 2 is out of order: the frame in its place has number 3 (bytes 64 to "
                 "127 of the data)");
  EXPECT_REFUSED(head + f1 + f1 + f2 + f3 + f4, key, kDataLoss,
                 "frame 2 is out of order: the frame in its place has number 1");
  EXPECT_REFUSED(head + f1 + f3 + f4, key, kDataLoss,
                 "frame 2 is out of order: the frame in its place has number 3");
  EXPECT_REFUSED(head + f1 + f2 + f4, key, kDataLoss,
                 "frame 3 is out of order: the last frame, in its place, has number 4");
  EXPECT_REFUSED(head + f4, key, kDataLoss,
                 "frame 1 is out of order: the last frame, in its place");
}

TEST(DamagedFrames, AFrameOfAnotherFileDoesNotFit) {
  const File file, other;
  EXPECT_REFUSED(file.Head() + file.Frame(1) + other.Frame(2) + file.Frame(3) + file.Frame(4),
                 WithKey('a'), kDataLoss, "frame 2 is damaged: its authentication tag");
}

TEST(DamagedFrames, ARegularFrameCannotPassForTheLast) {
  const File file;
  // Cut behind frame 2 and dress frame 3 up as the last one.
  std::string forged = file.Head() + file.Frame(1) + file.Frame(2) + std::string(4, '\xff') +
                       file.Frame(3).substr(0, 16) + std::string("\0\0\0\x40", 4) +
                       file.Frame(3).substr(16);
  EXPECT_REFUSED(forged, WithKey('a'), kDataLoss, "frame 3 is damaged: its authentication tag");
}

TEST(DamagedFrames, EveryTruncationIsCalledTruncation) {
  for (const size_t plain : {size_t{0}, size_t{64}, size_t{3 * 64 + 5}}) {
    const File file(plain);
    for (size_t size = 0; size < file.bytes.size(); ++size) {
      SCOPED_TRACE(size);
      EXPECT_REFUSED(file.bytes.substr(0, size), WithKey('a'), kDataLoss, "truncated");
      if (size < file.header.size()) continue;
      // The first frame that is not whole is the one that is named.
      uint64_t missing = 1;
      while (file.layout.FrameOffset(missing) + file.layout.SealedSizeOf(missing) <= size)
        ++missing;
      const auto where = GetDamagedFrame(ReadAsFile(file.bytes.substr(0, size), WithKey('a')));
      ASSERT_TRUE(where.has_value());
      EXPECT_EQ(where->frame, missing);
      EXPECT_EQ(where->plain_begin, (missing - 1) * kLength);
    }
  }
}

TEST(DamagedFrames, SurplusBytesAreRefusedWhateverTheirNumber) {
  for (const size_t plain : {size_t{0}, size_t{64}, size_t{3 * 64 + 5}}) {
    const File file(plain);
    for (const size_t surplus : {1u, 16u, 40u, 95u, 96u, 97u, 500u}) {
      SCOPED_TRACE(surplus);
      const std::string longer = file.bytes + std::string(surplus, '\xff');
      EXPECT_THAT(ReadAsFile(longer, WithKey('a')),
                  Fails(kDataLoss, absl::StrFormat("x.enc: %d bytes follow the end", surplus)));
      EXPECT_THAT(ReadAsStream(longer, WithKey('a')),
                  Fails(kDataLoss, "more bytes follow the end"));
    }
    EXPECT_THAT(ReadAsFile(file.bytes + file.bytes, WithKey('a')),
                Fails(kDataLoss, "follow the end"));
  }
}

TEST(DamagedFrames, ALastFrameThatLiesAboutItsLengthIsRefused) {
  const File file;
  const size_t length = file.layout.FrameOffset(4) + 20;
  const auto key = WithKey('a');
  EXPECT_THAT(ReadAsFile(file.WithU32(length, 4), key), Fails(kDataLoss, "1 bytes follow the end"));
  EXPECT_THAT(ReadAsStream(file.WithU32(length, 4), key), Fails(kDataLoss, "frame 4 is damaged"));
  EXPECT_REFUSED(file.WithU32(length, 6), key, kDataLoss,
                 "frame 4 is missing in part: the file is truncated, its last frame needs 46 bytes "
                 "and has 45");
  EXPECT_REFUSED(file.WithU32(length, 65), key, kDataLoss,
                 "frame 4 is damaged: the last frame claims 65");
  EXPECT_REFUSED(file.WithU32(length, 0xffffffffu), key, kDataLoss, "claims 4294967295 bytes");
}

TEST(DamagedFrames, EachClearFieldOfAFrameIsCheckedByItself) {
  const File file;
  const auto key = WithKey('a');
  const size_t second = file.layout.FrameOffset(2), last = file.layout.FrameOffset(4);
  EXPECT_REFUSED(file.Flip(second + 3, 7), key, kDataLoss, "has number 130");
  EXPECT_REFUSED(file.Flip(second + 4), key, kDataLoss,
                 "frame 2 is damaged: its initialisation vector");
  EXPECT_REFUSED(file.Flip(last), key, kDataLoss,
                 "frame 4 is out of order: the frame in its place");
  EXPECT_REFUSED(file.Flip(last + 7), key, kDataLoss, "frame 4 is out of order: the last frame");
  EXPECT_REFUSED(file.Flip(last + 8), key, kDataLoss,
                 "frame 4 is damaged: its initialisation vector");
  EXPECT_REFUSED(file.Flip(file.bytes.size() - 1), key, kDataLoss, "frame 4 is damaged: its auth");
}

// Wherever one bit changes the file is refused, and in the body the right frame is named.
void ExpectFlipRefused(const File& file, size_t offset, int bit) {
  SCOPED_TRACE(absl::StrFormat("byte %d bit %d", offset, bit));
  const std::string flipped = file.Flip(offset, bit);
  const absl::Status as_file = ReadAsFile(flipped, WithKey('a'));
  const absl::Status as_stream = ReadAsStream(flipped, WithKey('a'));
  for (const absl::Status& status : {as_file, as_stream}) {
    ASSERT_TRUE(absl::IsDataLoss(status) || absl::IsPermissionDenied(status)) << status;
    EXPECT_THAT(std::string(status.message()), testing::StartsWith("x.enc: "));
  }
  if (offset < file.header.size()) return;
  EXPECT_TRUE(absl::IsDataLoss(as_stream)) << as_stream;
  uint64_t frame = file.layout.frames;
  while (file.layout.FrameOffset(frame) > offset) --frame;
  const auto where = GetDamagedFrame(as_stream);
  ASSERT_TRUE(where.has_value()) << as_stream;
  EXPECT_EQ(where->frame, frame) << as_stream;
}

TEST(DamagedFile, FiveHundredRandomFlipsAreAllRefused) {
  const File file(20 * kLength + 11);
  std::mt19937 random(4);
  for (int i = 0; i < 500; ++i) {
    ExpectFlipRefused(file, random() % file.bytes.size(), static_cast<int>(random() % 8));
  }
}

TEST(DamagedFile, EverySingleBitOfASmallFileCounts) {
  const File file(kLength + 3);
  for (size_t offset = 0; offset < file.bytes.size(); ++offset) {
    for (int bit = 0; bit < 8; ++bit) ExpectFlipRefused(file, offset, bit);
  }
}

TEST(DamagedFrame, AnErrorKeepsItsPlaceWhenItIsPrefixed) {
  const absl::Status status = FrameDamageError("x.enc", {3, 128, 192}, "is damaged");
  EXPECT_THAT(status, Fails(kDataLoss, "x.enc: frame 3 is damaged (bytes 128 to 191 of the data)"));
  const auto where = GetDamagedFrame(PrefixError("while reading", status));
  ASSERT_TRUE(where.has_value());
  EXPECT_EQ(where->plain_end, 192u);
  EXPECT_FALSE(GetDamagedFrame(absl::DataLossError("x")).has_value());
}

}  // namespace
}  // namespace sfdb::crypto
