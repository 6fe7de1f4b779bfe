"""What a question says, in the words that texts in another script use for it.

Where question and passage share no script, no word of one stands in the other. A glossary gives the
senses of each word (between English and Chinese, and from Russian to both), names in Latin and
Cyrillic letters are read as the Chinese names that sound so, and figures are the same everywhere.
Only what stands in the library counts.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise, product

from corpus.language import converted, guess
from index import glossary, russian
from index.lexical import fold, terms
from index.library import Library
from qa.words import carrying, read_words, script

_NEAR = 0.6  # what a word that is only part of a phrase counts
_MOST_FORMS = 60
_SEARCHED = 4  # forms of a term
_MOST_SPELLINGS = 3000
_LONGEST = 18  # letters of three syllables
_OTHER_LANGUAGES = {"LATIN": ("zh",), "CJK": ("en",), "CYRILLIC": ("zh", "en")}
_GLOSSARIES = {"LATIN": glossary.from_english, "CYRILLIC": glossary.from_russian}
_HAN_RUN = re.compile("[\u3400-\u9fff]+")
_BETWEEN = re.compile(
    r"[^\w.]+|\.(?!\d)|(?<=[\u3400-\u9fff])(?=[a-z\d])|(?<=[a-z\d])(?=[\u3400-\u9fff])"
)
_NAME = re.compile(r"\b[A-Z][a-z]{3,}\b")
_CYRILLIC_NAME = re.compile(r"\b[А-Я][а-я]{3,}\b")


@dataclass(frozen=True, slots=True)
class Form:
    """Words that together say a term of the question, and what they count, up to 1."""

    words: tuple[str, ...]
    weight: float

    def share(self, spaced: str) -> float:
        """How much of it stands in a text as `spaced` writes it."""
        standing = sum(_mark(word) in spaced for word in self.words)
        return self.weight * standing / len(self.words)


@dataclass(frozen=True, slots=True)
class Translated:
    """A term of the question with its forms that stand in the library, and in how many passages
    the term may stand at the most. `name`: it is a Chinese name in Latin letters.
    """

    term: str
    forms: tuple[Form, ...]
    count: int
    name: bool

    def stands_in(self, spaced: str) -> bool:
        """Whether a form stands there whole: one of the surest that the library has."""
        surest = max((form.weight for form in self.forms), default=0.0)
        return any(f.weight == surest and f.share(spaced) == surest for f in self.forms)

    def share(self, spaced: str) -> float:
        """How much of the term stands in the text: the best of its forms."""
        best = 0.0
        for form in self.forms:
            if form.weight > best:
                best = max(best, form.share(spaced))
        return best


Headword = tuple[str, list[glossary.Sense], bool]


@dataclass(frozen=True, slots=True)
class Translation:
    """The `terms` that carry a question, in order, in the words of the other language; and the
    `strange` names in it that stand nowhere in the library, as the question writes them.
    """

    terms: tuple[Translated, ...]
    strange: tuple[str, ...]


@lru_cache(maxsize=16_384)
def spaced(text: str) -> str:
    """Folded, one blank before, between and after its words, which makes looking them up quick."""
    return f" {_BETWEEN.sub(' ', fold(text))} "


@lru_cache(maxsize=10_000)
def _mark(word: str) -> str:
    """What to look for: a word may be inflected, so its beginning must begin a word."""
    if _HAN_RUN.match(word):
        return word
    return f" {word} " if len(word) < 4 else f" {word[: max(4, len(word) - 2)]}"


def translate(library: Library, question: str) -> Translation:
    """What the library has of the question in another script, and names that it lacks."""
    headwords = list(_headwords(question))
    return Translation(_terms(library, question, headwords), _strange(library, question, headwords))


def as_written(library: Library, question: str) -> str:
    """A Chinese question in the characters that the library's Chinese texts use, as long as before:
    the model knows 国家 and 國家, but not that well that they are one.
    """
    if script(question) != "CJK":
        return question
    written = {name for name in library.languages() if name.startswith("zh")}
    if written == {"zh-Hans"}:
        rewritten = converted(question, "t2s")
    elif written == {"zh-Hant"} and guess(question) == "zh-Hans":
        rewritten = converted(question, "s2t")
    else:
        return question
    return rewritten if len(rewritten) == len(question) else question


def foreign(library: Library, question: str) -> bool:
    """Whether every document is in another language, and one that the glossary knows."""
    others = _OTHER_LANGUAGES.get(script(question), ())
    languages = library.languages()
    return bool(languages) and all(name.startswith(others) for name in languages)


def _headwords(question: str) -> Iterator[Headword]:
    """The words of a Chinese question as the glossary parts them."""
    if script(question) == "CJK":
        runs = _HAN_RUN.findall(carrying(question))
        for headword in glossary.from_chinese(runs):
            if len(headword[0]) > 1 or headword[0] in runs:
                yield headword


def _terms(
    library: Library, question: str, headwords: Iterable[Headword]
) -> tuple[Translated, ...]:
    """None where no document is written in another language that the glossary knows."""
    others = _OTHER_LANGUAGES.get(script(question))
    if not others or not any(name.startswith(others) for name in library.languages()):
        return ()
    senses = dict(_senses(question, headwords))
    pattern = _CYRILLIC_NAME if script(question) == "CYRILLIC" else _NAME
    named = {name.lower() for name in pattern.findall(question)}
    spelled = {term: _spellings(library, term) for term in senses if term in named}
    names = {t for t, forms in spelled.items() if forms is not None}
    looked_up = {t: [*forms, *(spelled.get(t) or ())] for t, forms in senses.items()}
    words = {word for forms in looked_up.values() for form in forms for word in form.words}
    counts = library.document_frequencies({p for w in words for ps in _pieces(w) for p in ps})
    return tuple(_known(t, forms, counts, t in names) for t, forms in looked_up.items())


def _strange(library: Library, question: str, headwords: Iterable[Headword]) -> tuple[str, ...]:
    if script(question) == "CJK":
        names = [word for word, _, is_name in headwords if is_name]
    else:
        # The first word has its capital from the sentence.
        names = [match[0].lower() for match in _NAME.finditer(question) if match.start()]
    pieces = {name: _pieces(name) for name in names}
    counts = library.document_frequencies({f for ps in pieces.values() for fs in ps for f in fs})
    return tuple(name for name in names if not _count(name, counts))


def expansion(translated: Iterable[Translated]) -> str:
    """The surest forms as one line of words, for a search by words."""
    words = [w for t in translated for f in t.forms[:_SEARCHED] if f.weight == 1 for w in f.words]
    return " ".join(form for word in words for form in inflections(word))


def _senses(question: str, headwords: Iterable[Headword]) -> Iterator[tuple[str, list[Form]]]:
    """Each term with itself and its senses as forms."""
    if glossed := _GLOSSARIES.get(script(question)):
        words = [w for w in terms(carrying(question)) if not w.isdigit()]
        for phrase, exact, near in glossed(words):
            exact = [s for s in exact if len(s[0]) > 1] or exact
            near = [s for s in near if len(s[0]) > 1]
            forms = [Form((phrase,), 1.0), *(Form(s, 1.0) for s in exact)]
            yield phrase, [*forms, *(Form(s, _NEAR) for s in near)]
    for headword, senses, _ in headwords:
        yield headword, [Form((headword,), 1.0), *(Form(s, 1.0) for s in senses)]
    for term in read_words(question).content:
        if not _HAN_RUN.match(term) and (script(question) == "CJK" or term[0].isdigit()):
            yield term, [Form((term,), 1.0)]


def _known(term: str, forms: Sequence[Form], counts: Mapping[str, int], name: bool) -> Translated:
    found = {f: min(_count(w, counts) for w in f.words) for f in forms}
    standing = [form for form, count in found.items() if count][:_MOST_FORMS]
    sure = [form for form in standing if form.weight == 1] or standing
    return Translated(term, tuple(standing), sum(found[form] for form in sure), name)


def _count(word: str, counts: Mapping[str, int]) -> int:
    """In how many passages the word may stand, in whatever form, at the most."""
    return min(sum(counts[form] for form in forms) for forms in _pieces(word))


def _pieces(word: str) -> list[list[str]]:
    """The terms of the index that `word` is made of, each in all forms it may take."""
    if len(word) > 2 and _HAN_RUN.fullmatch(word):
        return [["".join(pair)] for pair in pairwise(word)]
    if _HAN_RUN.fullmatch(word):
        return [[word]]
    return [inflections(term) for term in terms(word)] or [[word]]


def inflections(word: str) -> list[str]:
    """An English word as it may stand in a text; some are no words, which does no harm."""
    if not word.isascii() or not word.isalpha():
        return [word]
    stem = word[:-1]
    if word.endswith("e"):
        return [word, f"{word}s", f"{word}d", f"{stem}ing"]
    if word.endswith("y"):
        return [word, f"{word}s", f"{stem}ies", f"{stem}ied", f"{word}ing"]
    return [word, f"{word}s", f"{word}es", f"{word}ed", f"{word}ing"]


def _spellings(library: Library, name: str) -> list[Form] | None:
    """Names of two or three Han characters in the library that sound as `name`: 枫桥 for Fengqiao;
    None where no Chinese name sounds so.
    """
    # A longer name has more than three syllables, and a hostile one more readings than time.
    spelled = [name] if name.isascii() else [*_cyrillic(name)]
    readings = [
        syllables
        for one in spelled
        if len(one) <= _LONGEST
        for syllables in _syllables(one)
        if 2 <= len(syllables) <= 3
    ]
    forms = []
    for syllables in readings:
        choices = [_characters()[s] for s in syllables]
        known = library.document_frequencies({c for choice in choices for c in choice})
        likely = [[c for c in choice if known[c]] for choice in choices]
        pairs = [list(map("".join, product(a, b)))[:_MOST_SPELLINGS] for a, b in pairwise(likely)]
        standing = library.document_frequencies({pair for some in pairs for pair in some})
        found = [[pair for pair in some if standing[pair]] for some in pairs]
        if len(syllables) == 2:
            forms += [Form((pair,), 1.0) for pair in found[0]]
        else:
            joined = [a + b[1] for a, b in product(*found) if a[1] == b[0]]
            forms += [Form((word,), 1.0) for word in joined]
    return forms if readings else None


def _cyrillic(name: str) -> Iterator[str]:
    """A name's basic forms, and those in -нь, which no dictionary of words knows: Чжоушань of
    Чжоушане.
    """
    for lemma in russian.lemmas(name):
        yield lemma
        if match := re.fullmatch("(.+н)я?", lemma):
            yield f"{match[1]}ь"


def _syllables(name: str) -> list[tuple[str, ...]]:
    """Every way to read `name` as syllables of two letters or more."""
    if not name:
        return [()]
    return [
        (name[:end], *rest)
        for end in range(2, min(6, len(name)) + 1)
        if name[:end] in _characters()
        for rest in _syllables(name[end:])
    ]


@cache
def _characters() -> dict[str, str]:
    """The common Han characters of each toneless syllable, in Latin and in Cyrillic letters."""
    from pypinyin import Style  # slow to import, and few questions need it
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.style import convert

    found: dict[str, str] = {}
    for code, readings in PINYIN_DICT.items():
        character = chr(code)
        if not 0x4E00 <= code <= 0x9FA5 or fold(character) != character:
            continue
        for reading in {_toneless(r) for r in readings.split(",")}:
            for spelled in {reading, convert(reading, Style.CYRILLIC, strict=False)}:
                found[spelled] = found.get(spelled, "") + character
    return found


def _toneless(reading: str) -> str:
    bare = unicodedata.normalize("NFD", reading.replace("ü", "v"))
    return "".join(c for c in bare if c.isascii())
