"""A follow-up to a whole question, by what the earlier questions of the talk said."""

import re
from collections.abc import Sequence

from index import glossary
from index.lexical import fold
from qa.attribute import read_attribution, speaker_asked
from qa.names import Names, names_of
from qa.words import read_words, script

_LEAD = re.compile(
    r"^[¿\s]*(?:那么|那|还有|然后|至于|另外|同样|and (?:what|how) about|(?:what|how) about|what of|and|а как насчет|а"
    r"|und (?:wie (?:steht|sieht) es mit|was ist mit)|und|et|y)(?![^\W\d_\u3400-\u9fff])[,，、\s]*",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:呢|又如何|又怎么样|怎么样|如何|又是多少|又是什么)?[?？。!！\s]*$")
_LEANS = re.compile(
    r"^[¿\s]*(?:那么|那|还有|至于|另外|(?:(?:and )?(?:what|how) about|what of|and|а|und|et|y)\b)|呢[?？。!！\s]*$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"多少|几|什么|怎么|怎样|如何|哪|谁|为什么|为何|吗|是否|有没有"
    r"|\b(?:what|who|when|where|why|how|which|whose|is|are|was|were|did|does|do|can)\b"
    r"|\b(?:wer|wen|wem|was|wann|wo|warum|wie|wieviele?|welche[rsmn]?|combien|quand|comment|pourquoi|quel(?:le)?s?"
    r"|quien(?:es)?|cuando|donde|cuant[oa]s?|cual(?:es)?)\b"
    r"|\b(?:что|кто|когда|где|почему|зачем|как|сколько|как(?:ой|ая|ие|ое|им|их|ую|ого))\b"
)
# What asks in a Chinese question, with the measure word it counts by.
_ASKING_ZH = re.compile(
    r"(?:大概|一共|总共|共)?有?(?:多少|几)[个名项年月日次人条所座家位种户天元亩分批类]?|是不是|有没有|是否"
    r"|(?:是|有|叫|做|指)?(?:什么时候|什么样|什么|谁|哪些|哪个|哪几|哪里|哪儿|哪年|哪)"
    r"|为什么|为何|怎么样|怎么|怎样|如何|是指|[吗呢么]?[?？。!！\s]+$|[吗呢]$"
)
_IS_ZH = re.compile(r"^(?P<thing>.+?)(?:是|叫(?=什么)|有(?=多少|几|什么|哪))")
_DEFINED_ZH = re.compile(r"^(?P<thing>.+?)(?:是指|指的是|是什么|是谁|是怎么回事|是咋回事|叫什么)")
_IS_EN = re.compile(
    r"^(?:what|who) (?:is|are|was|were) (?:(?:said|told|known|written|reported) (?:about|of|on) )?"
    r"(?P<thing>.+?)[?\s]*$|^what does (?P<word>.+?) mean\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^(?:还有(?:别的|其他的?|哪些|什么|吗)*|别的|其他的?|其余的?|继续|接着说|anything else|what else|and what else|more|go on)"
    r"[呢吗?？。.!！\s]*$",
    re.IGNORECASE,
)
_WHO_ELSE = re.compile(
    r"^(?:还有|另外)?(?:都)?(?:有)?(?:谁|哪些单位|哪些人|哪几家)(?:还|也)?(?:呢)?[?？\s]*$|^(?:and )?who(?: else)?[?\s]*$",
    re.IGNORECASE,
)
# Counted or measured, with no subject of its own: 投资多少?
_COUNTED_ZH = re.compile(
    r"多少|多久|多长|多大|几[个名项所座家位种条天年次户]|哪一?[年天]|几时|何时|什么时候"
)
# What is counted in a Chinese question, at its end: 学校 of 撤并了多少所学校?
_NOUN_COUNTED = re.compile(
    "(?:多少|几)[个名所座家位种项条只张件部辆艘间处]?(?P<noun>(?![年月日天次岁倍成分号]|时间|公里|分钟|小时|平方|万元|亿元|资金)[\u4e00-\u9fff]{2,8})(?=[?？。\\s]*$)"
)
# What has a measure and is not counted.
_MEASURE = re.compile(
    "(?:率|比例|比|面积|金额|资金|数量|总量|收入|产值|产量|价格|费用?|支出|投入)$"
)
_SUBJECT = re.compile("^(?P<noun>[\u4e00-\u9fff]{2,6}?)(?=要|需|能|可以|会|得|应)")
_HOW_MANY = re.compile(
    r"(?<=\bhow many )(?P<np>.+?)(?= (?:did|do|does|are|is|were|was|have|has|had|can|will)\b)"
)
_OF_WHAT = re.compile(r"\b(?:for|of|für|von|pour|de|para) [^,;?]+?(?=[?\s]*$)", re.IGNORECASE)
_PLURAL = re.compile(r"(?!the\b|[A-Z])[a-z][a-z -]*s$")
_PRONOUN = re.compile(
    r"它们|他们|她们|它|他|她|该[市县省区厅局委单位部门]|这个[市县省区]|那里|那儿|当地|这里|(?:^|[,，])其(?![中他它余实])"
    r"|\b(?:their|they|them|its|it|his|her|he|she|there|these|those)\b",
    re.IGNORECASE,
)
# "Is it raining?" and "how many are there?" speak of nothing said before.
_EXPLETIVE = re.compile(
    r"\b(?:is|was|are|were) there\b|\bthere (?:is|are|was|were)\b|\b(?:time|day|date) is it\b"
    r"|\b(?:is|was|does|did|will) it (?:rain|snow|cold|hot|warm|late|possible|true)",
    re.IGNORECASE,
)
_OWNS = re.compile(r"(?:their|its|his|her)\b|其|(?:它|他|她)们?的", re.IGNORECASE)
_TIME = re.compile(
    r"(?:每|去|今|明|前|后|当|全|上半|下半)(?:年|月|季度|天|日)|\d{2,4}年(?:\d{1,2}月)?|一次性"
    r"|\b(?:(?:last|this|next|each|every|per) (?:year|month|season|week)|the (?:year|month|week) (?:before|after)"
    r"|the (?:previous|following) (?:year|month|week)|(?:im jahr|in|en|em|nel) \d{4}|\d{4})\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][\w'.-]*)(?: (?:of |the |and )*[A-Z][\w'.-]*)*")
_PLACE = re.compile("[\u4e00-\u9fff]{2,4}[省市县区州镇乡]")
_QUOTED = re.compile('[“「『《"][^”」』》"]+[”」』》"]')
_ONE_WORD = 2  # Han characters
_LONGEST_NOUN = 6
_HAN_ONLY = re.compile("[\u3400-\u9fff]+")
_SAID = re.compile(r"sa(?:id|ys?)|told|mention(?:s|ed)?|report(?:s|ed)?")
_SHORTEST_LIKENESS = 2


def complete(question: str, history: Sequence[str], speakers: Sequence[str]) -> str:
    """The question as it would be asked with no talk before it.

    Only a question that leans on the one before is changed: one that opens with 那 or "what about",
    or ends in 呢, and asks nothing whole by itself; one that names nothing (为什么? who said that?);
    or one with a pronoun and no name of its own.
    """
    if not history:
        return question
    before = complete(history[-1], history[:-1], speakers).strip()
    names = names_of(tuple(speakers))
    text = question.strip()
    if whole := _nothing_named(text, before, speakers):
        return whole
    part = _PRONOUN.sub("", _TAIL.sub("", _LEAD.sub("", text))).strip("的 ")
    if not _LEANS.search(text) or not part:
        return _with_name_for_pronoun(question, before, names)
    if asks(part):
        whole = _LEAD.sub("", text)
        return whole if names.place_in(whole) else _with_name_for_pronoun(whole, before, names)
    return _topic_for_topic(before, part, names) or _exchanged(before, part, names)


def asks(text: str) -> bool:
    """Whether a word that asks stands in `text`."""
    return bool(_ASKS.search(fold(text)))


def leans(text: str) -> bool:
    """Whether a pronoun in `text` stands for something said before."""
    return bool(_PRONOUN.search(text))


def _nothing_named(text: str, before: str, speakers: Sequence[str]) -> str | None:
    """A question that asks and names nothing, asked of what `before` was about; None for others."""
    if _MORE.match(text):
        return before
    wanted = read_attribution(text, speakers)
    if _WHO_ELSE.match(text) or (wanted.asks_who and not read_words(wanted.topic).content):
        topic = _topic(before, speakers)
        return f"谁提到了{topic}?" if script(text) == "CJK" else f"Who mentioned {topic}?"
    own = _LEAD.sub("", text)
    content = read_words(own).content
    if not asks(own) or (content and not _counts_only(own, content, speakers)):
        return None
    if script(own) != "CJK":
        return None if leans(own) else _beside(own, before)
    if re.match("为[什何]|為[什何]", own):
        return f"{own.rstrip('?？呢 ')}{_gist(before)}?"
    return f"{_thing(before) or _gist(before)}{own}"


def _counts_only(text: str, content: Sequence[str], speakers: Sequence[str]) -> bool:
    """投资多少?: one word besides how many it asks for, and no name."""
    letters = sum(map(len, content)) if script(text) == "CJK" else _ONE_WORD + 1
    return letters < _ONE_WORD or (
        letters == _ONE_WORD
        and bool(_COUNTED_ZH.search(fold(text)))
        and not leans(text)
        and not names_of(tuple(speakers)).place_in(text)
    )


def _topic(before: str, speakers: Sequence[str]) -> str:
    """What `before` asks about."""
    wanted = read_attribution(before, speakers)
    if (wanted.asks_who or wanted.speakers) and read_words(wanted.topic).content:
        return wanted.topic
    if quoted := _QUOTED.search(before):
        return quoted[0]
    if script(before) == "CJK":
        return _thing(before) or _gist(before)
    words = read_words(before).content
    return _thing(before) or " ".join(word for word in words if not _SAID.fullmatch(word))


def _thing(before: str) -> str | None:
    """The thing of whose kind or number `before` asks: X是什么? What is X?"""
    if match := _IS_EN.match(before) or _IS_ZH.match(before):
        return str(next(filter(None, match.groups())))
    return None


def _gist(before: str) -> str:
    """A Chinese question without what asks in it."""
    asking = [m.span() for m in _ASKING_ZH.finditer(fold(before))]
    starts, ends = [0, *(end for _, end in asking)], [*(start for start, _ in asking), len(before)]
    kept = (before[start:end] for start, end in zip(starts, ends, strict=True))
    return "".join(kept).rstrip("的是 ")


def _exchanged(before: str, part: str, names: Names) -> str:
    """`before` with `part` in the place of its like; else `part`, asked of whom `before` was about."""
    old = names.place_in(before) or speaker_asked(before, names)
    new = _name(part, names) or _place(part)
    rest = part[: new[0]] + part[new[1] :] if new else part
    if old and new and not read_words(rest.strip("市县省的")).content:
        return before[: old[0]] + part[new[0] : new[1]] + before[old[1] :]
    for like in (_time_for_time, _name_for_name, _number_for_number, _noun_for_noun):
        if whole := like(before, part):
            return whole
    if not new and (place := _like(before, part)):
        return before[: place[0]] + part + before[place[1] :]
    whom = before[old[0] : old[1]] if old and not new else ""
    if script(part) != "CJK":
        return f"{whom} {part}?" if whom else _beside(part, before)
    return f"{whom}{part}{'是多少' if read_words(before).asks_number else ''}?"


def _topic_for_topic(before: str, part: str, names: Names) -> str | None:
    """谁提到了杨梅? 那茶叶呢? Whom it was asked of stays."""
    wanted = read_attribution(before, tuple(names.stems))
    topic = wanted.topic if wanted.asks_who or wanted.speakers else ""
    if not read_words(topic).content or topic not in before or topic == before:
        return None
    if _name(part, names) or _TIME.fullmatch(part):
        return None
    topic = re.sub("^the ", "", topic)
    return before.replace(topic, re.sub("^(?:(?:on|about|of|over) )?(?:the )?", "", part), 1)


def _name(part: str, names: Names) -> tuple[int, int] | None:
    """Where a speaker is named in what is put in the place of another, maybe by a short form."""
    return names.place_in(part) or ((0, len(part)) if names.is_name(part) else None)


def _time_for_time(before: str, part: str) -> str | None:
    old = _TIME.search(before)
    if not old or not _TIME.fullmatch(part):
        return None
    return before[: old.start()] + part + before[old.end() :]


def _name_for_name(before: str, part: str) -> str | None:
    """Names in Latin letters, known by their capitals; the first word of a question has its own."""
    old, new = _NAME.search(before), _NAME.fullmatch(f"a {part.removeprefix('the ')}", 2)
    return before[: old.start()] + new[0] + before[old.end() :] if old and new else None


def _number_for_number(before: str, part: str) -> str | None:
    """Of other things how many?"""
    old = _HOW_MANY.search(fold(before))
    if not old or not _PLURAL.fullmatch(part):
        return None
    return before[: old.start()] + part + before[old.end() :]


def _noun_for_noun(before: str, part: str) -> str | None:
    """What is counted, or whom it is for, or the first word of like ending: 樟木 for 杉木."""
    if script(part) != "CJK":
        old, new = _OF_WHAT.search(before), _OF_WHAT.fullmatch(part)
        return before[: old.start()] + new[0] + before[old.end() :] if old and new else None
    if not 2 <= len(part) <= _LONGEST_NOUN or not _HAN_ONLY.fullmatch(part):
        return None
    place = _alike(before, part)
    for pattern in (_NOUN_COUNTED, _SUBJECT):
        if not place and not _MEASURE.search(part) and (old := pattern.search(before)):
            place = old.span("noun")
    return before[: place[0]] + part + before[place[1] :] if place else None


def _alike(before: str, part: str) -> tuple[int, int] | None:
    """The word of `before` that is as long as `part` and ends in the same character."""
    at = 0
    for word, _, _ in glossary.from_chinese([fold(before)]):
        if len(word) == len(part) and word[-1] == fold(part)[-1] and word != fold(part):
            return at, at + len(word)
        at += len(word)
    return None


def _place(part: str) -> tuple[int, int] | None:
    """A place that no speaker's name holds, known by what it ends in (杭州市) or to the glossary."""
    known = _PLACE.fullmatch(part) or (
        script(part) == "CJK" and [n for _, _, n in glossary.from_chinese([fold(part)])] == [True]
    )
    return (0, len(part)) if known else None


def _like(before: str, part: str) -> tuple[int, int] | None:
    """The stretch of `before` that ends as `part` does and is as long: 帮困群体 for 帮创群体."""
    where, wanted = fold(before), fold(part)
    for length in range(len(wanted) - 1, _SHORTEST_LIKENESS - 1, -1):
        at = where.find(wanted[-length:])
        start = max(0, at - (len(wanted) - length))
        whole = script(part) == "CJK" or not where[:start][-1:].isalnum()
        if at >= 0 and whole and read_words(wanted[-length:]).content:
            return start, at + length
    return None


def _with_name_for_pronoun(question: str, before: str, names: Names) -> str:
    """The thing that `before` asks to know, or else the speaker it names, for the pronoun."""
    pronoun = _PRONOUN.search(question)
    if not pronoun or names.place_in(question) or _EXPLETIVE.search(question):
        return question
    old, defined = names.place_in(before), _DEFINED_ZH.match(before) or _IS_EN.match(before)
    thing = str(next(filter(None, defined.groups()))) if defined else ""
    # A quoted thing has a name of its own: 嘉兴的“公铁水空”枢纽是怎么回事? 它的投资呢?
    owns = bool(_OWNS.match(question[pronoun.start() :])) and not _QUOTED.search(thing)
    if old and (owns or not thing):
        thing = before[old[0] : old[1]]
    elif not thing:
        return question if script(question) == "CJK" else _beside(question, before)
    own = "'s" if script(thing) == "LATIN" and _OWNS.fullmatch(pronoun[0]) else ""
    return question[: pronoun.start()] + thing + own + question[pronoun.end() :]


def _beside(question: str, before: str) -> str:
    return f"{question.rstrip('?？ ')} ({before.rstrip('?？ ')})?"
