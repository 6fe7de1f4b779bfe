"""What /who shows as CSV, for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator

from qa.answer import Citation
from qa.survey import Speech, Survey
from ui.pages.frame import Frame

_COLUMNS = ("speaker", "passages", "title", "section", "quote", "link")
_FORMULA = tuple("=+-@\t\r＝＋－＠")

Row = tuple[str | int, ...]


def survey_rows(found: Survey, frame: Frame) -> Iterator[Row]:
    """A row for each place; those who are silent have no passages."""
    for voice in found.voices:
        who = voice.speaker or frame.text("no_speaker")
        yield from (_row(who, voice.passages, citation, frame) for citation in voice.citations)
    yield from ((who, 0, "", "", "", "") for who in found.silent)


def speech_rows(said: Iterable[Speech], frame: Frame) -> Iterator[Row]:
    """A row for each passage of one speaker."""
    for part in said:
        for citation in part.citations:
            yield _row(citation.speaker or "", len(part.citations), citation, frame)


def to_csv(rows: Iterable[Row], frame: Frame) -> bytes:
    """RFC 4180, with a byte order mark: spreadsheets read Chinese wrong without one."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(frame.text(f"column_{name}") for name in _COLUMNS)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def _row(who: str, passages: int, citation: Citation, frame: Frame) -> Row:
    section = " › ".join(citation.section)
    link = frame.site.rstrip("/") + citation.link
    return who, passages, citation.document.title, section, citation.quote, link


def _harmless(cell: str | int) -> str | int:
    """Text that a spreadsheet would run as a formula, behind an apostrophe (OWASP, CSV Injection).

    Blanks before the sign do not hinder a spreadsheet.
    """
    if isinstance(cell, str) and cell.lstrip(" \u3000\n").startswith(_FORMULA):
        return f"'{cell}"
    return cell
