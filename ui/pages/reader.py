"""The reader: a document as a page, and what cleaning changed in it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse

from corpus.document import Document
from index.errors import UnknownDocument
from index.library import Library
from ui.pages.edits import counted, rows, visible
from ui.pages.frame import Frame
from ui.pages.layout import Layout, layout

_ROWS = 200  # paragraphs with edits on one page

Asked = Annotated[Frame, Depends()]


def reader_router(library: Library) -> APIRouter:
    """`/doc/{id}` and `/doc/{id}/edits`."""
    router = APIRouter()

    @router.get("/doc/{document_id}")
    def read(document_id: str, frame: Asked) -> HTMLResponse:
        try:
            document = library.document(document_id)
            newer = library.newer(document_id)
        except UnknownDocument:
            return frame.missing()
        speakers = tuple(dict.fromkeys(turn.speaker for turn in document.turns))
        drawn = layout(document)
        return frame.page(
            "reader.html",
            document=document,
            newer=newer,
            layout=drawn,
            titled=_titled(document, drawn),
            speakers=speakers,
        )

    @router.get("/doc/{document_id}/edits")
    def edits(
        document_id: str,
        frame: Asked,
        reason: str | None = Query(default=None, max_length=20),
        skip: int = Query(default=0, ge=0, le=100_000_000),
    ) -> HTMLResponse:
        try:
            document = library.document(document_id)
        except UnknownDocument:
            return frame.missing()
        reasons = counted(document)
        reason = reason if reason in reasons else None
        found = rows(document, reason)
        return frame.page(
            "edits.html",
            document=document,
            reasons=reasons,
            reason=reason,
            rows=found[skip : skip + _ROWS],
            skip=skip,
            step=_ROWS,
            total=len(found),
            visible=visible,
        )

    return router


def _titled(document: Document, drawn: Layout) -> int | None:
    """Where the text itself begins with the document's title."""
    first = drawn.parts[0][0].groups[0].pieces[0]
    words = "".join(run.text for run in first.runs)
    same = "".join(words.split()) == "".join(document.title.split())
    return first.start if first.kind == "heading" and same else None
