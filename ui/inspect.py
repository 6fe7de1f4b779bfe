"""What was read of a file, for people and as JSON: sections, speakers, passages, every edit."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from corpus import Document, Edit, Passage
from ui.terminal import Style, harmless, one_line, wrap

_CONTEXT = 12  # code points beside an edit
_LONGEST = 60  # code points of an edit that are shown
_BREAKS = str.maketrans({"\n": "⏎", "\f": "␌", "\t": "→"})


def as_json(document: Document, passages: Sequence[Passage]) -> dict[str, Any]:
    """The document as one object; offsets count code points of the clean text or the source."""
    return {
        "id": document.id,
        "title": document.title,
        "uri": document.uri,
        "language": document.language,
        "metadata": dict(document.metadata),
        "characters": len(document.text),
        "pages": [{"start": page.start, "end": page.end} for page in document.pages],
        "sections": [
            {
                "path": list(section.path),
                "level": section.level,
                "start": section.span.start,
                "end": section.span.end,
            }
            for section in document.sections
        ],
        "turns": [
            {"speaker": turn.speaker, "start": turn.span.start, "end": turn.span.end}
            for turn in document.turns
        ],
        "passages": [
            {
                "id": passage.id,
                "start": passage.span.start,
                "end": passage.span.end,
                "page": document.page_at(passage.span.start),
                "section": list(passage.section),
                "speaker": passage.speaker,
                "text": passage.text,
                "also_at": [{"start": span.start, "end": span.end} for span in passage.also_at],
            }
            for passage in passages
        ],
        "repeats": [
            {"start": repeat.span.start, "end": repeat.span.end, "first": repeat.first.start}
            for repeat in document.repeats
        ],
        "edits": [
            {
                "source_start": edit.source_start,
                "before": edit.before,
                "after": edit.after,
                "reason": edit.reason,
            }
            for edit in document.edits
        ],
    }


def as_lines(
    document: Document, passages: Sequence[Passage], width: int, style: Style
) -> Iterator[str]:
    """The same as lines of at most `width` cells."""
    yield from wrap(one_line(document.title), width, mark=(0, len(document.title)), style=style)
    facts = [document.language, f"{len(document.text)} characters"]
    facts += [f"{len(document.pages)} pages"] if document.pages else []
    yield from wrap(", ".join(facts), width, "  ")
    for key, value in document.metadata.items():
        yield from wrap(f"{key}: {value}", width, "  ")

    yield from _head(f"Sections ({len(document.sections)})", style)
    for section in document.sections:
        name = section.path[-1] if section.path else "(before the first heading)"
        yield from wrap(one_line(name), width, "  " * max(1, section.level))

    spoken = Counter(turn.speaker for turn in document.turns)
    yield from _head(f"Speakers ({len(spoken)})", style)
    for speaker, turns in spoken.items():
        yield from wrap(f"{one_line(speaker)}  ×{turns}", width, "  ")

    yield from _head(f"Passages ({len(passages)})", style)
    for number, passage in enumerate(passages, 1):
        page = document.page_at(passage.span.start)
        place = [passage.speaker or "", " › ".join(passage.section[-2:])]
        place += [f"page {page}"] if page else []
        place += [f"stands again {len(passage.also_at)} times"] if passage.also_at else []
        head = one_line(" · ".join(filter(None, place)))
        for line in wrap(f"[{number}] {head}", width):
            yield f"{style.dim}{line}{style.undim}"
        yield from wrap(passage.text, width, "    ")

    reasons = Counter(edit.reason for edit in document.edits)
    counts = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    yield from _head(f"Edits ({counts or 'none'})", style)
    offsets = document.offsets()
    for edit in document.edits:
        at, end = offsets.to_clean(edit.source_start, edit.source_end)
        before = _shown(document.text[max(0, at - _CONTEXT) : at])
        after = _shown(document.text[end : end + _CONTEXT])
        words = f"{edit.source_start:>7} {edit.reason:<8}{before}"
        change = _change(edit)
        yield from wrap(f"{words}{change}{after}", width, "", _range(words, change), style)


def _head(words: str, style: Style) -> Iterator[str]:
    yield ""
    yield f"{style.dim}── {words}{style.undim}"


def _range(words: str, change: str) -> tuple[int, int]:
    return len(words), len(words) + len(change)


def _change(edit: Edit) -> str:
    return f"{_shown(edit.before)} → {_shown(edit.after) or '∅'}"


def _shown(words: str) -> str:
    """On one line, blanks and breaks to be seen, the middle of much left out."""
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST // 2]}…{words[-_LONGEST // 2 :]}"
    return harmless(words.translate(_BREAKS))
