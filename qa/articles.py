"""Articles and sections that a question names by their number: 第七条, article 7, section 3.4."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from corpus.document import Passage
from qa.words import arabic, fold_once, read_words, stands_in

if TYPE_CHECKING:
    from qa.retrieve import Candidate, SentenceScore

_ARTICLE = "article|artikel|art\\.|clause|rule|статья|статье|§"
_SECTION = "section|chapter|part|abschnitt|kapitel|раздел|глава|paragraph|paragraf"
_NAMED = re.compile(
    rf"第(?P<han>\d+)(?P<kind>[条章节款])"
    rf"|(?<!\w)(?:(?P<article>{_ARTICLE})|{_SECTION}) ?(?P<number>\d+(?:\.\d+)*)\b"
)
# The document it stands in: 管理办法第七条, article 7 of the regulation.
_OF_WHAT = re.compile(
    r"^[^\s,，。?？的]+(?=第\d+[条章节])"
    r"|\b(?:of|in) (?:the|this|our) [a-z-]+(?: [a-z-]+)?"
    r"(?= (?:about|sa|prov|stat|cont|reg|req)|[?\s]*$)"
)
_ANY = re.compile(rf"第\d+[条章节]|(?:{_ARTICLE}|{_SECTION}) ?\d")
# What asks for the whole of it and names nothing else.
_WHOLE = re.compile(
    r"规定|内容|要求|讲|说|写|提|具体|主要"
    r"|\b(?:provides?|sa(?:ys?|id)|states?|about|contains?|regulates?|requires?|sagt|steht|regelt)\b"
)


@dataclass(frozen=True, slots=True)
class Named:
    """An article or a section: a pattern of how it begins, and how texts may write its name."""

    begins: re.Pattern[str]
    spelled: tuple[str, ...]

    def stands_in(self, passage: Passage) -> bool:
        """Whether the passage has it, or mentions it."""
        text = _read(passage.text)
        return any(re.search(rf"{re.escape(s)}(?!\d)", text) for s in self.spelled) or any(
            self.begins.match(_read(part)) for part in (*passage.section, passage.text)
        )


@lru_cache(maxsize=1024)
def named_in(question: str) -> tuple[Named, ...]:
    """Those that the question names."""
    found: list[Named] = []
    for match in _NAMED.finditer(arabic(fold_once(question))):
        number = match["han"] or match["number"]
        if match["kind"] == "条" or match["article"]:
            begins = rf"\s*(?:第{number}条|(?:{_ARTICLE}) ?{number}(?![\d.]*\d))"
            spelled: tuple[str, ...] = (f"第{_han(number)}条", f"第{number}条", f"article {number}")
        else:
            alone = rf"(?:(?:{_SECTION}) ?)?{re.escape(number)}(?![\d.]*\d)[.、:]?(?:\s|$)"
            begins = rf"\s*(?:第{number}[章节款]|{alone})"
            spelled = f"第{_han(number)}章", f"section {number}"
        found.append(Named(re.compile(begins), spelled))
    return tuple(found)


def asks_for_all(question: str, found: "Candidate") -> bool:
    """Whether the question wants an article as it stands (第七条规定了什么?), and says no more of
    it than its heading does.
    """
    heading = fold_once(" ".join(found.hit.passage.section))
    folded = arabic(fold_once(question))
    rest = _WHOLE.sub(" ", _NAMED.sub(" ", _OF_WHAT.sub("", folded)))
    return all(stands_in(term, heading) for term in read_words(rest).content)


def within(candidates: Sequence["Candidate"], named: Sequence[Named]) -> list["Candidate"]:
    """The candidates that have one of the named, with its own sentences alone."""
    return [own for c in candidates for one in named if (own := _within(c, one))]


def _within(candidate: "Candidate", one: Named) -> "Candidate | None":
    if any(one.begins.match(_read(heading)) for heading in candidate.hit.passage.section):
        return candidate
    own: list[SentenceScore] = []
    for sentence in candidate.sentences:
        text = _read(sentence.text)
        if one.begins.match(text) or (own and not _ANY.match(text.lstrip())):
            own.append(sentence)
        elif own:
            break
    return replace(candidate, sentences=tuple(own)) if own else None


def _read(text: str) -> str:
    return arabic(fold_once(text))


def _han(number: str) -> str:
    """A number below a hundred as Chinese articles write it; others as they are."""
    if not number.isdigit() or not 0 < int(number) < 100:
        return number
    tens, ones = divmod(int(number), 10)
    digits = "零一二三四五六七八九"
    head = ("" if tens == 1 else digits[tens]) + "十" if tens else ""
    return head + (digits[ones] if ones else "")
