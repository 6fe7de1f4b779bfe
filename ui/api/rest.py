"""REST: `/api/v1`, with an OpenAPI document at `/api/v1/openapi.json`."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Path, Query, Request
from fastapi.sse import format_sse_event
from starlette.responses import Response, StreamingResponse

from corpus.document import Span
from index.nouns import DocumentInfo, Feedback
from qa.search import search
from ui.access import Access
from ui.api import wire
from ui.api.problems import documented
from ui.api.schema import create_door
from ui.api.uploads import Uploads, upload_schema
from ui.api.who import add_who
from ui.page import document_facts
from ui.render import to_wire, wire_citation
from ui.respond import FRESH, Json, dump
from ui.service import Service

_EVENTS = "text/event-stream"
_STREAM: dict[str, Any] = {
    "description": "The answer; as a stream, an event `sentence` for each of its sentences, then "
    "an event `answer` with the whole of it.",
    "content": {
        _EVENTS: {
            "schema": {
                "type": "object",
                "properties": {
                    "event": {"enum": ["sentence", "answer"]},
                    "data": {"type": "string", "contentMediaType": "application/json"},
                },
                "required": ["event", "data"],
            }
        }
    },
}
DocumentId = Annotated[str, Path(min_length=1, max_length=64)]
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
FileName = Annotated[str, Query(max_length=500, description="Of a file that is the body itself.")]


def create_rest(service: Service, access: Access, path: str = "/api/v1") -> FastAPI:
    """The application to mount at `path`."""
    library = service.library
    app = create_door("Yuanwen", path, secured=not access.open)
    for_admin = Depends(access.admin)

    @app.post(
        "/ask",
        response_model=wire.Explained,
        responses={200: _STREAM, **documented(400, 411, 413, 503)},
    )
    async def ask(asked: wire.Ask, request: Request) -> Response:
        """Answers in the documents' own words, or refuses; streams where the client accepts it."""
        answer = await _answer(asked)
        if _EVENTS in request.headers.get("accept", ""):
            return _stream(answer)
        return Json(answer, headers=FRESH)

    @app.post(
        "/ask/stream",
        response_class=StreamingResponse,
        responses={200: _STREAM, **documented(400, 411, 413, 503)},
    )
    async def ask_stream(asked: wire.Ask) -> Response:
        """The same as a stream of server-sent events."""
        return _stream(await _answer(asked))

    async def _answer(asked: wire.Ask) -> dict[str, Any]:
        where = asked.filters.filters()
        reply = await service.ask("rest", asked.question, asked.history, where)
        return to_wire(reply, explain=asked.explain)

    @app.get("/search", response_model=wire.Found, responses=documented(503))
    async def find(
        q: Annotated[wire.Question, Query(description="Words to look for.")],
        limit: Annotated[int, Query(ge=1, le=wire.MOST_FOUND)] = 10,
        document: Annotated[wire.Names, Query()] = [],  # noqa: B006
        section: Annotated[wire.Names, Query()] = [],  # noqa: B006
        speaker: Annotated[wire.Names, Query()] = [],  # noqa: B006
    ) -> Response:
        """Passages near some words, best first. They need not answer anything."""
        where = wire.Where(documents=document, sections=section, speakers=speaker).filters()
        found = await service.run(lambda: search(library, q, where, limit))
        return Json({"query": q, "passages": list(map(wire_citation, found))}, headers=FRESH)

    @app.get("/documents", response_model=wire.Documents)
    def documents(limit: Limit = 100, offset: Offset = 0) -> Response:
        """What the library holds."""
        infos = library.documents()
        shown = list(map(_info, infos[offset : offset + limit]))
        return Json({"total": len(infos), "documents": shown}, headers=FRESH)

    @app.get("/documents/{id}", response_model=wire.Document, responses=documented(404))
    def document(id: DocumentId) -> Response:
        """A whole document."""
        facts = document_facts(library, id)
        speakers = list(dict.fromkeys(turn["speaker"] for turn in facts["turns"]))
        uri = library.document(id).uri
        return Json({**facts, "uri": uri, "speakers": speakers}, headers=FRESH)

    @app.get("/speakers", response_model=wire.Speakers)
    def speakers() -> Response:
        """Everybody who speaks in a document."""
        infos = library.documents()
        found = [
            {"name": name, "documents": [each.id for each in infos if name in each.speakers]}
            for name in library.speakers()
        ]
        return Json({"speakers": found}, headers=FRESH)

    add_who(app, service)
    uploads = Uploads(library)

    @app.post(
        "/documents",
        response_model=wire.Uploaded,
        dependencies=[for_admin],
        responses=documented(400, 401, 403, 411, 413, 415, 503),
        openapi_extra={"requestBody": upload_schema()},
    )
    async def upload(
        request: Request, name: Annotated[str, Query(max_length=200)] = ""
    ) -> Response:
        """Adds files: one as the body, its name in the query, or any number as a form."""
        return Json({"files": await uploads.take(request, name)}, headers=FRESH)

    @app.delete(
        "/documents/{id}",
        status_code=204,
        response_class=Response,
        dependencies=[for_admin],
        responses=documented(401, 403, 404, 503),
    )
    def remove(id: DocumentId) -> Response:
        """Takes a document out of the library, and the file that was uploaded for it."""
        uploads.remove(id)
        return Response(status_code=204)

    @app.post(
        "/feedback",
        status_code=201,
        response_model=wire.KeptOpinion,
        responses=documented(400, 411, 413, 503),
    )
    def add_feedback(said: wire.Opinion) -> Response:
        """Keeps what a reader says of an answer."""
        kept = library.add_feedback(
            said.question,
            said.status,
            said.verdict,
            reason=said.reason,
            citations=[(each.document, Span(each.start, each.end)) for each in said.citations],
            channel=said.channel,
        )
        return Json(_opinion(kept), 201)

    @app.get(
        "/feedback",
        response_model=wire.Opinions,
        dependencies=[for_admin],
        responses=documented(401, 403, 503),
    )
    def feedback(limit: Limit = 100, offset: Offset = 0) -> Response:
        """What readers said."""
        kept = library.feedback()
        shown = list(map(_opinion, kept[offset : offset + limit]))
        return Json({"total": len(kept), "feedback": shown}, headers=FRESH)

    return app


def _info(info: DocumentInfo) -> dict[str, Any]:
    return {**asdict(info), "speakers": list(info.speakers)}


def _opinion(kept: Feedback) -> dict[str, Any]:
    places = [{"document": d, "start": span.start, "end": span.end} for d, span in kept.citations]
    return {**asdict(kept), "citations": places}


def _stream(answer: dict[str, Any]) -> Response:
    async def events() -> AsyncIterator[bytes]:
        for sentence in answer["sentences"]:
            yield _event("sentence", sentence)
        yield _event("answer", answer)

    return StreamingResponse(events(), media_type=_EVENTS, headers=FRESH)


def _event(name: str, content: object) -> bytes:
    return format_sse_event(event=name, data_str=dump(content).decode())
