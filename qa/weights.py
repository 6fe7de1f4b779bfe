"""The numbers that weigh evidence, and what each does.

They were fitted together on seven question sets in Chinese, English and Russian, on questions
written for this project in many languages, and on those on the shipped document, which count as
three sets. Each question was asked of a library that holds its document, and of one that holds its
neighbours alone. The refusal is a logistic regression (`make fit`), its bias moved so that it
refuses about one question in thirty that has an answer. One weight was set by hand: what a question
pins down (a year, quoted words, a name) must stand there.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qa.retrieve import Evidence

SECOND_SENTENCE = 1.5
"""A second sentence is marked when its score is as near as this to the best one's."""

SAME_SCRIPT = {
    "bias": -6.18,
    "coverage": 1.62,
    "sentence_coverage": 0.21,
    "known": 0.0,
    "lexical": 1.22,
    "dense": 0.22,
    "dense_lead": -0.52,
    "sentence": 0.91,
    "sentence_outlier": 2.69,
    "tokens": 2.28,
    "sentence_tokens": -0.04,
    "tokens_outlier": 3.44,
    "weakest": 5.4,
    "missing_anchor": -2.5,
    "missing_number": -0.98,
    "missing_unit": -1.63,
    "length": 0.23,
}
"""Refusal, where question and passage are in one script and language."""

OTHER_SCRIPT = {
    "bias": 0.14,
    "coverage": 1.74,
    "sentence_coverage": 0.97,
    "known": -1.29,
    "lexical": 0.48,
    "dense": 0.67,
    "dense_lead": -1.04,
    "sentence": 1.5,
    "sentence_outlier": 2.8,
    "tokens": 1.27,
    "sentence_tokens": 1.86,
    "tokens_outlier": 3.62,
    "weakest": 0.93,
    "missing_anchor": -2.5,
    "missing_number": -0.87,
    "missing_unit": 0.04,
    "length": -0.16,
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
