"""What every route shares: the path that was asked for, and answers as JSON."""

import json

from starlette.responses import JSONResponse
from starlette.types import Scope

# The library changes while a page is open, and its documents are not to stay in a shared cache.
FRESH = {"cache-control": "no-cache, private"}
_MACHINES = ("/api/", "/v1/", "/mcp")


class Json(JSONResponse):
    """JSON that also carries half of a surrogate pair, which a document may hold: as its escape."""

    def render(self, content: object) -> bytes:
        return dump(content)


def dump(content: object) -> bytes:
    """UTF-8, on one line."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")


def path_of(scope: Scope) -> str:
    """The path below the address that the server is reached at."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def is_for_machines(scope: Scope) -> bool:
    """Whether a program asks: it gets its errors as JSON."""
    return path_of(scope).startswith(_MACHINES)
