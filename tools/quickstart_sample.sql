-- The quickstart's sample: a small shop with every kind of object a MariaDB database can hold, and
-- about 400,000 rows. Deterministic: two loads give the same data.
SET sql_mode = '', time_zone = '+00:00', timestamp = UNIX_TIMESTAMP('2026-01-01 00:00:00');
CREATE ROLE shop_reader;
CREATE USER shop_app@localhost IDENTIFIED BY 'sample';
CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci COMMENT 'quickstart ''sample''';
CREATE DATABASE `shop archive` DEFAULT CHARACTER SET latin1;
GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE, TRIGGER ON shop.* TO shop_app@localhost, shop_reader;
USE shop;

-- Sequences, one of them used up a little.
CREATE SEQUENCE invoice_numbers START WITH 1000 INCREMENT BY 1 CACHE 100;
CREATE SEQUENCE countdown START WITH -1 INCREMENT BY -1 MINVALUE -1000 NOCACHE CYCLE;
DO NEXTVAL(invoice_numbers), NEXTVAL(countdown);

-- InnoDB with every kind of key, foreign keys (one to itself), checks, generated and invisible columns.
CREATE TABLE customers (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, email VARCHAR(120),
  domain VARCHAR(120) AS (SUBSTRING_INDEX(email, '@', -1)) VIRTUAL, initial CHAR(1) AS (LEFT(name, 1)) STORED,
  born DATE, credit DECIMAL(12, 2) NOT NULL DEFAULT 0 CHECK (credit >= 0), recommended_by INT UNSIGNED,
  secret VARCHAR(20) INVISIBLE DEFAULT 'hidden', place POINT NOT NULL, uid UUID, address INET6,
  tags SET('new', 'gold', 'it''s'), kind ENUM('person', 'firm', '') NOT NULL,
  UNIQUE KEY (email), KEY by_name (name(20)), KEY (domain), SPATIAL KEY (place), FULLTEXT KEY (name),
  CONSTRAINT friend FOREIGN KEY (recommended_by) REFERENCES customers (id)) COMMENT='people; "firms" \\ und Käufer';
INSERT INTO customers (id, name, email, born, credit, recommended_by, place, uid, address, tags, kind)
  SELECT seq, CONCAT(ELT(seq % 6 + 1, 'Ada', 'Björn', 'O''Neil', '李', 'Zoë 😀', 'back\\slash'), ' ', seq),
    CONCAT('c', seq, '@', ELT(seq % 3 + 1, 'example.com', 'example.org', 'example.net')), DATE('1950-01-01') + INTERVAL seq % 20000 DAY,
    seq % 1000 / 4, NULLIF(seq DIV 2, 0), POINT(seq % 360, seq % 90), CAST(UNHEX(INSERT(INSERT(MD5(seq), 13, 1, '4'), 17, 1, 'a')) AS UUID),
    CONCAT('2001:db8::', HEX(seq % 65535)), seq % 8, seq % 3 + 1
  FROM seq_1_to_40000;
CREATE TABLE articles (
  sku VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY, title TEXT, attributes JSON, picture BLOB, weight DOUBLE, price DECIMAL(10, 2), flags BIT(12), since YEAR, changed TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6));
INSERT INTO articles
  SELECT CONCAT('SKU-', LPAD(seq, 8, '0')), REPEAT(CONCAT('text ''', seq, ''' '), seq % 9), JSON_OBJECT('n', seq, 'list', JSON_ARRAY(1, 2.5, NULL, 'ü')), UNHEX(REPEAT(SHA1(seq), seq % 12)), seq / 7, seq / 100, seq % 4096, 1901 + seq % 250, TIMESTAMP('2020-01-01') + INTERVAL seq * 1234567 MICROSECOND
  FROM seq_1_to_20000;
CREATE TABLE orders (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer INT UNSIGNED NOT NULL, placed DATETIME(3) NOT NULL, state ENUM('open', 'paid', 'sent') NOT NULL, note VARCHAR(200), total DECIMAL(14, 2),
  KEY (customer, placed), CONSTRAINT buyer FOREIGN KEY (customer) REFERENCES customers (id) ON DELETE CASCADE);
INSERT INTO orders SELECT seq, seq % 40000 + 1, TIMESTAMP('2021-01-01') + INTERVAL seq * 37 SECOND, seq % 3 + 1, IF(seq % 5, NULL, CONCAT('note\n"', seq, '"')), seq * 1.05 FROM seq_1_to_120000;
CREATE TABLE order_items (
  order_id BIGINT UNSIGNED NOT NULL, line SMALLINT UNSIGNED NOT NULL, sku VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, amount INT NOT NULL, PRIMARY KEY (order_id, line), KEY (sku),
  FOREIGN KEY (order_id) REFERENCES orders (id), FOREIGN KEY (sku) REFERENCES articles (sku));
INSERT INTO order_items SELECT seq DIV 2 + 1, seq % 2, CONCAT('SKU-', LPAD(seq % 20000 + 1, 8, '0')), seq % 9 + 1 FROM seq_0_to_199999;

-- Partitions, system versioning, periods, other engines, a table without any key, an empty one.
CREATE TABLE visits (at DATE NOT NULL, page VARCHAR(60), ms FLOAT) PARTITION BY RANGE COLUMNS (at)
  (PARTITION y24 VALUES LESS THAN ('2025-01-01'), PARTITION y25 VALUES LESS THAN ('2026-01-01'), PARTITION later VALUES LESS THAN (MAXVALUE));
INSERT INTO visits SELECT DATE('2024-06-01') + INTERVAL seq % 700 DAY, CONCAT('/p/', seq % 97), seq % 1024 / 8 FROM seq_1_to_30000;
CREATE TABLE prices (sku VARCHAR(20) PRIMARY KEY, price DECIMAL(10, 2)) WITH SYSTEM VERSIONING;
INSERT INTO prices SELECT CONCAT('SKU-', LPAD(seq, 8, '0')), seq / 100 FROM seq_1_to_500;
SET timestamp = UNIX_TIMESTAMP('2026-02-01 00:00:00');
UPDATE prices SET price = price * 2 WHERE price < 1;
SET timestamp = DEFAULT;
CREATE TABLE discounts (id INT, percent DECIMAL(5, 2), starts DATE, ends DATE, PERIOD FOR valid (starts, ends), UNIQUE (id, valid WITHOUT OVERLAPS));
INSERT INTO discounts VALUES (1, 10, '2025-01-01', '2025-02-01'), (1, 20, '2025-02-01', '2025-03-01');
CREATE TABLE counters (name VARCHAR(40) PRIMARY KEY, n BIGINT) ENGINE=Aria;
INSERT INTO counters VALUES ('all', 9223372036854775807), ('none', -9223372036854775808);
CREATE TABLE legacy (a INT, b VARBINARY(300), KEY (a)) ENGINE=MyISAM;
INSERT INTO legacy SELECT seq, UNHEX(REPEAT(LPAD(HEX(seq % 256), 2, '0'), seq % 40)) FROM seq_1_to_5000;
CREATE TABLE scratch (a INT, b VARCHAR(20)) ENGINE=MEMORY;
INSERT INTO scratch SELECT seq, seq FROM seq_1_to_100;
CREATE TABLE log (message TEXT CHARACTER SET utf8mb4);
CREATE TABLE `odd ``name` (`select` INT, `ünï` VARCHAR(10), `new
line` INT);
INSERT INTO `odd ``name` VALUES (1, '中文', NULL), (2, '\'"\\\n\0', 3);
CREATE TABLE empty_table (a INT);

-- Views: plain, over a view, with check option, with another definer; one is a role.
CREATE VIEW open_orders AS SELECT * FROM orders WHERE state = 'open';
CREATE VIEW a_summary AS SELECT customer, COUNT(*) AS n, SUM(total) AS total FROM open_orders GROUP BY customer;
CREATE VIEW firms AS SELECT id, name, kind FROM customers WHERE kind = 'firm' WITH CASCADED CHECK OPTION;
CREATE DEFINER=shop_app@localhost SQL SECURITY INVOKER VIEW names AS SELECT name FROM customers;
CREATE DEFINER=shop_reader VIEW titles AS SELECT title FROM articles;

DELIMITER //
CREATE TRIGGER orders_bi BEFORE INSERT ON orders FOR EACH ROW SET NEW.note = IFNULL(NEW.note, 'none; ''quoted''')//
CREATE TRIGGER orders_au AFTER UPDATE ON orders FOR EACH ROW
BEGIN
  IF NEW.state <> OLD.state THEN
    INSERT INTO log VALUES (CONCAT('order ', NEW.id, ' → ', NEW.state));
  END IF;
END//
CREATE DEFINER=shop_app@localhost TRIGGER customers_bd BEFORE DELETE ON customers FOR EACH ROW INSERT INTO log VALUES (OLD.name)//
CREATE PROCEDURE pay(IN which BIGINT UNSIGNED, OUT done INT) MODIFIES SQL DATA COMMENT 'marks an order'
BEGIN
  UPDATE orders SET state = 'paid' WHERE id = which;
  SET done = ROW_COUNT();
END//
CREATE FUNCTION gross(net DECIMAL(14, 2)) RETURNS DECIMAL(14, 2) DETERMINISTIC RETURN net * 1.11//
CREATE AGGREGATE FUNCTION product(x DOUBLE) RETURNS DOUBLE
BEGIN
  DECLARE p DOUBLE DEFAULT 1;
  DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN p;
  LOOP
    FETCH GROUP NEXT ROW;
    SET p = p * x;
  END LOOP;
END//
SET sql_mode = 'ORACLE'//
CREATE PACKAGE tools AS FUNCTION version RETURN VARCHAR2(10); END//
CREATE PACKAGE BODY tools AS FUNCTION version RETURN VARCHAR2(10) AS BEGIN RETURN '1.0'; END; END//
SET sql_mode = DEFAULT//
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 03:00:00' ON COMPLETION PRESERVE DISABLE COMMENT 'cleans' DO DELETE FROM log//
DELIMITER ;

USE `shop archive`;
CREATE TABLE old_orders (id BIGINT UNSIGNED PRIMARY KEY, note VARCHAR(60));
INSERT INTO old_orders SELECT seq, CONCAT('Käufer ', seq) FROM seq_1_to_5000;
CREATE VIEW across AS SELECT o.id, n.total FROM old_orders o JOIN shop.orders n USING (id);
