"""What documents make of a library, added or taken away one after another, before it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.document import Document
from index.nouns import Status


class Standing(Protocol):
    """What stands before the plan."""

    def document_of(self, uri: str) -> tuple[str, str] | None:
        """Digest and document id of what was read from `uri`."""
        ...

    def sources(self, document_id: str) -> list[Document]:
        """The document as read from each of its places."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """What adding one document does."""

    document: Document
    status: Status


class Plan:
    """Reads what stands, and changes nothing.

    Where the same words stand under several uris, the document is kept once, as read from the first
    uri in their order; so the order in which they were added makes no difference.
    """

    def __init__(self, standing: Standing, *, keep_versions: bool = False) -> None:
        self._before = standing
        self._keep_versions = keep_versions
        self._standing: dict[str, tuple[str, str] | None] = {}
        self.places: dict[str, list[Document]] = {}
        """The documents touched, as read from each of their places; nothing where none is left."""
        self.outdated: list[Document] = []
        """Versions of before, to be kept."""
        self.steps: list[Step] = []

    def add(self, document: Document) -> None:
        """Puts a document in the place of what was read from the same uri before."""
        old = self._stands(document.uri)
        if old and old[0] == document.digest:
            self.steps.append(Step(document, "unchanged"))
            return
        self._leave(document.uri, replaced=old is not None and old[1] != document.id)
        sources = self._touch(document.id)
        status: Status = "duplicate" if sources else "replaced" if old else "added"
        sources.append(document)
        self._standing[document.uri] = document.digest, document.id
        self.steps.append(Step(document, status))

    def remove(self, uri: str) -> bool:
        """Takes away what was read from there; False where there is nothing."""
        stands = self._stands(uri) is not None
        self._leave(uri, replaced=False)
        self._standing[uri] = None
        return stands

    def _stands(self, uri: str) -> tuple[str, str] | None:
        if uri not in self._standing:
            self._standing[uri] = self._before.document_of(uri)
        return self._standing[uri]

    def _touch(self, document_id: str) -> list[Document]:
        if document_id not in self.places:
            self.places[document_id] = self._before.sources(document_id)
        return self.places[document_id]

    def _leave(self, uri: str, *, replaced: bool) -> None:
        old = self._stands(uri)
        if old is None:
            return
        sources = self._touch(old[1])
        if replaced and self._keep_versions:
            self.outdated += [source for source in sources if source.uri == uri]
        sources[:] = [source for source in sources if source.uri != uri]


def first(sources: Sequence[Document]) -> Document:
    """The document as its first place has it, which is how it is shown and cut."""
    return min(sources, key=lambda source: source.uri)
