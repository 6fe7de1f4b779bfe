"""A batch of questions: one JSON object a line."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from index import Filters
from qa import BadQuestion, check_question
from ui.errors import BadInput


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, with the questions before it and where to look; `origin` goes before errors."""

    origin: str
    question: str
    history: tuple[str, ...]
    filters: Filters


def read_text(path: str) -> str:
    """The UTF-8 text of a file, or of standard input where `path` is `-`.

    Raises:
        BadInput: it cannot be read, or is not UTF-8.
    """
    name = "standard input" if path == "-" else path
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{name}: cannot be read ({error.strerror}). Name a file.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{name}: byte {error.start} is not UTF-8. Save it as UTF-8.") from error


def read_batch(path: str) -> list[Asked]:
    """Every question of the file, all checked before the first is answered.

    A line is an object with `question`, and may have `history`, a list of earlier questions, and
    `filters`, an object of lists named `documents`, `sections` and `speakers`. Other keys are the
    user's own.

    Raises:
        BadInput: a line is none of this, or there is no line; the message names file and line.
    """
    name = "standard input" if path == "-" else path
    asked = [
        _asked(line, f"{name}, line {number}")
        for number, line in enumerate(read_text(path).split("\n"), 1)
        if line.strip()
    ]
    if not asked:
        raise BadInput(f'{name}: holds no question. Put one {{"question": "…"}} on each line.')
    return asked


def _asked(line: str, where: str) -> Asked:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{where}: no JSON ({_reason(error)}). Put one object on each line."
        ) from error
    if not isinstance(item, dict) or not isinstance(item.get("question"), str):
        raise BadInput(f'{where}: no "question". Each line needs {{"question": "…"}}.')
    filters = item.get("filters")
    if filters is None:
        filters = {}
    if not isinstance(filters, dict) or not filters.keys() <= {"documents", "sections", "speakers"}:
        raise BadInput(
            f'{where}: "filters" must be an object of "documents", "sections" and "speakers".'
        )
    history = _strings(item.get("history"), "history", where)
    try:
        for question in (*history, item["question"]):
            check_question(question)
    except BadQuestion as error:
        raise BadInput(f"{where}: {error}") from error
    return Asked(
        origin=f"{where}: ",
        question=item["question"],
        history=tuple(history),
        filters=Filters(
            **{name: frozenset(_strings(value, name, where)) for name, value in filters.items()}
        ),
    )


def _reason(error: Exception) -> str:
    """A line of a batch is read alone, so only the column tells where."""
    return (
        f"{error.msg}, column {error.colno}"
        if isinstance(error, json.JSONDecodeError)
        else str(error)
    )


def _strings(value: object, name: str, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise BadInput(f'{where}: "{name}" must be a list of strings.')
    return value
