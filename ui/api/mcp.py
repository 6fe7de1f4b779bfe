"""MCP: the library as tools for assistants, over standard input and output or at `/mcp`.

Without reading tokens, a page of another site must not reach this server through a browser on its
machine (DNS rebinding), so `/mcp` answers only where it was called by an address or as localhost:
such names cannot be bound anew. An Origin other than the server's own is refused always, as the
specification demands (MCP 2025-06-18, Streamable HTTP, Security Warning).
"""

import ipaddress
import logging.config
import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from importlib.metadata import version
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from corpus.document import Span
from corpus.errors import YuanwenError
from index.library import Library
from qa.ask import LONGEST_QUESTION, MOST_HISTORY
from qa.search import search as find
from qa.search import who_said as speakers_on
from ui.access import Access
from ui.api import wire
from ui.api.problems import problem
from ui.errors import NoSuchPlace
from ui.metrics import Metrics
from ui.observe import log_config
from ui.render import to_wire, wire_citation
from ui.service import Pool, Service

_LARGEST = 2_000_000
_LONGEST_PASSAGE = 20_000
_ABOUT = (
    "Quotes documents word for word, with sources. Use `ask` for a question, `who_said` for who "
    "speaks about something, `search` to look around, `read_passage` to read on around a place. "
    "Quote `sentences` as they stand and give the citation. A `status` of `not_found` means that "
    "the documents do not tell: say so, `nearest` answers nothing."
)
_PORT = re.compile(r":\d*$")
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)

Words = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION)]


class Said(BaseModel):
    """Who says something on a topic, each with a sentence of his."""

    topic: str
    said: list[wire.Citation]


class Passage(BaseModel):
    """The text of a document from `start` to `end`, and what it belongs to."""

    document: wire.Source
    start: int
    end: int
    text: str
    section: list[str]
    speaker: str | None


def create_mcp(service: Service) -> MCPServer[Any]:
    """The server with its tools; `service` answers them as it answers every door."""
    library = service.library
    server: MCPServer[Any] = MCPServer(
        "yuanwen",
        "原文 Yuanwen",
        instructions=_ABOUT,
        version=version("yuanwen"),
        log_level="WARNING",
    )

    @server.tool(title="Ask", annotations=_READS)
    async def ask(
        question: Words,
        history: Annotated[list[Words], Field(max_length=MOST_HISTORY)] = [],  # noqa: B006
        filters: wire.Where = wire.Where(),  # noqa: B008
    ) -> wire.Reply:
        """Answers a question in the documents' own words with citations, or says that they do not
        tell. `history`: the questions asked before, oldest first.
        """
        with _told():
            reply = await service.ask("mcp", question, history, filters.filters())
        return wire.Reply.model_validate(to_wire(reply))

    @server.tool(title="Search", annotations=_READS)
    async def search(
        query: Words,
        limit: Annotated[int, Field(ge=1, le=wire.MOST_FOUND)] = 10,
        filters: wire.Where = wire.Where(),  # noqa: B008
    ) -> wire.Found:
        """Finds passages near some words, best first. They need not answer anything."""
        with _told():
            found = await service.run(lambda: find(library, query, filters.filters(), limit))
        return wire.Found.model_validate(
            {"query": query, "passages": list(map(wire_citation, found))}
        )

    @server.tool(title="Who said it", annotations=_READS)
    async def who_said(
        topic: Words,
        filters: wire.Where = wire.Where(),  # noqa: B008
    ) -> Said:
        """Tells who speaks about a topic, each with a sentence of his own."""
        with _told():
            said = await service.run(lambda: speakers_on(library, topic, filters.filters()))
        return Said.model_validate({"topic": topic, "said": list(map(wire_citation, said))})

    @server.tool(title="Read a passage", annotations=_READS)
    async def read_passage(
        document: wire.Name,
        start: Annotated[int, Field(ge=0)],
        end: Annotated[int, Field(ge=0)],
    ) -> Passage:
        """Gives the text of a document from `start` to `end`, as citations count; read on by
        asking for more than the citation, up to 20,000 characters.
        """
        with _told():
            return await service.run(lambda: _passage(library, document, start, end))

    return server


def _passage(library: Library, document_id: str, start: int, end: int) -> Passage:
    document = library.document(document_id)
    span = Span(start, min(end, start + _LONGEST_PASSAGE, len(document.text)))
    if not span.start < span.end:
        raise NoSuchPlace(
            f"{start}-{end} is no place in it: it has {len(document.text)} characters."
        )
    return Passage(
        document=wire.Source(id=document.id, title=document.title, uri=document.uri),
        start=span.start,
        end=span.end,
        text=span.of(document.text),
        section=list(document.section_at(span.start).path),
        speaker=document.speaker_at(span.start),
    )


@contextmanager
def _told() -> Iterator[None]:
    """An error of ours becomes one that the assistant reads."""
    try:
        yield
    except YuanwenError as error:
        raise ToolError(str(error)) from error


class McpDoor:
    """MCP over streamable HTTP. `running` must hold as long as requests come in."""

    def __init__(self, server: MCPServer[Any], access: Access) -> None:
        server.streamable_http_app(
            stateless_http=True,
            json_response=True,
            max_request_body_size=_LARGEST,
            # The checks of this class take its place.
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        self._manager = server.session_manager
        self._access = access

    def running(self) -> AbstractAsyncContextManager[None]:
        """For the lifespan of the application."""
        return self._manager.run()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        origin = headers.get("origin")
        if self._access.open and not cannot_be_bound_anew(host):
            told = "A name may be any machine's: call this by its address, or set YUANWEN_TOKENS."
            await problem(421, told)(scope, receive, send)
        elif origin is not None and origin.partition("://")[2] != host:
            await problem(403, "Pages of other sites may not call this.")(scope, receive, send)
        else:
            await self._manager.handle_request(scope, receive, send)


def cannot_be_bound_anew(host: str) -> bool:
    """Whether a Host header names a machine by its address, or this one as localhost."""
    name = _PORT.sub("", host).strip("[]")
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.lower() == "localhost"
    return True


def serve_stdio(library: Library, *, log_questions: bool) -> None:
    """Answers on standard input and output until the input ends."""
    logging.config.dictConfig(log_config(with_messages=log_questions))
    service = Service(library, Metrics(library), Pool(), log_questions=log_questions)
    create_mcp(service).run("stdio")
