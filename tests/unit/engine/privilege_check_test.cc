// What SHOW GRANTS says -> what a backup would not see.
#include "engine/backup/privilege_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dumper/privileges/accounts.h"

namespace sfdb::engine {
namespace {

using dumper::Grants;
using testing::ElementsAre;
using testing::IsEmpty;

DatabaseSummary Database(const std::string& name, uint64_t views = 0, uint64_t hidden = 0) {
  DatabaseSummary summary;
  summary.name = name;
  summary.views = views;
  summary.hidden_routines = hidden;
  return summary;
}

PrivilegeNeeds Needs(std::vector<DatabaseSummary> databases, bool export_users) {
  PrivilegeNeeds needs;
  needs.databases = std::move(databases);
  needs.export_users = export_users;
  return needs;
}

// "SELECT on app", "EVENT on app", ...
std::vector<std::string> Missing(const std::vector<std::string>& grants, PrivilegeNeeds needs) {
  std::vector<std::string> list;
  for (const MissingPrivilege& one : FindMissingPrivileges(Grants(grants), needs)) {
    list.push_back(one.privilege + " on " + one.database);
  }
  return list;
}

TEST(Grants, GlobalPrivilegesReachEverything) {
  const Grants grants({"GRANT SELECT, SHOW VIEW ON *.* TO `b`@`%` IDENTIFIED BY PASSWORD '*X'"});
  EXPECT_TRUE(grants.HasGlobally("SELECT"));
  EXPECT_TRUE(grants.HasOnDatabase("SHOW VIEW", "any"));
  EXPECT_TRUE(grants.HasOnTable("SELECT", "mysql", "proc"));
  EXPECT_FALSE(grants.HasOnDatabase("TRIGGER", "any"));
}

TEST(Grants, AllPrivilegesStandForEach) {
  const Grants grants({"GRANT ALL PRIVILEGES ON `app`.* TO `b`@`%` WITH GRANT OPTION"});
  EXPECT_TRUE(grants.HasOnDatabase("EVENT", "app"));
  EXPECT_FALSE(grants.HasOnDatabase("EVENT", "other"));
  EXPECT_FALSE(grants.HasGlobally("EVENT"));
}

TEST(Grants, DatabasesAreLikePatterns) {
  EXPECT_TRUE(dumper::MatchesGrantPattern("app\\_x", "app_x"));
  EXPECT_FALSE(dumper::MatchesGrantPattern("app\\_x", "app1x"));
  EXPECT_TRUE(dumper::MatchesGrantPattern("app_x", "app1x"));
  EXPECT_TRUE(dumper::MatchesGrantPattern("app_x", "app\xC3\xA4x"));
  EXPECT_TRUE(dumper::MatchesGrantPattern("%app%", "my_app_1"));
  EXPECT_TRUE(dumper::MatchesGrantPattern("%", ""));
  EXPECT_FALSE(dumper::MatchesGrantPattern("app", "app2"));
  EXPECT_FALSE(dumper::MatchesGrantPattern("app_", "app"));
}

TEST(Grants, OnlyTheMostSpecificPatternCountsForAUserAndRolesAdd) {
  const Grants grants({"GRANT TRIGGER ON `app%`.* TO `b`@`%`",
                       "GRANT SELECT ON `app\\_x`.* TO `b`@`%`", "GRANT EVENT ON `app%`.* TO `r`"});
  EXPECT_TRUE(grants.HasOnDatabase("SELECT", "app_x"));
  EXPECT_FALSE(grants.HasOnDatabase("TRIGGER", "app_x"));
  EXPECT_TRUE(grants.HasOnDatabase("EVENT", "app_x"));
  EXPECT_TRUE(grants.HasOnDatabase("TRIGGER", "app2"));
}

TEST(Grants, SomeColumnsOrATableAreNotTheDatabase) {
  const Grants grants({"GRANT SELECT (`a`, `b`), UPDATE ON `app`.`t` TO `b`@`%`",
                       "GRANT SELECT ON `mysql`.`proc` TO `b`@`%`",
                       "GRANT EXECUTE ON PROCEDURE `app`.`p` TO `b`@`%`", "GRANT `role` TO `b`@`%`",
                       "SET DEFAULT ROLE `role` FOR `b`@`%`"});
  EXPECT_FALSE(grants.HasOnTable("SELECT", "app", "t"));
  EXPECT_TRUE(grants.HasOnTable("UPDATE", "app", "t"));
  EXPECT_TRUE(grants.HasOnTable("SELECT", "mysql", "proc"));
  EXPECT_FALSE(grants.HasOnDatabase("EXECUTE", "app"));
}

TEST(Accounts, ThoseOfTheInstallationAreTheSystems) {
  using dumper::IsSystemAccount;
  EXPECT_TRUE(IsSystemAccount("root", "localhost", "db1"));
  EXPECT_TRUE(IsSystemAccount("root", "DB1", "db1"));
  EXPECT_TRUE(IsSystemAccount("", "localhost", "db1"));
  EXPECT_TRUE(IsSystemAccount("mysql", "localhost", "db1"));
  EXPECT_TRUE(IsSystemAccount("mariadb.sys", "localhost", "db1"));
  // Somebody made these.
  EXPECT_FALSE(IsSystemAccount("root", "%", "db1"));
  EXPECT_FALSE(IsSystemAccount("root", "10.0.0.7", "db1"));
  EXPECT_FALSE(IsSystemAccount("app", "localhost", "db1"));
}

TEST(Privileges, TheDocumentedSetIsEnough) {
  EXPECT_THAT(
      Missing({"GRANT SELECT, RELOAD, SHOW VIEW, EVENT, TRIGGER, BINLOG MONITOR ON *.* TO `b`@`%`"},
              Needs({Database("a", 3, 2), Database("b")}, true)),
      IsEmpty());
}

TEST(Privileges, EachThatIsMissingIsNamedForItsDatabase) {
  EXPECT_THAT(
      Missing({"GRANT SELECT ON `a`.* TO `b`@`%`", "GRANT SELECT ON `mysql`.`proc` TO `b`@`%`"},
              Needs({Database("a", 1)}, false)),
      ElementsAre("SHOW VIEW on a", "TRIGGER on a", "EVENT on a"));
}

TEST(Privileges, ShowViewIsNotAskedForWithoutViews) {
  EXPECT_THAT(
      Missing({"GRANT SELECT, TRIGGER, EVENT ON *.* TO `b`@`%`"}, Needs({Database("a")}, true)),
      IsEmpty());
}

TEST(Privileges, OwnersSeeTheirRoutinesUnlessSomeAreHidden) {
  const std::vector<std::string> owner = {"GRANT ALL PRIVILEGES ON `a`.* TO `b`@`%`"};
  EXPECT_THAT(Missing(owner, Needs({Database("a", 1, 0)}, false)), IsEmpty());
  EXPECT_THAT(Missing(owner, Needs({Database("a", 1, 1)}, false)), ElementsAre("SELECT on mysql"));
  // Who sees no routine at all cannot know that there is none.
  EXPECT_THAT(Missing({"GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON `a`.* TO `b`@`%`"},
                      Needs({Database("a")}, false)),
              ElementsAre("SELECT on mysql"));
}

TEST(Privileges, WhatIsNotAskedForNeedsNone) {
  PrivilegeNeeds needs = Needs({Database("a", 0, 1)}, false);
  needs.triggers = needs.events = needs.routines = false;
  EXPECT_THAT(Missing({"GRANT SELECT ON `a`.* TO `b`@`%`"}, needs), IsEmpty());
}

TEST(Privileges, UsersNeedTheirTables) {
  EXPECT_THAT(Missing({"GRANT ALL PRIVILEGES ON `a`.* TO `b`@`%`"}, Needs({Database("a")}, true)),
              ElementsAre("SELECT on mysql"));
}

TEST(Privileges, TheStatementsToGiveAreFewAndQuoted) {
  EXPECT_EQ(GrantsText({{"TRIGGER", "my_db", ""}, {"EVENT", "my_db", ""}, {"SELECT", "a`b", ""}},
                       "'u'@'%'"),
            "GRANT SELECT ON `a``b`.* TO 'u'@'%';\n"
            "GRANT EVENT, TRIGGER ON `my\\_db`.* TO 'u'@'%';");
  std::vector<MissingPrivilege> many;
  for (const char* name : {"a", "b", "c", "d"}) many.push_back({"TRIGGER", name, ""});
  EXPECT_EQ(GrantsText(many, "'u'@'%'"), "GRANT TRIGGER ON *.* TO 'u'@'%';");
}

}  // namespace
}  // namespace sfdb::engine
