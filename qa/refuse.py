"""Whether the best passage answers at all.

A cosine of this kind of model lies between .70 and .95 for anything, so it cannot refuse by itself.
What tells is what the question names and the passage lacks: its words, its numbers and years, the
tokens that find no counterpart. Every figure goes into one logistic model (see `weights`), of which
there are two: words tell most where question and passage share a script, and nothing elsewhere.
Where that is not sure, the model reads question and passage together, and there are two more.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.reader import Reader
from qa import weights
from qa.articles import named_in
from qa.reading import read
from qa.retrieve import Candidate, Query, in_context
from qa.translate import spaced
from qa.words import arabic, fold_once, missing_unit, script, stands_in

READING = "reading"
_JUDGED, _MOST_READ = 5, 2  # passages
_MOST_PASSAGES = 2_000  # what is known of libraries ends there
_NOT_SURE, _NEAR = (-3.0, 4.0), 2.0  # logits
_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"]{2,})[”」』》\"]")
_FIGURE = re.compile(r"\d{3,}(?:\.\d+)?|\d+\.\d+|\d+%")
_TIME = re.compile(r"[去今明前后]年|上半年|下半年|[一二三四]季度")
_DATED = re.compile(rf"{_TIME.pattern}|\d月|\d{{4}}年")
_LATIN = re.compile(r"[a-z]{2,}[a-z\d]*")
# Who holds an office? Its name stands where its holder is named.
_WHO_IS = re.compile(
    r"(?:是|叫|为)(?:谁|什么名字|什么|哪位|何人)|谁(?:是|担任|当)|名字|姓什么"
    r"|\bwho(?:'s| is| was| are| were| became)\b|\bname of\b"
)
_OFFICE = re.compile(
    r"(?:[市县省区镇乡村州厅局部处科院校馆会组班所站团队社厂船]|董事)长|书记|主任|主席|总统|总理|首相|经理"
    r"|总裁|负责人|司令|大使|\b(?:mayor|governor|president|chair(?:man|woman|person)?|head|director"
    r"|secretary|minister|chief|principal|manager|ceo|dean|commissioner|ambassador)\b"
)
# Of things that are counted one by one; people, times and measures go by other words.
_COUNTED = re.compile(
    r"(?:多少|几(?!乎))[个名位家所座户只条张本件部辆颗支门磅幅棵艘项]?+"
    r"(?P<han>(?:(?![要需将应该已都没开])[\u4e00-\u9fff]){2,3}?)(?=[?？,，的]|$|[是在被能会可参中要需将应该已都没开]|居住)"
    r"|\bhow many (?:[a-z-]+ ){0,3}?(?P<latin>[a-z-]+s)"
    r" (?:did|do|does|are|is|were|was|have|has|had|can|will)\b"
)
_MEASURED = re.compile(
    r".*[个次种年月日号天时分秒岁里米吨克度率例比倍间上下左右钱币元人额费].*|(?:time|year|day|hour|minute|mile|kilomet(?:er|re)|meter|metre)s"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure it is that the candidate answers, and what that was weighed from.

    `logit` is 0 where answering and refusing are as good: the sum of `model`'s bias, each of the
    `features` times its weight, and the library's calibration.
    """

    logit: float
    features: Mapping[str, float]
    model: Mapping[str, float]

    @property
    def confidence(self) -> float:
        """The logit as a share of 1."""
        return 1 / (1 + math.exp(-self.logit))

    @property
    def answers(self) -> bool:
        return self.logit >= 0


def judge(query: Query, candidate: Candidate, background: Sequence[Candidate]) -> Verdict:
    """The verdict on a candidate; `background` are all that were found, wherever they stand."""
    return _weighed(query, candidate, measure(query, candidate, background))


def by_verdict(
    query: Query,
    candidates: Sequence[Candidate],
    background: Sequence[Candidate],
    reader: Reader | None = None,
) -> list[tuple[Candidate, Verdict]]:
    """The first few candidates with their verdicts, by score and verdict together.

    Where the verdict on the first is not sure it is read together with the question, and the second
    too if it comes near; those that are read stand before the others.
    """
    judged = sorted([(c, judge(query, c, background)) for c in candidates[:_JUDGED]], key=_rank)
    count = _to_read(judged) if reader else 0
    if not reader or not count:
        return judged
    readings = read(reader, query.text, [candidate for candidate, _ in judged[:count]])
    weighed = [
        (candidate, _weighed(query, candidate, {**verdict.features, READING: told}))
        for (candidate, verdict), told in zip(judged, readings, strict=False)
    ]
    return sorted(weighed, key=_rank) + judged[count:]


def _to_read(judged: Sequence[tuple[Candidate, Verdict]]) -> int:
    """How many of the first."""
    if not judged or not _NOT_SURE[0] <= judged[0][1].logit <= _NOT_SURE[1]:
        return 0
    return sum(_rank(one) - _rank(judged[0]) <= _NEAR for one in judged[:_MOST_READ])


def _rank(judged: tuple[Candidate, Verdict]) -> float:
    candidate, verdict = judged
    return -(candidate.score + verdict.logit)


def _weighed(query: Query, candidate: Candidate, features: Mapping[str, float]) -> Verdict:
    if READING in features:
        model = weights.OTHER_SCRIPT_READ if candidate.abroad else weights.SAME_SCRIPT_READ
    else:
        model = weights.OTHER_SCRIPT if candidate.abroad else weights.SAME_SCRIPT
    weighed = sum(model.get(name, 0.0) * x for name, x in features.items())
    return Verdict(query.shift + model["bias"] + weighed, features, model)


def measure(
    query: Query, candidate: Candidate, background: Sequence[Candidate]
) -> dict[str, float]:
    """What the refusal weighs, each figure of the order of 1."""
    best = candidate.best
    content = query.words.content
    cosines = [s.cosine for c in background for s in c.sentences]
    behind = [c.hit.dense for c in background if c.score < candidate.score]
    return {
        "coverage": candidate.coverage,
        "sentence_coverage": best.coverage,
        "known": _known(query, candidate.abroad),
        "lexical": min(1.5, candidate.hit.lexical / query.ceiling) if query.ceiling else 0.0,
        "dense": 10 * (candidate.hit.dense - 0.85),
        "dense_lead": 10 * (candidate.hit.dense - max(behind, default=0.85)),
        "sentence": 10 * (best.cosine - 0.85),
        "sentence_outlier": _outlier(best.cosine, cosines),
        "tokens": candidate.tokens,
        "sentence_tokens": best.tokens,
        "tokens_outlier": _outlier(candidate.tokens, [c.tokens for c in background]),
        "weakest": candidate.weakest,
        "missing_anchor": float(min(2, len(missing_anchors(query, candidate)))),
        "missing_number": float(query.words.asks_number and not best.number),
        "missing_unit": float(missing_unit(query.text, candidate.hit.passage.text)),
        "length": math.log1p(len(content)) / 2,
        "size": math.log(max(1, min(query.passages, _MOST_PASSAGES))) / 5,
    }


def _known(query: Query, abroad: bool) -> float:
    """The share of the question that the library has words for: of its terms in the passage's
    language, or else of their weight.
    """
    if abroad and query.translated:
        return sum(bool(term.forms) for term, _ in query.translated) / len(query.translated)
    if abroad:
        return len(query.known) / max(1, len(query.words.content))
    return sum(query.idf[term] for term in query.known) / (sum(query.idf.values()) or 1.0)


def missing_anchors(query: Query, candidate: Candidate) -> list[str]:
    """What the question pins down and the passage with its headings lacks.

    Longer figures, years, and Latin words in a Chinese question. Where both share a script, words
    in quotation marks, times (去年), names that stand nowhere, articles (第五条), what is counted;
    else Chinese names in Latin letters. An office whose holder is asked for counts twice: without
    it nothing answers.
    """
    context = in_context(candidate.hit)
    question, folded = arabic(fold_once(query.text)), arabic(fold_once(context))
    named = named_in(query.text)
    articles = [one.spelled[0] for one in named if not one.stands_in(candidate.hit.passage)]
    anchors = _FIGURE.findall(question)
    if not candidate.abroad:
        anchors += query.strange
        anchors += _QUOTED.findall(question)
        anchors += _counted(question)
        anchors += 2 * _office(question)
        # A passage may leave the time open, but not speak of another one.
        anchors += _TIME.findall(question) if _DATED.search(folded) else []
    if script(query.text) == "CJK":
        anchors += _LATIN.findall(question)
    bare = "".join(folded.split())
    lacking = [a for a in anchors if "".join(a.split()) not in bare and not stands_in(a, folded)]
    missing = articles + lacking
    shown = spaced(context)
    unsaid = [t for t, _ in query.translated if not t.share(shown)]
    names = [t.term for t in unsaid if t.name]
    offices = [t.term for t in unsaid if any(o in t.term for o in _office(question))]
    return missing + names + 2 * offices if candidate.abroad else missing


def _office(question: str) -> list[str]:
    """The office whose holder a folded question asks for, if it does."""
    return _OFFICE.findall(question)[-1:] if _WHO_IS.search(question) else []


def _counted(question: str) -> list[str]:
    """What a folded question counts: 学校 of 几所学校, "schools" of "how many schools"."""
    found = (match["han"] or match["latin"] for match in _COUNTED.finditer(question))
    return [what for what in found if not _MEASURED.fullmatch(what)]


def _outlier(value: float, others: Sequence[float]) -> float:
    """Standard deviations above the others, a fifth of it."""
    spread = float(np.std(others))
    return (value - float(np.mean(others))) / spread / 5 if spread > 0 else 0.0
