"""Cache refresh: a changed product is put into the cache, an order whose parts changed is thrown out of it.

Of a product the record has all that a page shows, so the entry is set: the next reader finds the new one. The page of an order
comes from two tables, of which a record shows one, so the entry is deleted: the next reader builds it anew.
"""
import debezium


class Cache:
    """Stands for Redis or Memcached."""

    def __init__(self):
        self.entries = {}

    def set(self, key, value, version):
        """Nothing older than what is there: records that are read again after a restart do not bring old prices back."""
        if key not in self.entries or self.entries[key][0] <= version:
            self.entries[key] = (version, value)

    def delete(self, key):
        self.entries.pop(key, None)

    def get(self, key):
        entry = self.entries.get(key)
        return entry and entry[1]


if __name__ == "__main__":
    cache = Cache()
    updates = hits = stale = refreshed = dropped = 0
    for change in debezium.changes(debezium.arguments(__doc__.splitlines()[0]).parse_args(), debezium.SHOP):
        if change.table == "products" and change.deleted:
            cache.delete(("product", change.key["id"]))
        elif change.table == "products":
            cache.set(("product", change.key["id"]), change.after, change.position)
            refreshed += 1
            if change.op == "u":
                # A reader comes right after the update.
                page = cache.get(("product", change.key["id"]))
                updates, hits, stale = updates + 1, hits + (page is not None), stale + (page != change.after)
        elif change.table in ("orders", "order_items"):
            cache.delete(("order", change.key["id" if change.table == "orders" else "order_id"]))
            dropped += 1

    print(f"{refreshed} entries set, {dropped} invalidations of orders, {len(cache.entries)} entries now")
    print(f"{updates} reads right after an update: {hits} hits, {stale} stale")
    for key in sorted(cache.entries)[:3]:
        print(f"{key[0]} {key[1]}: {cache.get(key)['title']}, {cache.get(key)['price']}")
