"""The routes that cite words of a document: what a copy button puts on the clipboard."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse

from corpus.document import Span
from index.errors import UnknownDocument
from index.library import Library
from ui.citation import Cited, annotation, forms
from ui.errors import NoSuchPlace
from ui.respond import FRESH, Json
from ui.text import choose

_ANNOTATION = 'application/ld+json; profile="http://www.w3.org/ns/anno.jsonld"'

Offset = Annotated[int, Query(ge=0, le=1_000_000_000, description="code points of the clean text")]


def cite_router(library: Library) -> APIRouter:
    """`/doc/{id}/cite.json` and `/doc/{id}/annotation.json`."""
    router = APIRouter()

    def cited(request: Request, document_id: str, start: int, end: int) -> Cited:
        document = library.document(document_id)
        today = datetime.now(UTC).astimezone().date()
        return Cited(document, Span(start, end), str(request.base_url), today)

    @router.get("/doc/{document_id}/cite.json")
    def cite(
        request: Request,
        document_id: str,
        start: Offset,
        end: Offset,
        lang: str | None = Query(default=None, max_length=35),
        accept_language: str = Header(default=""),
    ) -> JSONResponse:
        """Every form of a citation by its name."""
        try:
            place = cited(request, document_id, start, end)
        except (UnknownDocument, NoSuchPlace) as error:
            return _missing(error)
        return Json(forms(place, choose(lang, accept_language)), headers=FRESH)

    @router.get("/doc/{document_id}/annotation.json")
    def annotate(request: Request, document_id: str, start: Offset, end: Offset) -> JSONResponse:
        """A W3C Web Annotation."""
        try:
            place: dict[str, Any] = annotation(cited(request, document_id, start, end))
        except (UnknownDocument, NoSuchPlace) as error:
            return _missing(error)
        return Json(place, headers=FRESH, media_type=_ANNOTATION)

    return router


def _missing(error: UnknownDocument | NoSuchPlace) -> JSONResponse:
    return Json({"error": str(error)}, status_code=404, headers=FRESH)
