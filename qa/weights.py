"""The numbers that weigh evidence, and what each does.

They were fitted together on seven question sets in Chinese, English and Russian, on questions
written for this project in many languages, and on those on the shipped document, which count as
three sets. Each question was asked of a library that holds its document, and of one that holds its
neighbours alone. The refusal is a logistic regression (`make fit`), its bias moved so that of the
questions with an answer three or four in a hundred are refused, and four or five where question and
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
    "bias": 1.9,
    "coverage": 2.58,
    "sentence_coverage": 0.47,
    "known": -3.11,
    "lexical": 0.9,
    "dense": 0.54,
    "dense_lead": -0.2,
    "sentence": 1.72,
    "sentence_outlier": -0.69,
    "tokens": 2.05,
    "sentence_tokens": 0.79,
    "tokens_outlier": 3.1,
    "weakest": 4.08,
    "missing_anchor": -2.5,
    "missing_number": -1.19,
    "missing_unit": -1.93,
    "length": -0.07,
    "size": -0.94,
}
"""Refusal, where question and passage are in one script and language."""

OTHER_SCRIPT = {
    "bias": 3.6,
    "coverage": 1.77,
    "sentence_coverage": 1.11,
    "known": -0.93,
    "lexical": 0.5,
    "dense": 0.63,
    "dense_lead": -0.84,
    "sentence": 1.79,
    "sentence_outlier": 0.9,
    "tokens": 1.18,
    "sentence_tokens": 2.52,
    "tokens_outlier": 3.07,
    "weakest": 1.86,
    "missing_anchor": -2.5,
    "missing_number": -0.75,
    "missing_unit": -0.5,
    "length": 0.36,
    "size": -2.23,
}
"""Refusal, where they are not. In both, the more of the question the library has words for
(`known`), the more of them the passage must have; and the more passages it has (`size`), the better
the best of those that do not answer looks.
"""

SAME_SCRIPT_READ = {
    "bias": 1.68,
    "coverage": 2.1,
    "sentence_coverage": -0.33,
    "known": -2.59,
    "lexical": 0.43,
    "dense": 0.43,
    "dense_lead": 0.11,
    "sentence": 0.49,
    "sentence_outlier": -0.16,
    "tokens": 2.0,
    "sentence_tokens": 0.38,
    "tokens_outlier": 1.92,
    "weakest": 3.93,
    "missing_anchor": -2.5,
    "missing_number": -0.37,
    "missing_unit": -1.52,
    "length": -0.13,
    "size": -1.35,
    "reading": 0.53,
}
"""The same where question and text were read together (`reading`, log odds)."""

OTHER_SCRIPT_READ = {
    "bias": 4.26,
    "coverage": 1.51,
    "sentence_coverage": 0.98,
    "known": -0.99,
    "lexical": 0.48,
    "dense": 0.37,
    "dense_lead": -0.48,
    "sentence": 1.15,
    "sentence_outlier": 0.43,
    "tokens": 0.57,
    "sentence_tokens": 1.5,
    "tokens_outlier": 1.84,
    "weakest": 1.39,
    "missing_anchor": -2.5,
    "missing_number": -0.09,
    "missing_unit": -0.56,
    "length": 0.15,
    "size": -2.25,
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
