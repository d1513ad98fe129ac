"""Search: an inverted index over the text of the products, right after every update and delete.

search.py WORD... looks words up at the end of the input; all must be in the product.
"""
import re
from collections import defaultdict

import debezium

TEXT = ("title", "category", "sku", "ean")


class Search:
    """From a word to the ids of the products that have it."""

    def __init__(self):
        self.ids = defaultdict(set)
        self.documents = {}

    def apply(self, change):
        """Takes the old words out and puts the new ones in. The old are its own, so that a record read twice does no harm."""
        for word in words(self.documents.pop(change.id, {})):
            self.ids[word].discard(change.id)
            if not self.ids[word]:
                del self.ids[word]
        if not change.deleted:
            self.documents[change.id] = change.after
            for word in words(change.after):
                self.ids[word].add(change.id)

    def find(self, query):
        # .get: to look a word up must not put it in.
        found = [self.ids.get(word, set()) for word in words({"title": query})]
        return sorted(set.intersection(*found)) if found else []


def words(row):
    # A column may be missing: `ean` was added to the table while it was in use.
    return {word for column in TEXT for word in re.findall(r"\w+", (row.get(column) or "").lower())}


if __name__ == "__main__":
    parser = debezium.arguments(__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", default=["kettle", "deluxe office", "1007"], help="searches (default: three for the demo)")
    args = parser.parse_args()
    search = Search()
    for change in debezium.changes(args):
        if change.table == "products":
            search.apply(change)

    print(f"{len(search.documents)} products, {len(search.ids)} words")
    for query in args.words:
        print(f"{query}: {'; '.join(search.documents[id]['title'] for id in search.find(query)) or 'nothing'}")
