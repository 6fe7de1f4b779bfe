"""What the server tells its operator: a log of JSON lines, and a request id in every answer.

No line holds a question, a token, or the query of an address, unless `log_questions` is set.
"""

import json
import logging
import re
import secrets
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.metrics import Metrics
from ui.respond import path_of

LOG = logging.getLogger("yuanwen")
_REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
_TAME = re.compile(r"[\w.-]{1,64}", re.ASCII)
# What every page loads; told only where it fails.
_QUIET = ("/page/", "/assets/", "/static/", "/svelte/", "/gradio_api/heartbeat/", "/healthz")


def request_id() -> str | None:
    """The id of the request that is being answered."""
    return _REQUEST_ID.get()


class Observe:
    """The outermost layer: names each request, then logs and counts how it was answered."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        name = given if _TAME.fullmatch(given) else secrets.token_hex(8)
        started = time.perf_counter()
        path = path_of(scope)  # before a mount makes it relative
        status = 500

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = name
            await send(message)

        token = _REQUEST_ID.set(name)
        try:
            await self._app(scope, receive, send_named)
        finally:
            self._metrics.answered(status)
            if status >= 400 or not path.startswith(_QUIET):
                ms = round((time.perf_counter() - started) * 1000, 1)
                tell("request", method=scope["method"], path=path, status=status, ms=ms)
            _REQUEST_ID.reset(token)


def tell(event: str, **fields: object) -> None:
    """One line of the log."""
    LOG.info(event, extra={"fields": fields})


class JsonLines(logging.Formatter):
    """A record as one line of JSON; a traceback without the message, which may quote a question."""

    def __init__(self, with_messages: bool = False) -> None:
        super().__init__()
        self._with_messages = with_messages

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        if name := request_id():
            line["request_id"] = name
        if record.name != LOG.name:
            line["logger"] = record.name
        line |= getattr(record, "fields", {})
        if record.exc_info and (error := record.exc_info[1]):
            line["error"] = type(error).__name__
            if self._with_messages:
                line["message"] = str(error)
            line["traceback"] = "".join(traceback.format_tb(error.__traceback__))
        return json.dumps(line)


def log_config(with_messages: bool) -> dict[str, Any]:
    """For `logging.config`: everything on standard error as JSON lines."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": JsonLines, "with_messages": with_messages}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {LOG.name: {"level": "INFO"}, "uvicorn": {"level": "WARNING"}},
    }
