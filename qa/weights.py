"""The numbers that weigh evidence, and what each does.

They were fitted together on six question sets in Chinese, English and Russian and on questions on
the shipped document. Each question was asked of a library that holds its document, and of one that
holds its neighbours alone. The refusal is a logistic regression; the second term of a bias is what
it was moved by, so that it refuses about one question in twenty that has an answer.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qa.retrieve import Evidence

SECOND_SENTENCE = 1.5
"""A second sentence is marked when its score is as near as this to the best one's."""

SAME_SCRIPT = {
    "bias": -11.47 + 1.7,
    "coverage": 3.94,
    "sentence_coverage": 1.1,
    "known": 0.53,
    "first_known": 0.18,
    "lexical": -0.98,
    "dense": -0.57,
    "sentence": 2.42,
    "sentence_outlier": 0.9,
    "tokens": 4.17,
    "sentence_tokens": 1.77,
    "tokens_outlier": 6.98,
    "weakest": 3.32,
    "missing_anchor": -0.87,
    "missing_number": -1.4,
    "length": 0.03,
}
"""Refusal, where question and passage are written in one script."""

OTHER_SCRIPT = {
    "bias": -7.25 + 2.3,
    "coverage": 4.17,
    "sentence_coverage": -7.02,
    "known": 2.18,
    "first_known": -0.65,
    "lexical": 0.95,
    "dense": -0.79,
    "sentence": 1.9,
    "sentence_outlier": 1.77,
    "tokens": -5.88,
    "sentence_tokens": 12.27,
    "tokens_outlier": 8.12,
    "weakest": 1.39,
    "missing_anchor": -1.52,
    "missing_number": -1.74,
    "length": 0.42,
}
"""Refusal, where they are not."""


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
        1.0 * evidence.dense
        + 3.4 * evidence.sentence
        + 3.3 * evidence.tokens
        + 3.3 * evidence.sentence_tokens
    )
    words = (
        0.9 * evidence.lexical
        + 0.6 * evidence.dense
        + 1.0 * (evidence.sentence + evidence.tokens + evidence.sentence_tokens)
    )
    return (
        (1 - weight) * meaning
        + weight * words
        + 1.2 * evidence.coverage
        + 1.0 * evidence.sentence_coverage
    )


def sentence_score(cosine: float, tokens: float, coverage: float, *, number: bool) -> float:
    """How well one sentence of a passage answers; `number`: one is asked for and stands there."""
    return 11.4 * cosine + 17.4 * tokens + 0.15 * coverage + 1.2 * number


def _lexical_weight(reach: float) -> float:
    return min(0.5, reach)
