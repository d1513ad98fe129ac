-- The demo's shop in Flink SQL. Not run: the project has no Flink. Its test holds these columns against the bridge's records.
--
-- The bridge, with these options before the first record:
--   Envelope__DecimalHandlingMode=string   DECIMAL arrives as text. The default, base64, cannot be read as a DECIMAL
--   Envelope__SchemasEnable=false          the default; with true set 'debezium-json.schema-include' = 'true' below
--   Envelope__TimePrecisionMode            left at its default
--
-- Types: INT UNSIGNED needs BIGINT, BIGINT UNSIGNED fits a BIGINT up to 2^63-1, TINYINT(1) is a number.
-- Times: DATETIME(3) is a BIGINT of milliseconds, made a time by a computed column; DATETIME(6) would be microseconds,
-- DATE days, TIME microseconds. TIMESTAMP is text in UTC, read as TIMESTAMP_LTZ with the ISO-8601 standard.
-- With Envelope__TimePrecisionMode=isostring DATETIME is such text as well, and TIMESTAMP_LTZ reads it.

CREATE TABLE customers (
  id BIGINT,
  email STRING,
  full_name STRING,
  country STRING,
  tier STRING,
  address STRING,
  newsletter TINYINT,
  created_at TIMESTAMP_LTZ(0),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'kafka',
  'topic' = 'demo.shop.customers',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'flink-shop',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'debezium-json',
  'debezium-json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE products (
  id BIGINT,
  sku STRING,
  ean STRING,
  title STRING,
  category STRING,
  price DECIMAL(10, 2),
  weight_kg FLOAT,
  active TINYINT,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'kafka',
  'topic' = 'demo.shop.products',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'flink-shop',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'debezium-json'
);

CREATE TABLE stock (
  product_id BIGINT,
  warehouse STRING,
  quantity INT,
  counted_at BIGINT,
  counted AS TO_TIMESTAMP_LTZ(counted_at, 3),
  PRIMARY KEY (product_id, warehouse) NOT ENFORCED
) WITH (
  'connector' = 'kafka',
  'topic' = 'demo.shop.stock',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'flink-shop',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'debezium-json'
);

-- event_time shows a metadata column: when the source made the change, to the second.
CREATE TABLE orders (
  event_time TIMESTAMP_LTZ(3) METADATA FROM 'value.source.timestamp' VIRTUAL,
  id BIGINT,
  customer_id BIGINT,
  status STRING,
  total DECIMAL(12, 2),
  placed_at BIGINT,
  updated_at TIMESTAMP_LTZ(3),
  note STRING,
  placed AS TO_TIMESTAMP_LTZ(placed_at, 3),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'kafka',
  'topic' = 'demo.shop.orders',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'flink-shop',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'debezium-json',
  'debezium-json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE order_items (
  order_id BIGINT,
  line_no INT,
  product_id BIGINT,
  quantity INT,
  unit_price DECIMAL(10, 2),
  PRIMARY KEY (order_id, line_no) NOT ENFORCED
) WITH (
  'connector' = 'kafka',
  'topic' = 'demo.shop.order_items',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'flink-shop',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'debezium-json'
);

CREATE TABLE price_changes (
  id BIGINT,
  product_id BIGINT,
  old_price DECIMAL(10, 2),
  new_price DECIMAL(10, 2),
  reason STRING,
  changed_at TIMESTAMP_LTZ(6),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'kafka',
  'topic' = 'demo.shop.price_changes',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.group.id' = 'flink-shop',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'debezium-json',
  'debezium-json.timestamp-format.standard' = 'ISO-8601'
);

-- Mirror one table, and keep one aggregate right under updates and deletes, in a second database.
CREATE TABLE orders_mirror (
  id BIGINT,
  customer_id BIGINT,
  status STRING,
  total DECIMAL(12, 2),
  placed TIMESTAMP(3),
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:mysql://localhost:3306/mirror',
  'table-name' = 'orders',
  'username' = 'mirror',
  'password' = 'mirror'
);

CREATE TABLE turnover_by_category (
  category STRING,
  pieces BIGINT,
  turnover DECIMAL(38, 2),
  PRIMARY KEY (category) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:mysql://localhost:3306/mirror',
  'table-name' = 'turnover_by_category',
  'username' = 'mirror',
  'password' = 'mirror'
);

-- A DATETIME has no zone: the bridge counts its wall clock as UTC, and this turns it back.
SET 'table.local-time-zone' = 'UTC';

EXECUTE STATEMENT SET BEGIN
  INSERT INTO orders_mirror
  SELECT id, customer_id, status, total, CAST(placed AS TIMESTAMP(3)) FROM orders;

  INSERT INTO turnover_by_category
  SELECT p.category, SUM(i.quantity), SUM(i.quantity * i.unit_price)
  FROM order_items AS i
  JOIN orders AS o ON o.id = i.order_id AND o.status <> 'cancelled'
  JOIN products AS p ON p.id = i.product_id
  GROUP BY p.category;
END;
