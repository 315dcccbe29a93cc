-- Rows beyond 16 MiB: more than one packet of the protocol, whose limit is 2^24 - 1 bytes.
CREATE DATABASE big_rows;
USE big_rows;
CREATE TABLE packets (id INT PRIMARY KEY, b LONGBLOB);
INSERT INTO packets VALUES
  (1, REPEAT('a', 16777215 - 6)), (2, REPEAT('a', 16777215 - 5)), (3, REPEAT('b', 16777215 - 4)), (4, REPEAT('c', 16777215 - 3)), (5, 'small'), (6, REPEAT(UNHEX('00275C0A'), 4500000)), (7, '');
CREATE TABLE two_big (id INT PRIMARY KEY, a LONGTEXT, b LONGTEXT);
INSERT INTO two_big VALUES (1, REPEAT('x', 9000000), REPEAT('y', 9000000)), (2, NULL, '');
