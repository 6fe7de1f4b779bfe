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
    "bias": 1.98,
    "coverage": 0.47,
    "sentence_coverage": 0.1,
    "known": 0.0,
    "lexical": 1.16,
    "dense": 0.36,
    "dense_lead": -0.33,
    "sentence": 1.68,
    "sentence_outlier": -0.5,
    "tokens": 1.96,
    "sentence_tokens": 0.65,
    "tokens_outlier": 3.37,
    "weakest": 4.27,
    "missing_anchor": -2.5,
    "missing_number": -1.19,
    "missing_unit": -1.91,
    "length": 0.01,
    "size": -2.57,
}
"""Refusal, where question and passage are in one script and language."""

OTHER_SCRIPT = {
    "bias": 4.59,
    "coverage": 1.58,
    "sentence_coverage": 0.99,
    "known": -1.28,
    "lexical": 0.36,
    "dense": 0.82,
    "dense_lead": -0.78,
    "sentence": 1.66,
    "sentence_outlier": 0.98,
    "tokens": 0.77,
    "sentence_tokens": 2.46,
    "tokens_outlier": 3.27,
    "weakest": 1.57,
    "missing_anchor": -2.5,
    "missing_number": -0.74,
    "missing_unit": 0.26,
    "length": -0.05,
    "size": -1.55,
}
"""Refusal, where they are not. The more of the question the library has words for (`known`), the
more of them the passage must have. In both, the more passages the library has (`size`), the better
the best of those that do not answer looks.
"""

SAME_SCRIPT_READ = {
    "bias": 2.38,
    "coverage": 0.36,
    "sentence_coverage": -1.04,
    "known": 0.0,
    "lexical": 0.59,
    "dense": 0.34,
    "dense_lead": 0.02,
    "sentence": 0.46,
    "sentence_outlier": 0.12,
    "tokens": 1.35,
    "sentence_tokens": -0.03,
    "tokens_outlier": 1.65,
    "weakest": 4.25,
    "missing_anchor": -2.5,
    "missing_number": -0.53,
    "missing_unit": -0.91,
    "length": 0.11,
    "size": -2.75,
    "reading": 0.51,
}
"""The same where question and text were read together (`reading`, log odds)."""

OTHER_SCRIPT_READ = {
    "bias": 5.86,
    "coverage": 1.29,
    "sentence_coverage": 0.9,
    "known": -1.22,
    "lexical": 0.33,
    "dense": 0.71,
    "dense_lead": -0.51,
    "sentence": 1.05,
    "sentence_outlier": 0.58,
    "tokens": -0.2,
    "sentence_tokens": 0.89,
    "tokens_outlier": 2.07,
    "weakest": 1.49,
    "missing_anchor": -2.5,
    "missing_number": -0.45,
    "missing_unit": -0.03,
    "length": 0.03,
    "size": -1.74,
    "reading": 0.37,
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
