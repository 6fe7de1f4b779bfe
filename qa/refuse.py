"""Whether the best passage answers at all.

A cosine of this kind of model lies between .70 and .95 for anything, so it cannot refuse by itself.
What tells is what the question names and the passage lacks: its words, its numbers and years, the
tokens that find no counterpart. Every figure goes into one logistic model (see `weights`), of which
there are two: words tell most where question and passage share a script, and nothing elsewhere.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.lexical import fold
from qa import weights
from qa.retrieve import Candidate, Query, in_context
from qa.translate import spaced
from qa.words import missing_unit, script, stands_in

_JUDGED = 5
_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"]{2,})[”」』》\"]")
_FIGURE = re.compile(r"\d{3,}(?:\.\d+)?|\d+\.\d+|\d+%")
_TIME = re.compile(r"[去今明前后]年|上半年|下半年|[一二三四]季度")
_DATED = re.compile(rf"{_TIME.pattern}|\d月|\d{{4}}年")
_LATIN = re.compile(r"[a-z]{2,}[a-z\d]*")


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
    features = measure(query, candidate, background)
    model = weights.OTHER_SCRIPT if candidate.abroad else weights.SAME_SCRIPT
    weighed = sum(model.get(name, 0.0) * x for name, x in features.items())
    return Verdict(query.shift + model["bias"] + weighed, features, model)


def by_verdict(
    query: Query, candidates: Sequence[Candidate], background: Sequence[Candidate]
) -> list[tuple[Candidate, Verdict]]:
    """The first few candidates with their verdicts, by score and verdict together."""
    judged = [(c, judge(query, c, background)) for c in candidates[:_JUDGED]]
    return sorted(judged, key=lambda pair: -(pair[0].score + pair[1].logit))


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
        "known": _known(query) if candidate.abroad else 0.0,
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
    }


def _known(query: Query) -> float:
    """The share of the question's terms that the library has in its own language."""
    if query.translated:
        return sum(bool(term.forms) for term, _ in query.translated) / len(query.translated)
    return len(query.known) / max(1, len(query.words.content))


def missing_anchors(query: Query, candidate: Candidate) -> list[str]:
    """What the question pins down and the passage with its headings lacks.

    Longer figures, years, and Latin words in a Chinese question. Where both share a script, words
    in quotation marks, times (去年) and names that stand nowhere; else Chinese names in Latin
    letters.
    """
    context = in_context(candidate.hit)
    question, folded = fold(query.text), fold(context)
    anchors = _FIGURE.findall(question)
    if not candidate.abroad:
        anchors += query.strange
        anchors += _QUOTED.findall(question)
        # A passage may leave the time open, but not speak of another one.
        anchors += _TIME.findall(question) if _DATED.search(folded) else []
    if script(query.text) == "CJK":
        anchors += _LATIN.findall(question)
    bare = "".join(folded.split())
    missing = [a for a in anchors if "".join(a.split()) not in bare and not stands_in(a, folded)]
    shown = spaced(context)
    names = [t.term for t, _ in query.translated if t.name and not t.share(shown)]
    return missing + names if candidate.abroad else missing


def _outlier(value: float, others: Sequence[float]) -> float:
    """Standard deviations above the others, a fifth of it."""
    spread = float(np.std(others))
    return (value - float(np.mean(others))) / spread / 5 if spread > 0 else 0.0
