-- Text of many charsets: columns, tables and databases whose charset differs from the connection's.
SET sql_mode = '';
CREATE DATABASE charsets DEFAULT CHARACTER SET latin1 COLLATE latin1_swedish_ci;
CREATE DATABASE charsets_gbk DEFAULT CHARACTER SET gbk COLLATE gbk_bin COMMENT 'база ''данных'' "x" \\ z';
USE charsets;
CREATE TABLE many (
  id INT PRIMARY KEY, u4 VARCHAR(40) CHARACTER SET utf8mb4, u3 VARCHAR(40) CHARACTER SET utf8mb3, l1 VARCHAR(40) CHARACTER SET latin1, l2 VARCHAR(40) CHARACTER SET latin2,
  l5 VARCHAR(40) CHARACTER SET latin5, l7 VARCHAR(40) CHARACTER SET latin7, cp1250 VARCHAR(40) CHARACTER SET cp1250, cp1251 VARCHAR(40) CHARACTER SET cp1251, cp1256 VARCHAR(40) CHARACTER SET cp1256, cp1257 VARCHAR(40) CHARACTER SET cp1257,
  cp850 VARCHAR(40) CHARACTER SET cp850, cp852 VARCHAR(40) CHARACTER SET cp852, cp866 VARCHAR(40) CHARACTER SET cp866, koi8r VARCHAR(40) CHARACTER SET koi8r, koi8u VARCHAR(40) CHARACTER SET koi8u,
  greek VARCHAR(40) CHARACTER SET greek, hebrew VARCHAR(40) CHARACTER SET hebrew, tis620 VARCHAR(40) CHARACTER SET tis620, armscii8 VARCHAR(40) CHARACTER SET armscii8, geostd8 VARCHAR(40) CHARACTER SET geostd8,
  ascii_ VARCHAR(40) CHARACTER SET ascii, big5 VARCHAR(40) CHARACTER SET big5, gbk VARCHAR(40) CHARACTER SET gbk, gb2312 VARCHAR(40) CHARACTER SET gb2312, sjis VARCHAR(40) CHARACTER SET sjis, cp932 VARCHAR(40) CHARACTER SET cp932,
  ujis VARCHAR(40) CHARACTER SET ujis, eucjpms VARCHAR(40) CHARACTER SET eucjpms, euckr VARCHAR(40) CHARACTER SET euckr,
  ucs2 VARCHAR(40) CHARACTER SET ucs2, u16 VARCHAR(40) CHARACTER SET utf16, u16le VARCHAR(40) CHARACTER SET utf16le, u32 VARCHAR(40) CHARACTER SET utf32,
  dec8 VARCHAR(40) CHARACTER SET dec8, hp8 VARCHAR(40) CHARACTER SET hp8, swe7 VARCHAR(40) CHARACTER SET swe7, macroman VARCHAR(40) CHARACTER SET macroman, macce VARCHAR(40) CHARACTER SET macce, keybcs2 VARCHAR(40) CHARACTER SET keybcs2
) CHARACTER SET utf8mb4 ROW_FORMAT=DYNAMIC;
INSERT INTO many (id, u4, u3, l1, l2, l5, l7, cp1250, cp1251, cp1256, cp1257, cp850, cp852, cp866, koi8r, koi8u, greek, hebrew, tis620, armscii8, geostd8, ascii_, big5, gbk, gb2312, sjis, cp932, ujis, eucjpms, euckr, ucs2, u16, u16le, u32, dec8, hp8, swe7, macroman, macce, keybcs2) VALUES
  (1, 'ä😀中文', 'ä中文', 'äöüß€', 'őűąęř', 'İşğ', 'ąčę', 'őűąęř', 'Привет', 'مرحبا', 'ąčę', 'äöü', 'őű', 'Привет', 'Привет', 'Привіт', 'γειά', 'שלום', 'สวัสดี', 'ՀԱ', 'აბ', 'plain', '中文許功蓋', '中文许功盖', '中文', '日本語ソ表', '日本語ソ表①', '日本語', '日本語①', '한국어', 'ä中', 'ä😀中', 'ä😀中', 'ä😀中', 'äöü', 'äöü', 'ÄÖ', 'äöü', 'őű', 'ěščř'),
  (2, '''"\\\n\r\0\Z', '''"\\\n\r\0\Z', '''"\\\n\r\0\Z', '''', '"', '\\', '\n', '\r', '\0', '\Z', '''', '"', '\\', '''"', '''', '''', '''', '''', '''', '''', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''"\\', '''', '''', '''', '''', '''', '''');
INSERT INTO many (id) VALUES (3);

-- Bytes of CJK charsets whose second byte is a quote or backslash character (0x5C, 0x7C …).
CREATE TABLE cjk (id INT AUTO_INCREMENT PRIMARY KEY, g VARCHAR(100) CHARACTER SET gbk, b VARCHAR(100) CHARACTER SET big5, s VARCHAR(100) CHARACTER SET sjis, c VARCHAR(100) CHARACTER SET cp932, k VARCHAR(100) CHARACTER SET euckr, raw VARBINARY(300));
INSERT INTO cjk (g) SELECT CONVERT(UNHEX(CONCAT(HEX(seq), '5C')) USING gbk) FROM seq_129_to_254;
INSERT INTO cjk (b) SELECT CONVERT(UNHEX(CONCAT(HEX(seq), '5C')) USING big5) FROM seq_161_to_249;
INSERT INTO cjk (s, c) SELECT CONVERT(UNHEX(CONCAT(HEX(seq), '5C')) USING sjis), CONVERT(UNHEX(CONCAT(HEX(seq), '5C')) USING cp932) FROM seq_129_to_159;
INSERT INTO cjk (raw) SELECT UNHEX(CONCAT(HEX(seq), '5C', HEX(seq), '27', HEX(seq), '22', HEX(seq), '0A', HEX(seq), HEX(seq), HEX(seq))) FROM seq_128_to_255;
INSERT INTO cjk (raw) SELECT UNHEX(CONCAT('41', HEX(seq))) FROM seq_128_to_255;
INSERT INTO cjk (raw) SELECT UNHEX(CONCAT(HEX(seq), '40', HEX(seq), '7F', HEX(seq), 'FF', HEX(seq), '80', HEX(seq), 'A1', HEX(seq), '30', '81', '30')) FROM seq_128_to_255;

CREATE TABLE latin (a VARCHAR(100)) COMMENT='ungültig';
INSERT INTO latin VALUES ('Grüße'), (UNHEX('80818D8F909DFFA0')), (UNHEX('275C22'));
CREATE TABLE utf16_table (a VARCHAR(20), b CHAR(5), c TEXT) CHARACTER SET utf16;
INSERT INTO utf16_table VALUES ('x😀', 'ab', '\'"\\'), ('', '', ''), (NULL, NULL, NULL);
CREATE TABLE ucs2_table (a VARCHAR(20), e ENUM('ä','b') CHARACTER SET ucs2) CHARACTER SET ucs2;
INSERT INTO ucs2_table VALUES ('中', 'ä'), ('''', 'b');
CREATE TABLE collations (
  a VARCHAR(10) COLLATE latin1_german2_ci, b VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_nopad_ci, c VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_uca1400_as_cs,
  d VARCHAR(10) CHARACTER SET utf8mb3 COLLATE utf8mb3_turkish_ci, e CHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin, KEY (a), KEY (b), KEY (c));
INSERT INTO collations VALUES ('ß', 'a', 'A', 'ı', 'x '), ('ss', 'a ', 'a', 'I', 'x');
USE charsets_gbk;
CREATE TABLE `表` (`列` VARCHAR(20), `b` INT) COMMENT='注释';
INSERT INTO `表` VALUES ('誠', 1), ('\\', 2);
