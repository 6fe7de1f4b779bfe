"""What the server refuses, and the headers it puts on every answer."""

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio opens these on every app. The chat uploads nothing, calls no other host, and asks through
# the queue alone, so that nobody gets round its limits.
_CLOSED = (
    *("upload", "upload_progress", "monitoring", "proxy=", "process_recording", "deep_link"),
    *("run/", "api/", "call/", "stream/", "runs", "run-history", "component_server", "login"),
    *("vibe-", "undo-vibe-", "profiling", "dev/", "file=", "file/", "info", "openapi.json"),
)

# A question of 100,000 characters, its history included, is far below this.
_LARGEST_BODY = 2_000_000

# Long enough for a sender to finish and read why he was refused.
_LINGER_S = 2

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


async def _refuse(refusal: PlainTextResponse, scope: Scope, receive: Receive, send: Send) -> None:
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


def _refusal(scope: Scope) -> PlainTextResponse | None:
    if _is_closed(scope):
        return PlainTextResponse("Not found", 404)
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return None
    length = Headers(scope=scope).get("content-length", "")
    if not length.isdecimal():
        return PlainTextResponse("Length required", 411)
    if int(length) > _LARGEST_BODY:
        return PlainTextResponse("Too large", 413)
    return None


def _is_closed(scope: Scope) -> bool:
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.lstrip("/").removeprefix("gradio_api/").lstrip("/").startswith(_CLOSED)
