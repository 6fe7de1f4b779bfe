"""What an answer was weighed from, as the OpenAPI document describes it."""

from pydantic import BaseModel


class Reading(BaseModel):
    """How the question was read: whether it asks who says its topic, or what some speakers say."""

    asks_who: bool
    speakers: list[str]
    unknown: str | None
    about: list[str]
    topic: str
    exact: list[str]


class Word(BaseModel):
    """A word of the question that counts, its weight, and whether any document has it."""

    word: str
    weight: float
    known: bool


class Weighed(BaseModel):
    """One thing that spoke for an answer (above 0) or against: value times weight."""

    feature: str
    value: float
    weight: float
    contribution: float


class Verdict(BaseModel):
    """Whether the passage answers: the bias, the library's calibration and all that was weighed add
    up to `logit`; from 0 on it does.
    """

    answers: bool
    logit: float
    bias: float
    weighed: list[Weighed]


class SentenceFigures(BaseModel):
    """A sentence of a passage, where it stands, what speaks for it, and whether it was marked."""

    start: int
    end: int
    figures: dict[str, float]
    score: float
    marked: bool


class PassageFigures(BaseModel):
    """A passage and what each side says of it: `dense` cosine, `lexical` BM25, `tokens` one by one;
    `scaled` over the passages found, and fused in `score`. `citations`: those it is shown as.
    """

    document: str
    start: int
    end: int
    section: list[str]
    speaker: str | None
    citations: list[int]
    dense: float
    lexical: float
    tokens: float
    weakest: float
    scaled: dict[str, float]
    score: float
    sentences: list[SentenceFigures]
    verdict: Verdict | None


class Search(BaseModel):
    """The first passages of one search, best first."""

    passages: list[PassageFigures]


class Explanation(BaseModel):
    """What the answer to one thing that was asked was weighed from; it changes nothing of it.

    `literal`: the words of a who-question stand in the text, and that alone decided.
    """

    asked: str
    completed_from_history: bool
    reading: Reading
    names: list[str]
    words: list[Word]
    literal: bool
    calibration: float
    searches: list[Search]
