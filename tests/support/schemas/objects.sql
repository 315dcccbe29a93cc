-- Views, triggers, events, routines, packages and sequences in all their variety.
SET NAMES utf8mb4;
CREATE DATABASE objects DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE DATABASE objects_other DEFAULT CHARACTER SET latin1 COLLATE latin1_bin;
USE objects;
CREATE USER IF NOT EXISTS objects_user@localhost IDENTIFIED BY 'x';
CREATE USER IF NOT EXISTS 'odd user'@'%.example.com';
CREATE ROLE IF NOT EXISTS objects_role;
GRANT SELECT, TRIGGER ON objects.* TO objects_user@localhost, objects_role, 'odd user'@'%.example.com';

CREATE TABLE t1 (a INT PRIMARY KEY, b VARCHAR(50), c INT DEFAULT 5);
INSERT INTO t1 VALUES (1, 'one', 1), (2, 'two', NULL), (3, 'drei ''ß'' "😀"', 3);
CREATE TABLE t2 (a INT, d DATETIME);
CREATE TABLE zz_last (a INT);
CREATE TABLE log (msg TEXT);

-- Views: names that sort before and after the tables they need, nested, chained across databases.
CREATE VIEW a_view AS SELECT * FROM t1;
CREATE VIEW b_nested AS SELECT a, b FROM a_view WHERE a > 1;
CREATE VIEW c_deep AS SELECT x.a, y.b AS other FROM b_nested x JOIN a_view y USING (a);
CREATE ALGORITHM=MERGE VIEW v_merge AS SELECT a FROM t1;
CREATE ALGORITHM=TEMPTABLE DEFINER=objects_user@localhost SQL SECURITY DEFINER VIEW v_temptable AS SELECT a FROM t1;
CREATE SQL SECURITY INVOKER VIEW v_invoker AS SELECT a FROM t1;
CREATE DEFINER='odd user'@'%.example.com' VIEW v_odd_definer AS SELECT a FROM t1;
CREATE DEFINER=objects_role VIEW v_role_definer AS SELECT a FROM t1;
CREATE VIEW v_local_check AS SELECT a, b FROM t1 WHERE a < 10 WITH LOCAL CHECK OPTION;
CREATE VIEW v_cascaded_check AS SELECT a, b FROM v_local_check WHERE a > 0 WITH CASCADED CHECK OPTION;
CREATE VIEW v_check_in_string AS SELECT a, 'WITH CASCADED CHECK OPTION' AS s FROM t1 WHERE a < 5 WITH CASCADED CHECK OPTION;
CREATE VIEW v_odd_columns AS SELECT 1 AS `a``b`, 2 AS `sp ace`, 3 AS `select`, 4 AS `1`, 5 AS `ünï`, 6 AS `new
line`, 7 AS `"q"`, 8 AS `back\slash`;
CREATE VIEW v_expressions AS SELECT COUNT(*) AS n, MAX(b) AS m, NOW() AS t, 'it''s' AS s, CAST(1 AS DECIMAL(10,2)) AS d, NULL AS nothing, X'00FF' AS h FROM t1 GROUP BY c HAVING n > 0 ORDER BY n LIMIT 3;
CREATE VIEW v_union AS SELECT a FROM t1 UNION ALL SELECT a FROM t2;
CREATE VIEW v_cte AS WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r;
CREATE VIEW v_subquery AS SELECT * FROM (SELECT a, ROW_NUMBER() OVER (ORDER BY b DESC) AS rn FROM t1) q;
CREATE VIEW zz_view_of_system AS SELECT table_name FROM information_schema.tables WHERE table_schema = 'objects';
CREATE TABLE objects_other.base (a INT, b VARCHAR(10));
CREATE VIEW objects_other.across AS SELECT x.a, y.b FROM objects.t1 x JOIN objects_other.base y USING (a);
CREATE VIEW v_across AS SELECT * FROM objects_other.across;
SET NAMES latin1;
CREATE VIEW v_latin1 AS SELECT 'gr' AS s, a FROM t1;
SET NAMES utf8mb4;
SET collation_connection = utf8mb4_unicode_ci;
CREATE VIEW v_collation AS SELECT 'ünicode ☃' AS s;
SET NAMES utf8mb4;

-- Triggers of every timing, several of one timing in a chosen order, odd modes and charsets.
DELIMITER //
CREATE TRIGGER bi BEFORE INSERT ON t1 FOR EACH ROW SET NEW.c = IFNULL(NEW.c, 0) + 1//
CREATE TRIGGER ai AFTER INSERT ON t1 FOR EACH ROW INSERT INTO log VALUES (CONCAT('ins ', NEW.a, ' ;; '' " \\ '))//
CREATE TRIGGER bu BEFORE UPDATE ON t1 FOR EACH ROW
BEGIN
  -- comment with ünicode
  DECLARE x INT DEFAULT 0;
  IF NEW.a <> OLD.a THEN
    SET x = 1;
  END IF;
END//
CREATE TRIGGER au AFTER UPDATE ON t1 FOR EACH ROW SET @au = 1//
CREATE TRIGGER bd BEFORE DELETE ON t1 FOR EACH ROW SET @bd = 1//
CREATE TRIGGER ad AFTER DELETE ON t1 FOR EACH ROW SET @ad = 1//
CREATE TRIGGER bi_second BEFORE INSERT ON t1 FOR EACH ROW FOLLOWS bi SET @s = 'second'//
CREATE TRIGGER bi_first BEFORE INSERT ON t1 FOR EACH ROW PRECEDES bi SET @s = 'first'//
CREATE DEFINER=objects_user@localhost TRIGGER `odd ``trigger` AFTER INSERT ON t2 FOR EACH ROW SET @o = 'it''s'//
CREATE OR REPLACE DEFINER='odd user'@'%.example.com' TRIGGER definer_trigger BEFORE INSERT ON t2 FOR EACH ROW SET @o = ' DEFINER TRIGGER '//
SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'//
CREATE TRIGGER "ansi" BEFORE UPDATE ON t2 FOR EACH ROW SET @"x y" = 'a\b' || 'c'//
SET sql_mode = ''//
CREATE TRIGGER no_mode BEFORE DELETE ON t2 FOR EACH ROW SET @m = 0//
SET sql_mode = 'ORACLE'//
CREATE TRIGGER oracle_trigger AFTER DELETE ON t2 FOR EACH ROW BEGIN INSERT INTO log VALUES (:OLD.a || 'x'); END//
SET sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'//
SET NAMES latin1//
CREATE TRIGGER latin_trigger BEFORE INSERT ON zz_last FOR EACH ROW SET @l = 'x'//
SET NAMES utf8mb4//
SET collation_connection = utf8mb4_unicode_ci//
CREATE TRIGGER collation_trigger AFTER INSERT ON zz_last FOR EACH ROW SET @l = 'ünï'//
SET NAMES utf8mb4//
ALTER DATABASE objects COLLATE utf8mb4_unicode_ci//
CREATE TRIGGER db_collation_trigger AFTER UPDATE ON zz_last FOR EACH ROW SET @l = 'y'//
CREATE PROCEDURE db_collation_procedure() SELECT 1//
CREATE EVENT db_collation_event ON SCHEDULE EVERY 1 YEAR DISABLE DO SELECT 1//
ALTER DATABASE objects COLLATE utf8mb4_general_ci//
SET sql_mode = DEFAULT//

-- Routines.
CREATE PROCEDURE p_plain() SELECT 1//
CREATE PROCEDURE p_params(IN a INT, OUT b VARCHAR(10), INOUT c DECIMAL(5, 2)) COMMENT 'it''s "a" comment' MODIFIES SQL DATA SQL SECURITY INVOKER
BEGIN
  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END;
  label: LOOP
    SET a = a - 1;
    IF a < 0 THEN LEAVE label; END IF;
  END LOOP;
  SET b = 'a\nb''c"d\\e', c = c + 1; -- ünï 😀
END//
CREATE DEFINER=objects_user@localhost PROCEDURE `odd ``proc` () SELECT ';;', '//'//
CREATE PROCEDURE `proc; with "all"` () BEGIN END//
CREATE FUNCTION f_plain(a INT) RETURNS INT DETERMINISTIC RETURN a + 1//
CREATE FUNCTION f_text(s VARCHAR(20) CHARSET latin1) RETURNS VARCHAR(20) CHARSET utf8mb4 COLLATE utf8mb4_bin NO SQL RETURN CONCAT(s, 'é')//
CREATE DEFINER='odd user'@'%.example.com' FUNCTION f_reads() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM t1)//
CREATE AGGREGATE FUNCTION f_aggregate(x INT) RETURNS INT
BEGIN
  DECLARE total INT DEFAULT 0;
  DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN total;
  LOOP
    FETCH GROUP NEXT ROW;
    SET total = total + x;
  END LOOP;
END//
SET sql_mode = 'ANSI_QUOTES'//
CREATE PROCEDURE "p ansi" () SELECT 'x' AS "y"//
SET sql_mode = 'ORACLE'//
CREATE PROCEDURE p_oracle(a IN INT, b OUT VARCHAR2(10)) AS x INT := 5; BEGIN b := a || 'x'; END//
CREATE FUNCTION f_oracle RETURN NUMBER AS BEGIN RETURN 1; END//
CREATE OR REPLACE PACKAGE pkg AS
  FUNCTION f1 RETURN INT;
  PROCEDURE p1(a INT);
END//
CREATE OR REPLACE PACKAGE BODY pkg AS
  counter INT := 0;
  FUNCTION f1 RETURN INT AS BEGIN RETURN counter; END;
  PROCEDURE p1(a INT) AS BEGIN counter := counter + a; END;
BEGIN
  counter := 10;
END//
CREATE PACKAGE only_spec COMMENT 'no body' AS PROCEDURE p2; END//
SET sql_mode = DEFAULT//
SET NAMES cp1251//
CREATE PROCEDURE p_cp1251() SELECT 1//
SET NAMES utf8mb4//

-- Events.
CREATE EVENT e_once ON SCHEDULE AT '2037-01-01 00:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'it''s' DO SELECT 1//
CREATE EVENT e_every ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2020-01-01 00:00:00' ENDS '2037-01-01 00:00:00' DO BEGIN INSERT INTO log VALUES ('event'); END//
CREATE DEFINER=objects_user@localhost EVENT `odd ``event` ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 00:00:00' DISABLE ON SLAVE DO SELECT 'ünï'//
SET time_zone = '+05:30'//
CREATE EVENT e_zone ON SCHEDULE EVERY 1 WEEK STARTS '2020-01-01 00:00:00' DO SELECT 1//
SET time_zone = 'SYSTEM', sql_mode = 'ANSI_QUOTES'//
CREATE EVENT "e ansi" ON SCHEDULE EVERY 1 MONTH STARTS '2020-01-01 00:00:00' DO SELECT "a" FROM t1//
SET sql_mode = DEFAULT, collation_connection = utf8mb4_bin//
CREATE EVENT e_collation ON SCHEDULE EVERY 1 QUARTER STARTS '2020-01-01 00:00:00' DO SELECT 1//
SET NAMES utf8mb4//
DELIMITER ;

-- Sequences.
CREATE SEQUENCE s_plain;
CREATE SEQUENCE s_options START WITH 100 INCREMENT BY -5 MINVALUE -1000 MAXVALUE 1000 CACHE 7 CYCLE;
CREATE SEQUENCE s_nocache START WITH 9223372036854775000 NOCACHE NOCYCLE;
CREATE SEQUENCE `s odd ``name` ENGINE=Aria COMMENT='it''s';
CREATE SEQUENCE s_negative START WITH -1 INCREMENT BY -1;
DO NEXTVAL(s_plain), NEXTVAL(s_plain), NEXTVAL(s_options), NEXTVAL(s_nocache);
DO SETVAL(s_negative, -50);
CREATE TABLE uses_sequence (a INT DEFAULT NEXTVAL(s_plain), b INT);
INSERT INTO uses_sequence (b) VALUES (1), (2);
-- 'a_' sorts before every table, 'zzz' behind.
CREATE SEQUENCE a_sequence;
CREATE SEQUENCE zzz_sequence;
