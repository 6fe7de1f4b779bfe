"""A library of news that grows to any size; `growth.py` says what of it is real."""

import dataclasses
import hashlib
import os
import random
import re
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from tqdm import tqdm

import corpus
from corpus.document import Document, Passage, Section, Span
from index import Embedder, Library, load_embedder, packed, records
from index.indexing import sentence_texts
from index.nouns import Entry

NEWS = Path(os.environ.get("SHARED", "../shared")) / "corpus" / "news"
_REAL = 10_000  # passages
_AT_ONCE = 500  # made documents of one transaction
_TOKENS_TO = 100_000  # passages; beyond, one in so many has token vectors
_ONE_IN = 8
_LENGTH = 220  # characters of a made passage, about
_PER_ARTICLE = 3
_FIGURE = re.compile(r"\d")
_HAN = re.compile("[\u4e00-\u9fff]")


def _articles() -> list[str]:
    lines = (
        line
        for source in sorted(NEWS.glob("*.txt"))
        for line in source.read_text("utf-8").splitlines()
        if line.strip()
    )
    return [line.replace("，正文：", "\n\n") + "\n" for line in lines]


ARTICLES = _articles()


@cache
def questions() -> list[str]:
    """Sentences of articles, and questions on other texts, in turns."""
    from question_sets import SETS, read_set

    lot = random.Random(7)
    sentences = []
    for number in lot.sample(range(2000), 110):
        document = read(number)
        sentences.append(max(document.sentences[:4], key=len).of(document.text)[:40])
    others = [asked.text for asked in read_set(SETS[0], 110)[1]]
    return [text for pair in zip(sentences, others, strict=True) for text in pair]


def read(number: int) -> Document:
    """An article as a file would give it."""
    return corpus.from_text(ARTICLES[number], uri=f"news:{number:05}")


class Silent:
    """Stands for the packaged model where nothing is embedded."""

    name, digest, dimension = packed.NAME, packed.digest(), packed.DIMENSION


class Grown:
    """The library in `folder`, open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._embedder: Embedder = load_embedder()
        self.library = Library.open(folder / "library", self._embedder, create=True)

    def __enter__(self) -> "Grown":
        return self

    def __exit__(self, *_: object) -> None:
        self.library.close()

    def to(self, size: int) -> None:
        """Adds real articles, then made ones, until there are so many passages."""
        if not (self._folder / "questions.npy").exists():
            np.save(self._folder / "questions.npy", self._embedder.encode_query(questions()))
        with tqdm(total=size, desc="passages", file=sys.stderr, mininterval=10) as bar:
            number = len(self.library.uris())
            while (count := self.library.passage_count()) < min(size, _REAL):
                bar.update(count - bar.n)
                some = [read(i) for i in range(number, number + 32)]
                self.library.add_documents(some)
                number += 32
            if count < size:
                self._make(count, size, bar)

    def rate(self, articles: Sequence[str]) -> float:
        """Passages a second of adding articles with the model; they are taken out again."""
        added = [corpus.from_text(a, uri=f"further:{n}") for n, a in enumerate(articles)]
        began = time.perf_counter()
        changes = self.library.add_documents(added)
        taken = time.perf_counter() - began
        self.library.remove_sources([document.uri for document in added])
        return sum(change.passages for change in changes) / taken

    def _make(self, count: int, size: int, bar: tqdm) -> None:
        store, database = self.library.engine.store, self.library.engine.database
        maker = Maker(self.library, seed=count)
        while count < size:
            with database.writing():
                for _ in range(_AT_ONCE):
                    document, entries = maker.document(count)
                    store.write([document], entries)
                    count += len(entries)
            bar.update(count - bar.n)
        self.library.passage_count()  # brings the vector index up to it


class Maker:
    """Makes articles out of what the real ones have."""

    def __init__(self, library: Library, seed: int) -> None:
        self._lot = random.Random(seed)
        query = (
            f"SELECT {records.PASSAGE_COLUMNS}, vector, sentence_vectors, tokens FROM passages "
            "ORDER BY row LIMIT ?"
        )
        connection = library.engine.database.connection
        self._sentences: list[tuple[str, bytes]] = []
        self._tokens: list[bytes] = []
        vectors = []
        width = packed.DIMENSION * records.VECTOR_BYTES
        for *columns, vector, sentences, tokens in connection.execute(query, (_REAL,)):
            passage = records.unpack_passage(columns)
            vectors.append(vector)
            self._tokens.append(tokens)
            for i, text in enumerate(sentence_texts(passage)):
                self._sentences.append((text, sentences[i * width : (i + 1) * width]))
        self._vectors = records.unpack_vectors(vectors, packed.DIMENSION)
        self._characters = "".join(_HAN.findall("".join(ARTICLES[:500])))
        self._number = 0
        self._like = read(0)
        self._seed = seed

    def document(self, count: int) -> tuple[Document, list[Entry]]:
        """An article; `count` passages stand already."""
        text, made = "", []
        topic = self._lot.randrange(len(self._sentences))
        for _ in range(_PER_ARTICLE):
            start, spans, packed_vectors = len(text), [], []
            while len(text) - start < _LENGTH * self._lot.uniform(0.5, 1):
                near = (topic + self._lot.randrange(40)) % len(self._sentences)
                sentence, vector = self._sentences[near]
                sentence = self._varied(sentence)
                spans.append(Span(len(text), len(text) + len(sentence)))
                text += sentence
                packed_vectors.append(vector)
            made.append((Span(start, len(text)), tuple(spans), b"".join(packed_vectors)))
        identity = hashlib.sha256(text.encode()).hexdigest()[:16]
        uri = f"made:{self._seed}:{self._number}"
        self._number += 1
        document = dataclasses.replace(
            self._like,
            id=identity,
            title=text[:12],
            uri=uri,
            text=text,
            sections=(Section((), 0, Span(0, len(text))),),
            turns=(),
            sentences=tuple(span for _, spans, _ in made for span in spans),
            repeats=(),
            edits=(),
            digest=identity,
        )
        entries = []
        for n, (span, spans, sentence_vectors) in enumerate(made):
            whole = count + n < _TOKENS_TO or self._lot.randrange(_ONE_IN) == 0
            passage = Passage(f"{identity}-{n}", identity, span, span.of(text), (), None, spans, ())
            vector = records.pack_vectors(self._vector()[None, :])
            tokens = self._lot.choice(self._tokens) if whole else b""
            entries.append(Entry(passage, passage.text, vector, sentence_vectors, tokens))
        return document, entries

    def _varied(self, sentence: str) -> str:
        sentence = _FIGURE.sub(lambda _: str(self._lot.randrange(10)), sentence)
        for _ in range(2):
            at = self._lot.randrange(len(sentence))
            if _HAN.match(sentence[at]):
                other = self._lot.choice(self._characters)
                sentence = sentence[:at] + other + sentence[at + 1 :]
        return sentence

    def _vector(self) -> np.ndarray:
        one, two, three = (self._lot.randrange(len(self._vectors)) for _ in range(3))
        moved = self._vectors[one] + 0.5 * (self._vectors[two] - self._vectors[three])
        return moved / np.linalg.norm(moved)


def passage_bytes(folder: Path, count: int) -> float:
    """Bytes on disk of one passage, those of left out token vectors counted in."""
    library = Library.open(folder / "library", Silent())
    with library.one_state():
        connection = library.engine.database.connection
        connection.execute("SELECT 1")
        mean = _mean(connection, f"SELECT length(tokens) FROM passages LIMIT {_REAL}")
        left_out = max(0, count - _TOKENS_TO) * (1 - 1 / _ONE_IN) * mean
    library.close()
    size = sum(path.stat().st_size for path in (folder / "library").iterdir())
    return (size + left_out) / count


def _mean(connection, query: str) -> float:
    lengths = [length for (length,) in connection.execute(query)]
    return sum(lengths) / len(lengths)
