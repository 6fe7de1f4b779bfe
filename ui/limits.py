"""How much one client may ask: a token bucket for each."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.access import Access
from ui.api.problems import problem
from ui.respond import inside, is_for_machines

# What embeds, searches or writes; pages and their parts cost little.
_COUNTED = ("/api/", "/v1/", "/mcp", "/gradio_api/queue/join", "/who")
_MOST_CLIENTS = 10_000


class Buckets:
    """A bucket holds a minute's worth of requests and fills up again at the same rate."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """Takes one request; returns 0, or the seconds to wait where the bucket is empty."""
        now = self._clock()
        level, since = self._levels.pop(client, (float(self._per_minute), now))
        level = min(self._per_minute, level + (now - since) * self._per_minute / 60)
        wait = max(0.0, 1 - level) * 60 / self._per_minute
        self._levels[client] = (level if wait else level - 1, now)
        if len(self._levels) > _MOST_CLIENTS:
            self._levels.popitem(last=False)  # the one that has been quiet for longest
        return wait


class RateLimit:
    """Answers 429 to a client that asks more than its share."""

    def __init__(self, app: ASGIApp, access: Access, per_minute: int) -> None:
        self._app = app
        self._access = access
        self._buckets = Buckets(per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wait = 0.0
        if scope["type"] == "http" and inside(scope).startswith(_COUNTED):
            address = network(scope["client"][0] if scope.get("client") else "")
            wait = self._buckets.take(self._access.client(Headers(scope=scope), address))
        if wait:
            await _too_many(scope, math.ceil(wait))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def network(address: str) -> str:
    """Who is behind an address: in IPv6 one customer has a whole /64."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))


def _too_many(scope: Scope, wait: int) -> Response:
    told = f"Too many requests. Try again in {wait} second{'' if wait == 1 else 's'}."
    headers = {"Retry-After": str(wait)}
    if is_for_machines(scope):
        return problem(429, told, headers, kind="busy")
    return PlainTextResponse(told, 429, headers)
