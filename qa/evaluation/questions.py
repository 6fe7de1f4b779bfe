"""A question set: one JSON object a line."""

import json
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UnreadableFile


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
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(
            f"{path}: cannot be read ({error}). Give a UTF-8 file of JSON lines."
        ) from error
    questions = [
        _question(line, f"{path}, line {number}")
        for number, line in enumerate(lines, 1)
        if line.strip()
    ]
    if not questions:
        raise UnreadableFile(f"{path}: holds no question. Put one JSON object on each line.")
    return questions


def _question(line: str, where: str) -> Question:
    try:
        item = json.loads(line)
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"{where}: no JSON ({error}). Put one object on each line.") from error
    if not isinstance(item, dict) or not isinstance(item.get("question"), str):
        raise UnreadableFile(f'{where}: no "question". Each line needs {{"question": "…"}}.')
    return Question(
        id=str(item.get("id", where)),
        text=item["question"],
        type=str(item.get("type", "question")),
        evidence=_strings(item, "evidence", where),
        speakers=_strings(item, "speakers", where),
        history=_strings(item, "history", where),
    )


def _strings(item: dict[str, object], field: str, where: str) -> tuple[str, ...]:
    value = item.get(field, [])
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise UnreadableFile(f'{where}: "{field}" must be a list of strings.')
    return tuple(value)
