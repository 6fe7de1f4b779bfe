"""Passages to what is kept for them: the text that stands for each, and the vectors."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from corpus.document import Passage, Span
from index import records
from index.embedding import Embedder
from index.lexical import terms
from index.nouns import Entry

Progress = Callable[[int, int], None]
"""Called with how many texts are embedded, and of how many."""

_BATCH = 64


def indexed_text(passage: Passage) -> str:
    """What stands for a passage in both retrievers: a line of headings and speaker, then its text.

    A library remembers how this line is made; where it changes, libraries ask to be indexed again.
    """
    context = [*passage.section, *([passage.speaker] if passage.speaker else [])]
    return "\n".join([*([" · ".join(context)] if context else []), passage.text])


def sentence_texts(passage: Passage) -> list[str]:
    """The passage's sentences."""
    at = passage.span.start
    return [passage.text[span.start - at : span.end - at] for span in passage.sentences]


def entries(
    passages: Sequence[Passage],
    embedder: Embedder,
    known: Mapping[str, bytes],
    progress: Progress | None = None,
) -> list[Entry]:
    """Every passage with its packed vectors; texts that are `known`, or stand twice, cost nothing.

    Passages and sentences are embedded together, by length, so that a batch wastes little.
    """
    texts = {text for p in passages for text in (indexed_text(p), *sentence_texts(p))}
    new = sorted(texts - known.keys(), key=lambda text: (-len(text), text))
    packed = dict(known)
    for start in range(0, len(new), _BATCH):
        batch = new[start : start + _BATCH]
        vectors = embedder.encode_document(batch)
        packed |= {text: records.pack_vectors(v) for text, v in zip(batch, vectors, strict=True)}
        if progress:
            progress(start + len(batch), len(new))
    return [
        Entry(
            passage=passage,
            text=indexed_text(passage),
            vector=packed[indexed_text(passage)],
            sentence_vectors=b"".join(packed[text] for text in sentence_texts(passage)),
        )
        for passage in passages
    ]


def known_vectors(kept: Iterable[tuple[Passage, bytes, bytes]], dimension: int) -> dict[str, bytes]:
    """The packed vector of every text that the kept passages and their sentences have."""
    width = dimension * records.VECTOR_BYTES
    known: dict[str, bytes] = {}
    for passage, vector, sentence_vectors in kept:
        known[indexed_text(passage)] = vector
        for i, text in enumerate(sentence_texts(passage)):
            known[text] = sentence_vectors[i * width : (i + 1) * width]
    return known


def context_fingerprint() -> str:
    """Tells how `indexed_text` writes a passage."""
    sample = Passage("", "", Span(0, 1), "t", ("a", "b"), "s", (Span(0, 1),), ())
    return _digest(indexed_text(sample))


@cache
def terms_fingerprint() -> str:
    """Tells how `terms` reads text: folding of the common characters, and each kind of term."""
    folded = "\n".join(map(chr, range(0x20, 0xA000)))
    return _digest(" ".join(terms(folded + "2,000 1.51 3.5GHz don't 城乡融合 カタカナ 한국어")))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
