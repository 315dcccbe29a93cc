-- Database names with quotes, backslashes and newlines. Apart from the others, because mariadb-dump
-- itself stops at them with --events or --routines (it escapes the name as if it were a string).
CREATE DATABASE `dou"ble`;
CREATE TABLE `dou"ble`.t (a INT);
INSERT INTO `dou"ble`.t VALUES (1);
CREATE VIEW `dou"ble`.v AS SELECT a FROM `dou"ble`.t;
CREATE TRIGGER `dou"ble`.tr BEFORE INSERT ON `dou"ble`.t FOR EACH ROW SET @a = 1;
CREATE PROCEDURE `dou"ble`.p() SELECT 1;
CREATE EVENT `dou"ble`.e ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 00:00:00' DISABLE DO SELECT 1;
CREATE DATABASE `new
line`;
CREATE DATABASE `back\slash'quote`;
CREATE TABLE `new
line`.`t` (a INT);
INSERT INTO `new
line`.`t` VALUES (1);
CREATE TABLE `back\slash'quote`.`t\\n'x` (`c\'d` INT);
INSERT INTO `back\slash'quote`.`t\\n'x` VALUES (1);
CREATE VIEW `new
line`.v AS SELECT a FROM `new
line`.t;
CREATE TRIGGER `new
line`.`t
r` BEFORE INSERT ON `new
line`.t FOR EACH ROW SET @a = 1;
CREATE SEQUENCE `back\slash'quote`.`s\'q`;
