"""Database mirroring: the tables in SQLite as they are in the source. Run again, it goes on or repeats without harm.

A row of a table with a key is put in or replaced by its key, and deleted by it, so that a record applied twice changes nothing.
A table without key has no such name for a row: it is matched by all its columns, and counts on the offsets kept with the rows;
a pipe has no offsets, so there such rows are counted and left out.
"""
import sqlite3
import sys

import debezium


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def plain(value):
    """What SQLite keeps: numbers, text and bytes. Times become text, and so does a DECIMAL, to the last digit."""
    return value if value is None or isinstance(value, (int, float, str, bytes)) else str(value)


class Mirror:
    def __init__(self, file):
        self.database = sqlite3.connect(file)
        self.offsets = debezium.Offsets(self.database)
        self.columns = {}
        self.left_out = 0

    def apply(self, change):
        if change.op == "t":
            sys.exit(f"{change.topic} was truncated. The record is in one partition, rows in all: this mirror cannot order them.")
        if change.key is None and change.offset < 0:
            self.left_out += 1
            return
        table = self.table(change)
        if change.key is not None and change.deleted:
            self.delete(table, change.key, "")
        elif change.key is not None:
            self.insert("INSERT OR REPLACE", table, change.after)
        else:
            if change.before is not None:
                # One of several equal rows; which does not matter.
                self.delete(table, change.before, "LIMIT 1")
            if change.after is not None:
                self.insert("INSERT", table, change.after)
        self.offsets.save(change)

    def table(self, change):
        """The table, made where it is missing and widened by columns that the source has got since."""
        name, wanted = quoted(change.table), change.after or change.before or change.key
        if name not in self.columns:
            key = f", PRIMARY KEY ({', '.join(map(quoted, change.key))})" if change.key else ""
            self.database.execute(f"CREATE TABLE IF NOT EXISTS {name} ({', '.join(map(quoted, wanted))}{key})")
            self.columns[name] = {row[1] for row in self.database.execute(f"PRAGMA table_info({name})")}
        for column in wanted:
            if column not in self.columns[name]:
                self.database.execute(f"ALTER TABLE {name} ADD COLUMN {quoted(column)}")
                self.columns[name].add(column)
        return name

    def insert(self, verb, table, row):
        names, marks = ", ".join(map(quoted, row)), ", ".join("?" * len(row))
        self.database.execute(f"{verb} INTO {table} ({names}) VALUES ({marks})", [plain(v) for v in row.values()])

    def delete(self, table, row, limit):
        where = " AND ".join(f"{quoted(c)} IS ?" for c in row)
        self.database.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {where} {limit})", [plain(v) for v in row.values()])


if __name__ == "__main__":
    parser = debezium.arguments(__doc__.splitlines()[0])
    parser.add_argument("--database", default="mirror.sqlite", help="SQLite file (default: %(default)s)")
    args = parser.parse_args()
    mirror = Mirror(args.database)
    for number, change in enumerate(debezium.changes(args, debezium.SHOP, mirror.offsets.load(), mirror.database.commit), 1):
        mirror.apply(change)
        if number % 1000 == 0:
            mirror.database.commit()
    mirror.database.commit()
    for name, in mirror.database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> '_offsets' ORDER BY name").fetchall():
        print(f"{name}: {mirror.database.execute(f'SELECT COUNT(*) FROM {quoted(name)}').fetchone()[0]} rows")
    if mirror.left_out:
        print(f"{mirror.left_out} records of tables without key left out: a pipe has no offsets")
