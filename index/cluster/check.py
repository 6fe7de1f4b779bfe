"""Holds what a cluster searches against what was written."""

from collections.abc import Callable, Sequence

import numpy as np

from index.check import Law
from index.cluster.catalogue import Catalogue
from index.cluster.rows import row_number
from index.cluster.tables import Row, Tables
from index.cluster.writing import numbers_of, passage_row
from index.indexing import Kept


def searched(tables: Tables, now: Catalogue, entries: Callable[[str], Sequence[Kept]]) -> list[Law]:
    """Every passage stands there once, with its own vector and words, and nothing beside it."""
    same = Law("the cluster searches the passages")
    own = Law("every passage there belongs to a document")
    fields = ["edition", "speaker", "sections", "vector", "words"]
    for edition, document_id in now.shown.items():
        rows = list(tables.scan("passages", f"edition == {edition}", fields, "Strong"))
        kept = entries(document_id)
        same.hold(len(rows) == len(kept), f"{document_id} has {len(rows)} of {len(kept)} passages")
        for n, (row, (passage, vector, *_)) in enumerate(zip(rows, kept, strict=False)):
            numbers = numbers_of(passage)
            at = row_number(edition, n)
            wanted = passage_row(at, passage, vector, numbers, bm25=tables.has_bm25)
            same.hold(_equal(row, wanted), f"{passage.id} is not there as it was written")
    known = now.shown.keys() | set(now.hidden)
    for row in tables.scan("passages", "edition > 0", ["edition"]):
        own.hold(row["edition"] in known, f"{row['key']} belongs to none")
    return [same, own]


def _equal(row: Row, wanted: Row) -> bool:
    rest = [key for key in wanted if key != "vector"]
    return bool(np.array_equal(np.float32(row["vector"]), np.float32(wanted["vector"]))) and all(
        (list(row[key]) if isinstance(wanted[key], list) else row[key]) == wanted[key]
        for key in rest
    )
