-- Names that need quoting, or that quoting gets wrong.
SET sql_mode = '';
CREATE DATABASE `odd ``db` DEFAULT CHARACTER SET utf8mb4;
CREATE DATABASE `back``tick db` DEFAULT CHARACTER SET utf8mb4;
CREATE DATABASE `select`;
CREATE DATABASE `ünïcode 中文`;
CREATE DATABASE `123`;
CREATE DATABASE `da-sh.dot`;
CREATE DATABASE `-- comment */`;
CREATE TABLE `select`.`table` (`select` INT, `from` INT);
INSERT INTO `select`.`table` VALUES (1, 2);
CREATE VIEW `select`.`view` AS SELECT `select`, `from` AS `where` FROM `select`.`table`;
CREATE TABLE `ünïcode 中文`.`täble 表` (`cölumn 列` VARCHAR(10), `б` INT);
INSERT INTO `ünïcode 中文`.`täble 表` VALUES ('ä', 1);
CREATE VIEW `ünïcode 中文`.`vïew` AS SELECT `cölumn 列` FROM `ünïcode 中文`.`täble 表`;
USE `ünïcode 中文`;
CREATE TABLE `ключ` (`ключ` INT, `中文` INT, `é` INT);
CREATE TABLE `中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中中` (a INT);
INSERT INTO `ключ` VALUES (1, 2, 3);
CREATE TRIGGER `trïgger 触` BEFORE INSERT ON `ключ` FOR EACH ROW SET @`ключ` = 1;
CREATE PROCEDURE `prözedur`(`парам` INT) SELECT 1 AS `列`;
CREATE SEQUENCE `sequénce`;
CREATE EVENT `évent` ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 00:00:00' DISABLE DO SELECT 1;
CREATE TABLE `123`.`456` (`789` INT, `1e5` INT, `0x41` INT);
INSERT INTO `123`.`456` VALUES (1, 2, 3);
CREATE TABLE `da-sh.dot`.`t.t-t` (`a.b` INT);
INSERT INTO `da-sh.dot`.`t.t-t` VALUES (1);
CREATE TABLE `-- comment */`.`/*!50000 x */` (`#` INT, `--` INT);
INSERT INTO `-- comment */`.`/*!50000 x */` VALUES (1, 2);

CREATE TABLE `back``tick db`.t (a INT);
INSERT INTO `back``tick db`.t VALUES (1);
CREATE VIEW `back``tick db`.v AS SELECT a FROM `back``tick db`.t;
CREATE TRIGGER `back``tick db`.tr BEFORE INSERT ON `back``tick db`.t FOR EACH ROW SET @a = 1;
CREATE PROCEDURE `back``tick db`.p() SELECT 1;

USE `odd ``db`;
CREATE TABLE `back``tick` (`a``b` INT, KEY `k``k` (`a``b`));
CREATE TABLE `dou"ble` (`a"b` INT);
CREATE TABLE `two
lines
of name` (`col
umn` INT);
CREATE TABLE `per%cent_under` (`%` INT, `_` INT);
CREATE TABLE `  leading` (`  x` INT);
CREATE TABLE `semi;colon` (`;` INT);
CREATE TABLE `$dollar` (`$` INT, `a$b` INT);
CREATE TABLE `UPPER` (A INT);
CREATE TABLE `upper` (a INT);
CREATE TABLE `1digit` (`1` INT);
CREATE TABLE `1e10` (a INT);
CREATE TABLE `0` (`0` INT);
CREATE TABLE `abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl` (`zyxwvutsrqponmlkjihgfedcbazyxwvutsrqponmlkjihgfedcbazyxwvutsrqpo` INT);
CREATE TABLE `tab	tab` (`x	y` INT);
CREATE TABLE `[brackets]` (`(a)` INT, `a,b` INT);
CREATE TABLE `@at` (`@a` INT, `:b` INT, `?` INT);
CREATE TABLE `group` (`order` INT, `by` INT, `key` INT, `index` INT, `desc` INT, PRIMARY KEY (`order`));
CREATE TABLE `a'b` (`c'd` VARCHAR(10));
CREATE TABLE `\` (`\` INT);
CREATE TABLE `\\` (`\\` INT);
CREATE TABLE `ends_with_backslash\` (a INT);
INSERT INTO `back``tick` VALUES (1);
INSERT INTO `dou"ble` VALUES (1);
INSERT INTO `two
lines
of name` VALUES (1);
INSERT INTO `per%cent_under` VALUES (1, 2);
INSERT INTO `  leading` VALUES (1);
INSERT INTO `semi;colon` VALUES (1);
INSERT INTO `$dollar` VALUES (1, 2);
INSERT INTO `1digit` VALUES (5);
INSERT INTO `group` VALUES (1, 2, 3, 4, 5), (0, 0, 0, 0, 0);
INSERT INTO `a'b` VALUES ('x''y');
INSERT INTO `\` VALUES (1);
INSERT INTO `\\` VALUES (2);
CREATE VIEW `v``w` AS SELECT `a``b` AS `x``y` FROM `back``tick`;
CREATE VIEW `v"w` AS SELECT `a"b` FROM `dou"ble`;
CREATE VIEW `v\w'` AS SELECT `\` FROM `\`;
CREATE VIEW `v
w` AS SELECT 1 AS `col
umn`;
CREATE TRIGGER `t``r` BEFORE INSERT ON `back``tick` FOR EACH ROW SET @a = 1;
CREATE TRIGGER `t"r\` BEFORE INSERT ON `dou"ble` FOR EACH ROW SET @a = 1;
CREATE TRIGGER `t'r` BEFORE INSERT ON `a'b` FOR EACH ROW SET @a = 1;
CREATE PROCEDURE `p``q'r"s\t` () SELECT 1;
CREATE FUNCTION `f
g` () RETURNS INT RETURN 1;
CREATE EVENT `e``f"g'h\i` ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 00:00:00' DISABLE DO SELECT 1;
CREATE SEQUENCE `s``t"u'v\w`;
CREATE SEQUENCE `s
t`;
