"""What readers say of answers: kept beside the documents, and nothing is derived from it."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from corpus.document import Span
from index.errors import BadFeedback
from index.nouns import Feedback, Verdict

_LONGEST = {"question": 4000, "status": 40, "reason": 1000, "channel": 200}  # code points
_MOST_CITATIONS = 100
_COLUMNS = "time, question, status, verdict, reason, citations, channel"


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader says, held against the bounds.

    Raises:
        BadFeedback: something is too long, or the verdict is not known; the message names it.
    """

    question: str
    status: str
    verdict: Verdict
    reason: str
    citations: tuple[tuple[str, Span], ...]
    channel: str | None
    time: str = ""
    """Now, unless it was said before."""

    def __post_init__(self) -> None:
        if self.verdict not in ("up", "down"):
            raise BadFeedback(f"The verdict {self.verdict[:40]!r} is not known: give up or down.")
        if len(self.citations) > _MOST_CITATIONS:
            raise BadFeedback(
                f"{len(self.citations)} citations are too many: give {_MOST_CITATIONS} at most."
            )
        for name in _LONGEST:
            words = getattr(self, name)
            if words is not None:
                object.__setattr__(self, name, _checked(name, words))


def row_of(said: Said) -> tuple[str | None, ...]:
    """The values of all columns but the id."""
    return (
        said.time or datetime.now(UTC).isoformat(timespec="seconds"),
        said.question,
        said.status,
        said.verdict,
        said.reason,
        json.dumps([[document_id, span.start, span.end] for document_id, span in said.citations]),
        said.channel,
    )


def write(connection: sqlite3.Connection, said: Said) -> Feedback:
    """Adds one, inside the transaction that the caller holds."""
    row = row_of(said)
    written = connection.execute(
        f"INSERT INTO feedback ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row
    ).lastrowid
    return unpack((written, *row))


def read(connection: sqlite3.Connection) -> list[Feedback]:
    """All of it, in the order in which it came."""
    query = f"SELECT id, {_COLUMNS} FROM feedback ORDER BY id"
    return [unpack(row) for row in connection.execute(query)]


def unpack(row: Sequence[Any]) -> Feedback:
    """Of the id and a row."""
    number, time, question, status, verdict, reason, places, channel = row
    citations = tuple((identity, Span(start, end)) for identity, start, end in json.loads(places))
    return Feedback(number, time, question, status, verdict, reason, citations, channel)


def _checked(name: str, words: str) -> str:
    """Without halves of surrogate pairs, which no file can hold."""
    if len(words) > _LONGEST[name]:
        raise BadFeedback(
            f"The {name} has {len(words)} characters: shorten it to {_LONGEST[name]} at most."
        )
    return words.encode("utf-8", "replace").decode("utf-8")
