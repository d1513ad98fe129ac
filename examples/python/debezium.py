"""Change records as canal-bridge and Debezium write them: read from a pipe or from Kafka, and decoded.

Python 3.10 or later. The pipe needs nothing else; --bootstrap needs the package confluent-kafka.
"""
import argparse
import base64
import json
import re
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

EPOCH = datetime(1970, 1, 1)


# What the values of a column mean. Without schemas a record does not tell, so a consumer says it once per table (see SHOP).

def decimal(scale):
    """DECIMAL in mode `precise`: base64 of the unscaled number, big-endian two's complement."""
    # From text: arithmetic on a Decimal would round to 28 digits, and MySQL has 65.
    return lambda text: Decimal(f"{int.from_bytes(base64.b64decode(text), 'big', signed=True)}e-{scale}")


def date(days):
    """DATE: days since 1970."""
    return (EPOCH + timedelta(days=days)).date()


def datetime_ms(number):
    """DATETIME with up to 3 digits of fraction: milliseconds since 1970, the wall clock taken as UTC."""
    return EPOCH + timedelta(milliseconds=number)


def datetime_us(number):
    """DATETIME with 4 to 6 digits: microseconds since 1970."""
    return EPOCH + timedelta(microseconds=number)


def time_us(number):
    """TIME: microseconds; MySQL's go from -838 to 838 hours, so it is no time of day."""
    return timedelta(microseconds=number)


def timestamp(text):
    """TIMESTAMP: text in UTC with as many digits as the column has."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ")


# The demo's shop: the columns whose JSON is not yet the value.
SHOP = {
    "customers": {"created_at": timestamp},
    "products": {"price": decimal(2)},
    "stock": {"counted_at": datetime_ms},
    "orders": {"total": decimal(2), "placed_at": datetime_ms, "updated_at": timestamp},
    "order_items": {"unit_price": decimal(2)},
    "price_changes": {"old_price": decimal(2), "new_price": decimal(2), "changed_at": timestamp},
}

# With Envelope:SchemasEnable=true the record tells itself.
BY_SCHEMA_NAME = {
    "io.debezium.time.Date": date,
    "io.debezium.time.Timestamp": datetime_ms,
    "io.debezium.time.MicroTimestamp": datetime_us,
    "io.debezium.time.MicroTime": time_us,
    "io.debezium.time.ZonedTimestamp": timestamp,
}


@dataclass(frozen=True)
class Change:
    """One record. `op` is c, u, d (t with Envelope:SkippedOperations=none; r in a Debezium snapshot), None in a tombstone."""

    topic: str
    key: dict | None
    op: str | None
    before: dict | None
    after: dict | None
    source: dict
    headers: dict
    partition: int = -1
    offset: int = -1

    @property
    def table(self):
        return self.source.get("table") or self.topic.rsplit(".", 1)[-1]

    @property
    def id(self):
        """The key's values, None for a table without key. They name the row in its topic."""
        return None if self.key is None else tuple(self.key.values())

    @property
    def deleted(self):
        """The row is gone. A tombstone says so too: on a compacted topic it may be all that is left of a delete."""
        return self.op in ("d", None)

    @property
    def new_key(self):
        """On the delete that stands for the old key of a changed one: the new key, as the header's JSON."""
        return self.headers.get("__debezium.newkey")

    @property
    def position(self):
        """Place in the binlog: file number, offset of the event, row in it. Rises within a table."""
        return int(self.source["file"].rsplit(".", 1)[-1]), self.source["pos"], self.source["row"]


def decode(topic, key, value, headers=(), columns=None, partition=-1, offset=-1):
    """A Change from the JSON texts of key and value; None for a tombstone that has no key either, which says nothing, and for a fence (Envelope:DdlFence)."""
    if any(name == "__canal_bridge.fence" for name, _ in headers):
        return None
    key, key_schema = unwrap(key)
    value, schema = unwrap(value)
    if value is None and key is None:
        return None
    value = value or {"op": None}
    if "op" not in value:
        sys.exit(f"{topic}: expected Debezium's envelope, got an object with {', '.join(value)}; Envelope:Format must be debezium.")
    source = value.get("source") or {}
    known = (columns or {}).get(source.get("table") or topic.rsplit(".", 1)[-1], {})
    row_schema = next((f for f in schema["fields"] if f["field"] == "after"), None) if schema else None
    row_decoders = decoders(row_schema) if row_schema else known
    return Change(
        topic, apply(decoders(key_schema) if key_schema else known, key), value["op"],
        apply(row_decoders, value.get("before")), apply(row_decoders, value.get("after")), source, dict(headers), partition, offset)


def unwrap(text):
    """Value and schema of a JSON text with or without schema."""
    data = None if text is None else json.loads(text)
    if isinstance(data, dict) and data.keys() == {"schema", "payload"}:
        return data["payload"], data["schema"]
    return data, None


def decoders(struct):
    found = {}
    for field in struct["fields"]:
        name = field.get("name")
        if name == "org.apache.kafka.connect.data.Decimal":
            found[field["field"]] = decimal(int(field["parameters"]["scale"]))
        elif name in BY_SCHEMA_NAME:
            found[field["field"]] = BY_SCHEMA_NAME[name]
        elif field["type"] == "bytes":
            found[field["field"]] = base64.b64decode
    return found


def apply(known, row):
    if row is None:
        return None
    return {column: known[column](value) if value is not None and column in known else value for column, value in row.items()}


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bootstrap", help="Kafka brokers; without it JSON lines come from standard input")
    parser.add_argument("--topics", default=r".*\.shop\..*", help="regular expression for whole topic names (default: %(default)s)")
    parser.add_argument("--follow", action="store_true", help="with --bootstrap: wait for more at the end, until Ctrl-C")
    return parser


def changes(args, columns=None, start=None, idle=lambda: None):
    """All changes, in order for each key.

    `start` gives the offset of the next record for (topic, partition); a partition without one is read from its beginning.
    `idle` is called where nothing is waiting: a moment to commit.
    """
    lines = from_kafka(args, start or {}, idle) if args.bootstrap else from_pipe(args)
    try:
        for topic, key, value, headers, partition, offset in lines:
            change = decode(topic, key, value, headers, columns, partition, offset)
            if change:
                yield change
    except KeyboardInterrupt:
        pass


def from_pipe(args):
    for line in sys.stdin:
        record = json.loads(line)
        if re.fullmatch(args.topics, record["topic"]):
            yield record["topic"], record["key"], record["value"], record["headers"], -1, -1


def from_kafka(args, start, idle):
    try:
        from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition
    except ImportError:
        sys.exit("--bootstrap needs a Kafka client: pip install confluent-kafka. Without --bootstrap records come from standard input.")
    consumer = Consumer({
        "bootstrap.servers": args.bootstrap,
        "isolation.level": "read_committed",  # anything else shows changes that were taken back and come again
        "group.id": "canal-bridge-examples",  # must be there; partitions are assigned by hand and nothing is committed to it
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
    })
    # A topic that is made later is found at the next start.
    waiting = {(t.topic, p) for t in consumer.list_topics(timeout=10).topics.values() if re.fullmatch(args.topics, t.topic) for p in t.partitions}
    consumer.assign([TopicPartition(*at, start.get(at, OFFSET_BEGINNING)) for at in waiting])
    try:
        while waiting or args.follow:
            message = consumer.poll(1.0)
            if message is None:
                idle()
            elif message.error() is None:
                headers = [(name, (text or b"").decode()) for name, text in message.headers() or []]
                yield message.topic(), message.key(), message.value(), headers, message.partition(), message.offset()
            elif message.error().code() == KafkaError._PARTITION_EOF:
                waiting.discard((message.topic(), message.partition()))
            else:
                raise KafkaException(message.error())
    finally:
        consumer.close()


class Offsets:
    """Offsets kept in the same SQLite database as what is made of the records, and in the same transaction: each applies once."""

    def __init__(self, database):
        self._database = database
        database.execute("CREATE TABLE IF NOT EXISTS _offsets (topic, partition, next, PRIMARY KEY (topic, partition))")

    def load(self):
        return {(topic, partition): offset for topic, partition, offset in self._database.execute("SELECT * FROM _offsets")}

    def save(self, change):
        if change.offset >= 0:
            self._database.execute("INSERT OR REPLACE INTO _offsets VALUES (?, ?, ?)", (change.topic, change.partition, change.offset + 1))
