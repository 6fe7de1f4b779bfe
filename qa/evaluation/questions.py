"""A question set: one JSON object a line."""

from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UnreadableFile
from qa.lines import Line, read_lines


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what a right answer to it holds.

    `evidence`: strings of which one must stand in the cited passage; none where the documents do
    not tell, unless `answerable` is said to be true. `speakers`: everyone who says it; empty where
    nobody is named. `history`: the questions asked before it.
    """

    id: str
    text: str
    type: str
    evidence: tuple[str, ...]
    speakers: tuple[str, ...]
    history: tuple[str, ...]
    answerable: bool


def load_questions(path: Path) -> list[Question]:
    """Reads a question set.

    Raises:
        UnreadableFile: the file is missing, or a line is no question; the message names the line.
    """
    return [_question(line) for line in read_lines(str(path))]


def _question(line: Line) -> Question:
    evidence = line.strings("evidence")
    answerable = line.fields.get("answerable", bool(evidence))
    if not isinstance(answerable, bool) or answerable < bool(evidence):
        raise UnreadableFile(
            f'{line.where}: "answerable" must be true or false, and true where there is "evidence".'
        )
    return Question(
        id=str(line.fields.get("id", line.where)),
        text=line.question,
        type=str(line.fields.get("type", "question")),
        evidence=evidence,
        speakers=line.strings("speakers"),
        history=line.strings("history"),
        answerable=answerable,
    )
