"""The few numbers that weigh evidence, and what each does."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qa.retrieve import Evidence

THRESHOLD = 0.5
SECOND_SENTENCE = 0.05

REFUSAL_BIAS = -1.0
REFUSAL = {
    "same": -1.0,
    "coverage": 4.0,
    "sentence_coverage": 1.0,
    "known": 1.0,
    "lexical": 1.0,
    "sentence": 3.0,
    "dense": 0.0,
    "outlier": 1.5,
    "sentence_other": 0.0,
    "missing_anchor": -2.5,
    "missing_number": -1.0,
    "first_unknown": -1.0,
}


def first_score(
    dense: npt.NDArray[np.float64], lexical: npt.NDArray[np.float64], reach: float
) -> npt.NDArray[np.float64]:
    """Which passages get a closer look. BM25 counts as much as it found of the question (`reach`),
    up to half: of a question in another language it finds nothing.
    """
    weight = min(0.5, reach)
    return (1 - weight) * dense + weight * lexical


def passage_score(evidence: "Evidence") -> float:
    """One score of a passage from what each side says."""
    weight = min(0.5, evidence.reach)
    return (
        (1 - weight) * (evidence.dense + evidence.sentence) / 2
        + weight * evidence.lexical
        + 0.1 * evidence.coverage
        + 0.1 * evidence.sentence_coverage
        + 0.7 * evidence.tokens
        + 0.7 * evidence.sentence_tokens
    )


def sentence_score(cosine: float, tokens: float, coverage: float, *, number: bool) -> float:
    """How well one sentence of a passage answers; `number`: one is asked for and stands there."""
    return 4 * cosine + 2 * tokens + 0.5 * coverage + 0.2 * number
