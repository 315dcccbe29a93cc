-- Nothing in it: an empty database, and tables of every engine without a row.
CREATE DATABASE empty_db;
CREATE DATABASE empty_tables;
USE empty_tables;
CREATE TABLE e_innodb (a INT PRIMARY KEY AUTO_INCREMENT) AUTO_INCREMENT=500;
CREATE TABLE e_myisam (a INT) ENGINE=MyISAM;
CREATE TABLE e_aria (a INT) ENGINE=Aria TRANSACTIONAL=0;
CREATE TABLE e_memory (a INT) ENGINE=MEMORY;
CREATE TABLE e_csv (a INT NOT NULL) ENGINE=CSV;
CREATE TABLE e_part (a INT) PARTITION BY HASH (a) PARTITIONS 3;
CREATE TABLE e_generated (a INT, b INT AS (a + 1), c INT INVISIBLE);
CREATE VIEW e_view AS SELECT * FROM e_innodb;
CREATE SEQUENCE e_sequence;
CREATE TRIGGER e_trigger BEFORE INSERT ON e_innodb FOR EACH ROW SET @x = 1;
