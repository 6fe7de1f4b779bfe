"""A library in a folder: SQLite holds it, FAISS and what else is derived follows.

Every method may be called from any thread; other processes may write to the same folder.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np

from corpus.document import Document, Passage
from corpus.errors import YuanwenError
from index import feedback, identity, indexing
from index.check import Check, Law
from index.database import Database
from index.derived import Derived
from index.embedding import Embedder, Vectors
from index.engine import Written
from index.indexing import Kept
from index.nouns import DocumentInfo, Feedback, Filters
from index.plan import Plan, first
from index.store import Store
from index.view import View

_WORTH_A_THREAD = 20_000  # passages
_LOG = logging.getLogger(__name__)


class LocalEngine:
    """One connection serves all threads, in turns of a millisecond or two."""

    def __init__(self, folder: Path, database: Database, embedder: Embedder) -> None:
        self.folder = folder
        self.database = database
        self.store = Store(database.connection)
        self.token_mean: Vectors = np.zeros(embedder.dimension, np.float32)
        self._turn = threading.RLock()
        self._view = View(self.store, folder, embedder.dimension)
        self._inside = False
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="nearest")

    @classmethod
    def open(cls, folder: Path, embedder: Embedder, *, create: bool = False) -> Self:
        """The library in `folder`; with `create` an empty one is made where none stands.

        Raises:
            LibraryMissing: none stands there.
            LibraryDamaged: its file cannot be read.
            LibraryTooNew: a newer version of Yuanwen made it.
            LibraryUnwritable: none can be made there.
            ModelMismatch: it was indexed with another model than `embedder`.
        """
        if create:
            database = Database.create(folder, identity.of_new(embedder))
        else:
            database = Database.open(folder)
        engine = cls(folder, database, embedder)
        try:
            with database.reading():
                meta = database.meta()
            again = f"`yuanwen check --repair --library {folder}` indexes its documents again"
            identity.check(meta, embedder, again)
            with engine._whole():
                engine.token_mean = identity.token_mean(meta, embedder.dimension)
            if meta.get("terms") != indexing.terms_fingerprint():
                _LOG.warning("%s: terms are read in a new way and are made again", database.path)
                with database.writing():
                    engine.store.refill_lexicon(anew=True)
                    database.set_meta({"terms": indexing.terms_fingerprint()})
        except BaseException:
            database.close()
            raise
        return engine

    def close(self) -> None:
        """Keeps the vector index for a quick opening, then closes the database."""
        with self._turn:
            try:
                if not self.database.read_only:
                    with self.reading():
                        self._view.save()
            except (OSError, YuanwenError) as error:
                _LOG.warning("the vector index is not kept: %s", error)
            finally:
                self._beside.shutdown()
                self.database.close()

    # What stands.

    def generation(self) -> str:
        """The database's, which changes with every write."""
        return self._view.generation

    def document_of(self, uri: str) -> tuple[str, str] | None:
        """Digest and document id of what was read from `uri`."""
        return self.store.document_of(uri)

    def sources(self, document_id: str) -> list[Document]:
        """The document as read from each of its places, in the order of uris."""
        return self.store.sources(document_id)

    def entries(self, document_id: str) -> list[Kept]:
        """Passages in the order of the text, each with all its vectors."""
        return self.store.entries(document_id)

    def passages(self, document_id: str) -> list[Passage]:
        """Passages in the order of the text."""
        return [entry[0] for entry in self.store.entries(document_id)]

    def count(self, document_id: str) -> int:
        """How many passages the document has."""
        return self.store.count(document_id)

    def infos(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        return list(self._view.infos())

    def speakers(self) -> list[str]:
        """Everyone who speaks in a passage, once, in the order of documents and text."""
        return list(self._view.speakers())

    def languages(self) -> frozenset[str]:
        """The languages that documents are written in."""
        return self._view.languages()

    def uris(self) -> list[str]:
        """Every place that something was read from, in order."""
        return self.store.uris()

    def document(self, document_id: str) -> Document | None:
        """The document as its first place has it, or a version of before that was kept."""
        return self._view.document(document_id)

    def versions(self) -> list[tuple[str, str]]:
        """Ids and places of the versions of before."""
        return self.store.versions()

    def superseded(self, document_id: str) -> list[Document]:
        """A version of before, as read from each of its places."""
        return self.store.superseded(document_id)

    def passage_count(self) -> int:
        """How many passages there are."""
        return len(self._view.vectors)

    def calibration(self) -> float:
        """What `calibrate` set; 0 before."""
        return float(self.database.meta().get("calibration", "0"))

    # What is found.

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands."""
        return self.store.lexicon.frequencies(terms)

    def found(
        self, question: str, vector: Vectors, depth: int, filters: Filters | None
    ) -> tuple[list[int], list[int]]:
        """The rows nearest to `vector`, of shape (dimension,), and the best by BM25."""
        within = self._view.within(filters) if filters else None
        vectors, lexicon = self._view.vectors, self.store.lexicon
        if len(vectors) < _WORTH_A_THREAD:
            near = vectors.best(vector, depth, within)
            return near, lexicon.best(question, depth, within)
        # FAISS and SQLite both let go of Python while they search.
        beside = self._beside.submit(vectors.best, vector, depth, within)
        try:
            wordy = lexicon.best(question, depth, within)
        finally:
            near = beside.result()  # nothing may change under it
        return near, wordy

    def cosines(self, vector: Vectors, rows: Sequence[int]) -> dict[int, float]:
        """The cosine of each of the rows with `vector`."""
        return self._view.vectors.cosines(vector, rows)

    def lexical(self, question: str, rows: Sequence[int]) -> dict[int, float]:
        """BM25 of those of the rows that hold a term of the question."""
        return self.store.lexicon.scores(question, rows)

    def fetch(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of the rows."""
        return self._view.fetch(rows)

    def details(self, passages: Sequence[Passage]) -> dict[str, tuple[bytes, bytes]]:
        """By passage id: the packed vectors of its sentences, and of its tokens."""
        return self.store.details(passage.id for passage in passages)

    # What changes.

    def to_cut(
        self, generation: object, places: Mapping[str, Sequence[Document]]
    ) -> list[Document]:
        """Every document that is left, from its first place: its passages are that one's."""
        return [first(sources) for sources in places.values() if sources]

    def write(self, generation: object, plan: Plan, written: Written, gone: Sequence[str]) -> bool:
        """All in one transaction, unless another process wrote since `generation`."""
        with self._turn, self.database.writing():
            if self.database.generation() != generation:
                return False
            for document_id in plan.places:
                self.store.erase(document_id)
            for document, entries in written:
                self.store.write(plan.places[document.id], entries)
            self.store.supersede(plan.outdated)
            self.store.forget_versions(uris=gone)
        return True

    def remove(self, document_id: str) -> bool:
        """Forgets a document with its versions of before, or one such; False where none is."""
        with self._turn, self.database.writing():
            uris = [source.uri for source in self.store.sources(document_id)]
            forgotten = self.store.forget_versions(uris=uris, document_id=document_id)
            return self.store.erase(document_id) or forgotten

    def supersede(self, versions: Iterable[Document]) -> None:
        """Keeps versions of before."""
        with self._turn, self.database.writing():
            self.store.supersede(versions)

    def calibrate(self, shift: float) -> None:
        """Sets `calibration`."""
        with self._turn, self.database.writing():
            self.database.set_meta({"calibration": repr(float(shift))})

    def add_feedback(self, said: feedback.Said) -> Feedback:
        """Keeps what a reader says."""
        with self._turn, self.database.noting():
            return feedback.write(self.database.connection, said)

    def feedback(self) -> list[Feedback]:
        """All that readers said, in the order in which it came."""
        with self._turn, self.database.reading():
            return feedback.read(self.database.connection)

    # Keeping it.

    def check(
        self, embedder: Embedder, progress: Callable[[int, int], None] | None = None
    ) -> list[Law]:
        """Holds it against every law."""
        derived = Derived(self.store, self._view, embedder.dimension)
        file = derived.file()
        laws = Check(self, embedder).run(progress)
        return [file, *laws, derived.vectors(), derived.words()]

    def backup(self, path: Path) -> None:
        """Copies one state into a file."""
        self.database.copy_to(path)

    # One state for every read.

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """All reads inside see one state; other threads wait, so do no more here."""
        with self._turn:
            if self._inside:
                yield
                return
            with self.database.reading():
                self._inside = True
                try:
                    # All that is derived from the database is brought up to it.
                    with self._whole():
                        self._view.follow(*self.database.state())
                    yield
                finally:
                    self._inside = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        """As `one_state`; what is read inside must be as it was written."""
        with self.one_state(), self._whole():
            yield

    @contextmanager
    def _whole(self) -> Iterator[None]:
        try:
            yield
        except ValueError as error:
            raise self.database.damaged(str(error)) from error
