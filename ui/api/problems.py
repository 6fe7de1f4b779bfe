"""Errors as machines read them: problem details (RFC 9457)."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request

from corpus.errors import UnreadableFile, YuanwenError
from index.errors import BadFeedback, ClusterUnavailable, LibraryBusy, UnknownDocument
from qa.errors import BadQuestion
from ui.errors import BadFilter, BadInput, Busy
from ui.observe import request_id
from ui.respond import Json

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger(__name__)
_RETRY_S = 2

# Any other error is the server's: its words are for the log.
_STATUSES: Mapping[type[YuanwenError], int] = {
    BadQuestion: 422,
    BadInput: 422,
    BadFeedback: 422,
    UnreadableFile: 422,
    UnknownDocument: 404,
    Busy: 503,
    LibraryBusy: 503,
    ClusterUnavailable: 503,
}
# What a page tells its reader in his own language.
Kind = Literal["question", "filters", "busy"]
_KINDS: Mapping[type[YuanwenError], Kind] = {
    BadQuestion: "question",
    BadFilter: "filters",
    Busy: "busy",
    LibraryBusy: "busy",
    ClusterUnavailable: "busy",
}
_MEANING = {
    400: "The request cannot be read.",
    401: "A token is needed, or this one is not known.",
    403: "This needs the admin token.",
    404: "Nothing is here.",
    405: "This cannot be done here.",
    411: "The length of the body must be told.",
    413: "The body is too large.",
    415: "This kind of body is not taken.",
    422: "A value is missing or wrong.",
    429: "Too many requests; Retry-After tells how many seconds to wait.",
    500: "The server failed; the log tells more under the request id.",
    503: "The server is busy; Retry-After tells how many seconds to wait.",
}


class WrongField(BaseModel):
    """One value that is not taken: where it stands in the request, and why."""

    field: str
    detail: str


class Problem(BaseModel):
    """What went wrong (RFC 9457). `request_id` finds it in the server's log; `message` is the
    `detail` again, where the clients of OpenAI's API look for it. `kind` is null but where the
    question or the filters must be mended, or too much is asked at this moment.
    """

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    message: str
    kind: Kind | None = None
    request_id: str | None = None
    errors: list[WrongField] = []


class ProblemResponse(Json):
    media_type = MEDIA_TYPE


def problem(
    status: int,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
    errors: Sequence[WrongField] = (),
    kind: Kind | None = None,
) -> ProblemResponse:
    """The answer for a status; without `detail` it tells what the status means here."""
    title = HTTPStatus(status).phrase
    detail = detail or _MEANING.get(status, title)
    told = Problem(
        title=title,
        status=status,
        detail=detail,
        message=detail,
        kind=kind,
        request_id=request_id(),
        errors=list(errors),
    )
    return ProblemResponse(told.model_dump(), status_code=status, headers=headers)


def of_error(error: YuanwenError) -> ProblemResponse:
    """The problem that an error of ours tells of."""
    status = next((s for kind, s in _STATUSES.items() if isinstance(error, kind)), 500)
    told = str(error)
    if status == 500 or isinstance(error, ClusterUnavailable):  # where it stands is nobody's affair
        _LOG.error("%s: %s", type(error).__name__, error)
        told = ""
    later = {"Retry-After": str(_RETRY_S)} if status == 503 else None
    return problem(status, told, later, kind=kind_of(error))


def kind_of(error: YuanwenError) -> Kind | None:
    """What is to be mended, where a page has words of its own for it."""
    return next((kind for cls, kind in _KINDS.items() if isinstance(error, cls)), None)


def install(app: FastAPI) -> None:
    """Every error of `app` becomes a problem."""

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> ProblemResponse:
        own = error.detail != HTTPStatus(error.status_code).phrase
        return problem(error.status_code, error.detail if own else "", error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> ProblemResponse:
        wrong = [
            WrongField(field=".".join(map(str, each["loc"])), detail=each["msg"])
            for each in error.errors()
        ]
        told = "; ".join(f"{each.field}: {each.detail}" for each in wrong)
        return problem(422, f"{told}.", errors=wrong)

    @app.exception_handler(YuanwenError)
    async def ours(request: Request, error: YuanwenError) -> ProblemResponse:
        return of_error(error)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> ProblemResponse:
        return problem(500)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer with, for its OpenAPI description."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {s: {"description": _MEANING[s], "content": content} for s in statuses}
