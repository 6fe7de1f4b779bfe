"""A question set: one JSON object a line."""

from dataclasses import dataclass
from pathlib import Path

from qa.lines import Line, read_lines


@dataclass(frozen=True, slots=True)
class Question:
    """One question and what a right answer to it holds.

    `evidence`: strings of which one must stand in the cited passage; none where the documents do
    not tell. `speakers`: everyone who says it; empty where nobody is named. `history`: the
    questions asked before it.
    """

    id: str
    text: str
    type: str
    evidence: tuple[str, ...]
    speakers: tuple[str, ...]
    history: tuple[str, ...]

    @property
    def answerable(self) -> bool:
        return bool(self.evidence)


def load_questions(path: Path) -> list[Question]:
    """Reads a question set.

    Raises:
        UnreadableFile: the file is missing, or a line is no question; the message names the line.
    """
    return [_question(line) for line in read_lines(str(path))]


def _question(line: Line) -> Question:
    return Question(
        id=str(line.fields.get("id", line.where)),
        text=line.question,
        type=str(line.fields.get("type", "question")),
        evidence=line.strings("evidence"),
        speakers=line.strings("speakers"),
        history=line.strings("history"),
    )
