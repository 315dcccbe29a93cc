#include "engine/restore/deferred_keys.h"

#include <gtest/gtest.h>

namespace sfdb::engine {
namespace {

TEST(DeferKeys, PlainKeysOfAnInnodbTableComeAfterTheRows) {
  const auto deferred = DeferKeys(
      "CREATE TABLE `t` (\n  `id` bigint(20) NOT NULL AUTO_INCREMENT,\n  `a` int(11) DEFAULT NULL "
      "COMMENT 'KEY, it''s',\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `u` (`a`,`id`),\n  KEY `k` "
      "(`a`),\n  KEY `l` (`a`,`id`) COMMENT 'x'\n) ENGINE=InnoDB DEFAULT CHARSET=latin1\n "
      "PARTITION BY HASH (`id`)");
  ASSERT_TRUE(deferred.has_value());
  EXPECT_EQ(deferred->create,
            "CREATE TABLE `t` (\n  `id` bigint(20) NOT NULL AUTO_INCREMENT,\n  `a` int(11) DEFAULT "
            "NULL COMMENT 'KEY, it''s',\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `u` (`a`,`id`)\n) "
            "ENGINE=InnoDB DEFAULT CHARSET=latin1\n PARTITION BY HASH (`id`)");
  EXPECT_EQ(deferred->alter,
            "ALTER TABLE `t` ADD KEY `k` (`a`), ADD KEY `l` (`a`,`id`) COMMENT 'x'");
}

TEST(DeferKeys, TablesThatWouldNotComeBackTheSameKeepTheirKeys) {
  const std::string_view kept[] = {
      "CREATE TABLE `t` (\n  `a` int(11),\n  KEY `k` (`a`)\n) ENGINE=MyISAM",
      "CREATE TABLE `t` (\n  `a` int(11),\n  PRIMARY KEY (`a`)\n) ENGINE=InnoDB",
      "CREATE TABLE `t` (\n  `a` int(11) AUTO_INCREMENT,\n  KEY `k` (`a`)\n) ENGINE=InnoDB",
      "CREATE TABLE `t` (\n  `a` text,\n  KEY `k` (`a`(3)),\n  FULLTEXT KEY `f` (`a`)\n) "
      "ENGINE=InnoDB",
      "CREATE TABLE `t` (\n  `a` int,\n  KEY `k` (`a`),\n  CONSTRAINT `c` FOREIGN KEY (`a`) "
      "REFERENCES `p` (`a`)\n) ENGINE=InnoDB",
      "CREATE TABLE `t` (\n  `a` int(11),\n  KEY `k` (`a`)\n) ENGINE=InnoDB DEFAULT CHARSET=latin1 "
      "WITH SYSTEM VERSIONING",
      "/*!50001 CREATE VIEW `t` AS SELECT\n 1 AS `a`*/",
      "CREATE TABLE `t` (a int, key(a)) ENGINE=InnoDB",
  };
  for (const std::string_view text : kept) EXPECT_FALSE(DeferKeys(text).has_value()) << text;
}

TEST(DeferKeys, ALineEndInANameIsNoLineEnd) {
  const auto deferred = DeferKeys(
      "CREATE TABLE `t` (\n  `a\n  KEY `` b` int(11),\n  KEY `k` (`a\n  KEY `` b`)\n) "
      "ENGINE=InnoDB");
  ASSERT_TRUE(deferred.has_value());
  EXPECT_EQ(deferred->create, "CREATE TABLE `t` (\n  `a\n  KEY `` b` int(11)\n) ENGINE=InnoDB");
}

}  // namespace
}  // namespace sfdb::engine
