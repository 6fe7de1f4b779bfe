"""What readers say of answers: kept beside the documents, and nothing is derived from it."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from corpus.document import Span
from index.errors import BadFeedback
from index.nouns import Feedback, Verdict

_LONGEST = {"question": 4000, "status": 40, "reason": 1000, "channel": 200}  # code points
_MOST_CITATIONS = 100
_COLUMNS = "time, question, status, verdict, reason, citations, channel"


def write(
    connection: sqlite3.Connection,
    question: str,
    status: str,
    verdict: Verdict,
    reason: str,
    citations: Sequence[tuple[str, Span]],
    channel: str | None,
) -> Feedback:
    """Adds one, inside the transaction that the caller holds.

    Raises:
        BadFeedback: something is too long, or the verdict is not known; the message names it.
    """
    if verdict not in ("up", "down"):
        raise BadFeedback(f"The verdict {verdict[:40]!r} is not known: give up or down.")
    if len(citations) > _MOST_CITATIONS:
        raise BadFeedback(
            f"{len(citations)} citations are too many: give {_MOST_CITATIONS} at most."
        )
    time = datetime.now(UTC).isoformat(timespec="seconds")
    row = (
        time,
        _checked("question", question),
        _checked("status", status),
        verdict,
        _checked("reason", reason),
        json.dumps([[document_id, span.start, span.end] for document_id, span in citations]),
        None if channel is None else _checked("channel", channel),
    )
    written = connection.execute(
        f"INSERT INTO feedback ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", row
    ).lastrowid
    return _unpack((written, *row))


def read(connection: sqlite3.Connection) -> list[Feedback]:
    """All of it, in the order in which it came."""
    query = f"SELECT id, {_COLUMNS} FROM feedback ORDER BY id"
    return [_unpack(row) for row in connection.execute(query)]


def _unpack(row: Sequence[Any]) -> Feedback:
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
