"""The routes that the chat's own page reads; they are private to it and may change with it."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse

from index.errors import UnknownDocument
from index.library import Library
from qa.ask import LONGEST_QUESTION
from ui.examples import examples
from ui.respond import FRESH, Json
from ui.text import TEXTS, choose

# The stylesheets of the chat, in `static/`, in this order.
STYLES = (
    *("tokens", "base", "frame"),
    *("welcome", "turn", "card", "box", "filters", "panel", "source"),
)

# How many titles the page names before it only counts the rest.
TITLES = 5


def page_router(library: Library) -> APIRouter:
    """`/page.json`, `/filters.json`, `/documents/{id}.json` and `/documents/{id}/headings.json`."""
    router = APIRouter()

    @router.get("/page.json")
    def page(
        lang: str | None = Query(default=None, max_length=35),
        accept_language: str = Header(default=""),
    ) -> JSONResponse:
        return Json(page_facts(library, lang, accept_language), headers=FRESH)

    @router.get("/filters.json")
    def filters() -> JSONResponse:
        return Json(filter_facts(library), headers=FRESH)

    @router.get("/documents/{document_id}.json")
    def document(document_id: str) -> JSONResponse:
        return _of_document(document_facts, library, document_id)

    @router.get("/documents/{document_id}/headings.json")
    def headings(document_id: str) -> JSONResponse:
        return _of_document(heading_facts, library, document_id)

    return router


def _of_document(
    facts: Callable[[Library, str], dict[str, Any]], library: Library, document_id: str
) -> JSONResponse:
    try:
        return Json(facts(library, document_id), headers=FRESH)
    except UnknownDocument as error:
        return Json({"error": str(error)}, status_code=404, headers=FRESH)


def page_facts(library: Library, lang: str | None, accept_language: str) -> dict[str, Any]:
    """What an empty page shows: its texts in the reader's language, documents, and examples."""
    language = choose(lang, accept_language)
    documents = library.documents()
    return {
        "language": language,
        "texts": TEXTS[language],
        "documents": [{"id": d.id, "title": d.title} for d in documents[:TITLES]],
        "count": len(documents),
        "examples": examples(documents),
        "longest": LONGEST_QUESTION,
    }


def filter_facts(library: Library) -> dict[str, Any]:
    """What a question can be limited to: every document and who speaks in it."""
    return {
        "documents": [
            {"id": info.id, "title": info.title, "speakers": info.speakers}
            for info in library.documents()
        ]
    }


def heading_facts(library: Library, document_id: str) -> dict[str, Any]:
    """The headings of a document, each once, in the order of the text.

    Raises:
        UnknownDocument: the library holds no such document.
    """
    paths = (section.path for section in library.document(document_id).sections)
    return {"headings": list(dict.fromkeys(path[-1] for path in paths if path))}


def document_facts(library: Library, document_id: str) -> dict[str, Any]:
    """A whole document as the source panel reads it; offsets are code points of `text`.

    Raises:
        UnknownDocument: the library holds no such document.
    """
    document = library.document(document_id)
    return {
        "id": document.id,
        "title": document.title,
        "language": document.language,
        "text": document.text,
        "sections": [
            {"path": s.path, "level": s.level, "start": s.span.start, "end": s.span.end}
            for s in document.sections
        ],
        "turns": [
            {"speaker": t.speaker, "start": t.span.start, "end": t.span.end} for t in document.turns
        ],
    }
