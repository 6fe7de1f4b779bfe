"""Whether the best passage answers at all.

A cosine of this kind of model lies between .70 and .95 for anything, so it cannot refuse by itself.
What tells is what the question names and the passage lacks. Every figure goes into one logistic
model, fitted on questions with and without an answer (see `weights`).
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.lexical import fold
from qa import weights
from qa.retrieve import Candidate, Query
from qa.words import is_han, stands_in

_QUOTED = re.compile(r"[“「『《\"]([^”」』》\"]{2,})[”」』》\"]")
_FIGURE = re.compile(r"\d{3,}(?:\.\d+)?|\d+\.\d+|\d+%")
_TIME = re.compile(r"[去今明前后]年|上半年|下半年|[一二三四]季度")
_LATIN = re.compile(r"[a-z]{2,}[a-z\d]*")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The probability that the candidate answers, and what it was weighed from."""

    confidence: float
    features: dict[str, float]

    @property
    def answers(self) -> bool:
        return self.confidence >= weights.THRESHOLD


def judge(query: Query, candidate: Candidate, background: Sequence[Candidate]) -> Verdict:
    """The verdict on a candidate; `background` are all that were found, wherever they stand."""
    features = measure(query, candidate, background)
    z = weights.REFUSAL_BIAS + sum(weights.REFUSAL[name] * x for name, x in features.items())
    return Verdict(1 / (1 + math.exp(-z)), features)


def measure(
    query: Query, candidate: Candidate, background: Sequence[Candidate]
) -> dict[str, float]:
    """What the refusal weighs, each figure near 0..1."""
    best = candidate.best
    passage = candidate.hit.passage
    same = float(is_han(query.text) == is_han(passage.text))
    cosines = sorted((s.cosine for c in background for s in c.sentences), reverse=True)
    mean = sum(cosines) / len(cosines)
    spread = math.sqrt(sum((c - mean) ** 2 for c in cosines) / len(cosines)) or 1.0
    context = fold(" ".join([*passage.section, passage.speaker or "", passage.text]))
    known = len(query.known) / len(query.words.content) if query.words.content else 0.0
    return {
        "same": same,
        "coverage": same * candidate.coverage,
        "sentence_coverage": same * best.coverage,
        "known": same * known,
        "lexical": same * min(1.5, candidate.hit.lexical / query.ceiling) if query.ceiling else 0.0,
        "sentence": 10 * (best.cosine - 0.85),
        "dense": 10 * (candidate.hit.dense - 0.85),
        "outlier": (best.cosine - mean) / spread / 5,
        "sentence_other": (1 - same) * 10 * (best.cosine - 0.77),
        "missing_anchor": float(min(2, len(missing_anchors(query.text, context)))),
        "missing_number": float(query.words.asks_number and not best.number),
        "first_unknown": same
        * float(bool(query.words.content) and query.words.content[0] not in query.known),
    }


def missing_anchors(question: str, context: str) -> list[str]:
    """What the question pins down and the folded `context` lacks: words in quotation marks, longer
    figures, years, and Latin words in a Chinese question.
    """
    folded = fold(question)
    anchors = [*_QUOTED.findall(folded), *_FIGURE.findall(folded), *_TIME.findall(folded)]
    if is_han(question):
        anchors += _LATIN.findall(folded)
    bare = "".join(context.split())
    return [a for a in anchors if "".join(a.split()) not in bare and not stands_in(a, context)]
