"""How a library in a cluster changes; see the package for why nothing is lost on the way."""

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from corpus.document import Document, Passage
from index import records
from index.cluster import blobs
from index.cluster.bm25 import Numbers, Tally, number
from index.cluster.catalogue import (
    KEPT,
    Catalogue,
    Source,
    edition_rows,
    gone_row,
    milliseconds,
    new_edition,
    source_row,
    version_row,
)
from index.cluster.collections import MOST_HEADINGS, MOST_TERMS
from index.cluster.rows import edition_of, key_of, row_number, spelled
from index.cluster.tables import Row, Tables
from index.dates import iso_date
from index.engine import Written
from index.errors import LibraryBusy
from index.indexing import indexed_text
from index.lexical import terms
from index.nouns import Entry
from index.plan import Plan

_GRACE = 600_000  # milliseconds before what no record names is swept away
_REPEATED, _LONGEST = 60_000, 300_000  # how often, and for how long, a claim is good


def read_now(tables: Tables, before: Catalogue | None) -> Catalogue:
    """What stands by all that anybody wrote."""
    return Catalogue.read(tables, before, "Strong")


def write(
    tables: Tables, planned_on: Catalogue, plan: Plan, written: Written, gone: Sequence[str]
) -> bool:
    """Does what was planned, unless a place it touches has changed since."""
    before = [s for i in plan.places for s in planned_on.documents.get(i, ())]
    left = {source.uri for sources in plan.places.values() for source in sources}
    touched = left | {source.uri for source in before}
    new = [_New.of(planned_on, document, entries) for document, entries in written]
    own = [each.source.edition for each in new]
    claim = _Claim(tables, own, planned_on)
    tables.upsert("blobs", (row for each in new for row in claim.kept(each.blobs())))
    first = [each for each in new if each.source.passages == each.source.edition]
    bm25 = tables.has_bm25
    tables.upsert("passages", (row for each in first for row in claim.kept(each.passages(bm25))))
    _see(tables, {each.source.edition: each.source.count for each in first})
    now = read_now(tables, planned_on)
    if any(now.sources.get(uri) != planned_on.sources.get(uri) for uri in touched):
        _erase(tables, own)
        return False
    claim.must_hold()
    changed = now.next_time()
    rows: list[Row] = [source_row(each.source, changed) for each in new]
    rows += [gone_row(uri, changed) for uri in {source.uri for source in before} - left]
    replaced = {each.source.uri for each in new} | ({s.uri for s in before} - left)
    old = [s for s in before if s.uri in replaced]
    rows += edition_rows({n for s in old for n in (s.edition, s.passages)}, changed)
    rows += _versions(now, plan, [each.source for each in new], gone, changed)
    tables.upsert("records", rows)
    return True


def _versions(
    now: Catalogue, plan: Plan, new: Iterable[Source], gone: Iterable[str], changed: int
) -> list[Row]:
    """Keeps those of before that are to be kept, and forgets those whose words have come back."""
    kept = {
        (old.id, old.uri): now.sources[old.uri].edition
        for old in plan.outdated
        if old.uri in now.sources
    }
    back = {(source.document_id, source.uri) for source in new}
    places = set(gone)
    lost = [v for v in now.versions if v in back or v[1] in places]
    rows = [version_row(*v, edition, changed) for v, edition in kept.items() if v not in back]
    rows += [version_row(*v, None, changed) for v in lost]
    return rows + edition_rows([now.versions[v] for v in lost], changed)


def remove(tables: Tables, before: Catalogue, document_id: str) -> bool:
    """Forgets a document with its versions of before, or one such."""
    now = read_now(tables, before)
    changed = now.next_time()
    places = now.documents.get(document_id, [])
    uris = {source.uri for source in places}
    lost = [v for v in now.versions if v[0] == document_id or v[1] in uris]
    editions = {n for s in places for n in (s.edition, s.passages)} | {
        now.versions[v] for v in lost
    }
    rows = [gone_row(uri, changed) for uri in uris]
    rows += [version_row(*v, None, changed) for v in lost]
    tables.upsert("records", [*rows, *edition_rows(editions, changed)])
    return bool(rows)


def supersede(tables: Tables, before: Catalogue, versions: Iterable[Document]) -> None:
    """Keeps versions of before, whose text no edition holds yet."""
    now = read_now(tables, before)
    for version in versions:
        stands = now.sources.get(version.uri)
        if (version.id, version.uri) in now.versions or (
            stands is not None and stands.document_id == version.id
        ):
            continue
        edition = new_edition()
        tables.upsert("records", edition_rows([edition], now.next_time()))
        tables.upsert("blobs", blobs.rows(edition, "d", _body(version)))
        row = version_row(version.id, version.uri, edition, now.next_time())
        tables.upsert("records", [row])


def sweep(tables: Tables, before: Catalogue) -> None:
    """Takes away what no record names, and has not for ten minutes."""
    if not any(milliseconds() - since > _GRACE for since in before.doubtful.values()):
        return
    now = read_now(tables, before)
    texts = {s.edition for s in now.sources.values()} | set(now.versions.values())
    found = {s.passages for s in now.sources.values()}
    settled = [e for e, since in now.doubtful.items() if milliseconds() - since > _GRACE]
    _erase(tables, settled, texts, found)
    changed = now.next_time()
    rows = [{**row, "value": ""} for row in edition_rows(settled, changed)]
    tables.upsert("records", rows)
    old = [r.key for r in now.records.values() if r.value is None and changed - r.changed > KEPT]
    tables.delete("records", old)


def _erase(
    tables: Tables,
    editions: Iterable[int],
    texts: Iterable[int] = (),
    found: Iterable[int] = (),
) -> None:
    """All of these editions but what is still used: the texts of some, the passages of some."""
    texts, found = set(texts), set(found)
    editions = [edition for edition in editions if edition not in texts & found]
    for start in range(0, len(editions), 100):
        some = editions[start : start + 100]
        condition = f"edition in [{','.join(map(str, some))}]"
        rows = tables.scan("passages", condition, ["edition"], "Strong")
        tables.delete("passages", [r["key"] for r in rows if r["edition"] not in found])
        keys = blobs.keys_of(tables, some)
        tables.delete(
            "blobs", [k for k in keys if int(k[:16], 16) not in (texts if k[16] == "d" else found)]
        )


@dataclass(frozen=True, slots=True)
class _New:
    """A document from one place, about to be written; `numbers` are of each passage's terms."""

    source: Source
    document: Document
    entries: Sequence[Entry]
    numbers: Sequence[Numbers]

    @classmethod
    def of(cls, now: Catalogue, document: Document, entries: Sequence[Entry]) -> "_New":
        """With a number of its own; the passages are another's where they are the same."""
        edition = new_edition()
        packed = [records.pack_passage(entry.passage) for entry in entries]
        cut = hashlib.sha256(json.dumps(packed).encode()).hexdigest()[:16]
        same = [s for s in now.documents.get(document.id, ()) if s.cut == cut]
        numbers = [numbers_of(entry.passage) for entry in entries]
        source = Source(
            uri=document.uri,
            digest=document.digest,
            document_id=document.id,
            edition=edition,
            passages=same[0].passages if same else edition,
            cut=cut,
            count=len(entries),
            length=sum(map(len, numbers)),
            title=document.title,
            language=document.language,
            characters=len(document.text),
            date=iso_date(document.metadata),
            speakers=tuple(dict.fromkeys(e.passage.speaker for e in entries if e.passage.speaker)),
            metadata=dict(document.metadata),
        )
        return cls(source, document, entries, numbers)

    def blobs(self) -> Iterator[Row]:
        """All that is long."""
        edition = self.source.edition
        yield from blobs.rows(edition, "d", _body(self.document))
        if self.source.passages == edition:
            present = Tally.sum([Tally.of(each).presence() for each in self.numbers])
            yield from blobs.rows(edition, "t", present.pack())
            for n, entry in enumerate(self.entries):
                kept = blobs.Kept(entry.passage, entry.vector).pack()
                yield from blobs.rows(edition, "p", kept, n)
                details = blobs.pack_details(entry.sentence_vectors, entry.tokens)
                yield from blobs.rows(edition, "v", details, n)

    def passages(self, bm25: bool) -> Iterator[Row]:
        """All that is searched."""
        pairs = enumerate(zip(self.entries, self.numbers, strict=True))
        for n, (entry, numbers) in pairs:
            row = row_number(self.source.edition, n)
            yield passage_row(row, entry.passage, entry.vector, numbers, bm25=bm25)


class _Claim:
    """Says of editions that they are being written, again and again while it takes."""

    def __init__(self, tables: Tables, editions: Sequence[int], planned_on: Catalogue) -> None:
        self._tables = tables
        self._editions = editions
        self._said = planned_on.next_time()
        self._say()

    def _say(self) -> None:
        self._tables.upsert("records", edition_rows(self._editions, self._said))

    def kept(self, rows: Iterator[Row]) -> Iterator[Row]:
        """The rows, on the way to the cluster."""
        for row in rows:
            if milliseconds() - self._said > _REPEATED:
                self._said = milliseconds()
                self._say()
            yield row

    def must_hold(self) -> None:
        """Raises LibraryBusy where it was said so long ago that somebody may have swept them."""
        if milliseconds() - self._said > _LONGEST:
            raise LibraryBusy(
                f"{self._tables.address.shown} stood still for minutes while it was written: try "
                "again when it has less to do."
            )


def passage_row(row: int, passage: Passage, vector: bytes, numbers: Numbers, *, bm25: bool) -> Row:
    """What is searched of a passage; `numbers` are its terms'."""
    width = len(vector) // records.VECTOR_BYTES
    return {
        "key": key_of(row),
        "edition": edition_of(row),
        "speaker": number(passage.speaker) if passage.speaker is not None else -1,
        "sections": [number(heading) for heading in passage.section[:MOST_HEADINGS]],
        "vector": records.unpack_vectors([vector], width)[0].tolist(),
        "words": spelled(numbers.tolist()) if bm25 else numbers.tolist(),
    }


def numbers_of(passage: Passage) -> Numbers:
    """Of its terms, with repeats."""
    return np.array([number(term) for term in terms(indexed_text(passage))][:MOST_TERMS], np.int64)


def _body(document: Document) -> bytes:
    return records.pack_document(document).encode("utf-8", "surrogatepass")


def _see(tables: Tables, counts: Mapping[int, int]) -> None:
    """Waits until everybody can find these passages, so that a document never shows in part."""
    whole = sum(counts.values())
    condition = f"edition in [{','.join(map(str, counts))}]"
    for _ in range(50):
        if not whole or tables.count("passages", condition, "Strong") >= whole:
            return
        time.sleep(0.1)
    raise LibraryBusy(f"{tables.address.shown} does not show what was written: try again later.")
