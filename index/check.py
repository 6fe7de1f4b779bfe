"""Holds a library against its laws: what is written, and what is quoted."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import numpy as np

import corpus
from corpus.document import Document, Span
from corpus.edits import apply, undo
from index import late, records
from index.dates import iso_date
from index.embedding import Embedder
from index.indexing import Kept, indexed_text
from index.nouns import DocumentInfo
from index.plan import Standing, first

_MOST_FINDINGS = 20  # of one law, told in words
ROUNDING = 0.01  # of a cosine of 1, by float16 and what the index rounds further


@dataclass(slots=True)
class Law:
    """What must hold, of how many things it was tried, and where it does not hold.

    `broken` counts all findings; `findings` has words for the first of them.
    """

    name: str
    checked: int = 0
    broken: int = 0
    findings: list[str] = field(default_factory=list)

    def hold(self, holds: bool, finding: str) -> None:
        """Counts one trial."""
        self.checked += 1
        if not holds:
            self.broken += 1
            if self.broken <= _MOST_FINDINGS:
                self.findings.append(finding)


class Documents(Standing, Protocol):
    """What is checked."""

    def infos(self) -> list[DocumentInfo]:
        """Every document."""
        ...

    def entries(self, document_id: str) -> list[Kept]:
        """Passages in the order of the text, each with all its vectors."""
        ...

    def versions(self) -> list[tuple[str, str]]:
        """Ids and places of the versions of before."""
        ...

    def superseded(self, document_id: str) -> list[Document]:
        """A version of before, as read from each of its places."""
        ...


class Check:
    """One check of the documents of a library, in one state that the caller holds."""

    def __init__(self, standing: Documents, embedder: Embedder) -> None:
        self._standing = standing
        self._embedder = embedder
        self._readable = Law("every document can be read")
        self._digests = Law("ids are made from the words")
        self._spans = Law("spans stand inside the text, in order")
        self._edits = Law("edits map to the source and back")
        self._listed = Law("the list shows what the documents are")
        self._passages = Law("passages are what cutting gives")
        self._vectors = Law("every passage and sentence has its vector")
        self._versions = Law("versions of before have a newer one")

    def run(self, progress: Callable[[int, int], None] | None = None) -> list[Law]:
        """Every law, tried on everything."""
        infos = {info.id: info for info in self._standing.infos()}
        for done, (document_id, info) in enumerate(infos.items(), 1):
            sources = self._sources(document_id)
            if sources:
                shown = first(sources)
                for source in sources:
                    self._document(source, document_id)
                said = (info.uri, info.title, info.language, info.characters, info.date)
                is_ = (shown.uri, shown.title, shown.language, len(shown.text))
                same = said == (*is_, iso_date(shown.metadata)) and info.metadata == shown.metadata
                self._listed.hold(same, f"{document_id} is listed as another document")
                self._passages_of(shown, info)
            if progress:
                progress(done, len(infos))
        self._older()
        return [value for value in vars(self).values() if isinstance(value, Law)]

    def _sources(self, document_id: str) -> list[Document]:
        try:
            sources = self._standing.sources(document_id)
        except (ValueError, KeyError, TypeError) as error:
            self._readable.hold(False, f"{document_id} cannot be read: {error}")
            return []
        self._readable.hold(bool(sources), f"{document_id} has no text")
        return sources

    def _document(self, document: Document, document_id: str) -> None:
        name = f"{document.id} ({document.uri})"
        stands = self._standing.document_of(document.uri)
        self._digests.hold(
            document.id == document_id == identity_of(document.text)
            and stands == (document.digest, document.id),
            f"{name} has an id or a digest that is not its own",
        )
        self._spans.hold(spans_hold(document), f"{name} has a span outside of its text")
        self._edits.hold(edits_hold(document), f"{name} has an edit that does not map back")

    def _passages_of(self, shown: Document, info: DocumentInfo) -> None:
        try:
            kept = self._standing.entries(shown.id)
        except (ValueError, TypeError) as error:
            self._passages.hold(False, f"{shown.id}: a passage cannot be read: {error}")
            return
        cut = corpus.passages(shown, self._embedder.token_counts)
        own = [passage for passage, *_ in kept]
        speakers = tuple(dict.fromkeys(p.speaker for p in own if p.speaker is not None))
        counted = (info.passages, info.speakers) == (len(own), speakers)
        self._listed.hold(counted, f"{shown.id} is listed with other passages or speakers")
        self._passages.hold(own == cut, f"{shown.id} has other passages than its text gives")
        for entry in kept:
            fine = self._has_vectors(entry)
            self._vectors.hold(fine, f"{entry[0].id} has vectors of another shape")

    def _has_vectors(self, entry: Kept) -> bool:
        passage, *packed = entry
        dimension = self._embedder.dimension
        try:
            whole, sentences = (records.unpack_vectors([p], dimension) for p in packed[:2])
            starts, _ = late.codes(packed[2], dimension)
        except ValueError:
            return False
        lengths = np.linalg.norm(np.concatenate([whole, sentences]), axis=1)
        return (
            len(whole) == 1
            and len(sentences) == len(passage.sentences)
            and bool(np.all(np.abs(lengths - 1) < ROUNDING))
            and bool(np.all(starts <= len(indexed_text(passage))))
        )

    def _older(self) -> None:
        for document_id, uri in self._standing.versions():
            newer = self._standing.document_of(uri)
            self._versions.hold(
                newer is not None
                and newer[1] != document_id
                and any(
                    document.uri == uri and document.id == document_id and is_whole(document)
                    for document in self._standing.superseded(document_id)
                ),
                f"{document_id} ({uri}) has none, or is not as it was",
            )


def is_whole(document: Document) -> bool:
    """Whether the words are those that the id was made from, and every offset has its place."""
    own = document.id == identity_of(document.text)
    return own and spans_hold(document) and edits_hold(document)


def identity_of(text: str) -> str:
    """A document's id, out of its clean text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def spans_hold(document: Document) -> bool:
    """Whether sections and pages partition the text, and the others stand in it, in order."""
    size = len(document.text)

    def parts(spans: Sequence[Span]) -> bool:
        edges = [(0, 0), *((s.start, s.end) for s in spans), (size, size)]
        return all(a[1] == b[0] for a, b in pairwise(edges))

    def ordered(spans: Sequence[Span]) -> bool:
        return all(0 <= s.start <= s.end <= size for s in spans) and all(
            a.end <= b.start for a, b in pairwise(spans)
        )

    return (
        parts([section.span for section in document.sections])
        and (not document.pages or parts(document.pages))
        and ordered([turn.span for turn in document.turns])
        and ordered(document.sentences)
        and ordered([repeat.span for repeat in document.repeats])
        and all(r.first.end <= r.span.start for r in document.repeats)
    )


def edits_hold(document: Document) -> bool:
    """Whether the edits give the source back, and every sentence has its range there."""
    try:
        source = undo(document.text, document.edits)
        if apply(source, document.edits) != document.text:
            return False
    except ValueError:
        return False
    offsets = document.offsets()
    for span in document.sentences:
        start, end = offsets.to_source(span.start, span.end)
        back = Span(*offsets.to_clean(start, end))
        if not (0 <= start <= end <= len(source) and back.covers(span)):
            return False
    return True


def broken(laws: Sequence[Law]) -> Iterator[Law]:
    """The laws that do not hold."""
    return (law for law in laws if law.broken)
