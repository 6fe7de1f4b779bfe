"""The routes that the chat's own page reads; they are private to it and may change with it."""

from typing import Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse

from index.errors import UnknownDocument
from index.library import Library
from ui.examples import examples
from ui.respond import FRESH, Json
from ui.text import TEXTS, choose

# How many titles the page names before it only counts the rest.
TITLES = 5


def page_router(library: Library) -> APIRouter:
    """`/page.json` and `/documents/{id}.json`."""
    router = APIRouter()

    @router.get("/page.json")
    def page(
        lang: str | None = Query(default=None, max_length=35),
        accept_language: str = Header(default=""),
    ) -> JSONResponse:
        return Json(page_facts(library, lang, accept_language), headers=FRESH)

    @router.get("/documents/{document_id}.json")
    def document(document_id: str) -> JSONResponse:
        try:
            return Json(document_facts(library, document_id), headers=FRESH)
        except UnknownDocument as error:
            return Json({"error": str(error)}, status_code=404, headers=FRESH)

    return router


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
    }


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
