"""What every route shares: the path that was asked for, and answers as JSON."""

import json
import re

from starlette.responses import JSONResponse
from starlette.types import Scope

# The library changes while a page is open, and its documents are not to stay in a shared cache.
FRESH = {"cache-control": "no-cache, private"}
_MACHINES = ("/api/", "/v1/", "/mcp")
_DOOR = re.compile(r"^/embed/[^/]+(?=/)")


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


def inside(scope: Scope) -> str:
    """The same; below the door of a channel, where the path goes through one."""
    return _DOOR.sub("", path_of(scope), count=1)


def is_for_machines(scope: Scope) -> bool:
    """Whether a program asks: it gets its errors as JSON."""
    return inside(scope).startswith(_MACHINES)
