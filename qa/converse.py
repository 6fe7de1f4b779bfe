"""A follow-up to a whole question, by what the earlier questions of the talk said."""

import re
from collections.abc import Sequence

from index.lexical import fold
from qa.names import Names, names_of
from qa.words import read_words, script

_LEAD = re.compile(
    r"^(?:那么|那|还有|然后|至于|另外|and (?:what|how) about|(?:what|how) about|what of|and|а как насчет|а)[,，、\s]*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:呢|又如何|又怎么样|怎么样|如何|又是多少|又是什么)?[?？。!！\s]*$")
_LEANS = re.compile(
    r"^(?:那么|那|还有|至于|另外|(?:and )?(?:what|how) about\b|what of\b|and\b|а\b)|呢[?？。!！\s]*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"多少|几|什么|怎么|怎样|如何|哪|谁|为什么|吗|是否|有没有"
    r"|\b(?:what|who|when|where|why|how|which|whose|is|are|was|were|did|does|do|can)\b"
    r"|\b(?:что|кто|когда|где|почему|зачем|как|сколько|как(?:ой|ая|ое|ие|им|их|ую|ого))\b"
)
_PRONOUN = re.compile(
    r"它们|他们|她们|它|他|她|该[市县省区厅局委单位部门]|这个[市县省区]|那里|那儿|当地|这里|(?:^|[,，])其(?![中他它余实])"
    r"|\b(?:their|they|them|its|it|his|her|he|she|there)\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:每|去|今|明|前|后|当|全|上半|下半)(?:年|月|季度|天|日)|\d{2,4}年(?:\d{1,2}月)?|一次性"
)
_PLACE = re.compile("[\u4e00-\u9fff]{2,4}[省市县区州镇乡]")
_SHORTEST_LIKENESS = 2


def complete(question: str, history: Sequence[str], speakers: Sequence[str]) -> str:
    """The question as it would be asked with no talk before it.

    Only a question that leans on the one before is changed: one that opens with 那 or "what about",
    or ends in 呢, and asks nothing whole by itself; or one with a pronoun and no name of its own.
    """
    if not history:
        return question
    before = complete(history[-1], history[:-1], speakers).strip()
    names = names_of(tuple(speakers))
    text = question.strip()
    part = _PRONOUN.sub("", _TAIL.sub("", _LEAD.sub("", text))).strip("的 ")
    if not _LEANS.search(text) or not part:
        return _with_name_for_pronoun(question, before, names)
    if asks(part):
        whole = _LEAD.sub("", text)
        return whole if names.place_in(whole) else _with_name_for_pronoun(whole, before, names)
    return _exchanged(before, part, names)


def asks(text: str) -> bool:
    """Whether a word that asks stands in `text`."""
    return bool(_ASKS.search(fold(text)))


def leans(text: str) -> bool:
    """Whether a pronoun in `text` stands for something said before."""
    return bool(_PRONOUN.search(text))


def _exchanged(before: str, part: str, names: Names) -> str:
    """`before` with `part` in the place of its like; else `part`, asked of whom `before` was about."""
    old, new = names.place_in(before), names.place_in(part) or _place(part)
    rest = part[: new[0]] + part[new[1] :] if new else part
    if old and new and not read_words(rest.strip("市县省的")).content:
        return before[: old[0]] + part[new[0] : new[1]] + before[old[1] :]
    old_time = _TIME.search(before)
    if old_time and _TIME.fullmatch(part):
        return before[: old_time.start()] + part + before[old_time.end() :]
    if not new and (like := _like(before, part)):
        return before[: like[0]] + part + before[like[1] :]
    whom = before[old[0] : old[1]] if old and not new else ""
    if script(part) != "CJK":
        return f"{part} ({before.rstrip('?？ ')})?" if not whom else f"{whom} {part}?"
    return f"{whom}{part}{'是多少' if read_words(before).asks_number else ''}?"


def _place(part: str) -> tuple[int, int] | None:
    """A place that no speaker's name holds, known by what it ends in: 杭州市."""
    return (0, len(part)) if _PLACE.fullmatch(part) else None


def _like(before: str, part: str) -> tuple[int, int] | None:
    """The stretch of `before` that ends as `part` does and is as long: 帮困群体 for 帮创群体."""
    where, wanted = fold(before), fold(part)
    for length in range(len(wanted) - 1, _SHORTEST_LIKENESS - 1, -1):
        at = where.find(wanted[-length:])
        if at >= 0 and read_words(wanted[-length:]).content:
            return max(0, at - (len(wanted) - length)), at + length
    return None


def _with_name_for_pronoun(question: str, before: str, names: Names) -> str:
    old, pronoun = names.place_in(before), _PRONOUN.search(question)
    if not old or not pronoun or names.place_in(question):
        return question
    return question[: pronoun.start()] + before[old[0] : old[1]] + question[pronoun.end() :]
