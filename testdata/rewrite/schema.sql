-- A small database for the golden files in this directory.
CREATE SCHEMA crm;
CREATE SCHEMA staff;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION citext;
CREATE EXTENSION hstore SCHEMA staff;

CREATE TYPE crm.topic AS ENUM ('marketing', 'profiling');
CREATE DOMAIN crm.email AS text CHECK (VALUE ~ '@');

CREATE TABLE crm.customers (
    id         bigint PRIMARY KEY,
    country    char(2),
    name       text NOT NULL,
    email      crm.email,
    phone      varchar(20),
    born       date,
    income     numeric(12, 2),
    passport   text,
    points     integer NOT NULL DEFAULT 0,
    notes      text
);

-- One row for a customer and a topic: joined without grouping.
CREATE TABLE crm.consents (
    customer_id bigint REFERENCES crm.customers,
    topic       crm.topic,
    granted     boolean NOT NULL,
    expires     timestamptz,
    PRIMARY KEY (customer_id, topic)
);

CREATE TABLE crm.orders (
    id          bigint PRIMARY KEY,
    customer_id bigint REFERENCES crm.customers,
    placed      date NOT NULL,
    total       numeric(10, 2) NOT NULL,
    address     text
);

CREATE TABLE crm.visits (
    customer_id bigint,
    day         date NOT NULL,
    page        text
) PARTITION BY RANGE (day);
CREATE TABLE crm.visits_2024 PARTITION OF crm.visits FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE crm.visits_2025 PARTITION OF crm.visits FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');

CREATE TABLE crm.marks (twice int GENERATED ALWAYS AS (n * 2) STORED, n int, customer_id bigint, word varchar(3));

CREATE TABLE crm.big_orders (gift text) INHERITS (crm.orders);

CREATE TABLE crm.stores (id int PRIMARY KEY, city text, opened date);
CREATE TABLE crm.secret (a int);

-- Employees have their region in an expression, and any number of consent rows.
CREATE TABLE staff.employees (
    badge   uuid PRIMARY KEY,
    site    text,
    mobile  text,
    age     smallint,
    nick    citext
);
CREATE TABLE staff.agreements (badge uuid, what text, since date);

CREATE VIEW crm.people AS SELECT c.id, c.name, c.email AS mail, c.country FROM crm.customers c;
CREATE VIEW crm.safe_people WITH (security_barrier) AS SELECT c.id, c.name FROM crm.customers c WHERE c.points > 10;
CREATE VIEW crm.cities AS SELECT DISTINCT city FROM crm.stores;
CREATE VIEW crm.people_of_people AS SELECT mail, count(*) AS n FROM crm.people GROUP BY mail;
CREATE VIEW crm.sizes AS SELECT pg_relation_size('crm.customers') AS bytes;
CREATE MATERIALIZED VIEW crm.totals AS SELECT customer_id, sum(total) AS total FROM crm.orders GROUP BY customer_id;
CREATE MATERIALIZED VIEW crm.city_list AS SELECT city FROM crm.stores;

CREATE FUNCTION crm.double(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
CREATE FUNCTION crm.peek(bigint) RETURNS text LANGUAGE sql STABLE AS 'SELECT name FROM crm.customers WHERE id = $1';
CREATE FUNCTION crm.same(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
CREATE PROCEDURE crm.tally(int) LANGUAGE sql AS 'SELECT $1';
CREATE OPERATOR crm.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = crm.same);
CREATE SEQUENCE crm.numbers;

INSERT INTO crm.customers VALUES
    (1, 'DE', 'Anna Müller', 'anna@example.de', '+49 30 1234567', '1980-05-06', 4321.50, 'C01X', 5, 'likes tea'),
    (2, 'CN', '王伟', 'wang@example.cn', '+86 10 7654321', '1991-11-30', 999.99, 'E55', 50, NULL),
    (3, NULL, 'Nobody', NULL, NULL, NULL, NULL, NULL, 0, NULL),
    (4, 'US', 'Bob "B" O''Neil', 'bob@example.com', '555-0100', '2001-01-01', 15000, 'P7', 20, 'call back');
INSERT INTO crm.consents VALUES (1, 'marketing', true, NULL), (2, 'marketing', false, NULL), (1, 'profiling', true, '2020-01-01'), (4, 'profiling', true, NULL);
INSERT INTO crm.orders VALUES (10, 1, '2024-03-01', 20.00, 'Berlin'), (11, 2, '2024-04-01', 35.50, 'Beijing'), (12, NULL, '2025-01-01', 7.00, 'nowhere');
INSERT INTO crm.big_orders VALUES (13, 4, '2025-02-02', 5000.00, 'Boston', 'mug');
INSERT INTO crm.visits VALUES (1, '2024-05-05', '/home'), (4, '2025-05-05', '/cart');
INSERT INTO crm.stores VALUES (1, 'Berlin', '2001-02-03'), (2, 'Tokyo', '2010-01-01');
INSERT INTO staff.employees VALUES ('11111111-1111-1111-1111-111111111111', 'de-berlin', '0151', 44, 'Max'), ('22222222-2222-2222-2222-222222222222', NULL, '0152', 61, 'Eva');
INSERT INTO staff.agreements VALUES ('11111111-1111-1111-1111-111111111111', 'marketing', '2020-01-01'), ('11111111-1111-1111-1111-111111111111', 'marketing', '2021-01-01');
REFRESH MATERIALIZED VIEW crm.totals;
REFRESH MATERIALIZED VIEW crm.city_list;

-- What happens when a row is written: checks, generated columns and indexes over several columns, triggers, defaults and rules.
CREATE SCHEMA work;
CREATE FUNCTION work.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION work.shape(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE TABLE work.checked (id int, low int, high int, top int, CHECK (low < high));
ALTER TABLE work.checked ADD CONSTRAINT late CHECK (top > 0) NOT VALID;
CREATE TABLE work.computed (id int, low int, high int, ratio int GENERATED ALWAYS AS (low / high) STORED);
CREATE TABLE work.indexed (id int, low int, high int);
CREATE INDEX ON work.indexed ((low / high));
CREATE INDEX ON work.indexed (id) WHERE 10 / high > id;
CREATE TABLE work.triggered (id int);
CREATE TRIGGER note BEFORE INSERT ON work.triggered FOR EACH ROW EXECUTE FUNCTION work.note();
CREATE TABLE work.defaulted (id int DEFAULT work.shape(1));
CREATE TABLE work.ruled (id int);
CREATE RULE twice AS ON INSERT TO work.ruled DO ALSO SELECT 1;

-- A schema in which the policy lets roles make tables.
CREATE SCHEMA sandbox;
CREATE TABLE sandbox.old (id int, mobile text);
CREATE TABLE sandbox.named (id int);
CREATE VIEW sandbox.looks AS SELECT name FROM crm.customers;
CREATE VIEW crm.sand AS SELECT id FROM sandbox.old;
