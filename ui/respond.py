"""Answers as JSON, as every route sends them."""

import json

from starlette.responses import JSONResponse

# The library changes while a page is open, and its documents are not to stay in a shared cache.
FRESH = {"cache-control": "no-cache, private"}


class Json(JSONResponse):
    """JSON that also carries half of a surrogate pair, which a document may hold: as its escape."""

    def render(self, content: object) -> bytes:
        return dump(content)


def dump(content: object) -> bytes:
    """UTF-8, on one line."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace")
