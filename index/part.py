"""A part of a library: what those may see to whom only some of its documents are open."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from corpus.document import Document, Passage, Span
from index.embedding import Encoded, Vectors
from index.errors import UnknownDocument
from index.library import Library
from index.nouns import Comparison, DocumentInfo, Feedback, Filters, Hit, Verdict


class Part(Library):
    """The documents that `shown` holds of; no method gives a word, a name or an id of another.

    It follows the library under it. It only reads, and passes feedback on: what changes a library
    has to be asked of that one. Words keep the weights they have in the whole library, so that an
    answer is the one which a filter on these documents gives.
    """

    def __init__(self, library: Library, shown: Callable[[DocumentInfo], bool]) -> None:
        self.folder = library.folder
        self.embedder = library.embedder
        self._library = library
        self._shown = shown

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """As the library's."""
        with self._library.one_state():
            yield

    def newer(self, document_id: str) -> DocumentInfo | None:
        """None: a version of before is not shown here."""
        self._check(document_id)
        return None

    def documents(self) -> list[DocumentInfo]:
        """As the library's."""
        return [info for info in self._library.documents() if self._shown(info)]

    def document(self, document_id: str) -> Document:
        """As the library's.

        Raises:
            UnknownDocument: no document of this part has this id.
        """
        self._check(document_id)
        return self._library.document(document_id)

    def passages(self, document_id: str) -> list[Passage]:
        """As the library's.

        Raises:
            UnknownDocument: no document of this part has this id.
        """
        self._check(document_id)
        return self._library.passages(document_id)

    def speakers(self) -> list[str]:
        """As the library's."""
        names = (name for info in self.documents() for name in info.speakers)
        return list(dict.fromkeys(names))

    def languages(self) -> frozenset[str]:
        """As the library's."""
        return frozenset(info.language for info in self.documents())

    def passage_count(self) -> int:
        """Of the whole library, as the frequencies; 0 where this part is empty."""
        return self._library.passage_count() if self.documents() else 0

    def calibration(self) -> float:
        """Of the whole library."""
        return self._library.calibration()

    def document_frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In the whole library."""
        return self._library.document_frequencies(terms)

    def search(
        self, query: str, vector: Vectors, *, filters: Filters | None = None, depth: int = 100
    ) -> list[Hit]:
        """As the library's."""
        ids = self._ids()
        wanted = filters or Filters()
        within = wanted.documents & ids if wanted.documents else ids
        # An empty set would be no limit.
        if not within:
            return []
        limited = replace(wanted, documents=within)
        return self._library.search(query, vector, filters=limited, depth=depth)

    def compare(self, question: Encoded, passages: Sequence[Passage]) -> list[Comparison]:
        """As the library's."""
        for document_id in {passage.document_id for passage in passages}:
            self._check(document_id)
        return self._library.compare(question, passages)

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
        """As the library's, which keeps it."""
        return self._library.add_feedback(
            question, status, verdict, reason=reason, citations=citations, channel=channel
        )

    def feedback(self) -> list[Feedback]:
        """None: what others asked and were told is not shown here."""
        return []

    def _ids(self) -> frozenset[str]:
        return frozenset(info.id for info in self.documents())

    def _check(self, document_id: str) -> None:
        if document_id not in self._ids():
            raise UnknownDocument(f"No document {document_id!r} is shown here.")
