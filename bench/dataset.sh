#!/bin/bash
# The SQL that makes the data of bench/compare and bench/dump_cpu: the same bytes every time.
#
#   bench/dataset.sh MEGABYTES             database big: about that much SQL in six kinds of table
#   bench/dataset.sh --small-tables N      database small: N tables of ten rows
#
# big: mixed columns (wide), numbers (nums), blobs, JSON and text that must be escaped (js), a table
# that links two others (links), one without a key (nokey). 1,000 parts are 1.15 GB of SQL.
set -euo pipefail

if [[ ${1:-} == --small-tables ]]; then
  count=${2:?}
  echo "CREATE DATABASE small; USE small;"
  for ((i = 1; i <= count; i++)); do
    echo "CREATE TABLE t$i (id INT PRIMARY KEY, name VARCHAR(40), at DATETIME, price DECIMAL(10,2), KEY (name));"
    echo "INSERT INTO t$i SELECT seq, CONCAT('name ', seq * $i), '2024-01-01' + INTERVAL seq DAY, seq / 3 FROM seq_1_to_10;"
  done
  exit
fi
parts=$((${1:?} * 1000 / 1150 + 1))
cat <<SQL
CREATE DATABASE big;
USE big;
CREATE TABLE wide(id BIGINT PRIMARY KEY, a INT, b DECIMAL(12,2), c VARCHAR(100), d DATETIME,
  e CHAR(40), f DOUBLE, g TEXT, k INT, KEY(k));
INSERT INTO wide SELECT seq, seq*7 MOD 100000, seq/3, CONCAT('some text with it''s quote ', MD5(seq)),
  '2020-01-01' + INTERVAL seq SECOND, MD5(seq*3), seq*1.1, REPEAT(MD5(seq*5), 3), seq MOD 1000
  FROM seq_1_to_$((2000 * parts));
CREATE TABLE nums(a INT, b INT, c BIGINT, d INT, e SMALLINT, f TINYINT, g DECIMAL(10,3),
  PRIMARY KEY(a, b));
INSERT INTO nums SELECT seq DIV 10, seq, seq*1000003, seq MOD 77, seq MOD 30000, seq MOD 100, seq/7
  FROM seq_1_to_$((4000 * parts));
CREATE TABLE blobs(id INT PRIMARY KEY, v VARBINARY(300), b MEDIUMBLOB);
INSERT INTO blobs SELECT seq, UNHEX(REPEAT(MD5(seq), 8)), UNHEX(REPEAT(SHA2(seq, 512), 30))
  FROM seq_1_to_$((60 * parts));
CREATE TABLE js(id INT PRIMARY KEY, j JSON, t TEXT);
INSERT INTO js SELECT seq, JSON_OBJECT('id', seq, 'name', MD5(seq), 'arr', JSON_ARRAY(1, 2, 3, seq),
  'txt', 'hello "world"'), CONCAT('line1\n', 'line2\t', REPEAT('lorem ipsum dolor sit amet ', 8))
  FROM seq_1_to_$((600 * parts));
CREATE TABLE links(a INT, b INT, PRIMARY KEY(a, b), KEY(b, a));
INSERT INTO links SELECT seq DIV 20, seq*37 MOD 1000003 FROM seq_1_to_$((1500 * parts));
CREATE TABLE nokey(a INT, b VARCHAR(50));
INSERT INTO nokey SELECT seq, MD5(seq) FROM seq_1_to_$((1000 * parts));
ANALYZE TABLE wide, nums, blobs, js, links, nokey;
SQL
