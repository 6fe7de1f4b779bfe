"""Who may read and who may change: bearer tokens (RFC 6750), compared in constant time.

Without reading tokens everybody reads. A page is opened by its address alone, where a browser sends
no token: it gets a small page instead that asks for one, keeps it for the tab, and fetches the page
that was wanted (`static/key.js`). There is no cookie, and no token in an address.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Literal

from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.api.problems import problem
from ui.key import key_page
from ui.respond import is_for_machines, path_of

Role = Literal["nobody", "reader", "admin"]

_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_NEEDED = (
    "This server answers to known readers only: send one of its tokens as "
    "`Authorization: Bearer TOKEN`."
)
# Code, styles and signs of life; of documents, what a channel shows.
_PUBLIC = (
    *("/page/", "/assets/", "/static/", "/svelte/", "/theme.css", "/favicon.ico", "/widget.js"),
    *("/gradio_api/heartbeat/", "/gradio_api/startup-events"),
    # A channel was opened to the readers of a portal, who have no token.
    *("/healthz", "/readyz", "/embed/", "/admin"),
)


class Access:
    """Who reads and who changes: without tokens everybody, without an admin's nobody."""

    def __init__(
        self, tokens: Iterable[SecretStr] = (), admin_token: SecretStr | None = None
    ) -> None:
        self._readers = frozenset(map(_digest, tokens))
        self._admins = frozenset(map(_digest, filter(None, [admin_token])))

    @property
    def open(self) -> bool:
        """Whether everybody reads."""
        return not self._readers

    def role(self, headers: Headers) -> Role:
        """What the token in the headers opens."""
        sent = _sent(headers)
        if _among(sent, self._admins):
            return "admin"
        return "reader" if self.open or _among(sent, self._readers) else "nobody"

    def client(self, headers: Headers, address: str) -> str:
        """Who is counted: a known token, or else an address."""
        sent = _sent(headers)
        return sent.hex() if _among(sent, self._readers | self._admins) else address

    def admin(self, request: Request) -> None:
        """Lets only the admin through; a dependency of the routes that change the library.

        Raises:
            HTTPException: 403 where no admin token is set or a reader's is sent, 401 without one.
        """
        if not self._admins:
            raise HTTPException(403, "This is closed: start the server with YUANWEN_ADMIN_TOKEN.")
        if self.role(request.headers) == "admin":
            return
        if "authorization" in request.headers and not self.open:
            raise HTTPException(403, "This needs the admin token, and another was sent.")
        raise HTTPException(
            401, "This needs the admin token: send it as `Authorization: Bearer TOKEN`.", _CHALLENGE
        )


class AccessGate:
    """Stops who may not read, before anything of a document is touched."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._access.open:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if path_of(scope).startswith(_PUBLIC) or self._access.role(headers) != "nobody":
            await self._app(scope, receive, send)
        else:
            await _stopped(scope, headers)(scope, receive, send)


def _stopped(scope: Scope, headers: Headers) -> Response:
    if is_for_machines(scope):
        return problem(401, _NEEDED, _CHALLENGE)
    if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
        page = key_page(headers.get("accept-language", ""), scope.get("root_path", ""))
        return HTMLResponse(page, 401, _CHALLENGE)
    return PlainTextResponse(_NEEDED, 401, _CHALLENGE)


def _digest(token: SecretStr) -> bytes:
    return sha256(token.get_secret_value().encode()).digest()


def _sent(headers: Headers) -> bytes:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return sha256(token.strip().encode()).digest() if scheme.lower() == "bearer" else b""


def _among(sent: bytes, known: Iterable[bytes]) -> bool:
    """Looks at all of them, so that the time tells nothing."""
    return sum(hmac.compare_digest(sent, each) for each in known) > 0
