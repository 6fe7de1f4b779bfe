"""The library: documents in a folder on disk, added, removed and searched.

It gives what each retriever found, with both scores for each passage, and leaves their weighing to
others. Every method may be called from any thread; other processes may write to the same folder.
"""

import logging
import secrets
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import numpy as np

import corpus
from corpus.document import Document, Passage, Span
from corpus.errors import YuanwenError
from index import feedback, indexing, late, records
from index.database import Database
from index.embedding import Embedder, Encoded, Vectors
from index.errors import ModelMismatch, UnknownDocument
from index.indexing import Known, Progress, sentence_starts
from index.nouns import (
    Change,
    Comparison,
    DocumentInfo,
    Entry,
    Feedback,
    Filters,
    Hit,
    Status,
    Verdict,
)
from index.store import Store
from index.vectors import VectorIndex

_LOG = logging.getLogger(__name__)
_VECTORS = "vectors.faiss"
_TIES = 32  # looked at beyond the depth, so that equal scores are cut by id and not by row
_MOST_CACHED = 20_000


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
        self._generation = ""
        self._saved = ""
        self._vectors = VectorIndex(embedder.dimension)
        self._passages: dict[int, Passage] = {}
        self._infos: list[DocumentInfo] = []
        self._documents: dict[str, Document] = {}
        self._filtered: dict[Filters, frozenset[int]] = {}
        self._token_mean = np.zeros(embedder.dimension, np.float32)
        self._calibration = 0.0

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
        wanted = {
            "model": embedder.name,
            "model_digest": embedder.digest,
            "dimension": str(embedder.dimension),
            "vectors": records.VECTOR_FORMAT,
            "late": late.FORMAT,
            "context": indexing.context_fingerprint(),
            "passages": indexing.passages_fingerprint(),
        }
        how_terms = indexing.terms_fingerprint()
        if create:
            database = Database.create(
                folder,
                {
                    **wanted,
                    "terms": how_terms,
                    "token_mean": records.pack_vectors(embedder.token_mean).hex(),
                    "library": secrets.token_hex(8),
                },
            )
        else:
            database = Database.open(folder)
        library = cls(folder, database, embedder)
        try:
            with library._reading():
                meta = database.meta()
            library._check_model(meta, wanted)
            library._token_mean = library._read_mean(meta)
            if meta.get("terms") != how_terms:
                _LOG.warning("%s: terms are read in a new way and are made again", database.path)
                with database.writing():
                    library._store.rewrite_lexicon()
                    database.set_meta({"terms": how_terms})
        except BaseException:
            database.close()
            raise
        return library

    def _check_model(self, meta: dict[str, str], wanted: dict[str, str]) -> None:
        again = (
            f"move the folder {self.folder} away and index your documents again, or set the model "
            "it was made with"
        )
        if any(meta.get(key) != wanted[key] for key in ("model_digest", "dimension")):
            raise ModelMismatch(
                f"The library was indexed with the model {meta.get('model')!r} and not with these "
                f"weights of {self.embedder.name!r}: {again}."
            )
        if any(meta.get(key) != wanted[key] for key in wanted.keys() - {"model"}):
            raise ModelMismatch(
                "The library was indexed by another version of Yuanwen, which cut passages or "
                "kept their vectors in another way: move the folder "
                f"{self.folder} away and index your documents again."
            )

    def _read_mean(self, meta: dict[str, str]) -> Vectors:
        try:
            packed = bytes.fromhex(meta["token_mean"])
            mean: Vectors = records.unpack_vectors([packed], self.embedder.dimension)[0]
            return mean
        except (KeyError, ValueError, IndexError) as error:
            raise self._database.damaged(f"its token mean is unreadable: {error}") from error

    def close(self) -> None:
        """Keeps the vector index for a quick opening, then closes the database."""
        with self._turn:
            try:
                with self._reading():
                    if self._generation != self._saved:
                        self._vectors.save(self.folder / _VECTORS, self._generation)
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
        """Adds a document, or puts it in the place of what was read from the same uri before.

        Where the same words stand under several uris, the document is kept once, as read from the
        first uri in their order; so the order in which they were added makes no difference.
        """
        known = Known()
        with self._writing:
            while True:
                with self._reading():
                    generation = self._generation
                    old = self._store.document_of(document.uri)
                    if old and old[0] == document.digest:
                        count = self._store.count(old[1])
                        return Change(document.uri, old[1], "unchanged", count)
                    touched = {document.id} | ({old[1]} if old else set())
                    places = {i: self._others(i, document.uri) for i in touched}
                    for i in touched:
                        kept = self._store.entries(i)
                        known.learn(kept, self.embedder.dimension)
                status: Status = (
                    "duplicate" if places[document.id] else "replaced" if old else "added"
                )
                places[document.id].append(document)
                written = {
                    i: (sources, self._entries(sources, known, progress))
                    for i, sources in places.items()
                    if sources
                }
                if self._replace(generation, touched, written.values()):
                    count = len(written[document.id][1])
                    return Change(document.uri, document.id, status, count)

    def remove(self, document_id: str) -> None:
        """Removes a document, wherever it was read from.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self._writing, self._turn, self._database.writing():
            if not self._store.erase(document_id):
                raise self._unknown(document_id)

    def calibrate(self, shift: float) -> None:
        """Sets `calibration`; 0 takes it back."""
        with self._writing, self._turn, self._database.writing():
            self._database.set_meta({"calibration": repr(float(shift))})

    def _others(self, document_id: str, uri: str) -> list[Document]:
        return [source for source in self._store.sources(document_id) if source.uri != uri]

    def _entries(
        self, sources: Sequence[Document], known: Known, progress: Progress | None
    ) -> list[Entry]:
        """Of the document as its first place has it; `known` learns what is embedded."""
        shown = min(sources, key=lambda source: source.uri)
        passages = corpus.passages(shown, self.embedder.token_counts)
        return indexing.entries(passages, self.embedder, self._token_mean, known, progress)

    def _replace(
        self,
        generation: str,
        gone: Iterable[str],
        written: Iterable[tuple[Sequence[Document], Sequence[Entry]]],
    ) -> bool:
        """Writes unless another process wrote since `generation`, whose state was planned on."""
        with self._turn, self._database.writing():
            if self._database.generation() != generation:
                return False
            for document_id in gone:
                self._store.erase(document_id)
            for sources, entries in written:
                self._store.write(sources, entries)
        return True

    # Reading.

    def documents(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        with self._reading():
            return list(self._all_infos())

    def document(self, document_id: str) -> Document:
        """The whole document.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self._reading():
            if document_id not in self._documents:
                sources = self._store.sources(document_id)
                if not sources:
                    raise self._unknown(document_id)
                self._documents[document_id] = sources[0]
            return self._documents[document_id]

    def passages(self, document_id: str) -> list[Passage]:
        """The passages of a document, in the order of the text.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self._reading():
            if not self._store.sources(document_id):
                raise self._unknown(document_id)
            return [entry[0] for entry in self._store.entries(document_id)]

    def speakers(self) -> list[str]:
        """Everyone who speaks in a passage, once, in the order of documents and text."""
        with self._reading():
            names = (name for info in self._all_infos() for name in info.speakers)
            return list(dict.fromkeys(names))

    def passage_count(self) -> int:
        """How many passages the library has."""
        with self._reading():
            return len(self._vectors.rows)

    def calibration(self) -> float:
        """What is added to the logit of each verdict: above 0 more is answered, below less.

        0 unless it was fitted on questions of the user's own.
        """
        with self._reading():
            return self._calibration

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands, as `index.lexical.terms` writes them."""
        with self._reading():
            return self._store.document_frequencies(terms)

    def search(
        self, query: str, vector: Vectors, *, filters: Filters | None = None, depth: int = 100
    ) -> list[Hit]:
        """The best `depth` passages by meaning and the best by words, each with both scores.

        `vector` is the question's, of shape (dimension,) or (1, dimension). Nearest first; passages
        of equal cosine in the order of their ids.
        """
        vector = np.ascontiguousarray(vector, np.float32).reshape(self.embedder.dimension)
        with self._reading():
            within = self._within(filters) if filters else None
            near = self._vectors.best(vector, depth + _TIES, within)
            wordy = self._store.best_lexical(query, depth + _TIES, within)
            rows = list({*near, *wordy})
            cosines = self._vectors.cosines(vector, rows)
            bm25 = wordy | self._store.lexical(query, [row for row in near if row not in wordy])
            hits = {
                row: Hit(passage, cosines[row], bm25.get(row, 0.0))
                for row, passage in self._fetch(rows).items()
            }
        nearest = sorted(hits.values(), key=lambda hit: (-hit.dense, hit.passage.id))
        by_words = sorted(
            (hits[row] for row in wordy), key=lambda hit: (-hit.lexical, hit.passage.id)
        )
        chosen = {hit.passage.id for hit in (*nearest[:depth], *by_words[:depth])}
        return [hit for hit in nearest if hit.passage.id in chosen]

    def compare(self, question: Encoded, passages: Sequence[Passage]) -> list[Comparison]:
        """A closer look at a few passages: sentence by sentence, and token by token."""
        with self._reading():
            packed = self._store.details(passage.id for passage in passages)
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

    # One state for every read.

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One state of the database, with all that is derived from it brought up to it."""
        with self._turn, self._database.reading():
            try:
                generation = self._database.generation()
                if generation != self._generation:
                    self._follow(generation)
                yield
            except ValueError as error:
                raise self._database.damaged(str(error)) from error

    def _follow(self, generation: str) -> None:
        if not self._generation:
            found = VectorIndex.load(self.folder / _VECTORS, generation, self.embedder.dimension)
            if found:
                self._vectors, self._saved = found, generation
        rows = set(self._store.rows())
        self._vectors.remove(self._vectors.rows - rows)
        self._vectors.add(self._store.vectors(sorted(rows - self._vectors.rows)))
        self._calibration = float(self._database.meta().get("calibration", "0"))
        self._infos.clear()
        self._documents.clear()
        self._filtered.clear()
        self._generation = generation

    def _all_infos(self) -> list[DocumentInfo]:
        if not self._infos:
            self._infos = self._store.infos()
        return self._infos

    def _within(self, filters: Filters) -> frozenset[int]:
        if filters not in self._filtered:
            self._filtered[filters] = frozenset(self._store.matching(filters))
        return self._filtered[filters]

    def _fetch(self, rows: Sequence[int]) -> dict[int, Passage]:
        """The passages of the rows; what a row holds never changes, so it is read once."""
        missing = [row for row in rows if row not in self._passages]
        if len(self._passages) + len(missing) > _MOST_CACHED:
            self._passages.clear()
            missing = list(rows)
        self._passages |= self._store.passages(missing)
        return {row: self._passages[row] for row in rows}

    def _unknown(self, document_id: str) -> UnknownDocument:
        return UnknownDocument(
            f"The library has no document {document_id!r}: `yuanwen documents` lists them."
        )
