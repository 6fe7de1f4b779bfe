"""The numbers that weigh evidence, and what each does.

They were fitted together on seven question sets in Chinese, English and Russian, on questions
written for this project in many languages, and on those on the shipped document, which count as
three sets. Each question was asked of a library that holds its document, and of one that holds its
neighbours alone. The refusal is a logistic regression (`make fit`), its bias moved so that of the
questions with an answer about three in a hundred are refused, and four or five where question and
passage share no script. One weight was set by hand: what a question pins down (a year, quoted
words, a name) must stand there.
"""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from qa.retrieve import Evidence

SECOND_SENTENCE = 1.5
"""A second sentence is marked when its score is as near as this to the best one's."""

SAME_SCRIPT = {
    "bias": 1.84,
    "coverage": 0.92,
    "sentence_coverage": 0.13,
    "known": 0.0,
    "lexical": 1.22,
    "dense": 0.62,
    "dense_lead": -0.41,
    "sentence": 1.56,
    "sentence_outlier": -0.34,
    "tokens": 2.09,
    "sentence_tokens": 0.74,
    "tokens_outlier": 3.71,
    "weakest": 4.19,
    "missing_anchor": -2.5,
    "missing_number": -1.1,
    "missing_unit": -2.1,
    "length": -0.06,
    "size": -2.47,
}
"""Refusal, where question and passage are in one script and language."""

OTHER_SCRIPT = {
    "bias": 3.6,
    "coverage": 1.65,
    "sentence_coverage": 1.27,
    "known": -1.0,
    "lexical": 0.47,
    "dense": 0.61,
    "dense_lead": -0.82,
    "sentence": 1.81,
    "sentence_outlier": 0.82,
    "tokens": 1.29,
    "sentence_tokens": 2.51,
    "tokens_outlier": 3.0,
    "weakest": 1.86,
    "missing_anchor": -2.5,
    "missing_number": -0.76,
    "missing_unit": 0.14,
    "length": 0.37,
    "size": -2.22,
}
"""Refusal, where they are not. The more of the question the library has words for (`known`), the
more of them the passage must have. In both, the more passages the library has (`size`), the better
the best of those that do not answer looks.
"""

SAME_SCRIPT_READ = {
    "bias": 1.51,
    "coverage": 0.73,
    "sentence_coverage": -0.55,
    "known": 0.0,
    "lexical": 0.65,
    "dense": 0.46,
    "dense_lead": -0.12,
    "sentence": 0.46,
    "sentence_outlier": 0.21,
    "tokens": 1.63,
    "sentence_tokens": 0.11,
    "tokens_outlier": 2.22,
    "weakest": 4.25,
    "missing_anchor": -2.5,
    "missing_number": -0.41,
    "missing_unit": -1.31,
    "length": -0.06,
    "size": -2.44,
    "reading": 0.52,
}
"""The same where question and text were read together (`reading`, log odds)."""

OTHER_SCRIPT_READ = {
    "bias": 4.36,
    "coverage": 1.43,
    "sentence_coverage": 1.09,
    "known": -1.05,
    "lexical": 0.45,
    "dense": 0.37,
    "dense_lead": -0.48,
    "sentence": 1.17,
    "sentence_outlier": 0.39,
    "tokens": 0.64,
    "sentence_tokens": 1.48,
    "tokens_outlier": 1.79,
    "weakest": 1.34,
    "missing_anchor": -2.5,
    "missing_number": -0.1,
    "missing_unit": -0.05,
    "length": 0.15,
    "size": -2.22,
    "reading": 0.43,
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
