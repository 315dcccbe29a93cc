-- Every feature a table definition can have.
SET sql_mode = '';
CREATE DATABASE tables DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
USE tables;

CREATE TABLE generated (
  id INT PRIMARY KEY AUTO_INCREMENT, a INT, b VARCHAR(20), v INT AS (a * 2) VIRTUAL, s INT AS (a + 1) STORED, sv VARCHAR(50) GENERATED ALWAYS AS (CONCAT(b, '''', "x\\n")) PERSISTENT,
  vi INT AS (a % 3) VIRTUAL INVISIBLE, KEY (s), KEY (v));
INSERT INTO generated (a, b) VALUES (1, 'x'), (NULL, NULL), (-5, 'q''"\\');
CREATE TABLE invisible (a INT, b INT INVISIBLE DEFAULT 7, c VARCHAR(5) INVISIBLE, d INT NOT NULL);
INSERT INTO invisible (a, b, c, d) VALUES (1, 2, 'x', 3), (4, NULL, NULL, 5);
INSERT INTO invisible (a, d) VALUES (8, 9);
CREATE TABLE only_generated (a INT AS (1 + 1) VIRTUAL, b INT);
INSERT INTO only_generated (b) VALUES (1), (2);
CREATE TABLE checks (a INT CHECK (a > 0), b INT, c VARCHAR(10) DEFAULT 'x;y', CONSTRAINT named CHECK (b < a OR b IS NULL), CONSTRAINT `odd ``name` CHECK (c <> 'it''s'));
INSERT INTO checks VALUES (5, 1, 'a'), (6, NULL, NULL);

SET foreign_key_checks = 0;
CREATE TABLE fk_a (id INT PRIMARY KEY, b_id INT, CONSTRAINT a_to_b FOREIGN KEY (b_id) REFERENCES fk_b (id) ON DELETE CASCADE ON UPDATE SET NULL);
CREATE TABLE fk_b (id INT PRIMARY KEY, a_id INT, CONSTRAINT b_to_a FOREIGN KEY (a_id) REFERENCES fk_a (id) ON DELETE NO ACTION);
CREATE TABLE fk_self (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES fk_self (id));
CREATE TABLE fk_orphans (id INT PRIMARY KEY, missing INT, FOREIGN KEY (missing) REFERENCES never_created (id));
INSERT INTO fk_a VALUES (1, 2), (2, 1);
INSERT INTO fk_b VALUES (1, 2), (2, 1);
INSERT INTO fk_self VALUES (3, 1), (1, 2), (2, 3);
INSERT INTO fk_orphans VALUES (1, 99);
SET foreign_key_checks = 1;

CREATE TABLE indexes (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT, t TEXT, v VARCHAR(200) NOT NULL, g GEOMETRY NOT NULL, i INT, j INT, u CHAR(10), b BLOB,
  PRIMARY KEY (id), UNIQUE KEY u (u), UNIQUE KEY pre (v(10), i), KEY `desc` (i DESC, j ASC), KEY prefix (t(20)), KEY blobprefix (b(5)), FULLTEXT KEY ft (t), FULLTEXT KEY ft2 (t, v), SPATIAL KEY sp (g),
  KEY ign (j) IGNORED, KEY commented (i) COMMENT 'a ''comment'' with "quotes" \\ and ünicode', UNIQUE KEY hashed (t) USING HASH) AUTO_INCREMENT=100 COMMENT='table ''comment'' "x" \\ \n newline ünicode; -- x */';
INSERT INTO indexes (t, v, g, i, j, u) VALUES ('some words here', 'v', POINT(1, 1), 1, 2, 'a'), ('other words', 'w', POINT(2, 2), 2, 1, NULL), (NULL, 'x', POINT(3, 3), NULL, NULL, NULL);
CREATE TABLE comments (a INT COMMENT 'it''s', b INT COMMENT 'tab\there', c INT COMMENT '', d INT COMMENT 'new\nline', e INT COMMENT '中文😀', f INT COMMENT '*/ -- #') COMMENT='';
INSERT INTO comments VALUES (1, 2, 3, 4, 5, 6);
CREATE TABLE row_compressed (a INT PRIMARY KEY, b VARCHAR(200)) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=4;
INSERT INTO row_compressed SELECT seq, REPEAT('z', seq % 200) FROM seq_1_to_300;
CREATE TABLE row_redundant (a INT) ROW_FORMAT=REDUNDANT;
CREATE TABLE row_compact (a INT) ROW_FORMAT=COMPACT;
CREATE TABLE page_compressed (a INT) PAGE_COMPRESSED=1 PAGE_COMPRESSION_LEVEL=9;
INSERT INTO page_compressed VALUES (1);
CREATE TABLE options_table (a INT) AVG_ROW_LENGTH=100 CHECKSUM=1 MAX_ROWS=1000 MIN_ROWS=10 PACK_KEYS=1 DELAY_KEY_WRITE=1 STATS_PERSISTENT=0 STATS_AUTO_RECALC=0 STATS_SAMPLE_PAGES=10;
CREATE TABLE auto_inc_big (a BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT=18446744073709551610;
INSERT INTO auto_inc_big VALUES (NULL), (NULL);
CREATE TABLE no_primary (a INT, b INT, KEY (b));
INSERT INTO no_primary SELECT seq % 7, seq FROM seq_1_to_50;
CREATE TABLE no_columns_default (a INT NOT NULL, b INT NOT NULL DEFAULT 0, c VARCHAR(10) NOT NULL DEFAULT '');
INSERT INTO no_columns_default VALUES (1, 2, '3');

-- System-versioned, in all forms. Row times are set by hand, so that two loads give equal dumps.
SET @@system_versioning_alter_history = KEEP;
SET timestamp = UNIX_TIMESTAMP('2024-01-01 00:00:00');
CREATE TABLE versioned_implicit (id INT PRIMARY KEY, v VARCHAR(10)) WITH SYSTEM VERSIONING;
CREATE TABLE versioned_explicit (id INT PRIMARY KEY, v VARCHAR(10), rs TIMESTAMP(6) GENERATED ALWAYS AS ROW START, re TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING;
CREATE TABLE versioned_invisible (id INT PRIMARY KEY, v VARCHAR(10), rs TIMESTAMP(6) GENERATED ALWAYS AS ROW START INVISIBLE, re TIMESTAMP(6) GENERATED ALWAYS AS ROW END INVISIBLE, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING;
CREATE TABLE versioned_columns (id INT PRIMARY KEY, v VARCHAR(10) WITH SYSTEM VERSIONING, plain INT WITHOUT SYSTEM VERSIONING);
CREATE TABLE versioned_partitions (id INT, v VARCHAR(10)) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION p0 HISTORY, PARTITION pn CURRENT);
CREATE TABLE versioned_myisam (id INT, v VARCHAR(10)) ENGINE=MyISAM WITH SYSTEM VERSIONING;
INSERT INTO versioned_implicit VALUES (1, 'a'), (2, 'b'), (3, 'c');
INSERT INTO versioned_explicit (id, v) VALUES (1, 'a'), (2, 'b'), (3, 'c');
INSERT INTO versioned_invisible (id, v) VALUES (1, 'a'), (2, 'b'), (3, 'c');
INSERT INTO versioned_columns VALUES (1, 'a', 1), (2, 'b', 2);
INSERT INTO versioned_partitions VALUES (1, 'a'), (2, 'b');
INSERT INTO versioned_myisam VALUES (1, 'a'), (2, 'b');
SET timestamp = UNIX_TIMESTAMP('2024-02-01 00:00:00');
UPDATE versioned_implicit SET v = CONCAT(v, '2') WHERE id < 3;
UPDATE versioned_explicit SET v = CONCAT(v, '2') WHERE id < 3;
UPDATE versioned_invisible SET v = CONCAT(v, '2') WHERE id < 3;
UPDATE versioned_columns SET v = CONCAT(v, '2'), plain = plain + 1;
UPDATE versioned_partitions SET v = 'z';
UPDATE versioned_myisam SET v = 'z';
SET timestamp = UNIX_TIMESTAMP('2024-03-01 00:00:00');
DELETE FROM versioned_implicit WHERE id = 1;
DELETE FROM versioned_explicit WHERE id = 1;
DELETE FROM versioned_invisible WHERE id = 1;
DELETE FROM versioned_partitions WHERE id = 1;
SET timestamp = DEFAULT;
CREATE TABLE application_period (id INT, ds DATE, de DATE, PERIOD FOR validity (ds, de), UNIQUE (id, validity WITHOUT OVERLAPS));
INSERT INTO application_period VALUES (1, '2020-01-01', '2021-01-01'), (1, '2021-01-01', '2022-01-01');
