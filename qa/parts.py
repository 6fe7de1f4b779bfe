"""A question that asks several things: taken apart, asked part by part, and put together."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qa.answer import Answer, Citation, Part, Refusal, Sentence
from qa.converse import asks, complete, leans
from qa.names import names_of
from qa.words import carrying, read_words, script

MOST_PARTS = 4

# A title may hold what ends a question: 《卡拉OK.LIVE!台北》.
_QUOTED = re.compile(
    r"《[^《》]*》|“[^“”]*”|「[^「」]*」|『[^『』]*』|（[^（）]*）|\([^()]*\)|\"[^\"]*\""
)
# Where one question may end and another begin. A comma parts two questions only if both ask.
_ENDS = re.compile(r"(?<=[?？!！;；。])\s*(?=[^\s?？!！;；。])")
_JOINTS = re.compile(
    r"[,，;；、]\s*(?:(?:并且|而且|以及|同时|and|as well as|а также|и)\s*)?"
    r"|\s+(?:and|as well as)\s+(?=(?:what|who|when|where|which|why|how|whose)\b)"
    r"|\s+(?:und|sowie)\s+(?=(?:wer|was|wann|wo|warum|wie|welche[rsmn]?)\b)"
    r"|\s+et\s+(?=(?:combien|quand|comment|pourquoi|quel(?:le)?s?)\b)"
    r"|\s+y\s+(?=¿?(?:cuánt[oa]s?|cuándo|dónde|quién(?:es)?|cuál(?:es)?)\b)"
    r"|\s+(?:и|а также)\s+(?=(?:что|кто|когда|где|какой|какая|какие|почему|как|сколько)\b)"
    r"|(?:以及|并且|而且)(?=[^,，]*(?:多少|几|什么|怎么|怎样|如何|哪|谁|何时))",
    re.IGNORECASE,
)
# Какой суд утверждал, что …? In words of letters a mere comma opens a clause, which belongs to the
# question, unless the next word asks.
_CLAUSE = re.compile(
    r"[,，]\s*+(?!(?:and|as well as|а также|а|и|what|who|when|where|why|how|whose)\b)[^\W\d_]",
    re.IGNORECASE,
)
# "A和B的…分别…": the same thing is asked of each.
_EACH = re.compile(r"(?:都)?(?:分别|各自)(?:都)?")
_MEMBERS = re.compile(
    r"(?P<members>[^,，、和与及跟的]{1,12}(?:、[^,，、和与及跟的]{1,12})*(?:和|与|以及|及|跟)[^,，、和与及跟的]{1,12})"
    r"(?P<rest>的.*)?$"
)
_AND = re.compile("、|和|与|以及|及|跟")
# 在第几届奥运会上,…: says where or when, and asks nothing by itself.
_ADVERB = re.compile(r"^(?:在|当|从|自|于|到).*[上中下里时后前间内起]$")
# A clause that opens with what it asks for has its subject: 哪些单位提到…, who said ….
_OWN_SUBJECT = re.compile(r"^(?:谁|哪|(?:who|which|whose)\b)", re.IGNORECASE)


_HOW_MANY = re.compile(r"how many (?P<what>[a-z]+) [a-z]+", re.IGNORECASE)
_HOW_MANY_DID = re.compile(r"^(how many) ([a-z]+\W*)$", re.IGNORECASE)
# How much does a new bridge cost, and when could it open?
_SUBJECT = re.compile(
    r"(?:how (?:much|long|far|often)|when|where|why) (?:does|do|did|will|can|could|should)"
    r" (?P<what>(?:a|an|the|our|this) .+) [a-z]+\W*$",
    re.IGNORECASE,
)
_IT = re.compile(r"\bit\b", re.IGNORECASE)


def split(question: str, speakers: Sequence[str]) -> list[tuple[str, str]]:
    """The parts as the question words them, each with the whole question to ask for it; one part
    where it asks one thing.
    """
    sentences = _pieces(_ENDS, question)
    clauses = [c for sentence in sentences for c in _clauses(sentence)]
    # What only states is no part of its own: 知识就是力量。这句话是谁说的?
    if len(clauses) < 2 or not all(s.endswith(("?", "？")) or asks(s) for s in sentences):
        return _each(question, speakers)
    if len(clauses) > MOST_PARTS:
        return [(question, question)]
    parts = [(clauses[0], clauses[0])]
    for clause in clauses[1:]:
        parts.append((clause, _whole(clause, parts[-1][1], parts[0][1], speakers)))
    return parts


def _pieces(border: re.Pattern[str], text: str) -> list[str]:
    """The text at each border that stands outside of titles and quotation marks."""
    masked = _QUOTED.sub(lambda match: "x" * len(match[0]), text)
    pieces, at = [], 0
    for match in border.finditer(masked):
        pieces.append(text[at : match.start()])
        at = match.end()
    return [*pieces, text[at:]]


def _clauses(sentence: str) -> list[str]:
    """The sentence at its joints, where each piece asks; else as it stands."""
    if script(sentence) != "CJK" and len(_pieces(_CLAUSE, sentence)) > 1:
        return [sentence]
    pieces = [piece.strip() for piece in _pieces(_JOINTS, sentence)]
    whole: list[str] = []
    for piece in filter(None, pieces):
        if whole and (not asks(whole[-1]) or _ADVERB.search(whole[-1])):
            at = sentence.find(whole[-1])
            whole[-1] = sentence[at : sentence.find(piece, at) + len(piece)]
        else:
            whole.append(piece)
    if len(whole) > 1 and not asks(whole[-1]):
        return [sentence]
    return whole if all(read_words(clause).content for clause in whole) else [sentence]


def _whole(clause: str, before: str, first: str, speakers: Sequence[str]) -> str:
    """The clause with what it leaves to the clauses before it."""
    if counted := _HOW_MANY.match(before):
        # … and how many left?
        clause = _HOW_MANY_DID.sub(lambda m: f"{m[1]} {counted['what']} {m[2]}", clause)
    if (subject := _SUBJECT.match(before)) and (pronoun := _IT.search(clause)):
        return clause[: pronoun.start()] + subject["what"] + clause[pronoun.end() :]
    completed = complete(clause, [before], speakers)
    names = names_of(tuple(speakers))
    if completed != clause or names.place_in(clause) or _OWN_SUBJECT.search(clause):
        return completed
    about = " ".join([*carrying(first).split(), clause])
    if script(clause) != "CJK":
        return about if leans(clause) else clause
    if place := names.place_in(first):
        return first[place[0] : place[1]] + clause
    return about if len(read_words(clause).content) < len(read_words(first).content) else clause


def _each(question: str, speakers: Sequence[str]) -> list[tuple[str, str]]:
    """One question for each member of "A和B分别…", unless the members speak themselves: those are
    asked by name.
    """
    each = _EACH.search(question)
    match = _MEMBERS.match(question[: each.start()]) if each else None
    if not each or not match or len(names_of(tuple(speakers)).mentioned(question)) > 1:
        return [(question, question)]
    members = _AND.split(match["members"])
    if len(members) > MOST_PARTS:
        return [(question, question)]
    asked = [member + (match["rest"] or "") + question[each.end() :] for member in members]
    return list(zip(asked, asked, strict=True))


def combined(question: str, asked_as: str, replies: Sequence[Answer | Refusal]) -> Answer | None:
    """One answer out of the replies to its parts; None where no part is answered."""
    answers = [reply for reply in replies if isinstance(reply, Answer)]
    if not answers:
        return None
    citations: list[Citation] = []
    sentences: dict[Sentence, None] = {}
    parts: list[Part] = []
    for reply in replies:
        numbers = {}
        for citation in reply.citations if isinstance(reply, Answer) else ():
            numbers[citation.n] = _number(citation, citations)
        if isinstance(reply, Answer):
            sentences |= {Sentence(s.text, numbers[s.citation]): None for s in reply.sentences}
        parts.append(Part(reply.question, tuple(numbers.values()), reply.explanation))
    laps: Counter[str] = Counter()
    for reply in replies:
        laps.update(reply.timings_ms)
    return Answer(
        question=question,
        asked_as=asked_as,
        sentences=tuple(sentences),
        citations=tuple(citations),
        confidence=min(answer.confidence for answer in answers),
        by_speaker=all(answer.by_speaker for answer in answers),
        silent=tuple(dict.fromkeys(name for answer in answers for name in answer.silent)),
        parts=tuple(parts),
        timings_ms={name: round(ms, 2) for name, ms in laps.items()},
    )


def _number(citation: Citation, citations: list[Citation]) -> int:
    """The number of the same words where they are cited already, else the next one."""
    for known in citations:
        if (known.document.id, known.span) == (citation.document.id, citation.span):
            return known.n
    citations.append(replace(citation, n=len(citations) + 1))
    return len(citations)
