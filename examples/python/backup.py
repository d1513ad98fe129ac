"""Real-time backup: an append-only history of every row, from which the tables of any moment can be restored.

A record is filed under its place in the binlog, so that one read twice is there once. A moment is such a place, FILE:POS as
SHOW BINLOG EVENTS gives it (everything up to it, itself included), or a time in UTC, to the second as the binlog has it.
"""
import json
import re
import sqlite3
from datetime import datetime, timezone

import debezium

HISTORY = """CREATE TABLE IF NOT EXISTS history (
    table_name, key, file INTEGER, pos INTEGER, row INTEGER, op, ts_ms INTEGER, image,
    PRIMARY KEY (table_name, file, pos, row, op))"""


def keep(database, change):
    # A tombstone follows a delete that is filed already. A changed key is a delete and an insert at one place: op keeps both.
    if change.op is not None:
        key = None if change.key is None else json.dumps(change.key, default=str, ensure_ascii=False)
        database.execute("INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (
            change.table, key, *change.position, change.op, change.source["ts_ms"], json.dumps(change.after, default=str, ensure_ascii=False)))


def restore(database, table, moment):
    """The rows of a table at a moment, by key."""
    if moment is None:
        condition, values = "TRUE", []
    elif place := re.fullmatch(r"(?:.*\.)?(\d+):(\d+)", moment):
        condition, values = "(file, pos) <= (?, ?)", [int(part) for part in place.groups()]
    else:
        until = datetime.fromisoformat(moment).replace(tzinfo=timezone.utc)
        condition, values = "ts_ms <= ?", [int(until.timestamp() * 1000)]
    rows = {}
    for key, op, image in database.execute(
            f"SELECT key, op, image FROM history WHERE table_name = ? AND {condition} ORDER BY file, pos, row", [table, *values]):
        if key is None:
            raise SystemExit(f"{table} has no key: its history is kept, but this restores by key only.")
        if op == "d":
            rows.pop(key, None)
        else:
            rows[key] = json.loads(image)
    return rows


if __name__ == "__main__":
    parser = debezium.arguments(__doc__.splitlines()[0])
    parser.add_argument("--database", default="backup.sqlite", help="SQLite file (default: %(default)s)")
    parser.add_argument("--restore", metavar="TABLE", help="print this table as JSON lines and read nothing")
    parser.add_argument("--at", metavar="MOMENT", help="FILE:POS or YYYY-MM-DDTHH:MM:SS in UTC; without it the last state")
    args = parser.parse_args()
    database = sqlite3.connect(args.database)
    database.execute(HISTORY)
    if args.restore:
        for _, row in sorted(restore(database, args.restore, args.at).items()):
            print(json.dumps(row, ensure_ascii=False))
        raise SystemExit
    offsets = debezium.Offsets(database)
    for change in debezium.changes(args, debezium.SHOP, offsets.load(), database.commit):
        keep(database, change)
        offsets.save(change)
    database.commit()
    for table, count, keys in database.execute("SELECT table_name, COUNT(*), COUNT(key) FROM history GROUP BY 1 ORDER BY 1").fetchall():
        print(f"{table}: {count} changes, {f'{len(restore(database, table, None))} rows now' if keys else 'no key'}")
