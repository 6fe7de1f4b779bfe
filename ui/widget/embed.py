"""A channel's door: the chat for a frame in a portal, and all that its page asks for.

Each door is an application of its own over the part of the library that its channel shows. Nothing
in it holds the whole library, so nothing can be got out of it, whatever is asked. It is mounted at
`/embed/NAME`, where every relative address of the page and every link of a citation stays inside.
"""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from fastapi import FastAPI, Header, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from jinja2 import Environment
from starlette.staticfiles import StaticFiles

from index.library import Library
from index.nouns import DocumentInfo
from index.part import Part
from ui.access import Access
from ui.api.rest import create_rest
from ui.page import STYLES, page_facts, page_router
from ui.pages.cite import cite_router
from ui.pages.documents import documents_router
from ui.pages.reader import reader_router
from ui.pages.who import who_router
from ui.respond import FRESH, Json
from ui.service import Service
from ui.text import TEXTS, choose
from ui.widget.channels import Channel

_UI = Path(str(resources.files("ui")))
_OWN = _UI / "widget" / "static"
_PAGE = Environment(autoescape=True).from_string(
    (_UI / "widget" / "embed.html").read_text(encoding="utf-8")
)
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'self'",
        "form-action 'none'",
        "frame-ancestors {}",
    )
)
# A portal keeps the script this long, so a newer one reaches its readers soon.
_SCRIPT_HEADERS = {
    "cache-control": "public, max-age=600",
    # A portal that isolates itself (COEP) loads only what says so.
    "cross-origin-resource-policy": "cross-origin",
}

Wanted = Annotated[str | None, Query(max_length=35)]
Accepted = Annotated[str, Header()]


def add_widget(app: FastAPI, service: Service, channels: Mapping[str, Channel]) -> None:
    """`/widget.js`, and the door of each channel at `/embed/NAME`."""

    @app.get("/widget.js")
    def script() -> FileResponse:
        return FileResponse(
            _OWN / "widget.js", media_type="text/javascript", headers=_SCRIPT_HEADERS
        )

    for name, channel in channels.items():
        door = f"/embed/{name}"
        # A mounted application begins at the slash, which nobody writes.
        app.add_api_route(door, _Page(name, channel).draw, methods=["GET"])
        app.mount(door, create_door(service, name, channel))


def create_door(service: Service, name: str, channel: Channel) -> FastAPI:
    """One channel as an application: everybody reads its part of the library, nobody changes it."""
    part = shown(service.library, channel)
    limited = service.of(part)
    app = FastAPI(title=name, docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/page.json")
    def facts(lang: Wanted = None, accept_language: Accepted = "") -> JSONResponse:
        found = page_facts(part, lang or channel.language, accept_language)
        if channel.title:
            found["texts"] = {**found["texts"], "name": channel.title}
        return Json(found, headers=FRESH)

    @app.get("/colour.css")
    def colour() -> Response:
        rule = f":root {{ --brand: {channel.colour}; --on-brand: {channel.on_colour}; }}"
        return Response(rule if channel.colour else "", media_type="text/css", headers=FRESH)

    app.add_api_route("/", _Page(name, channel).draw, methods=["GET"])
    app.include_router(page_router(part))
    app.include_router(cite_router(part))
    app.include_router(reader_router(part))
    app.include_router(documents_router(part))
    app.include_router(who_router(limited))
    app.mount("/api/v1", create_rest(limited, Access(), f"/embed/{name}/api/v1"))
    app.mount("/page", StaticFiles(directory=_UI / "static"))
    app.mount("/widget", StaticFiles(directory=_OWN))
    return app


def shown(library: Library, channel: Channel) -> Library:
    """What the channel shows: all of the library where it names no documents."""
    if not channel.documents:
        return library
    named = frozenset(channel.documents)

    def is_named(info: DocumentInfo) -> bool:
        return info.id in named or info.title in named

    return Part(library, is_named)


class _Page:
    """The page of a channel's frame."""

    def __init__(self, name: str, channel: Channel) -> None:
        self._name = name
        self._channel = channel
        policy = _POLICY.format(channel.frame_ancestors)
        self._headers = FRESH | {"content-security-policy": policy}

    def draw(
        self,
        request: Request,
        lang: Wanted = None,
        theme: Literal["light", "dark"] | None = None,
        widget: bool = False,
        accept_language: Accepted = "",
    ) -> Response:
        """`widget`: a frame with a head of its own stands around the page."""
        channel = self._channel
        language = choose(lang or channel.language, accept_language)
        html = _PAGE.render(
            name=self._name,
            styles=STYLES,
            door=f"/{request.url.path.strip('/')}",
            origins=" ".join(channel.origins),
            title=channel.title or TEXTS[language]["name"],
            colour=channel.colour,
            language=language,
            theme=theme,
            widget=widget,
        )
        return Response(html, media_type="text/html", headers=self._headers)
