"""A batch of questions: one JSON object a line."""

from dataclasses import dataclass

from index import Filters
from qa import BadQuestion, check_question
from qa.lines import Line, read_lines
from ui.errors import BadInput
from ui.filters import read_filters


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, with the questions before it and where to look; `origin` goes before errors."""

    origin: str
    question: str
    history: tuple[str, ...]
    filters: Filters


def read_batch(path: str) -> list[Asked]:
    """Every question of the file, all checked before the first is answered.

    A line is an object with `question`, and may have `history`, a list of earlier questions, and
    `filters`, an object as `ui.filters` reads it. Other keys are the user's own.

    Raises:
        UnreadableFile: the file cannot be read, or a line has no question or a field is no list.
        BadInput: a question or filter is none; the message names file and line.
    """
    return [_asked(line) for line in read_lines(path)]


def _asked(line: Line) -> Asked:
    filters = line.fields.get("filters")
    if filters is None:
        filters = {}
    if not isinstance(filters, dict):
        raise BadInput(f'{line.where}: "filters" must be an object.')
    history = line.strings("history")
    try:
        for question in (*history, line.question):
            check_question(question)
    except BadQuestion as error:
        raise BadInput(f"{line.where}: {error}") from error
    return Asked(
        origin=f"{line.where}: ",
        question=line.question,
        history=history,
        filters=read_filters(filters, f"{line.where}: "),
    )
