#include "engine/profiles/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/encoding.h"
#include "crypto/legacy_go.h"
#include "engine/base/exit_code.h"
#include "engine/profiles/profile_store.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::string TextOf(const Profile& profile, ProfileLayout layout) {
  const auto text = ProfileText(profile, layout);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? std::string(text->view()) : "";
}

TEST(Profile, InGoLayoutIsTheTextThatGoSfdbtoolsWrites) {
  Profile profile;
  profile.host = "127.0.0.1";
  profile.port = 3306;
  profile.user = "root";
  profile.password = "rahasia";
  EXPECT_EQ(TextOf(profile, ProfileLayout::kGo),
            "[client]\nhost=127.0.0.1\nport=3306\nuser=root\npassword=rahasia\n");
}

TEST(Profile, WhatTheGoProgramWouldLoseIsRefusedInItsLayout) {
  for (const auto& spoil :
       {+[](Profile& p) { p.socket = "/run/x.sock"; }, +[](Profile& p) { p.password = " edge"; },
        +[](Profile& p) { p.password = "two\nlines"; }, +[](Profile& p) { p.ssl_ca = "/ca.pem"; },
        +[](Profile& p) { p.skip_ssl = true; }, +[](Profile& p) { p.protocol = "socket"; }}) {
    Profile profile;
    profile.host = "db1";
    spoil(profile);
    EXPECT_TRUE(absl::IsInvalidArgument(ProfileText(profile, ProfileLayout::kGo).status()));
  }
}

TEST(Profile, AnyValueComesBackFromOurLayout) {
  const std::vector<std::string> passwords = {
      "plain",    "",           " edges ",   "a=b#c;d", "\"quoted\"",
      "[client]", "l1\nl2\r\n", "päss 密码", "\\n",     std::string("nul\0inside", 10)};
  for (const std::string& password : passwords) {
    Profile profile;
    profile.socket = "/run/x.sock";
    profile.password = password;
    profile.port = 3307;
    profile.skip_ssl = true;
    profile.ssl_ca = "/etc/ca.pem";
    const auto back = ParseProfile(TextOf(profile, ProfileLayout::kSealed), "p");
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->password, profile.password);
    EXPECT_EQ(back->socket, profile.socket);
    EXPECT_EQ(back->port, 3307u);
    EXPECT_EQ(back->host, std::nullopt);
    EXPECT_EQ(back->ssl_ca, profile.ssl_ca);
    EXPECT_TRUE(back->skip_ssl);
    EXPECT_THAT(back->ignored, ElementsAre());
  }
}

TEST(Profile, IsReadAsTheGoProgramReadsIt) {
  const auto profile = ParseProfile(
      "# made by hand\r\n; and so on\n [Client] \n HOST = db1 \nUser=a=b\npassword = \"x\" \n"
      "compress\n[ssh]\nenabled=false\nhost=jump\n[mysqld]\nport=1\n",
      "p");
  ASSERT_TRUE(profile.ok()) << profile.status();
  EXPECT_EQ(profile->host, "db1");
  EXPECT_EQ(profile->user, "a=b");
  EXPECT_EQ(profile->password, "\"x\"") << "it knows no quotes";
  EXPECT_EQ(profile->port, std::nullopt);
  EXPECT_FALSE(profile->wants_ssh);
  EXPECT_THAT(profile->ignored, ElementsAre("client.compress", "mysqld.port"));
}

TEST(Profile, WhatIsNoProfileIsDamageAndTheMessageHoldsNoValue) {
  for (const char* text : {"", "password=rahasia", "[server]\npassword=rahasia",
                           "[client]\nport=rahasia", "[client]\npassword-base64=rahasia!"}) {
    const auto profile = ParseProfile(text, "prod");
    EXPECT_TRUE(absl::IsDataLoss(profile.status())) << text;
    EXPECT_THAT(std::string(profile.status().message()), HasSubstr("prod"));
    EXPECT_THAT(std::string(profile.status().message()), testing::Not(HasSubstr("rahasia")));
  }
}

TEST(Profile, TakesThePlaceOfEverythingThatSaysWhereTheServerIs) {
  dumper::ConnectionOptions options;
  options.host = "elsewhere";
  options.socket = "/run/other.sock";
  options.password = "theirs";
  options.ssl_ca = "/etc/ca.pem";
  Profile profile;
  profile.host = "localhost";
  ASSERT_TRUE(ApplyProfile(profile, ProfileLayout::kGo, &options).ok());
  EXPECT_EQ(options.host, "localhost");
  EXPECT_EQ(options.socket, std::nullopt);
  EXPECT_EQ(options.password, std::nullopt);
  EXPECT_EQ(options.protocol, "tcp") << "Go sfDBTools never uses a socket";
  EXPECT_EQ(options.ssl_ca, "/etc/ca.pem");
  profile.wants_ssh = true;
  EXPECT_TRUE(absl::IsFailedPrecondition(ApplyProfile(profile, ProfileLayout::kGo, &options)));
}

class ProfileStore : public testing::Test {
 protected:
  ProfileStore() {
    std::string pattern = (fs::temp_directory_path() / "profiles-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    stored_.profile.host = "db1";
    stored_.profile.password = "rahasia-sekali";
  }
  ~ProfileStore() override { fs::remove_all(directory_); }

  static ProfileKey Key(std::string_view text) {
    return {.passphrase = crypto::SecretBytes::CopyOf(text), .key_file = ""};
  }
  std::string Path(const std::string& name) const { return directory_ + "/" + name + ".cnf.enc"; }
  static std::string Bytes(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    return bytes.str();
  }

  std::string directory_;
  StoredProfile stored_;
};

TEST_F(ProfileStore, BothLayoutsOpenWithTheirKeyAndWithNoOther) {
  for (const ProfileLayout layout : {ProfileLayout::kSealed, ProfileLayout::kGo}) {
    stored_.layout = layout;
    const std::string path = Path(std::string(ProfileLayoutName(layout)));
    ASSERT_TRUE(WriteProfile(path, stored_, Key("kunci"), false).ok());
    const auto back = ReadProfile(path, Key("kunci"));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->layout, layout);
    EXPECT_EQ(back->profile.password, "rahasia-sekali");
    EXPECT_THAT(Bytes(path), testing::Not(HasSubstr("rahasia")));
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
    EXPECT_EQ(base::ExitCodeOf(ReadProfile(path, Key("lain")).status()), base::kExitWrongKey);
    EXPECT_EQ(base::ExitCodeOf(ReadProfile(path, {}).status()), base::kExitWrongKey);
  }
}

TEST_F(ProfileStore, TheVectorsOfGoSfdbtoolsOpenAndOursOpenWithItsReader) {
  const std::string vectors[] = {
      "53616c7465645f5f0102030405060708a0a1a2a3a4a5a6a7a8a9aaab7081358d3d37709c220607bb3ac8"
      "176766b558ae8181796364fb160f072916243e25aba447994cf4415fc1b82829a45deecdd1ba1cb18085"
      "1c97415dca3556bb997a35151ee2e42f48c80455f2",
      "53616c7465645f5f0102030405060708a0a1a2a3a4a5a6a7a8a9aaab4006f4722152737c08e26307d4df"
      "49a98171d1121a3fd23cf839bbcd1783e4f66f007ce7c9f9b3d4505923ec938e2e5606672adbefa0543e"
      "fee22f2487a54e1857c9200f2a835fd5059cccf6b2"};
  for (const std::string& vector : vectors) {
    std::ofstream(Path("v"), std::ios::binary) << crypto::HexDecode(vector)->view();
    const auto read = ReadProfile(Path("v"), Key("kunci-uji"));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->layout, ProfileLayout::kGo);
    EXPECT_EQ(read->profile.host, "127.0.0.1");
    EXPECT_EQ(read->profile.port, 3306u);
    EXPECT_EQ(read->profile.user, "root");
    EXPECT_EQ(read->profile.password, "rahasia");
    // And the other way: what we write is what the reference says Go reads.
    ASSERT_TRUE(WriteProfile(Path("w"), *read, Key("kunci-uji"), true).ok());
    const auto plain =
        crypto::OpenLegacyGo(Bytes(Path("w")), "w", crypto::SecretBytes::CopyOf("kunci-uji"));
    ASSERT_TRUE(plain.ok()) << plain.status();
    EXPECT_EQ(plain->view(), "[client]\nhost=127.0.0.1\nport=3306\nuser=root\npassword=rahasia\n");
  }
}

TEST_F(ProfileStore, AProfileIsReplacedOnlyWhenThatIsMeantAndNeverInPart) {
  stored_.layout = ProfileLayout::kGo;
  ASSERT_TRUE(WriteProfile(Path("p"), stored_, Key("kunci"), false).ok());
  const std::string before = Bytes(Path("p"));
  EXPECT_TRUE(absl::IsAlreadyExists(WriteProfile(Path("p"), stored_, Key("kunci"), false)));
  stored_.profile.socket = "/s";  // not in this layout
  EXPECT_FALSE(WriteProfile(Path("p"), stored_, Key("kunci"), true).ok());
  EXPECT_EQ(Bytes(Path("p")), before);
  stored_.profile.socket.reset();
  stored_.profile.host = "db2";
  ASSERT_TRUE(WriteProfile(Path("p"), stored_, Key("kunci"), true).ok());
  EXPECT_EQ(ReadProfile(Path("p"), Key("kunci"))->profile.host, "db2");
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1) << "nothing temporary stays";
}

TEST_F(ProfileStore, DamageIsNotAWrongKey) {
  ASSERT_TRUE(WriteProfile(Path("p"), stored_, Key("kunci"), false).ok());
  std::string bytes = Bytes(Path("p"));
  bytes[bytes.size() - 40] ^= 1;
  std::ofstream(Path("p"), std::ios::binary) << bytes;
  EXPECT_EQ(base::ExitCodeOf(ReadProfile(Path("p"), Key("kunci")).status()), base::kExitDamaged);
  std::ofstream(Path("q")) << "[client]\npassword=rahasia\n";
  EXPECT_EQ(base::ExitCodeOf(ReadProfile(Path("q"), Key("kunci")).status()), base::kExitDamaged)
      << "plain text is not taken for a profile";
  EXPECT_EQ(base::ExitCodeOf(ReadProfile(Path("none"), Key("k")).status()), base::kExitUsage);
}

TEST_F(ProfileStore, NamesAndPathsAreToldApart) {
  EXPECT_EQ(*ProfilePath("prod", "/etc/p"), "/etc/p/prod.cnf.enc");
  EXPECT_EQ(*ProfilePath("/a/prod.cnf.enc", "/etc/p"), "/a/prod.cnf.enc");
  EXPECT_EQ(*ProfilePath("./prod", "/etc/p"), "./prod");
  EXPECT_EQ(*ProfilePath("prod.cnf.enc", "/etc/p"), "prod.cnf.enc");
  stored_.layout = ProfileLayout::kGo;
  ASSERT_TRUE(WriteProfile(Path("x"), stored_, Key("kunci"), false).ok());
  EXPECT_EQ(*ProfilePath(directory_ + "/x", "/etc/p"), Path("x"));
  for (const char* wrong : {"", ".", "..", ".hidden"}) {
    EXPECT_FALSE(ProfilePath(wrong, "/etc/p").ok()) << wrong;
  }
}

TEST_F(ProfileStore, ListsWhatIsThereWithoutAKey) {
  EXPECT_TRUE(ListProfiles(directory_ + "/none")->empty());
  stored_.layout = ProfileLayout::kGo;
  ASSERT_TRUE(WriteProfile(Path("b"), stored_, Key("kunci"), false).ok());
  std::ofstream(Path("a")) << "plain";
  fs::permissions(Path("a"), fs::perms(0644));
  std::ofstream(directory_ + "/other.txt") << "x";
  const auto profiles = ListProfiles(directory_);
  ASSERT_TRUE(profiles.ok());
  ASSERT_EQ(profiles->size(), 2u);
  EXPECT_EQ((*profiles)[0].name, "a");
  EXPECT_FALSE((*profiles)[0].layout.has_value());
  EXPECT_FALSE((*profiles)[0].is_private);
  EXPECT_EQ((*profiles)[1].layout, ProfileLayout::kGo);
  EXPECT_TRUE((*profiles)[1].is_private);
}

}  // namespace
}  // namespace sfdb::engine
