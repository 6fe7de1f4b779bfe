"""What the server refuses, and the headers it puts on every answer."""

import asyncio
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.api.problems import problem
from ui.respond import is_for_machines, path_of

# Gradio opens these on every app. The chat uploads nothing, calls no other host, and asks through
# the queue alone, so that nobody gets round its limits.
_CLOSED = (
    *("upload", "upload_progress", "monitoring", "proxy=", "process_recording", "deep_link"),
    *("run/", "api/", "call/", "stream/", "runs", "run-history", "component_server", "login"),
    *("vibe-", "undo-vibe-", "profiling", "dev/", "file=", "file/", "info", "openapi.json"),
)

# A question of 100,000 characters, its history included, is far below this.
_LARGEST_BODY = 2_000_000
# A file of the largest size that is read, and what a form puts around it.
_UPLOADS = "/api/v1/documents"
_LARGEST_UPLOAD = 51_000_000

# Long enough for a sender to finish and read why he was refused.
_LINGER_S = 2

_CONTROL = re.compile(r"[\x00-\x1f]")

_HEADERS = {
    # Gradio's page writes scripts and styles inline, and `gr.HTML` compiles its templates.
    "content-security-policy": "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guard:
    """Pure ASGI, so that streamed answers pass through unheld."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    # A page of our own brings a stricter policy.
                    headers.setdefault(name, value)
            await send(message)

        if refusal := _refusal(scope):
            await _refuse(refusal, scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers at once, then drops what is still being sent before the connection may be closed.

    A connection closed over unread bytes is reset, and the answer is lost with it.
    """

    async def send_unfinished(message: Message) -> None:
        more = {"more_body": True} if message["type"] == "http.response.body" else {}
        await send({**message, **more})

    await refusal(scope, receive, send_unfinished)
    try:
        async with asyncio.timeout(_LINGER_S):
            while (await receive()).get("more_body"):
                pass
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b""})


def _refusal(scope: Scope) -> Response | None:
    # A pattern of a route ends at a new line, so such a path would pass by the doors.
    if _is_closed(scope) or _CONTROL.search(path_of(scope)):
        return _told(scope, 404, "Not found")
    headers = Headers(scope=scope)
    if "transfer-encoding" in headers and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
        return _told(scope, 411, "Send the length of the body: Content-Length.")
    largest = _LARGEST_UPLOAD if path_of(scope) == _UPLOADS else _LARGEST_BODY
    length = headers.get("content-length", "0")
    if not length.isdecimal():
        return _told(scope, 411, "Content-Length must be a number of bytes.")
    if int(length) > largest:
        return _told(scope, 413, f"The body is larger than {largest // 1_000_000} MB: send less.")
    return None


def _told(scope: Scope, status: int, detail: str) -> Response:
    return problem(status, detail) if is_for_machines(scope) else PlainTextResponse(detail, status)


def _is_closed(scope: Scope) -> bool:
    path = path_of(scope)
    if path.startswith("/api/"):
        return False  # ours, every path of it; Gradio's stands below /gradio_api
    return path.lstrip("/").removeprefix("gradio_api/").lstrip("/").startswith(_CLOSED)
