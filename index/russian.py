"""Russian words in their basic form, and what they are in English and Chinese.

`russian.tsv` was written for this project, for the commonest words of news and encyclopaedias and
for names. A line is a headword of one or two words, English senses, and Chinese ones.
"""

from collections.abc import Container, Iterator
from functools import cache, lru_cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from index.lexical import fold, terms

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

FILE = Path(__file__).with_name("russian.tsv")
LONGEST = 2
"""Words of a headword."""
_LIKELY = 0.1  # стали is seldom "of steel"


@lru_cache(maxsize=50_000)
def lemmas(word: str) -> tuple[str, ...]:
    """The basic forms of a folded word, ё written е, likeliest first: вырасти for выросло."""
    parses = [parse for parse in _morphology().parse(word) if parse.score >= _LIKELY]
    return tuple(dict.fromkeys(_spelled(parse.normal_form) for parse in parses)) or (word,)


def entries(glue: Container[str]) -> Iterator[tuple[str, str]]:
    """A headword and the words of one sense, less those of English that are `glue`.

    Chinese words of one character stand inside too many others: only where there is no longer one.
    """
    for line in FILE.read_text("utf-8").splitlines():
        headword, english, chinese = line.split("\t")
        words = [fold(word) for word in chinese.split()]
        senses = [word for word in words if len(word) > 1] or words
        glosses = (terms(gloss) for gloss in english.split("; "))
        senses += [" ".join(w for w in gloss if w not in glue) for gloss in glosses]
        written = _spelled(headword)
        # In an expression each word agrees with its neighbours: первая мировая.
        basic = " ".join(lemmas(word)[0] for word in written.split())
        yield from product(dict.fromkeys((written, basic)), filter(None, senses))


def _spelled(word: str) -> str:
    return word.lower().replace("ё", "е")


@cache
def _morphology() -> "MorphAnalyzer":
    from pymorphy3 import MorphAnalyzer  # 30 MB that few questions need

    return MorphAnalyzer(lang="ru")
