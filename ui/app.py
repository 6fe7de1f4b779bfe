"""The web server: the chat at `/`, and the routes its page reads.

Routes are declared before Gradio is mounted, so that its catch-all takes only what is left.
"""

import errno
import json
import socket
from importlib import resources
from pathlib import Path
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI, Header, Query
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.staticfiles import StaticFiles

from index.errors import UnknownDocument
from index.library import Library
from ui.chat import create_chat
from ui.errors import BadSetting
from ui.examples import examples
from ui.guard import Guard
from ui.library import warm
from ui.text import TEXTS, choose

STATIC = Path(str(resources.files("ui"))) / "static"
# An open page holds its connection for ever; no question takes this long.
SHUTDOWN_S = 3
# How many titles the page names before it only counts the rest.
TITLES = 5


def create_app(library: Library) -> FastAPI:
    """The whole web application over an open library."""
    app = FastAPI(title="Yuanwen", docs_url=None, redoc_url=None, openapi_url=None)
    # Closed: without a policy of ours Gradio would answer every origin, with credentials.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Guard)

    @app.get("/page.json")
    def page(
        lang: str | None = Query(default=None, max_length=35),
        accept_language: str = Header(default=""),
    ) -> JSONResponse:
        return _Json(page_facts(library, lang, accept_language), headers=_FRESH)

    @app.get("/documents/{document_id}.json")
    def document(document_id: str) -> JSONResponse:
        try:
            return _Json(document_facts(library, document_id), headers=_FRESH)
        except UnknownDocument as error:
            return _Json({"error": str(error)}, status_code=404, headers=_FRESH)

    app.mount("/page", StaticFiles(directory=STATIC))
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        create_chat(library),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        favicon_path=str(STATIC / "icon.svg"),
        head='<link rel="stylesheet" href="page/chat.css">',
    )
    return mounted


# The library changes while a page is open, and its documents are not to stay in a shared cache.
_FRESH = {"cache-control": "no-cache, private"}


class _Json(JSONResponse):
    """JSON that also carries half of a surrogate pair, which a document may hold: as its escape."""

    def render(self, content: object) -> bytes:
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")


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


def serve(library: Library, host: str, port: int) -> None:
    """Serves until SIGINT or SIGTERM; port 0 takes a free one.

    Raises:
        BadSetting: nothing can listen at `host` and `port`.
    """
    listener = listen(host, port)
    config = uvicorn.Config(
        create_app(library),
        log_level="warning",
        timeout_graceful_shutdown=SHUTDOWN_S,
        server_header=False,
    )
    warm(library)
    shown = f"[{host}]" if ":" in host else host
    print(f"Yuanwen: http://{shown}:{listener.getsockname()[1]}  (Ctrl+C ends it)", flush=True)
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at exactly this address.

    Raises:
        BadSetting: the address is taken, forbidden, or not of this machine.
    """
    try:
        # Named TCP by its number, the loop switches Nagle's algorithm off: 40 ms a request.
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        raise BadSetting(f"Cannot listen at {host}:{port}: {_remedy(error)}") from error
    return listener


def _remedy(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "another program uses this port. End it, or choose another with --port."
    if error.errno == errno.EACCES:
        return "this port is not permitted. Choose one of 1024 or above with --port."
    return f"{error.strerror or error}. Name an address of this machine with --host."
