"""The library: documents in a folder or a cluster, added, removed and searched.

It gives what each retriever found, with both scores for each passage, and leaves their weighing to
others. Every method may be called from any thread; other processes may write to the same place.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import nlargest
from pathlib import Path
from typing import Self

import numpy as np

import corpus
from corpus.document import Document, Passage, Span
from index import indexing, late, records
from index.check import Law
from index.embedding import Embedder, Encoded, Vectors
from index.engine import Engine, Written
from index.errors import UnknownDocument
from index.feedback import Said
from index.indexing import Known, Progress, sentence_starts
from index.nouns import (
    Change,
    Comparison,
    DocumentInfo,
    Feedback,
    Filters,
    Hit,
    Verdict,
)
from index.place import open_engine
from index.plan import Plan

_TIES = 32  # looked at beyond the depth, so that equal scores are cut by id and not by row


class Library:
    """An open library. Embedding, which is slow, happens while others read and write."""

    def __init__(self, engine: Engine, embedder: Embedder) -> None:
        self.folder = engine.folder
        self.embedder = embedder
        self.engine = engine
        self._writing = threading.Lock()

    @classmethod
    def open(cls, place: Path | str, embedder: Embedder, *, create: bool = False) -> Self:
        """The library in a folder or at an address; with `create` an empty one where none stands.

        Raises:
            LibraryMissing: none stands there.
            LibraryDamaged: what stands there cannot be read.
            LibraryTooNew: a newer version of Yuanwen made it.
            LibraryUnwritable: none can be made there.
            ModelMismatch: it was indexed with another model than `embedder`.
            BadAddress: the address is none that is known.
            ClusterUnavailable: nothing answers there, or what speaks with it is not installed.
        """
        return cls(open_engine(place, embedder, create=create), embedder)

    def close(self) -> None:
        """Ends it; nothing that was acknowledged waits to be written."""
        self.engine.close()

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
        known: Known | None = None,
    ) -> list[Change]:
        """Adds documents one after another, all of them or none.

        The model sees their texts together, which is quicker than one document at a time; it does
        not see those that are `known`. With `keep_versions` the text that a newer one replaces
        stays readable, but is not searched.
        """
        known = known or Known()
        with self._writing:
            while True:
                with self.engine.reading():
                    generation = self.engine.generation()
                    plan = Plan(self.engine, keep_versions=keep_versions)
                    for document in documents:
                        plan.add(document)
                    for i in plan.places:
                        known.learn(self.engine.entries(i), self.embedder.dimension)
                    ids = {step.document.id for step in plan.steps}
                    counts = {i: self.engine.count(i) for i in ids}
                written = self._written(generation, plan, known, progress)
                if not plan.places or self.engine.write(generation, plan, written, ()):
                    counts |= {document.id: len(entries) for document, entries in written}
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
        with self._writing:
            if not self.engine.remove(document_id):
                raise self._unknown(document_id)

    def calibrate(self, shift: float) -> None:
        """Sets `calibration`; 0 takes it back."""
        with self._writing:
            self.engine.calibrate(shift)

    def remove_sources(self, uris: Iterable[str]) -> int:
        """Forgets what was read from these places; gives how many of them there were.

        A document goes with the last of its places.
        """
        gone = list(uris)
        known = Known()
        with self._writing:
            while True:
                with self.engine.reading():
                    generation = self.engine.generation()
                    plan = Plan(self.engine)
                    count = sum([plan.remove(uri) for uri in gone])
                    for i in plan.places:
                        known.learn(self.engine.entries(i), self.embedder.dimension)
                written = self._written(generation, plan, known, None)
                if not count or self.engine.write(generation, plan, written, gone):
                    return count

    def _written(
        self, generation: object, plan: Plan, known: Known, progress: Progress | None
    ) -> Written:
        """What the engine wants of the plan; `known` learns what is embedded."""
        documents = self.engine.to_cut(generation, plan.places)
        cut = [
            known.cuts.get((document.uri, document.id))
            or corpus.passages(document, self.embedder.token_counts)
            for document in documents
        ]
        together = [passage for some in cut for passage in some]
        indexing.embed(together, self.embedder, self.engine.token_mean, known, progress)
        entries = [indexing.entries(some, known) for some in cut]
        return list(zip(documents, entries, strict=True))

    # Reading.

    def documents(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        with self.engine.reading():
            return self.engine.infos()

    def uris(self) -> list[str]:
        """Every place that a document was read from, in order."""
        with self.engine.reading():
            return self.engine.uris()

    def unchanged(self, uri: str, digest: str) -> Change | None:
        """What adding bytes of this digest from there does, where it does nothing."""
        with self.engine.reading():
            old = self.engine.document_of(uri)
            if old is None or old[0] != digest:
                return None
            return Change(uri, old[1], "unchanged", self.engine.count(old[1]))

    def document(self, document_id: str) -> Document:
        """The whole document, or a version of before that was kept.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self.engine.reading():
            document = self.engine.document(document_id)
        if document is None:
            raise self._unknown(document_id)
        return document

    def newer(self, document_id: str) -> DocumentInfo | None:
        """What stands in the place of a version of before; None for a document that stands.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self.engine.reading():
            old = self.document(document_id)
            place = self.engine.document_of(old.uri)
            if self.engine.sources(document_id) or not place:
                return None
            return next(info for info in self.engine.infos() if info.id == place[1])

    def passages(self, document_id: str) -> list[Passage]:
        """The passages of a document, in the order of the text; none of a version of before.

        Raises:
            UnknownDocument: no document has this id.
        """
        with self.engine.reading():
            self.document(document_id)
            return self.engine.passages(document_id)

    def speakers(self) -> list[str]:
        """Everyone who speaks in a passage, once, in the order of documents and text."""
        with self.engine.reading():
            return self.engine.speakers()

    def languages(self) -> frozenset[str]:
        """The languages that documents are written in, as `DocumentInfo` has them."""
        with self.engine.reading():
            return self.engine.languages()

    def passage_count(self) -> int:
        """How many passages the library has."""
        with self.engine.reading():
            return self.engine.passage_count()

    def calibration(self) -> float:
        """What is added to the logit of each verdict: above 0 more is answered, below less.

        0 unless it was fitted on questions of the user's own.
        """
        with self.engine.reading():
            return self.engine.calibration()

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many passages each of the terms stands, as `index.lexical.terms` writes them."""
        with self.engine.reading():
            return self.engine.document_frequencies(terms)

    def search(
        self, query: str, vector: Vectors, *, filters: Filters | None = None, depth: int = 100
    ) -> list[Hit]:
        """The best `depth` passages by meaning and the best by words, each with both scores.

        `vector` is the question's, of shape (dimension,) or (1, dimension). Nearest first; passages
        of equal cosine in the order of their ids.
        """
        vector = np.ascontiguousarray(vector, np.float32).reshape(self.embedder.dimension)
        with self.engine.reading():
            near, wordy = self.engine.found(query, vector, depth + _TIES, filters)
            rows = list({*near, *wordy})
            cosines = self.engine.cosines(vector, rows)
            bm25 = dict.fromkeys(rows, 0.0) | self.engine.lexical(query, rows)
            # Reading passages takes longest: of those found only the ones that may be given.
            worth = _best(cosines, depth) | _best({row: bm25[row] for row in wordy}, depth)
            hits = {
                row: Hit(passage, cosines[row], bm25[row])
                for row, passage in self.engine.fetch(list(worth)).items()
            }
        nearest = sorted(hits.values(), key=lambda hit: (-hit.dense, hit.passage.id))
        by_words = sorted(
            (hits[row] for row in wordy if row in hits),
            key=lambda hit: (-hit.lexical, hit.passage.id),
        )
        chosen = {hit.passage.id for hit in (*nearest[:depth], *by_words[:depth])}
        return [hit for hit in nearest if hit.passage.id in chosen]

    def compare(self, question: Encoded, passages: Sequence[Passage]) -> list[Comparison]:
        """A closer look at a few passages: sentence by sentence, and token by token.

        Raises:
            UnknownDocument: a passage is gone; what is searched and compared in `one_state` stays.
        """
        if not passages:
            return []
        with self.engine.reading():
            packed = self.engine.details(passages)
        for passage in passages:
            if passage.id not in packed:
                raise self._unknown(passage.document_id)
        details = [packed[passage.id] for passage in passages]
        dimension = self.embedder.dimension
        sentences = records.unpack_vectors((own for own, _ in details), dimension)
        cosines = np.split(
            sentences @ question.vector, np.cumsum([len(p.sentences) for p in passages])[:-1]
        )
        tokens = [late.codes(own, dimension) for _, own in details]
        bounds = [
            [0, *np.searchsorted(starts, sentence_starts(passage)).tolist()]
            for passage, (starts, _) in zip(passages, tokens, strict=True)
        ]
        asked = late.turn(question.tokens.vectors, self.engine.token_mean)
        best = late.best_by_group(asked, [own for _, own in tokens], bounds)
        return list(map(Comparison, cosines, best))

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
        return self.engine.add_feedback(
            Said(question, status, verdict, reason, tuple(citations), channel)
        )

    def feedback(self) -> list[Feedback]:
        """All that readers said, in the order in which it came."""
        return self.engine.feedback()

    # Keeping it.

    def check(self, progress: Progress | None = None) -> list[Law]:
        """Holds the library against every law; `progress` counts documents."""
        with self.engine.reading():
            return self.engine.check(self.embedder, progress)

    def backup(self, path: Path) -> None:
        """Copies one state of the library into the file `path`, while it is read and written.

        Raises:
            LibraryUnwritable: something stands there, or it cannot be written.
        """
        self.engine.backup(path)

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """All reads inside see one state of the library; other threads may wait, so do no more."""
        with self.engine.one_state():
            yield

    def _unknown(self, document_id: str) -> UnknownDocument:
        return UnknownDocument(
            f"The library has no document {document_id!r}: `yuanwen documents` lists them."
        )


def _best(scores: Mapping[int, float], depth: int) -> set[int]:
    """The rows of the best `depth` scores, and all that equal the last of these."""
    least = min(nlargest(depth, scores.values()), default=0.0)
    return {row for row, score in scores.items() if score >= least}
