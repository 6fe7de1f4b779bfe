"""What a question wants to know of speakers: who says something, or what one of them says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.lexical import fold
from qa.articles import named_in
from qa.names import Names, bare, names_of
from qa.words import read_words

# Verbs of saying, per language, as the field of reported speech needs them.
_SAY_ZH = (
    "提到|提及|提出|提过|谈到|谈及|谈了|谈过|(?<![访座洽商面])谈(?![判话])|讲到|讲了|讲过|讲|说到|说起|说了|说过|说|强调|介绍|指出|表示|认为|主张"
    "|论述|阐述|涉及|汇报|发言|回应|主张|呼吁|关注"
)
_SAY_EN = (
    r"mention(?:s|ed|ing)?|talk(?:s|ed|ing)? (?:about|of)|sp(?:ea|o)k(?:e|es|s|en|ing)? (?:about|of|on)"
    r"|sa(?:id|ys?)|discuss(?:es|ed)?|refer(?:s|red)? to|brought up|rais(?:es|ed)|address(?:es|ed)"
    r"|describ(?:es|ed)|propos(?:es|ed)|emphasi[sz](?:es|ed)|stress(?:es|ed)|explain(?:s|ed)"
    r"|point(?:s|ed) out|touch(?:es|ed) on|report(?:s|ed) on|call(?:s|ed) for"
)
_SAY_RU = r"упом\w+|говор\w+|сказал\w*|рассказ\w+|отмет\w+|обсужд\w+|затрон\w+"
_SAY_JA = "言及|述べ|話し|語っ|語り|触れ|言い|言っ|説明し"

_WHO = (
    re.compile(
        rf"(?:都)?(?:有没有|是否有|有无|有)?(?:谁|哪(?:些|个|位|几个|几位|几家|一家|家|一个|一位|类)"
        rf"(?P<kind>[^的,，、。？?“”‘’《》\"]{{0,6}}?))"
        rf"(?:的(?:发言|讲话|汇报|报告))?(?:在[^,，]{{0,8}}?(?:上|中|里))?(?:都|也|还|曾经?|有|中|里)*"
        rf"(?:{_SAY_ZH})(?:到|及|了|过|起)*"
    ),
    re.compile(
        rf"(?:都)?(?:是|被)(?:谁|哪(?:些|个|位|家)(?P<kind>[^的,，]{{0,6}}?))(?:{_SAY_ZH}|提|讲|说)(?:到|及|出|过)*的?"
    ),
    re.compile(
        rf"(?:{_SAY_ZH})(?:到|及|了|过)*(?P<topic>.+?)的?(?P<kind>单位|部门|人|发言人|[县市厅])?"
        rf"(?:是|有|都有|分别是)(?:谁|哪(?:些|个|位|几[个位家])[^,，]{{0,4}})"
    ),
    re.compile(
        rf"(?:有没有|是否有|有无|有)(?:任何|别的|其他)?(?:人|单位|部门|发言人|(?P<kind>[县市区厅]))"
        rf"(?:在[^,，]{{0,8}}?(?:上|中|里))?(?:都|也|还|曾经?)*(?:{_SAY_ZH})(?:到|及|了|过|起)*"
    ),
    re.compile(
        rf"\b(?:(?:did|does|do|has|have) (?:anyone|anybody|any (?P<kind>[a-z]+))(?: else)?"
        rf"|(?:is|was) there (?:anyone|anybody) who) (?:{_SAY_EN})\b"
    ),
    re.compile(
        rf"\b(?:who(?: all| else)?|which (?P<kind>[a-z]+(?: [a-z]+)?)|whose (?:speech|remarks|report))\b"
        rf"(?: (?:has|have|had|also|of them|there|at the \w+))*? (?:{_SAY_EN})\b"
    ),
    re.compile(
        rf"\b(?:кто(?:-нибудь|-либо|-то)?|как(?:ой|ая|ие|ое) (?P<kind>\w+))(?: \w+)?? (?:{_SAY_RU})(?: о[бм]?\b)?"
    ),
    re.compile(
        rf"(?:誰|だれ|どの(?P<kind>\w{{1,4}}?))[がは](?P<topic>.+?)(?:を|に|について)(?:{_SAY_JA})\w*"
    ),
)

_SAYS = (
    re.compile(
        r"(?P<who>^.{2,30}?)(?:的?(?:发言|讲话|汇报)(?:中|里)?)?(?:在[^,，]{0,8}?(?:上|中|里))?"
        r"(?:是)?(?:对于?|就|关于|针对|围绕|在(?!发言|讲话|汇报|会))(?P<topic>.+?)"
        r"(?:上|方面|问题|这件事|这一点)*(?:是|都|都是)?"
        r"(?:(?:怎么|怎样|如何|咋|(?:有|持)?(?:什么|何|哪些))(?:说|讲|谈|看|表态|评价|论述|观点|看法|意见|态度)"
        rf"|(?:还|也|又)?(?:{_SAY_ZH})(?:到|及|了|过)*(?:些|了)*(?:什么|哪些|啥))"
    ),
    re.compile(
        r"(?P<who>^.{2,30}?)(?:在[^,，]{0,10}?(?:上|中|里))?(?:分别|各自|都)?(?:是)?"
        r"(?:怎么|怎样|如何)(?:看待|说|讲|谈|看|评价|表述|介绍)(?P<topic>.+)"
    ),
    re.compile(
        rf"(?P<who>^[^被]{{2,30}}?)(?:在[^,，]{{0,10}}?(?:上|中|里))?(?:都|还|也|又)?(?:{_SAY_ZH})(?:到|及|了|过)*"
        r"(?:些|了)*(?:什么|哪些|啥)(?P<topic>.*)"
    ),
    re.compile(
        r"(?P<who>^.{2,30}?)(?:在[^,，]{0,10}?(?:上|中|里))?的?(?:发言|讲话|汇报|观点|看法|主张|意见|态度)"
        r"(?:中|里)?的?(?:要点|内容|主题|重点|大意|核心)?(?:是|有|讲|谈|说)*(?:什么|哪些|啥|如何|怎样|呢)(?P<topic>.*)"
    ),
    re.compile(
        rf"(?P<who>^.{{2,30}}?)(?:在[^,，]{{0,10}}?(?:上|中|里))?(?:有没有|是否|有无)(?:{_SAY_ZH})(?:到|及|了|过)*(?P<topic>.+)"
    ),
    re.compile(
        rf"(?P<who>^[^被]{{2,30}}?)(?:在[^,，]{{0,10}}?(?:上|中|里))?(?:{_SAY_ZH})(?:到|及|了|过)*(?P<topic>.+)[吗么]"
    ),
    re.compile(
        r"what (?:do|does|did|has|have) (?:the )?(?P<who>.+?) (?:sa(?:y|id)|think|thought|mention(?:ed)?"
        r"|propose[d]?|tell|told us|stress(?:ed)?)(?: (?:about|on|of|regarding))?(?P<topic>.*)"
    ),
    re.compile(
        rf"(?:did|does|has) (?:the )?(?P<who>.+?) (?:{_SAY_EN}|talk about|speak about)\b(?P<topic>.+)"
    ),
    re.compile(r"according to (?:the )?(?P<who>[^,]+),(?P<topic>.+)"),
)

_EACH = re.compile(r"分别|各自|\b(?:respectively|each|both)\b")

# Two bodies are held beside each other, on a topic or on all they say.
_COMPARED = re.compile(
    r"不同|不一样|区别|差异|差别|异同|分歧|共同|对比|相比|比较"
    r"|\b(?:differ(?:s|ences?)?|disagree|compare[ds]?|contrast|common|versus)\b"
)
_VIEW = "看法|提法|说法|做法|观点|态度|意见|立场|表述|措施|主张"
_COMPARED_ON = (
    re.compile(
        rf"(?:对于?|就|关于|针对|围绕|在)(?P<topic>.+?)(?:上|方面|问题)*"
        rf"的?(?:(?:{_VIEW})(?:上|方面)?)?(?:有|是)?(?:什么|何|哪些|怎样)?(?:{_COMPARED.pattern}|[?？]?$)"
    ),
    re.compile(
        rf"的(?P<topic>[^的]+?)(?:{_VIEW})?(?:上|方面)?(?:有|是)(?:什么|何|哪些|怎样)(?:{_COMPARED.pattern})"
    ),
    re.compile(
        r"\b(?:on|about|over|regarding|concerning|in|as to|when it comes to) (?P<topic>(?!common\b).+)"
    ),
)

_QUOTED = re.compile(
    r"„([^“”„]+)[“”]|“([^”]+)”|「([^」]+)」|『([^』]+)』|《([^》]+)》|\"([^\"]+)\"|«([^»]+)»"
)
# Between the names of those who are asked alone: 嘉兴和青田谁提到了GDP?
_AMONG = re.compile(
    r"[\s、,，:：]|和|与|跟|及|或|还是|当中|之中|[中里省市县区厅]|委|政府|[两二三四](?:[个家位市县地])|\b(?:of|and|or|between|among|the)\b"
)
_EDGE = re.compile(
    r"^[\s,，:：、。？?!！]+|(?:^(?:关于|有关|關於|有關|the|about)\s*)|[\s,.，:：、。？?!！]+$|(?:(?:的|呢|吗|嗎|么|麼|啊|了)[？?]*$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """What a question wants to know of speakers.

    `asks_who`: it wants everyone who says `topic`, among `speakers` where it names some or a kind
    (哪个县), which are then `limited`.
    Otherwise `speakers` are those asked to speak, or to be compared, and `unknown` is a name nobody bears. `about`
    are speakers that the question names without asking them to speak. `exact`: words it sets in
    quotation marks, folded.
    """

    asks_who: bool
    speakers: tuple[str, ...]
    unknown: str | None
    about: tuple[str, ...]
    topic: str
    exact: tuple[str, ...]
    limited: bool = False


def read_attribution(question: str, speakers: Sequence[str]) -> Attribution:
    """Reads a question with the speakers of the library in mind."""
    names = names_of(tuple(speakers))
    folded = fold(question)
    exact = tuple(_quoted(folded, names.places(question)))
    about = names.mentioned(question)
    for pattern in _WHO:
        if match := pattern.search(folded):
            kind = match.groupdict().get("kind") or ""
            before, behind = question[: match.start()], question[match.end() :]
            if "topic" not in match.re.groupindex and (some := _alone(before, names)):
                topic = _topic(match, question, behind)
                if read_words(topic).content:
                    return Attribution(True, some, None, (), topic, exact, limited=True)
            topic = _topic(match, question, f"{before} {behind}")
            return Attribution(True, names.of_kind(kind), None, about, topic, exact)
    if len(about) > 1 and _COMPARED.search(folded):
        match = next(filter(None, (p.search(folded) for p in _COMPARED_ON)), None)
        topic = _topic(match, question, "") if match else ""
        return Attribution(False, about, None, (), topic, exact)
    for pattern in _SAYS:
        if match := pattern.search(folded):
            who = match["who"].strip()
            topic = _topic(match, question, question)
            if asked := names.called(who):
                return Attribution(False, asked, None, (), topic, exact)
            if named_in(who):  # 第七条说了什么? asks no speaker
                break
            return Attribution(False, (), who, about, topic, exact)
    each = about if len(about) > 1 and _EACH.search(folded) else ()
    topic = question if not each or _on_something(question, each) else ""
    return Attribution(False, each, None, about, topic, exact)


def speaker_asked(question: str, names: Names) -> tuple[int, int] | None:
    """Where the one stands who is asked what he says, by whatever short form (专班对…怎么说)."""
    for pattern in _SAYS:
        if match := pattern.search(fold(question)):
            return match.span("who") if names.called(match["who"].strip()) else None
    return None


def unquoted(wanted: Attribution) -> Attribution:
    """The same without asking for words to the letter."""
    topic = _QUOTED.sub(lambda match: "".join(filter(None, match.groups())), wanted.topic)
    return replace(wanted, topic=topic, exact=())


def _quoted(folded: str, names: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Words in quotation marks, but for those inside of a name (省缩小“三大差距”工作专班)."""
    for match in _QUOTED.finditer(folded):
        start, end = match.span()
        named = any(a <= start and end <= b and (a, b) != (start, end) for a, b in names)
        if not named and (words := "".join(filter(None, match.groups())).strip()):
            yield words


def _alone(before: str, names: Names) -> tuple[str, ...]:
    """The speakers named in `before`, if it says nothing else."""
    rest = before
    for start, end in reversed(names.places(before)):
        rest = rest[:start] + rest[end:]
    return () if _AMONG.sub("", fold(rest)) else names.mentioned(before)


def _on_something(question: str, speakers: Sequence[str]) -> bool:
    """Whether the question says more than whom it asks (嘉兴和舟山分别怎么做?)."""
    own = "".join(map(bare, speakers))
    return any(
        len(term) > 1 and term not in own
        for term in read_words(_EACH.sub(" ", fold(question))).content
    )


def _topic(match: re.Match[str], question: str, rest: str) -> str:
    """The topic as the question writes it; folding has kept the offsets."""
    start, end = match.span("topic") if "topic" in match.re.groupindex else (-1, -1)
    topic = rest if start < 0 else question[start:end]
    while (shorter := _EDGE.sub("", topic)) != topic:
        topic = shorter
    return topic
