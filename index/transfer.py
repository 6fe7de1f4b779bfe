"""A library brought to another place, folder or cluster: nothing is embedded or cut again."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.embedding import Embedder, Vectors
from index.errors import CopyIncomplete, ModelMismatch
from index.feedback import Said
from index.indexing import Known
from index.library import Library
from index.nouns import Feedback

_MOST_DOCUMENTS = 32  # of a group, which is written at once
_MOST_PASSAGES = 500


@dataclass(frozen=True, slots=True)
class Copied:
    """What stands in both places: counts. `new` are the documents that were written now."""

    documents: int
    new: int
    passages: int
    versions: int
    feedback: int


def transfer(
    library: Library, place: Path | str, progress: Callable[[int, int], None] | None = None
) -> Copied:
    """Brings all of a library to a place, which may hold others, and holds the two together.

    A group of documents is held in memory at a time. Whoever stops on the way goes on from there
    the next time. `progress` counts documents.

    Raises:
        CopyIncomplete: something is not there that should be; the library changed meanwhile.
        ModelMismatch: what stands at the place was indexed in another way.
        LibraryUnwritable: it cannot be written.
    """
    own = _Same(library.embedder, library.engine.token_mean)
    with Library.open(place, own, create=True) as target:
        if target.engine.token_mean.tobytes() != library.engine.token_mean.tobytes():
            raise ModelMismatch(
                "What stands there keeps the vectors of tokens in another way: name a place where "
                "nothing stands."
            )
        infos = {info.id: info.passages for info in library.documents()}
        missing = _missing(library, target)
        done = len(infos) - len(missing)
        new = len(missing)
        for group in _groups(missing, infos):
            _bring(library, target, group)
            done += len(group)
            if progress:
                progress(done, len(infos))
        _bring_versions(library, target)
        _bring_feedback(library, target)
        if target.calibration() != library.calibration():
            target.calibrate(library.calibration())
        return _held_together(library, target, new)


class _Same:
    """The embedder, with the mean that the vectors to be brought were packed with."""

    def __init__(self, embedder: Embedder, token_mean: Vectors) -> None:
        self._embedder = embedder
        self.token_mean = token_mean

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._embedder, name)


def _places(library: Library) -> dict[str, tuple[str, str]]:
    """Digest and document id of each place."""
    with library.one_state():
        engine = library.engine
        return {uri: at for uri in engine.uris() if (at := engine.document_of(uri))}


def _missing(library: Library, target: Library) -> list[str]:
    """Ids of the documents of which a place does not stand there, or stands otherwise."""
    there = _places(target)
    missing = (i for uri, (d, i) in _places(library).items() if there.get(uri) != (d, i))
    return list(dict.fromkeys(missing))


def _groups(ids: Sequence[str], passages: dict[str, int]) -> Iterator[list[str]]:
    group: list[str] = []
    for identity in ids:
        group.append(identity)
        count = sum(passages.get(i, 0) for i in group)
        if len(group) >= _MOST_DOCUMENTS or count >= _MOST_PASSAGES:
            yield group
            group = []
    if group:
        yield group


def _bring(library: Library, target: Library, ids: Sequence[str]) -> None:
    known = Known()
    documents = []
    with library.one_state():
        for identity in ids:
            sources = library.engine.sources(identity)
            kept = library.engine.entries(identity)
            known.learn(kept, library.embedder.dimension)
            if sources:
                known.cuts[sources[0].uri, identity] = [passage for passage, *_ in kept]
            documents += sources
    target.add_documents(documents, known=known)


def _bring_versions(library: Library, target: Library) -> None:
    with target.one_state():
        there = set(target.engine.versions())
    with library.one_state():
        missing = set(library.engine.versions()) - there
        ids = sorted({identity for identity, _ in missing})
    for identity in ids:
        with library.one_state():
            old = library.engine.superseded(identity)
        target.engine.supersede(version for version in old if (identity, version.uri) in missing)


def _bring_feedback(library: Library, target: Library) -> None:
    there = Counter(map(_said, target.feedback()))
    for each in library.feedback():
        said = _said(each)
        if there[said] > 0:
            there[said] -= 1
        else:
            target.engine.add_feedback(said)


def _said(each: Feedback) -> Said:
    return Said(
        each.question,
        each.status,
        each.verdict,
        each.reason,
        each.citations,
        each.channel,
        each.time,
    )


def _held_together(library: Library, target: Library, new: int) -> Copied:
    """Counts what stands in both.

    Raises:
        CopyIncomplete: something of the library does not stand there.
    """
    missing = _missing(library, target)
    there = {info.id: info.passages for info in target.documents()}
    infos = library.documents()
    short = [info.id for info in infos if there.get(info.id) != info.passages]
    with library.one_state(), target.one_state():
        versions = set(library.engine.versions())
        lost = versions - set(target.engine.versions())
    said = len(library.feedback())
    unsaid = said - len(target.feedback())
    if missing or short or lost or unsaid > 0:
        raise CopyIncomplete(
            f"{len({*missing, *short})} documents, {len(lost)} versions of before and "
            f"{max(0, unsaid)} words of readers do not stand there as they should: the library "
            "changed meanwhile; the same command goes on from here."
        )
    passages = sum(info.passages for info in infos)
    return Copied(len(infos), new, passages, len(versions), said)
