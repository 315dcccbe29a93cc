-- Transaction-precise history: --dump-history must refuse it (reference 7.9). Apart from the other
-- versioned tables, so that their matrix does not end here.
CREATE DATABASE trx_versioned;
USE trx_versioned;
CREATE TABLE before_it (a INT);
INSERT INTO before_it VALUES (1);
CREATE TABLE precise (id INT PRIMARY KEY, v INT, rs BIGINT UNSIGNED GENERATED ALWAYS AS ROW START, re BIGINT UNSIGNED GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (rs, re)) ENGINE=InnoDB WITH SYSTEM VERSIONING;
INSERT INTO precise (id, v) VALUES (1, 1), (2, 2);
UPDATE precise SET v = 3;
CREATE TABLE z_after_it (a INT);
INSERT INTO z_after_it VALUES (1);
