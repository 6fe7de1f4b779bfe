"""Passages to what is kept for them: the text that stands for each, and the vectors."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from corpus.chunk import MAX_TOKENS
from corpus.document import Passage, Span
from index import records
from index.embedding import Embedder, Vectors
from index.late import pack
from index.lexical import terms
from index.nouns import Entry

Kept = tuple[Passage, bytes, bytes, bytes]
"""A passage, its packed vector, those of its sentences, those of its tokens."""

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


def sentence_starts(passage: Passage) -> list[int]:
    """Where each sentence begins in the indexed text."""
    context = len(indexed_text(passage)) - len(passage.text)
    return [span.start - passage.span.start + context for span in passage.sentences]


@dataclass(slots=True)
class Known:
    """Packed vectors by text: of passages, each with its tokens', and of sentences.

    `cuts` are the passages of documents that need not be cut again, by uri and id.
    """

    passages: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    sentences: dict[str, bytes] = field(default_factory=dict)
    cuts: dict[tuple[str, str], list[Passage]] = field(default_factory=dict)

    def learn(self, kept: Iterable[Kept], dimension: int) -> None:
        """Takes over what is kept for these passages and their sentences."""
        width = dimension * records.VECTOR_BYTES
        for passage, vector, sentence_vectors, tokens in kept:
            self.passages[indexed_text(passage)] = vector, tokens
            for i, text in enumerate(sentence_texts(passage)):
                self.sentences[text] = sentence_vectors[i * width : (i + 1) * width]


def embed(
    passages: Sequence[Passage],
    embedder: Embedder,
    token_mean: Vectors,
    known: Known,
    progress: Progress | None = None,
) -> None:
    """`known` learns the packed vectors of all texts that it does not know.

    Texts are embedded by length, so that a batch wastes little.
    """
    whole = _by_length({indexed_text(p) for p in passages} - known.passages.keys())
    parts = _by_length({t for p in passages for t in sentence_texts(p)} - known.sentences.keys())
    done = 0
    for batch in _batches(whole):
        for text, encoded in zip(batch, embedder.encode_document_tokens(batch), strict=True):
            packed = records.pack_vectors(encoded.vector), pack(encoded.tokens, token_mean)
            known.passages[text] = packed
        done += len(batch)
        if progress:
            progress(done, len(whole) + len(parts))
    for batch in _batches(parts):
        vectors = embedder.encode_document(batch)
        known.sentences |= {
            text: records.pack_vectors(v) for text, v in zip(batch, vectors, strict=True)
        }
        done += len(batch)
        if progress:
            progress(done, len(whole) + len(parts))


def entries(passages: Sequence[Passage], known: Known) -> list[Entry]:
    """Every passage with its packed vectors, all of which must be known."""
    return [
        Entry(
            passage=passage,
            text=indexed_text(passage),
            vector=known.passages[indexed_text(passage)][0],
            sentence_vectors=b"".join(known.sentences[text] for text in sentence_texts(passage)),
            tokens=known.passages[indexed_text(passage)][1],
        )
        for passage in passages
    ]


def _by_length(texts: Iterable[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))


def passages_fingerprint() -> str:
    """Tells how large passages are cut."""
    return f"at most {MAX_TOKENS} tokens"


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
