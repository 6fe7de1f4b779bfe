"""Questions in a file: one JSON object a line."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import UnreadableFile


@dataclass(frozen=True, slots=True)
class Line:
    """The object of one line; `where` names file and line in errors."""

    where: str
    fields: dict[str, Any]

    @property
    def question(self) -> str:
        """What is asked."""
        return str(self.fields["question"])

    def strings(self, name: str) -> tuple[str, ...]:
        """A list of strings; none where the field is missing or null.

        Raises:
            UnreadableFile: it is something else.
        """
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise UnreadableFile(f'{self.where}: "{name}" must be a list of strings.')
        return tuple(value)


def read_text(path: str) -> str:
    """The UTF-8 text of a file, or of standard input where `path` is `-`.

    Raises:
        UnreadableFile: it cannot be read, or is not UTF-8.
    """
    name = _name(path)
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UnreadableFile(f"{name}: cannot be read ({error.strerror}). Name a file.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{name}: byte {error.start} is not UTF-8. Save it as UTF-8."
        ) from error


def read_lines(path: str) -> list[Line]:
    """Every line of the file; each has `question`, a string, and whatever else it has.

    Raises:
        UnreadableFile: a line is none of this, or there is none; the message names file and line.
    """
    name = _name(path)
    # Only "\n" ends a line: JSON strings may hold the other line ends as they are.
    lines = [
        _line(line, f"{name}, line {number}")
        for number, line in enumerate(read_text(path).split("\n"), 1)
        if line.strip()
    ]
    if not lines:
        raise UnreadableFile(
            f'{name}: holds no question. Put one {{"question": "…"}} on each line.'
        )
    return lines


def _line(line: str, where: str) -> Line:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(
            f"{where}: no JSON ({_reason(error)}). Put one object on each line."
        ) from error
    if not isinstance(item, dict) or not isinstance(item.get("question"), str):
        raise UnreadableFile(f'{where}: no "question". Each line needs {{"question": "…"}}.')
    return Line(where, item)


def _name(path: str) -> str:
    return "standard input" if path == "-" else path


def _reason(error: Exception) -> str:
    """A line is read alone, so only the column tells where."""
    return (
        f"{error.msg}, column {error.colno}"
        if isinstance(error, json.JSONDecodeError)
        else str(error)
    )
