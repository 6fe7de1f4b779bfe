"""The numbers that weigh evidence, and what each does.

They were fitted together on seven question sets in Chinese, English and Russian and on questions on
the shipped document, which count as three sets. Each question was asked of a library that holds its
document, and of one that holds its neighbours alone. The refusal is a logistic regression (`make
fit`), its bias moved so that it refuses about one question in thirty that has an answer. One weight
was set by hand: what a question pins down (a year, quoted words, a name) must stand there.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qa.retrieve import Evidence

SECOND_SENTENCE = 1.5
"""A second sentence is marked when its score is as near as this to the best one's."""

SAME_SCRIPT = {
    "bias": -7.81,
    "coverage": 2.54,
    "sentence_coverage": 0.62,
    "known": 0.0,
    "lexical": 0.45,
    "dense": -1.43,
    "dense_lead": 2.4,
    "sentence": 2.94,
    "sentence_outlier": 0.11,
    "tokens": 1.57,
    "sentence_tokens": 1.67,
    "tokens_outlier": 4.76,
    "weakest": 4.76,
    "missing_anchor": -2.5,
    "missing_number": -0.46,
    "missing_unit": -1.49,
    "length": 0.88,
}
"""Refusal, where question and passage are written in one script."""

OTHER_SCRIPT = {
    "bias": -3.22,
    "coverage": 1.27,
    "sentence_coverage": 1.11,
    "known": -1.57,
    "lexical": 1.24,
    "dense": -1.28,
    "dense_lead": 0.51,
    "sentence": 2.13,
    "sentence_outlier": 2.03,
    "tokens": 0.82,
    "sentence_tokens": 1.72,
    "tokens_outlier": 5.17,
    "weakest": 0.17,
    "missing_anchor": -2.5,
    "missing_number": -0.29,
    "missing_unit": -0.28,
    "length": 0.75,
}
"""Refusal, where they are not. The more of the question the library has words for (`known`), the
more of them the passage must have.
"""


def first_score(
    dense: npt.NDArray[np.float64], lexical: npt.NDArray[np.float64], reach: float
) -> npt.NDArray[np.float64]:
    """Which passages get a closer look. BM25 counts as much as it found of the question (`reach`),
    up to half: of a question in another language it finds nothing.
    """
    weight = _lexical_weight(reach)
    return (1 - weight) * dense + weight * lexical


def passage_score(evidence: "Evidence") -> float:
    """One score of a passage from what each side says."""
    weight = _lexical_weight(evidence.reach)
    meaning = (
        0.2 * evidence.dense
        + 3.5 * evidence.sentence
        + 3.6 * evidence.tokens
        + 2.2 * evidence.sentence_tokens
    )
    words = (
        1.6 * evidence.lexical
        + 0.9 * evidence.dense
        + 2.9 * evidence.sentence
        + 3.3 * evidence.tokens
        + 2.4 * evidence.sentence_tokens
    )
    return (
        (1 - weight) * meaning
        + weight * words
        + 1.9 * evidence.coverage
        + 0.9 * evidence.sentence_coverage
    )


def sentence_score(cosine: float, tokens: float, coverage: float, *, number: bool) -> float:
    """How well one sentence of a passage answers; `number`: one is asked for and stands there."""
    return 17.2 * cosine + 15.9 * tokens + 0.83 * coverage + 1.9 * number


def _lexical_weight(reach: float) -> float:
    return min(0.5, reach)
