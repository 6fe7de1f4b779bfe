"""One rendering of what comes back: the wire format, and text for a terminal."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corpus.language import guess
from qa.answer import Answer, Citation, Refusal
from ui.citation import markdown_line
from ui.explain import explanation_to_terminal, explanation_to_wire
from ui.terminal import PLAIN, Style, one_line, wrap
from ui.text import TEXTS, Language, choose

_HAN = re.compile(r"[\u3400-\u9fff]")


def to_wire(reply: Answer | Refusal, *, explain: bool = False) -> dict[str, Any]:
    """The object that REST, MCP and `ask --json` give, ready for JSON.

    With `explain` it has an `explanation` too, and is the same otherwise.
    """
    answer = reply if isinstance(reply, Answer) else None
    refusal = reply if isinstance(reply, Refusal) else None
    return {
        "question": reply.question,
        "asked_as": reply.asked_as,
        "status": "answered" if answer else "not_found",
        "sentences": [
            {"text": sentence.text, "citation": sentence.citation}
            for sentence in (answer.sentences if answer else ())
        ],
        "citations": list(map(wire_citation, answer.citations if answer else ())),
        "nearest": list(map(wire_citation, refusal.nearest if refusal else ())),
        "confidence": reply.confidence,
        "reason": refusal.reason.value if refusal else None,
        "by_speaker": answer is not None and answer.by_speaker,
        "silent": list(reply.silent),
        "parts": [
            {"question": part.question, "citations": list(part.citations)}
            for part in (answer.parts if answer else ())
        ],
        "timings_ms": dict(reply.timings_ms),
        **({"explanation": explanation_to_wire(reply)} if explain else {}),
    }


def to_terminal(
    reply: Answer | Refusal, width: int = 80, style: Style = PLAIN, *, explain: bool = False
) -> str:
    """The same for people: lines of at most `width` cells, in the language of the question."""
    language = language_of(reply.question)
    words = TEXTS[language]
    lines = []
    if reply.asked_as != reply.question:
        lines += wrap(words["understood"].format(question=one_line(reply.asked_as)), width)
    if isinstance(reply, Refusal):
        lines += wrap(words[f"refused_{reply.reason}"], width)
        lines += wrap(words[f"refused_{reply.reason}_more"], width)
        lines += _silent(reply, words, width)
        if reply.nearest:
            lines += ["", *wrap(words["near"], width)]
        shown = reply.nearest
    else:
        lines += _sentences(reply, words, width)
        lines += _silent(reply, words, width)
        if unanswered := [part.question for part in reply.parts if not part.citations]:
            lines += ["", *wrap(f"{words['unanswered']} {one_line(' / '.join(unanswered))}", width)]
        shown = reply.citations
    for citation in shown:
        # A near miss has no number: nothing may look like the citation of an answer.
        label = f"[{citation.n}]" if isinstance(reply, Answer) else "-"
        lines += ["", *_cited(citation, label, words, width, style)]
    if explain:
        lines += ["", *explanation_to_terminal(reply, language, width)]
    return "\n".join(lines)


def _silent(reply: Answer | Refusal, words: Mapping[str, str], width: int) -> list[str]:
    if not reply.silent:
        return []
    return ["", *wrap(f"{words['silent']} {one_line(', '.join(reply.silent))}", width)]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of Markdown; one with a sentence of the answer ends in its citation's number."""

    text: str
    citation: int | None = None


def to_markdown(reply: Answer | Refusal) -> list[Paragraph]:
    """The same as a message for other chats: what a document says stays text in them."""
    words = TEXTS[language_of(reply.question)]
    drawn = []
    if reply.asked_as != reply.question:
        drawn.append(words["understood"].format(question=_escaped(reply.asked_as)))
    if isinstance(reply, Refusal):
        drawn += [words[f"refused_{reply.reason}"], words[f"refused_{reply.reason}_more"]]
        return list(map(Paragraph, drawn))
    if reply.by_speaker:
        drawn.append(words["speakers_say"])
    paragraphs = list(map(Paragraph, drawn))
    speakers = {citation.n: citation.speaker for citation in reply.citations}
    for sentence in reply.sentences:
        speaker = speakers[sentence.citation] if reply.by_speaker else None
        said = f"{speaker}: {sentence.text}" if speaker else sentence.text
        cited = f"{_escaped(said)} [{sentence.citation}]"
        paragraphs.append(Paragraph(cited, sentence.citation))
    if reply.silent:
        paragraphs.append(Paragraph(f"{words['silent']} {_escaped(', '.join(reply.silent))}"))
    return paragraphs


def language_of(question: str) -> Language:
    """The language to answer a question in, of those that we speak."""
    tag = guess(question)
    return choose("zh" if tag == "und" and _HAN.search(question) else tag, "")


def _escaped(text: str) -> str:
    return markdown_line(one_line(text))


def wire_citation(citation: Citation) -> dict[str, Any]:
    """A citation as it stands in that object."""
    document = citation.document
    return {
        "n": citation.n,
        "document": {"id": document.id, "title": document.title, "uri": document.uri},
        "section": list(citation.section),
        "speaker": citation.speaker,
        "quote": citation.quote,
        "start": citation.span.start,
        "end": citation.span.end,
        "source_start": citation.source_span.start,
        "source_end": citation.source_span.end,
        "passage": citation.passage,
        "passage_start": citation.passage_span.start,
        "passage_end": citation.passage_span.end,
        "page": citation.page,
        "also_at": [{"start": span.start, "end": span.end} for span in citation.also_at],
        "link": citation.link,
        "score": citation.score,
    }


def _sentences(answer: Answer, words: Mapping[str, str], width: int) -> list[str]:
    """Each sentence with its citation's number; after its speaker where the question asked who."""
    speakers = {citation.n: citation.speaker for citation in answer.citations}
    lines = wrap(words["speakers_say"], width) if answer.by_speaker else []
    for sentence in answer.sentences:
        speaker = speakers[sentence.citation] if answer.by_speaker else None
        said = f"{one_line(speaker)}: " if speaker else ""
        lines += wrap(f"{said}{sentence.text} [{sentence.citation}]", width)
    return lines


def _cited(
    citation: Citation, label: str, words: Mapping[str, str], width: int, style: Style
) -> list[str]:
    """Who, where and in which document, then the passage with the quote marked."""
    who = citation.speaker or words["no_speaker"]
    title = citation.document.title
    path = citation.section[1:] if citation.section[:1] == (title,) else citation.section
    head = " · ".join(filter(None, (who, " › ".join(path), title)))
    lines = wrap(f"{label} {one_line(head)}", width)
    start = citation.span.start - citation.passage_span.start
    mark = (start, start + len(citation.quote))
    lines += wrap(citation.passage, width, "    ", mark, style)
    if citation.also_at:
        places = ", ".join(f"{span.start}–{span.end}" for span in citation.also_at)
        lines += [
            f"{style.dim}{line}{style.undim}"
            for line in wrap(f"{words['also']} {places}", width, "    ")
        ]
    return lines
