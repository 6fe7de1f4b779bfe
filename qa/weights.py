"""The numbers that weigh evidence, and what each does.

They were fitted together on seven question sets in Chinese, English and Russian and on questions on
the shipped document. Each question was asked of a library that holds its document, and of one that
holds its neighbours alone. The refusal is a logistic regression; the second term of a bias is what
it was moved by, so that it refuses about one question in twenty that has an answer. One weight was
set by hand: what a question pins down (a year, quoted words) must stand there.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qa.retrieve import Evidence

SECOND_SENTENCE = 1.5
"""A second sentence is marked when its score is as near as this to the best one's."""

SAME_SCRIPT = {
    "bias": -11.68 + 1.95,
    "coverage": 4.43,
    "sentence_coverage": 1.03,
    "known": 0.37,
    "lexical": -0.62,
    "dense": -1.21,
    "sentence": 3.2,
    "sentence_outlier": 0.52,
    "tokens": 6.23,
    "sentence_tokens": 0.85,
    "tokens_outlier": 6.4,
    "weakest": 1.87,
    "missing_anchor": -2.5,
    "missing_number": -0.97,
    "missing_unit": -1.47,
    "length": 0.24,
}
"""Refusal, where question and passage are written in one script."""

OTHER_SCRIPT = {
    "bias": -7.3 + 2.6,
    "coverage": 3.54,
    "sentence_coverage": -7.34,
    "known": 1.28,
    "lexical": 2.45,
    "dense": -0.73,
    "sentence": 2.03,
    "sentence_outlier": 1.71,
    "tokens": -5.93,
    "sentence_tokens": 12.4,
    "tokens_outlier": 9.12,
    "weakest": -0.26,
    "missing_anchor": -2.5,
    "missing_number": -1.82,
    "missing_unit": -1.07,
    "length": 0.4,
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
        1.2 * evidence.dense
        + 3.0 * evidence.sentence
        + 3.4 * evidence.tokens
        + 3.1 * evidence.sentence_tokens
    )
    words = (
        1.2 * evidence.lexical
        + 0.6 * evidence.dense
        + 1.0 * (evidence.sentence + evidence.tokens + evidence.sentence_tokens)
    )
    return (
        (1 - weight) * meaning
        + weight * words
        + 1.5 * evidence.coverage
        + 1.2 * evidence.sentence_coverage
    )


def sentence_score(cosine: float, tokens: float, coverage: float, *, number: bool) -> float:
    """How well one sentence of a passage answers; `number`: one is asked for and stands there."""
    return 10.4 * cosine + 17.5 * tokens + 0.65 * coverage + 1.3 * number


def _lexical_weight(reach: float) -> float:
    return min(0.5, reach)
