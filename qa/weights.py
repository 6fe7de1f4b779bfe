"""The numbers that weigh evidence, and what each does.

They were fitted together on seven question sets in Chinese, English and Russian, on questions
written for this project in many languages, and on those on the shipped document, which count as
three sets. Each question was asked of a library that holds its document, and of one that holds its
neighbours alone. The refusal is a logistic regression (`make fit`), its bias moved so that it
refuses about three in a hundred of the questions that have an answer. One weight was set by hand:
what a question pins down (a year, quoted words, a name) must stand there.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qa.retrieve import Evidence

SECOND_SENTENCE = 1.5
"""A second sentence is marked when its score is as near as this to the best one's."""

SAME_SCRIPT = {
    "bias": 1.81,
    "coverage": 0.88,
    "sentence_coverage": 0.17,
    "known": 0.0,
    "lexical": 1.22,
    "dense": 0.6,
    "dense_lead": -0.42,
    "sentence": 1.57,
    "sentence_outlier": -0.3,
    "tokens": 2.15,
    "sentence_tokens": 0.65,
    "tokens_outlier": 3.68,
    "weakest": 4.24,
    "missing_anchor": -2.5,
    "missing_number": -1.11,
    "missing_unit": -2.1,
    "length": -0.08,
    "size": -2.45,
}
"""Refusal, where question and passage are in one script and language."""

OTHER_SCRIPT = {
    "bias": 5.22,
    "coverage": 1.7,
    "sentence_coverage": 1.07,
    "known": -1.25,
    "lexical": 0.26,
    "dense": 0.74,
    "dense_lead": -0.84,
    "sentence": 1.88,
    "sentence_outlier": 0.81,
    "tokens": 1.15,
    "sentence_tokens": 2.68,
    "tokens_outlier": 3.65,
    "weakest": 1.58,
    "missing_anchor": -2.5,
    "missing_number": -0.66,
    "missing_unit": 0.08,
    "length": -0.23,
    "size": -2.0,
}
"""Refusal, where they are not. The more of the question the library has words for (`known`), the
more of them the passage must have. In both, the more passages the library has (`size`), the better
the best of those that do not answer looks.
"""

SAME_SCRIPT_READ = {
    "bias": 1.61,
    "coverage": 0.72,
    "sentence_coverage": -0.77,
    "known": 0.0,
    "lexical": 0.6,
    "dense": 0.5,
    "dense_lead": -0.01,
    "sentence": 0.44,
    "sentence_outlier": 0.09,
    "tokens": 1.62,
    "sentence_tokens": 0.09,
    "tokens_outlier": 1.97,
    "weakest": 4.32,
    "missing_anchor": -2.5,
    "missing_number": -0.39,
    "missing_unit": -1.34,
    "length": 0.15,
    "size": -2.61,
    "reading": 0.46,
}
"""The same where question and text were read together (`reading`, log odds)."""

OTHER_SCRIPT_READ = {
    "bias": 6.15,
    "coverage": 1.45,
    "sentence_coverage": 0.95,
    "known": -1.18,
    "lexical": 0.19,
    "dense": 0.6,
    "dense_lead": -0.51,
    "sentence": 1.23,
    "sentence_outlier": 0.35,
    "tokens": 0.31,
    "sentence_tokens": 1.19,
    "tokens_outlier": 2.26,
    "weakest": 1.27,
    "missing_anchor": -2.5,
    "missing_number": -0.32,
    "missing_unit": -0.02,
    "length": -0.09,
    "size": -2.14,
    "reading": 0.35,
}
"""And where they are not in one script and language."""


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
