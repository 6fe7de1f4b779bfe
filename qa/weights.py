"""The numbers that weigh evidence, and what each does.

They were fitted together on seven question sets in Chinese, English and Russian and on questions on
the shipped document, which count as three sets. Each question was asked of a library that holds its
document, and of one that holds its neighbours alone. The refusal is a logistic regression (`make
fit`), its bias moved so that it refuses about one question in twenty-five that has an answer. One
weight was set by hand: what a question pins down (a year, quoted words, a name) must stand there.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qa.retrieve import Evidence

SECOND_SENTENCE = 1.5
"""A second sentence is marked when its score is as near as this to the best one's."""

SAME_SCRIPT = {
    "bias": -8.95,
    "coverage": 2.13,
    "sentence_coverage": -0.12,
    "known": 0.0,
    "lexical": 1.31,
    "dense": -0.61,
    "dense_lead": -0.03,
    "sentence": 1.33,
    "sentence_outlier": 2.15,
    "tokens": 3.6,
    "sentence_tokens": 1.97,
    "tokens_outlier": 4.56,
    "weakest": 4.85,
    "missing_anchor": -2.5,
    "missing_number": -1.08,
    "missing_unit": -1.69,
    "length": 0.09,
}
"""Refusal, where question and passage are written in one script."""

OTHER_SCRIPT = {
    "bias": -2.08,
    "coverage": 1.13,
    "sentence_coverage": 2.06,
    "known": -1.53,
    "lexical": 0.6,
    "dense": -0.05,
    "dense_lead": -0.73,
    "sentence": 1.7,
    "sentence_outlier": 3.03,
    "tokens": 1.59,
    "sentence_tokens": 2.73,
    "tokens_outlier": 4.23,
    "weakest": 1.11,
    "missing_anchor": -2.5,
    "missing_number": -0.95,
    "missing_unit": -0.01,
    "length": 0.01,
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
