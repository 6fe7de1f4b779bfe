"""A library in a cluster, as the facade asks of it."""

import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from corpus.document import Document, Passage
from index import feedback, records
from index.check import Check, Law
from index.cluster import blobs, catalogue, writing
from index.cluster.catalogue import Catalogue
from index.cluster.check import searched
from index.cluster.rows import Rows, row_number
from index.cluster.search import Search
from index.cluster.tables import Level, Tables
from index.embedding import Embedder, Vectors
from index.engine import Written
from index.errors import FolderOnly, LibraryDamaged
from index.indexing import Kept
from index.nouns import DocumentInfo, Feedback, Filters
from index.plan import Plan

_MOST_DOCUMENTS = 200
_FRESH = 0.05  # seconds in which the records are not asked for again; one answer asks often
_SWEPT = 60.0  # seconds between two looks


class ClusterEngine:
    """Threads read side by side, each in one state of the records."""

    folder: Path | None = None

    def __init__(self, tables: Tables, token_mean: Vectors) -> None:
        self._tables = tables
        self.shown = tables.address.shown
        self._rows = Rows(tables, len(token_mean))
        self._search = Search(tables, self._rows)
        self._own = threading.local()
        self._following = threading.Lock()
        self._latest: Catalogue | None = None
        self._followed = 0.0
        self._writes = 0
        self._texts: dict[int, Document] = {}
        self._swept = time.monotonic()
        self.token_mean = token_mean

    def close(self) -> None:
        """Nothing waits to be written; lets the connection go."""
        self._tables.close()

    # One state for every read.

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """All reads inside see one state of the records; what they name stays ten minutes more."""
        if getattr(self._own, "catalogue", None) is not None:
            yield
            return
        self._own.catalogue = self._follow("Session")
        try:
            yield
        finally:
            self._own.catalogue = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """As `one_state`; what is read inside must be as it was written."""
        with self.one_state():
            try:
                yield
            except (ValueError, zlib.error) as error:
                raise LibraryDamaged(
                    f"{self.shown} holds what cannot be read ({error}): index the documents "
                    "again in another place."
                ) from error

    def _follow(self, level: Level) -> Catalogue:
        with self._following:
            writes, now = self._tables.writes(), time.monotonic()
            fresh = writes == self._writes and now - self._followed < _FRESH
            if self._latest is None or level == "Strong" or not fresh:
                self._latest = Catalogue.read(self._tables, self._latest, level)
                self._writes, self._followed = writes, now
            return self._latest

    @property
    def _now(self) -> Catalogue:
        """The state of this thread."""
        now: Catalogue = self._own.catalogue
        return now

    # What stands.

    def generation(self) -> Catalogue:
        """The state itself."""
        return self._now

    def document_of(self, uri: str) -> tuple[str, str] | None:
        """Digest and document id of what was read from `uri`."""
        source = self._now.sources.get(uri)
        return (source.digest, source.document_id) if source else None

    def sources(self, document_id: str) -> list[Document]:
        """The document as read from each of its places, in the order of uris."""
        return self._read([s.edition for s in self._now.documents.get(document_id, ())])

    def _read(self, editions: Sequence[int]) -> list[Document]:
        known = self._texts
        missing = [edition for edition in editions if edition not in known]
        found = blobs.read(self._tables, [blobs.name(e, "d") for e in missing], self.shown)
        new = {
            edition: records.unpack_document(data.decode("utf-8", "surrogatepass"))
            for edition, data in zip(missing, found.values(), strict=True)
        }
        known = {**known, **new}
        if len(known) > _MOST_DOCUMENTS:
            self._texts = new
        else:
            self._texts = known
        return [known[edition] for edition in editions]

    def entries(self, document_id: str) -> list[Kept]:
        """Passages in the order of the text, each with all its vectors."""
        for place in self._now.documents.get(document_id, ())[:1]:
            kept = self._rows.kept(place.passages, place.count)
            rows = [row_number(place.passages, n) for n in range(place.count)]
            vectors = self._rows.vectors(rows)
            return [(*own, *vectors[row]) for own, row in zip(kept, rows, strict=True)]
        return []

    def passages(self, document_id: str) -> list[Passage]:
        """Passages in the order of the text."""
        for place in self._now.documents.get(document_id, ())[:1]:
            return [passage for passage, _ in self._rows.kept(place.passages, place.count)]
        return []

    def count(self, document_id: str) -> int:
        """How many passages the document has."""
        return sum(s.count for s in self._now.documents.get(document_id, ())[:1])

    def infos(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        return list(self._now.infos)

    def speakers(self) -> list[str]:
        """Everyone who speaks in a passage, once, in the order of documents and text."""
        return list(dict.fromkeys(name for info in self._now.infos for name in info.speakers))

    def languages(self) -> frozenset[str]:
        """The languages that documents are written in."""
        return frozenset(info.language for info in self._now.infos)

    def uris(self) -> list[str]:
        """Every place that something was read from, in order."""
        return list(self._now.sources)

    def document(self, document_id: str) -> Document | None:
        """The document as its first place has it, or a version of before that was kept."""
        for place in self._now.documents.get(document_id, ())[:1]:
            return self._read([place.edition])[0]
        return next(iter(self.superseded(document_id)), None)

    def versions(self) -> list[tuple[str, str]]:
        """Ids and places of the versions of before."""
        return list(self._now.versions)

    def superseded(self, document_id: str) -> list[Document]:
        """A version of before, as read from each of its places."""
        return self._read([e for (i, _), e in self._now.versions.items() if i == document_id])

    def passage_count(self) -> int:
        """How many passages there are."""
        return self._now.totals[0]

    def calibration(self) -> float:
        """What `calibrate` set; 0 before."""
        return float(self._now.meta.get("calibration", "0"))

    # What is found.

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands."""
        return self._search.frequencies(self._now, terms)

    def found(
        self, question: str, vector: Vectors, depth: int, filters: Filters | None
    ) -> tuple[list[int], list[int]]:
        """The rows nearest to `vector`, of shape (dimension,), and the best by BM25."""
        near = self._search.nearest(self._now, vector, depth, filters)
        return near, self._search.best_lexical(self._now, question, depth, filters)

    def cosines(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """The cosine of each of the rows with `vector`."""
        return self._rows.cosines(vector, rows)

    def lexical(self, question: str, rows: Sequence[int]) -> dict[int, float]:
        """BM25 of those of the rows that hold a term of the question."""
        return self._search.lexical(self._now, question, rows)

    def fetch(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of the rows."""
        return self._rows.fetch(rows)

    def details(self, passages: Sequence[Passage]) -> dict[str, tuple[bytes, bytes]]:
        """By passage id: the packed vectors of its sentences, and of its tokens."""
        return self._rows.details(self._now, passages)

    # What changes.

    def to_cut(
        self, generation: object, places: Mapping[str, Sequence[Document]]
    ) -> list[Document]:
        """What is new: each place has passages of its own, so that nobody waits for another."""
        assert isinstance(generation, Catalogue)
        stands = {s.uri: (s.digest, s.document_id) for s in generation.sources.values()}
        every = sorted((d for some in places.values() for d in some), key=lambda d: d.uri)
        return [d for d in every if stands.get(d.uri) != (d.digest, d.id)]

    def write(self, generation: object, plan: Plan, written: Written, gone: Sequence[str]) -> bool:
        """The passages first and the records last."""
        assert isinstance(generation, Catalogue)
        done = writing.write(self._tables, generation, plan, written, gone)
        self._look()
        return done

    def remove(self, document_id: str) -> bool:
        """Forgets a document with its versions of before, or one such; False where none is."""
        with self.one_state():
            done = writing.remove(self._tables, self._now, document_id)
        self._look()
        return done

    def supersede(self, versions: Iterable[Document]) -> None:
        """Keeps versions of before."""
        with self.one_state():
            writing.supersede(self._tables, self._now, versions)

    def calibrate(self, shift: float) -> None:
        """Sets `calibration`."""
        with self.one_state():
            changed = self._now.next_time()
        row = catalogue.row("meta", "calibration", changed, repr(float(shift)))
        self._tables.upsert("records", [row])

    def add_feedback(self, said: feedback.Said) -> Feedback:
        """Keeps what a reader says."""
        now = time.time_ns()
        values = (now // 1000, *feedback.row_of(said))
        row = catalogue.row("feedback", f"{catalogue.new_edition()}", now // 1_000_000, values)
        self._tables.upsert("records", [row])
        return feedback.unpack(values)

    def feedback(self) -> list[Feedback]:
        """All that readers said, in the order in which it came."""
        rows = self._tables.scan("records", 'kind == "feedback"', ["kind", "changed", "value"])
        values = (catalogue.unpack(row).value for row in rows)
        return sorted(map(feedback.unpack, values), key=lambda said: said.id)

    def _look(self) -> None:
        """Now and then, for what is to be swept away."""
        if time.monotonic() - self._swept > _SWEPT:
            self._swept = time.monotonic()
            writing.sweep(self._tables, self._follow("Session"))

    # Keeping it.

    def check(
        self, embedder: Embedder, progress: Callable[[int, int], None] | None = None
    ) -> list[Law]:
        """Holds it against every law."""
        laws = Check(self, embedder).run(progress)
        return [*laws, *searched(self._tables, self._now, self.entries)]

    def backup(self, path: Path) -> None:
        """Not here.

        Raises:
            FolderOnly: always; the message says what to do.
        """
        raise FolderOnly(
            f"The library at {self.shown} stands in a cluster, which has means of its own for "
            f"backups; `yuanwen copy --library {self.shown} --to FOLDER` makes a library in a "
            "folder of it, which can be backed up into one file."
        )
