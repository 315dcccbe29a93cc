-- Every data type at its extremes, NULL and empty included.
SET sql_mode = '', time_zone = '+00:00';
CREATE DATABASE types DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
USE types;

CREATE TABLE integers (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  t TINYINT, tu TINYINT UNSIGNED, s SMALLINT, su SMALLINT UNSIGNED, m MEDIUMINT, mu MEDIUMINT UNSIGNED,
  i INT, iu INT UNSIGNED, b BIGINT, bu BIGINT UNSIGNED, bo BOOLEAN,
  z INT(10) UNSIGNED ZEROFILL, zb BIGINT(20) ZEROFILL, zt TINYINT(3) ZEROFILL, w1 INT(1));
INSERT INTO integers VALUES
  (1, -128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295, -9223372036854775808, 18446744073709551615, 1, 4294967295, 18446744073709551615, 255, -2147483648),
  (2, 127, 0, 32767, 0, 8388607, 0, 2147483647, 0, 9223372036854775807, 0, 0, 0, 0, 0, 2147483647),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, 0, 1, -1, 1, -1, 1, -1, 1, -1, 1, TRUE, 42, 42, 7, 0);
INSERT INTO integers (id, i) VALUES (2147483647, 5);
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
INSERT INTO integers (id, i) VALUES (0, 6), (-5, 7);
SET sql_mode = '';

CREATE TABLE decimals (
  d65 DECIMAL(65, 0), d6530 DECIMAL(65, 30), d3838 DECIMAL(38, 38), d10 DECIMAL, du DECIMAL(20, 5) UNSIGNED,
  dz DECIMAL(12, 3) ZEROFILL, d1 DECIMAL(1, 0), d00 DECIMAL(3, 3));
INSERT INTO decimals VALUES
  (REPEAT('9', 65), CONCAT(REPEAT('9', 35), '.', REPEAT('9', 30)), CONCAT('0.', REPEAT('9', 38)), 9999999999, 999999999999999.99999, 999999999.999, 9, 0.999),
  (CONCAT('-', REPEAT('9', 65)), CONCAT('-', REPEAT('9', 35), '.', REPEAT('9', 30)), CONCAT('-0.', REPEAT('9', 38)), -9999999999, 0, 0, -9, -0.999),
  (0, 0, 0, 0, 0.00001, 12.5, 0, 0),
  (-0, -0.0, 1e-38, 1e9, 1, 1e8, 1, 0.001),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE floats (
  id INT PRIMARY KEY, f FLOAT, d DOUBLE, fu FLOAT UNSIGNED, du DOUBLE UNSIGNED, f7 FLOAT(7, 3), d20 DOUBLE(20, 10), fz FLOAT(10,2) ZEROFILL, dz DOUBLE ZEROFILL, f24 FLOAT(24), f53 FLOAT(53));
INSERT INTO floats VALUES
  (1, 3.402823466e38, 1.7976931348623157e308, 3.402823466e38, 1.7976931348623157e308, 9999.999, 1234567890.0123456789, 99999999.99, 1e300, 1.5, 1.1),
  (2, -3.402823466e38, -1.7976931348623157e308, 0, 0, -9999.999, -1234567890.0123456789, 0, 0, -1.5, -1.1),
  (3, 1.175494351e-38, 2.2250738585072014e-308, 1.175494351e-38, 2.2250738585072014e-308, 0.001, 1e-10, 0.01, 1e-300, 1e-20, 1e-20),
  (4, 1e-45, 5e-324, 1e-45, 5e-324, 0, 0, 1, 1, 1, 1),
  (5, 0, -0e0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
  (6, 0.30000001192092896, 0.30000000000000004, 16777217, 9007199254740993, 1.2345, 0.00001, 3.14159, 3.14159, 123456789, 123456789.123456789),
  (7, -1.5e-10, -1.5e-10, 1e10, 1e16, 1, 1e9, 1e7, 1e15, 1e15, 1e15),
  (8, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (9, 1/3, 1/3, 2/3, 2/3, 1/3, 1/3, 1/3, 1/3, 1/3, 1/3);

CREATE TABLE temporals (
  id INT PRIMARY KEY, d DATE, t TIME, t6 TIME(6), dt DATETIME, dt1 DATETIME(1), dt3 DATETIME(3), dt6 DATETIME(6),
  ts TIMESTAMP NULL, ts6 TIMESTAMP(6) NULL, y YEAR, y2 YEAR(2));
INSERT INTO temporals VALUES
  (1, '0000-00-00', '-838:59:59', '-838:59:59.999999', '0000-00-00 00:00:00', '0000-00-00', '0000-00-00', '0000-00-00 00:00:00.000000', '0000-00-00 00:00:00', '0000-00-00', 0, 0),
  (2, '9999-12-31', '838:59:59', '838:59:59.999999', '9999-12-31 23:59:59', '9999-12-31 23:59:59.9', '9999-12-31 23:59:59.999', '9999-12-31 23:59:59.999999', '2038-01-19 03:14:07', '2038-01-19 03:14:07.999999', 2155, 69),
  (3, '0001-01-01', '00:00:00', '00:00:00.000001', '0001-01-01 00:00:00', '1000-01-01', '1000-01-01', '1000-01-01 00:00:00.000001', '1970-01-01 00:00:01', '1970-01-01 00:00:01.000001', 1901, 70),
  (4, '2024-02-29', '-00:00:01', '-00:00:00.000001', '2024-03-31 02:30:00', '2024-10-27 02:30:00.5', '2024-10-27 02:30:00.050', '2024-10-27 02:30:00.000500', '2024-03-31 02:30:00', '2024-10-27 00:30:00.123456', 2024, 99),
  (5, '2023-00-00', '12:00', '1 10:11:12.131415', '2023-12-00 00:00:00', '2023-01-00', '2023-00-01', '2023-00-00 00:00:00.000000', '2024-10-27 01:30:00', '2024-10-27 01:30:00', 1999, 1),
  (6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
SET sql_mode = 'ALLOW_INVALID_DATES';
INSERT INTO temporals (id, d, dt) VALUES (7, '2023-02-31', '2023-04-31 12:00:00');
SET sql_mode = '';
CREATE TABLE temporal_defaults (
  id INT PRIMARY KEY, ts TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  ts3 TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  dt DATETIME DEFAULT CURRENT_TIMESTAMP, c DATE DEFAULT (CURDATE() + INTERVAL 1 DAY), z DATETIME DEFAULT '0000-00-00 00:00:00');
INSERT INTO temporal_defaults VALUES (1, '2020-01-01', '2020-01-01 00:00:00.123', '2020-01-01', '2020-01-02', '0000-00-00');

CREATE TABLE bits (
  id INT PRIMARY KEY, b1 BIT(1), b7 BIT(7), b8 BIT(8), b9 BIT(9), b12 BIT(12), b16 BIT(16), b31 BIT(31), b32 BIT(32), b33 BIT(33), b63 BIT(63), b64 BIT(64));
INSERT INTO bits VALUES
  (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  (2, 1, 127, 255, 511, 4095, 65535, 2147483647, 4294967295, 8589934591, 9223372036854775807, 18446744073709551615),
  (3, 1, 39, 39, 34, 2599, 10, 13, 26, 92, 0x5C00270022000D0A, 0x1A0027005C220A0D),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE enums (
  id INT PRIMARY KEY, e ENUM('a', 'b''c', 'd"e', 'f\\g', '', 'ä', '😀', 'x,y') , e1 ENUM('only') NOT NULL, s SET('a', 'b''c', 'ü', '0', ''),
  s64 SET('1','2','3','4','5','6','7','8','9','10','11','12','13','14','15','16','17','18','19','20','21','22','23','24','25','26','27','28','29','30','31','32','33','34','35','36','37','38','39','40','41','42','43','44','45','46','47','48','49','50','51','52','53','54','55','56','57','58','59','60','61','62','63','64'),
  eb ENUM('x', 'y') CHARACTER SET binary, sb SET('x', 'y') CHARACTER SET binary, el ENUM('é', 'ß') CHARACTER SET latin1);
INSERT INTO enums VALUES
  (1, 'a', 'only', 'a', 18446744073709551615, 'x', 'x,y', 'é'),
  (2, 'b''c', 'only', 'a,b''c,ü,0', 9223372036854775808, 'y', '', 'ß'),
  (3, 'not there', 'not there', 'not there', 0, 'none', 'none', 'none'),
  (4, '', 'only', '', 1, NULL, NULL, NULL), (5, NULL, 'only', NULL, NULL, NULL, NULL, NULL),
  (6, '😀', 'only', 'ü', 3, 'x', 'y', 'é'), (7, 'f\\g', 'only', 'b''c', 6, 'x', 'x', 'ß'), (8, 'x,y', 'only', '0', 5, 'x', 'x', 'ß');

CREATE TABLE strings (
  id INT PRIMARY KEY, c CHAR(10), c0 CHAR(0), c255 CHAR(255), vc VARCHAR(100), v0 VARCHAR(0), tt TINYTEXT, tx TEXT, mt MEDIUMTEXT, lt LONGTEXT);
INSERT INTO strings VALUES
  (1, '', '', '', '', '', '', '', '', ''),
  (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, 'pad  ', '', REPEAT('x', 255), 'trail  ', '', REPEAT('t', 255), REPEAT('T', 65535), REPEAT('m', 70000), REPEAT('l', 100000)),
  (4, '''', '', '''', '''''', '', '"', '\\', '\\''"', '\0\n\r\Z\t\b%_'),
  (5, '😀é中', '', '😀', 'z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞', '', '\u202eabc', 'NULL', 'null', '-- not a comment'),
  (6, '1', '', '0x41', '/* c */', '', '/*!50000 x */', ';;', 'DELIMITER ;;', '\'); DROP TABLE strings; --'),
  (7, 'a\\', '', 'a\\\\', '\\n', '', '\\0', '\\Z', '\\''', '\n\n\n'),
  (8, '\0', '', CHAR(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 26, 27, 31, 127 USING utf8mb4), ' ', '', ' ', '  ', '\t', '\r\n');

CREATE TABLE binaries (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, b1 BINARY(1), b16 BINARY(16), vb VARBINARY(300), tb TINYBLOB, bl BLOB, mb MEDIUMBLOB, lb LONGBLOB,
  cb CHAR(8) CHARACTER SET binary, xb TEXT CHARACTER SET binary, ub TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, j JSON);
INSERT INTO binaries (b1, b16, vb, tb, bl, mb, lb, cb, xb, ub)
  SELECT UNHEX(LPAD(HEX(seq), 2, '0')), UNHEX(REPEAT(LPAD(HEX(seq), 2, '0'), 16)), UNHEX(CONCAT('41', LPAD(HEX(seq), 2, '0'), '42')),
    UNHEX(LPAD(HEX(seq), 2, '0')), UNHEX(REPEAT(LPAD(HEX(seq), 2, '0'), 33)), UNHEX(CONCAT(LPAD(HEX(seq), 2, '0'), '27')), UNHEX(CONCAT('5C', LPAD(HEX(seq), 2, '0'))),
    UNHEX(LPAD(HEX(seq), 2, '0')), UNHEX(LPAD(HEX(seq), 2, '0')), CHAR(seq USING utf8mb4) FROM seq_0_to_127;
INSERT INTO binaries (b1, b16, vb, tb, bl, mb, lb, cb, xb)
  SELECT UNHEX(HEX(seq)), UNHEX(REPEAT(HEX(seq), 16)), UNHEX(CONCAT('41', HEX(seq), '42')), UNHEX(HEX(seq)), UNHEX(REPEAT(HEX(seq), 33)),
    UNHEX(CONCAT(HEX(seq), '27')), UNHEX(CONCAT('5C', HEX(seq))), UNHEX(HEX(seq)), UNHEX(HEX(seq)) FROM seq_128_to_255;
SET group_concat_max_len = 100000;
INSERT INTO binaries (vb, bl, lb) SELECT x, REPEAT(x, 20), REPEAT(x, 500) FROM (SELECT UNHEX(GROUP_CONCAT(LPAD(HEX(seq), 2, '0') ORDER BY seq SEPARATOR '')) x FROM seq_0_to_255) q;
INSERT INTO binaries (vb, bl, lb) SELECT x, x, REPEAT(x, 3) FROM (SELECT UNHEX(GROUP_CONCAT(LPAD(HEX(seq), 2, '0') ORDER BY seq DESC SEPARATOR '')) x FROM seq_0_to_255) q;
INSERT INTO binaries (b1, b16, vb, tb, bl, mb, lb, cb, xb, ub, j) VALUES
  ('', '', '', '', '', '', '', '', '', '', '{}'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  ('\0', 'a\0', 'a\0\0', '\0', '0', '0x', 'NULL', 'x', '\'', '"', '{"a\\"b": [1, 2.5, null, "ü😀\\n"], "": {}}'),
  ('a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', '[]'), ('a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', '"\\u0000"');

CREATE TABLE exotic (
  id INT PRIMARY KEY, u UUID, i4 INET4, i6 INET6, j JSON, j2 LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin CHECK (JSON_VALID(j2)), n NUMERIC(5, 2), f FIXED(5, 2), nc NATIONAL CHAR(5), nv NVARCHAR(5),
  ser BIGINT UNSIGNED NOT NULL, lv LONG VARCHAR, lvb LONG VARBINARY, cbyte CHAR(3) BYTE, ca CHAR(3) ASCII, cu CHAR(3) UNICODE);
INSERT INTO exotic VALUES
  (1, '00000000-0000-0000-0000-000000000000', '0.0.0.0', '::', '{}', '[]', 999.99, -999.99, 'ü', 'ü', 1, 'l', 'b', 'abc', 'abc', 'ü'),
  (2, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'null', 'true', 0, 0, '', '', 18446744073709551615, '', '', '', '', ''),
  (3, '6ccd780c-baba-1026-9564-5b8c656024db', '192.0.2.1', '::ffff:192.0.2.1', '[1, 1.0, 1e5]', '"x"', 1.5, 1.5, 'a', 'b', 0, 'a', 'b', 'c', 'd', 'e'),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL);

CREATE TABLE geometries (
  id INT PRIMARY KEY, g GEOMETRY, p POINT, l LINESTRING, po POLYGON, mp MULTIPOINT, ml MULTILINESTRING, mpo MULTIPOLYGON, gc GEOMETRYCOLLECTION);
INSERT INTO geometries VALUES
  (1, ST_GeomFromText('POINT(1 2)'), ST_GeomFromText('POINT(-1.5 1e300)'), ST_GeomFromText('LINESTRING(0 0,1 1,2 2)'), ST_GeomFromText('POLYGON((0 0,10 0,10 10,0 10,0 0),(5 5,7 5,7 7,5 7,5 5))'),
   ST_GeomFromText('MULTIPOINT(0 0,20 20,60 60)'), ST_GeomFromText('MULTILINESTRING((10 10,20 20),(15 15,30 15))'), ST_GeomFromText('MULTIPOLYGON(((0 0,10 0,10 10,0 10,0 0)),((5 5,7 5,7 7,5 7,5 5)))'),
   ST_GeomFromText('GEOMETRYCOLLECTION(POINT(10 10),LINESTRING(15 15,20 20))')),
  (2, ST_GeomFromText('POINT(39 92)', 4326), ST_GeomFromText('POINT(0 0)', 4326), NULL, NULL, NULL, NULL, NULL, NULL),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ST_GeomFromText('GEOMETRYCOLLECTION EMPTY'));
CREATE TABLE compressed_columns (
  id INT PRIMARY KEY, v VARCHAR(1000) COMPRESSED, t TEXT COMPRESSED, b BLOB COMPRESSED, vb VARBINARY(1000) COMPRESSED DEFAULT 'x');
INSERT INTO compressed_columns VALUES (1, REPEAT('ab', 400), REPEAT('text ', 500), REPEAT(UNHEX('00FF27'), 300), UNHEX('0022275C')), (2, '', '', '', ''), (3, NULL, NULL, NULL, NULL);
CREATE TABLE one_column_null (a INT);
INSERT INTO one_column_null VALUES (NULL), (NULL), (1), (NULL);
CREATE TABLE wide AS SELECT 1 AS c1;
ALTER TABLE wide DROP COLUMN c1, ADD COLUMN (w1 INT, w2 INT DEFAULT 2, w3 VARCHAR(3) DEFAULT 'abc', w4 BINARY(2) DEFAULT 0x0027, w5 BIT(4) DEFAULT b'1010', w6 DECIMAL(5,2) DEFAULT -1.50, w7 TIMESTAMP NULL DEFAULT '2001-02-03 04:05:06', w8 ENUM('x''','y') DEFAULT 'x''', w9 TEXT DEFAULT (CONCAT('a', 'b')), w10 VARCHAR(20) DEFAULT 'a\nb\\c\0d');
INSERT INTO wide (w1) SELECT seq FROM seq_1_to_20;
