"""The few numbers that weigh evidence, and what each does."""

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


def lexical_weight(coverage: float) -> float:
    """How much BM25 counts: as much as it found of the question, up to half."""
    return min(0.5, coverage)


def fused(
    weight: float,
    *,
    dense: float,
    lexical: float,
    sentence: float,
    coverage: float,
    sentence_coverage: float,
) -> float:
    """One score of a passage from what each side says, all in 0..1."""
    return (
        (1 - weight) * (dense + sentence) / 2
        + weight * lexical
        + 0.1 * coverage
        + 0.1 * sentence_coverage
    )


def sentence(cosine: float, coverage: float, asks_number: bool, number: bool) -> float:
    """How well one sentence of a passage answers."""
    return 4 * cosine + coverage + (0.3 if asks_number and number else 0.0)
