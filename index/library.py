"""The library: documents in a folder on disk, added, removed and searched.

It gives what each retriever found, with both scores for each passage, and leaves their weighing to
others. Every method may be called from any thread; other processes may write to the same folder.
"""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np

import corpus
from corpus.document import Document, Passage, Span
from corpus.errors import YuanwenError
from index import feedback, identity, indexing, late, records
from index.check import Check, Law
from index.database import Database
from index.embedding import Embedder, Encoded, Vectors
from index.errors import UnknownDocument
from index.indexing import Known, Progress, sentence_starts
from index.nouns import (
    Change,
    Comparison,
    DocumentInfo,
    Entry,
    Feedback,
    Filters,
    Hit,
    Verdict,
)
from index.plan import Plan, first
from index.store import Store
from index.view import View

_LOG = logging.getLogger(__name__)
_TIES = 32  # looked at beyond the depth, so that equal scores are cut by id and not by row


class Library:
    """An open library. One connection serves all threads, in turns of a millisecond or two.

    Embedding, which is slow, happens outside of these turns.
    """

    def __init__(self, folder: Path, database: Database, embedder: Embedder) -> None:
        self.folder = folder
        self.embedder = embedder
        self._database = database
        self._store = Store(database.connection)
        self._turn = threading.RLock()
        self._writing = threading.Lock()
        self._view = View(self._store, folder, embedder.dimension)
        self._inside = False
        self._token_mean = np.zeros(embedder.dimension, np.float32)

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
        library = cls(folder, database, embedder)
        try:
            with database.reading():
                meta = database.meta()
            identity.check(meta, embedder, folder)
            with library._whole():
                library._token_mean = identity.token_mean(meta, embedder.dimension)
            if meta.get("terms") != indexing.terms_fingerprint():
                _LOG.warning("%s: terms are read in a new way and are made again", database.path)
                with database.writing():
                    library._store.refill_lexicon(anew=True)
                    database.set_meta({"terms": indexing.terms_fingerprint()})
        except BaseException:
            database.close()
            raise
        return library

    def close(self) -> None:
        """Keeps the vector index for a quick opening, then closes the database."""
        with self._turn:
            try:
                if not self._database.read_only:
                    with self._reading():
                        self._view.save()
            except (OSError, YuanwenError) as error:
                _LOG.warning("the vector index is not kept: %s", error)
            finally:
                self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Changing.

    def add(self, path: Path, progress: Progress | None = None) -> Change:
        """Reads a file and adds it, as `add_document` does.

        Raises:
            UnreadableFile: the file cannot be read.
        """
        return self.add_document(corpus.read(path), progress)

    def add_document(self, document: Document, progress: Progress | None = None) -> Change:
        """Adds a document, or puts it in the place of what was read from the same uri before."""
        (change,) = self.add_documents([document], progress)
        return change

    def add_documents(
        self,
        documents: Sequence[Document],
        progress: Progress | None = None,
        *,
        keep_versions: bool = False,
    ) -> list[Change]:
        """Adds documents one after another, all of them or none.

        The model sees their texts together, which is quicker than one document at a time. With
        `keep_versions` the text that a newer one replaces stays readable, but is not searched.
        """
        known = Known()
        with self._writing:
            while True:
                with self._reading():
                    generation = self._view.generation
                    plan = Plan(self._store, keep_versions=keep_versions)
                    for document in documents:
                        plan.add(document)
                    for i in plan.places:
                        known.learn(self._store.entries(i), self.embedder.dimension)
                    counts = {s.document.id: self._store.count(s.document.id) for s in plan.steps}
                written = self._entries(plan, known, progress) if plan.places else {}
                if not plan.places or self._replace(generation, plan, written):
                    counts |= {i: len(entries) for i, entries in written.items()}
                    return [
                        Change(step.document.uri, step.document.id, step.status, counts[i])
                        for step in plan.steps
                        for i in (step.document.id,)
                    ]

    def remove(self, document_id: str) -> None:
        """Removes a document, wherever it was read from, with its versions of before; or one such.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self._writing, self._turn, self._database.writing():
            uris = [source.uri for source in self._store.sources(document_id)]
            forgotten = self._store.forget_versions(uris=uris, document_id=document_id)
            if not self._store.erase(document_id) and not forgotten:
                raise self._unknown(document_id)

    def calibrate(self, shift: float) -> None:
        """Sets `calibration`; 0 takes it back."""
        with self._writing, self._turn, self._database.writing():
            self._database.set_meta({"calibration": repr(float(shift))})

    def remove_sources(self, uris: Iterable[str]) -> int:
        """Forgets what was read from these places; gives how many of them there were.

        A document goes with the last of its places.
        """
        gone = list(uris)
        known = Known()
        with self._writing:
            while True:
                with self._reading():
                    generation = self._view.generation
                    plan = Plan(self._store)
                    count = sum([plan.remove(uri) for uri in gone])
                    for i in plan.places:
                        known.learn(self._store.entries(i), self.embedder.dimension)
                written = self._entries(plan, known, None)
                if not count or self._replace(generation, plan, written, gone):
                    return count

    def _entries(
        self, plan: Plan, known: Known, progress: Progress | None
    ) -> dict[str, list[Entry]]:
        """Of each document as its first place has it; `known` learns what is embedded."""
        passages = {
            document_id: corpus.passages(first(sources), self.embedder.token_counts)
            for document_id, sources in plan.places.items()
            if sources
        }
        together = [passage for some in passages.values() for passage in some]
        indexing.embed(together, self.embedder, self._token_mean, known, progress)
        return {i: indexing.entries(some, known) for i, some in passages.items()}

    def _replace(
        self,
        generation: str,
        plan: Plan,
        written: Mapping[str, Sequence[Entry]],
        gone: Sequence[str] = (),
    ) -> bool:
        """Writes unless another process wrote since `generation`, whose state was planned on."""
        with self._turn, self._database.writing():
            if self._database.generation() != generation:
                return False
            for document_id in plan.places:
                self._store.erase(document_id)
            for document_id, entries in written.items():
                self._store.write(plan.places[document_id], entries)
            self._store.supersede(plan.outdated)
            self._store.forget_versions(uris=gone)
        return True

    # Reading.

    def documents(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        with self._reading():
            return list(self._view.infos())

    def uris(self) -> list[str]:
        """Every place that a document was read from, in order."""
        with self._reading():
            return self._store.uris()

    def unchanged(self, uri: str, digest: str) -> Change | None:
        """What adding bytes of this digest from there does, where it does nothing."""
        with self._reading():
            old = self._store.document_of(uri)
            if old is None or old[0] != digest:
                return None
            return Change(uri, old[1], "unchanged", self._store.count(old[1]))

    def document(self, document_id: str) -> Document:
        """The whole document, or a version of before that was kept.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self._reading():
            document = self._view.document(document_id)
        if document is None:
            raise self._unknown(document_id)
        return document

    def newer(self, document_id: str) -> DocumentInfo | None:
        """What stands in the place of a version of before; None for a document that stands.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self._reading():
            old = self.document(document_id)
            place = self._store.document_of(old.uri)
            if self._store.sources(document_id) or not place:
                return None
            return next(info for info in self._view.infos() if info.id == place[1])

    def passages(self, document_id: str) -> list[Passage]:
        """The passages of a document, in the order of the text; none of a version of before.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self._reading():
            self.document(document_id)
            return [entry[0] for entry in self._store.entries(document_id)]

    def speakers(self) -> list[str]:
        """Everyone who speaks in a passage, once, in the order of documents and text."""
        with self._reading():
            return list(self._view.speakers())

    def languages(self) -> frozenset[str]:
        """The languages that documents are written in, as `DocumentInfo` has them."""
        with self._reading():
            return self._view.languages()

    def passage_count(self) -> int:
        """How many passages the library has."""
        with self._reading():
            return len(self._view.vectors)

    def calibration(self) -> float:
        """What is added to the logit of each verdict: above 0 more is answered, below less.

        0 unless it was fitted on questions of the user's own.
        """
        with self._reading():
            return float(self._database.meta().get("calibration", "0"))

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands, as `index.lexical.terms` writes them."""
        with self._reading():
            return self._store.lexicon.frequencies(terms)

    def search(
        self, query: str, vector: Vectors, *, filters: Filters | None = None, depth: int = 100
    ) -> list[Hit]:
        """The best `depth` passages by meaning and the best by words, each with both scores.

        `vector` is the question's, of shape (dimension,) or (1, dimension). Nearest first; passages
        of equal cosine in the order of their ids.
        """
        vector = np.ascontiguousarray(vector, np.float32).reshape(self.embedder.dimension)
        with self._reading():
            within = self._view.within(filters) if filters else None
            near = self._view.vectors.best(vector, depth + _TIES, within)
            wordy = self._store.lexicon.best(query, depth + _TIES, within)
            rows = list({*near, *wordy})
            cosines = self._view.vectors.cosines(vector, rows)
            bm25 = self._store.lexicon.scores(query, rows)
            hits = {
                row: Hit(passage, cosines[row], bm25.get(row, 0.0))
                for row, passage in self._view.fetch(list(cosines)).items()
            }
        nearest = sorted(hits.values(), key=lambda hit: (-hit.dense, hit.passage.id))
        by_words = sorted(
            (hits[row] for row in wordy), key=lambda hit: (-hit.lexical, hit.passage.id)
        )
        chosen = {hit.passage.id for hit in (*nearest[:depth], *by_words[:depth])}
        return [hit for hit in nearest if hit.passage.id in chosen]

    def compare(self, question: Encoded, passages: Sequence[Passage]) -> list[Comparison]:
        """A closer look at a few passages: sentence by sentence, and token by token.

        Raises:
            UnknownDocument: a passage is gone; what is searched and compared in `one_state` stays.
        """
        with self._reading():
            packed = self._store.details(passage.id for passage in passages)
        for passage in passages:
            if passage.id not in packed:
                raise self._unknown(passage.document_id)
        asked = late.turn(question.tokens.vectors, self._token_mean)
        return [self._compare(question, asked, p, *packed[p.id]) for p in passages]

    def _compare(
        self, question: Encoded, asked: Vectors, passage: Passage, sentences: bytes, tokens: bytes
    ) -> Comparison:
        dimension = self.embedder.dimension
        vectors = records.unpack_vectors([sentences], dimension)
        starts, turned = late.unpack(tokens, dimension)
        bounds = np.searchsorted(starts, sentence_starts(passage))
        groups = [slice(0, bounds[0]), *map(slice, bounds, [*bounds[1:], len(starts)])]
        return Comparison(vectors @ question.vector, late.best_by_group(asked, turned, groups))

    # What readers say of answers.

    def add_feedback(
        self,
        question: str,
        status: str,
        verdict: Verdict,
        *,
        reason: str = "",
        citations: Sequence[tuple[str, Span]] = (),
        channel: str | None = None,
    ) -> Feedback:
        """Keeps what a reader says of an answer; no document, score or index changes by it.

        `status` is the answer's, as on the wire; `citations` are ids of documents with the spans
        quoted.

        Raises:
            BadFeedback: a text is too long (the reason has at most 1,000 code points), or the
                verdict is neither up nor down; the message names it.
        """
        with self._turn, self._database.noting():
            return feedback.write(
                self._database.connection, question, status, verdict, reason, citations, channel
            )

    def feedback(self) -> list[Feedback]:
        """All that readers said, in the order in which it came."""
        with self._turn, self._database.reading():
            return feedback.read(self._database.connection)

    # Keeping it.

    def check(self, progress: Progress | None = None) -> list[Law]:
        """Holds the library against every law; `progress` counts documents."""
        with self._reading():
            return Check(self._store, self._view, self.embedder).run(progress)

    def backup(self, path: Path) -> None:
        """Copies one state of the library into the file `path`, while it is read and written.

        Raises:
            LibraryUnwritable: something stands there, or it cannot be written.
        """
        self._database.copy_to(path)

    # One state for every read.

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """All reads inside see one state of the library; other threads wait, so do no more here."""
        with self._turn:
            if self._inside:
                yield
                return
            with self._database.reading():
                self._inside = True
                try:
                    # All that is derived from the database is brought up to it.
                    with self._whole():
                        self._view.follow(*self._database.state())
                    yield
                finally:
                    self._inside = False

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self.one_state(), self._whole():
            yield

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """What is read inside must be as it was written."""
        try:
            yield
        except ValueError as error:
            raise self._database.damaged(str(error)) from error

    def _unknown(self, document_id: str) -> UnknownDocument:
        return UnknownDocument(
            f"The library has no document {document_id!r}: `yuanwen documents` lists them."
        )
