-- Row lengths around every statement-size boundary (reference 7.4): a statement holds
-- P + 4 + sum(len(row) + 2) bytes, strictly below net_buffer_length; P is the length of the INSERT
-- prefix, 20 to 60 bytes here. Long rows of growing length alternate with short ones, so the short one
-- fits, just fits and just does not fit: one byte under, equal and one byte over, whatever P is.
-- Databases: boundary for net_buffer_length 4096 and 9216, boundary_default for the default 1046528.
CREATE DATABASE boundary;
USE boundary;
CREATE TABLE n (a LONGTEXT);
INSERT INTO n SELECT IF(seq % 2, REPEAT('x', 4096 - 85 + seq DIV 2), '') FROM seq_1_to_140;
INSERT INTO n SELECT IF(seq % 2, REPEAT('x', 9216 - 85 + seq DIV 2), '') FROM seq_1_to_140;
CREATE TABLE over_n (a LONGTEXT);
INSERT INTO over_n SELECT REPEAT('x', seq) FROM seq_4050_to_4106;
INSERT INTO over_n SELECT REPEAT('y', 10) FROM seq_1_to_2000;
CREATE TABLE pairs (a LONGTEXT);
INSERT INTO pairs SELECT IF(seq % 2 = 0, REPEAT('x', 2000), REPEAT('y', 2000 + seq / 2)) FROM seq_1_to_170;
CREATE TABLE quotes (a LONGTEXT, b INT);
INSERT INTO quotes SELECT IF(seq % 2, REPEAT('\'', (4096 - 90 + seq DIV 2) DIV 2), ''), seq % 2 FROM seq_1_to_160;
CREATE TABLE hex (a BLOB, b BLOB);
INSERT INTO hex SELECT IF(seq % 2, REPEAT(UNHEX('AB'), (4096 - 90 + seq DIV 2) DIV 2), ''), NULL FROM seq_1_to_160;
CREATE TABLE small_rows (a INT, b VARCHAR(20));
INSERT INTO small_rows SELECT seq, CONCAT('v', seq) FROM seq_1_to_6000;
CREATE TABLE single_digits (a INT);
INSERT INTO single_digits SELECT seq % 10 FROM seq_1_to_9000;
CREATE TABLE invisible_list (a LONGTEXT, b INT INVISIBLE);
INSERT INTO invisible_list SELECT IF(seq % 2, REPEAT('x', 4096 - 100 + seq DIV 2), '') FROM seq_1_to_160;

CREATE DATABASE boundary_default;
USE boundary_default;
CREATE TABLE n (a LONGTEXT);
INSERT INTO n SELECT IF(seq % 2, REPEAT('x', 1046528 - 46 + seq DIV 2), '') FROM seq_1_to_24;
CREATE TABLE small_rows (a INT, b VARCHAR(20));
INSERT INTO small_rows SELECT seq, CONCAT('v', seq) FROM seq_1_to_120000;
CREATE TABLE single_digits (a INT);
INSERT INTO single_digits SELECT seq % 10 FROM seq_1_to_220000;
