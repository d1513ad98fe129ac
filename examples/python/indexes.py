"""Secondary indexes: the orders of a buyer, and the orders in which an article was sold.

The shop has customers but no sellers, so the article stands for the seller; a seller_id would be one more Index.
"""
from collections import defaultdict

import debezium


class Index:
    """From the value of a column to the ids of the rows that have it now.

    It remembers where it filed each row, and does not trust `before`: a record read twice, or a start in the middle, does no harm.
    """

    def __init__(self, column):
        self.column = column
        self.ids = defaultdict(set)
        self.filed = {}

    def apply(self, change):
        if change.id in self.filed:
            old = self.filed.pop(change.id)
            self.ids[old].discard(change.id)
            if not self.ids[old]:
                del self.ids[old]
        if not change.deleted:
            value = change.after[self.column]
            self.filed[change.id] = value
            self.ids[value].add(change.id)


if __name__ == "__main__":
    by_buyer, by_article = Index("customer_id"), Index("product_id")
    indexes = {"orders": by_buyer, "order_items": by_article}
    for change in debezium.changes(debezium.arguments(__doc__.splitlines()[0]).parse_args()):
        if change.table in indexes:
            indexes[change.table].apply(change)

    print(f"{len(by_buyer.filed)} orders of {len(by_buyer.ids)} buyers, {len(by_article.filed)} lines of {len(by_article.ids)} articles")
    for name, index in (("buyer", by_buyer), ("article", by_article)):
        for value, ids in sorted(index.ids.items(), key=lambda entry: (-len(entry[1]), entry[0]))[:3]:
            # The first column of both keys is the order's id.
            orders = sorted({id[0] for id in ids})
            print(f"{name} {value}: {len(orders)} orders: {' '.join(map(str, orders))}")
