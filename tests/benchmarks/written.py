"""Texts in several languages written for this project, with questions as people put them.

Those in `written` are rules, notices, interviews, reports on invented places and people; those in
`articles` are short ones of an encyclopaedia, from memory: nobody has checked their facts. They teach
the model (`adapt.py`, `reading.py`) and are asked where the refusal is fitted (`fit.py`). Those in
`speeches`, the language of invented offices and firms, and in `entries`, more of an encyclopaedia,
teach `reading.py` alone, and no weight is fitted on them. Each question stands in several forms, of
which the language is the first two letters and "+" means in an ordinary person's own words. A text does
not answer all of them: what it leaves out is a near miss, about the same people and things.
"""

import json
from dataclasses import dataclass
from pathlib import Path

KINDS = ("written", "articles", "speeches", "entries")


@dataclass(frozen=True)
class WrittenQuestion:
    """`answer`: words of the text that stand there once, or None where it does not tell."""

    answer: str | None
    forms: dict[str, str]


@dataclass(frozen=True)
class Written:
    """One text, in the language `language` (ISO 639-1)."""

    name: str
    language: str
    text: str
    questions: tuple[WrittenQuestion, ...]


def written(kind: str) -> list[Written]:
    """Every text of one of the `KINDS`, by name."""
    return [_read(path) for path in sorted(Path(__file__).with_name(kind).glob("*.json"))]


def _read(path: Path) -> Written:
    held = json.loads(path.read_text("utf-8"))
    questions = tuple(WrittenQuestion(one.pop("answer"), one) for one in held["questions"])
    return Written(path.stem, held["language"], held["text"], questions)
