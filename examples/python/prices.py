"""Price messages: one JSON line each time a product's price really changed, with the old and the new one.

Most updates of a product leave the price as it is; `before` and `after` tell them apart, where a record with the new row alone
could not. The id is the place in the binlog: whoever gets a message twice can drop the second.
"""
import json
import sys

import debezium


def message(change):
    """The message of a change, None where the price is as it was."""
    if change.table != "products" or change.op != "u" or change.before["price"] == change.after["price"]:
        return None
    old, new = change.before["price"], change.after["price"]
    file, pos, row = change.position
    return {
        "id": f"{file}:{pos}:{row}", "product": change.key["id"], "title": change.after["title"],
        "old": str(old), "new": str(new), "percent": round(float((new - old) / old * 100), 1) if old else None,
    }


if __name__ == "__main__":
    sent = up = updates = 0
    for change in debezium.changes(debezium.arguments(__doc__.splitlines()[0]).parse_args(), debezium.SHOP):
        updates += change.table == "products" and change.op == "u"
        if (text := message(change)) is not None:
            sent, up = sent + 1, up + (float(text["new"]) > float(text["old"]))
            print(json.dumps(text, ensure_ascii=False), flush=True)

    print(f"{updates} updates of products, {sent} price changes: {up} up, {sent - up} down", file=sys.stderr)
