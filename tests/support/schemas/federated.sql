-- Tables whose rows live elsewhere ("managed external data", reference 7.8): federated ones, here over
-- the server's own socket. Not part of dumps that are compared by content of the CREATE SERVER.
CREATE DATABASE federated_db;
USE federated_db;
CREATE TABLE a_plain (a INT);
INSERT INTO a_plain VALUES (1);
EXECUTE IMMEDIATE CONCAT('CREATE SERVER itself FOREIGN DATA WRAPPER ''mysql'' OPTIONS (USER ''root'', DATABASE ''federated_db'', SOCKET ''', @@socket, ''')');
CREATE TABLE z_plain (a INT);
INSERT INTO z_plain VALUES (1);
CREATE TABLE remote (a INT) ENGINE=FEDERATED CONNECTION='itself/a_plain';
CREATE TRIGGER remote_trigger BEFORE INSERT ON remote FOR EACH ROW SET @x = 1;
