"""Documents and passages as the database keeps them: compact JSON, and float16 vectors."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from corpus.document import Document, Passage, Repeat, Section, Span, Turn
from corpus.edits import Edit
from index.embedding import Vectors

VECTOR_FORMAT = "float16, tokens in two bits"
VECTOR_BYTES = 2  # of one component


def pack_document(document: Document) -> str:
    """All that `unpack_document` needs to give back an equal document."""
    return _json(
        {
            "id": document.id,
            "title": document.title,
            "uri": document.uri,
            "language": document.language,
            "text": document.text,
            "sections": [[s.path, s.level, s.span.start, s.span.end] for s in document.sections],
            "turns": [[turn.speaker, turn.span.start, turn.span.end] for turn in document.turns],
            "sentences": _flat(document.sentences),
            "repeats": _flat(
                span for repeat in document.repeats for span in (repeat.span, repeat.first)
            ),
            "edits": [[e.source_start, e.before, e.after, e.reason] for e in document.edits],
            "digest": document.digest,
            "pages": _flat(document.pages),
            "metadata": dict(document.metadata),
        }
    )


def unpack_document(packed: str) -> Document:
    """The document that was packed."""
    fields: dict[str, Any] = json.loads(packed)
    repeats = _spans(fields["repeats"])
    return Document(
        id=fields["id"],
        title=fields["title"],
        uri=fields["uri"],
        language=fields["language"],
        text=fields["text"],
        sections=tuple(
            Section(tuple(path), level, Span(start, end))
            for path, level, start, end in fields["sections"]
        ),
        turns=tuple(Turn(speaker, Span(start, end)) for speaker, start, end in fields["turns"]),
        sentences=_spans(fields["sentences"]),
        repeats=tuple(map(Repeat, repeats[::2], repeats[1::2])),
        edits=tuple(Edit(*edit) for edit in fields["edits"]),
        digest=fields["digest"],
        # Documents packed by earlier versions have neither.
        pages=_spans(fields.get("pages", ())),
        metadata=fields.get("metadata", {}),
    )


def pack_metadata(metadata: Mapping[str, str]) -> str:
    """A JSON object."""
    return _json(dict(metadata))


def pack_speakers(names: Iterable[str]) -> str:
    """A JSON list."""
    return _json(list(names))


PASSAGE_COLUMNS = "id, document_id, start, end, text, section, speaker, sentences, also_at"


def pack_passage(passage: Passage) -> tuple[str | int | None, ...]:
    """The values of PASSAGE_COLUMNS."""
    return (
        passage.id,
        passage.document_id,
        passage.span.start,
        passage.span.end,
        passage.text,
        _json(passage.section),
        passage.speaker,
        _json(_flat(passage.sentences)),
        _json(_flat(passage.also_at)),
    )


def unpack_passage(row: Sequence[Any]) -> Passage:
    """The passage whose PASSAGE_COLUMNS are `row`."""
    identity, document_id, start, end, text, section, speaker, sentences, also_at = row
    # At once: a search reads some hundreds.
    headings, whole, repeated = json.loads(f"[{section},{sentences},{also_at}]")
    return Passage(
        id=identity,
        document_id=document_id,
        span=Span(start, end),
        text=text,
        section=tuple(headings),
        speaker=speaker,
        sentences=_spans(whole),
        also_at=_spans(repeated),
    )


def pack_vectors(vectors: Vectors) -> bytes:
    """One row after another."""
    return vectors.astype("<f2").tobytes()


def unpack_vectors(blobs: Iterable[bytes], dimension: int) -> Vectors:
    """Shape (rows, dimension), of all blobs together.

    Raises:
        ValueError: a blob does not hold whole rows.
    """
    return np.frombuffer(b"".join(blobs), "<f2").astype(np.float32).reshape(-1, dimension)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _flat(spans: Iterable[Span]) -> list[int]:
    return [offset for span in spans for offset in (span.start, span.end)]


def _spans(flat: Sequence[int]) -> tuple[Span, ...]:
    return tuple(map(Span, flat[::2], flat[1::2]))
