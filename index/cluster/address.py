"""Addresses of libraries in a cluster.

`http://host:19530` or `https://…`, with `/database` behind it where there are several, and
`?prefix=news` where several libraries stand in one; `milvus-lite:FILE.db` for Milvus Lite, which
runs inside this process. A token stands in MILVUS_TOKEN, or before the host as `user:password@`.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from index.errors import BadAddress

LITE = "milvus-lite:"
_NAME = re.compile(r"[A-Za-z_]\w{0,63}", re.ASCII)
_HOW = (
    "write http://HOST:PORT, with /DATABASE and ?prefix=NAME behind it where you need them, "
    f"or {LITE}FILE.db, or the path of a folder"
)


@dataclass(frozen=True, slots=True)
class Address:
    """`uri` is what pymilvus takes; `shown` is fit to be printed."""

    uri: str
    shown: str
    database: str = ""
    prefix: str = "yuanwen"
    token: str = field(default="", repr=False)
    file: Path | None = None
    """Of Milvus Lite."""


def read_address(place: str) -> Address:
    """The address that `place` is.

    Raises:
        BadAddress: it is written in another way.
    """
    if place.startswith(LITE):
        file = Path(place.removeprefix(LITE)).expanduser()
        if file.suffix != ".db":
            raise BadAddress(f"{place!r}: the file of Milvus Lite ends in .db; {_HOW}.")
        return Address(uri=str(file.absolute()), shown=place, file=file)
    try:
        parts = urlsplit(place)
        port = parts.port or 19530
    except ValueError as error:
        raise BadAddress(f"The library's address cannot be read ({error}): {_HOW}.") from None
    if parts.scheme not in ("http", "https"):
        raise BadAddress(f"{parts.scheme}: is no scheme of a library's address: {_HOW}.")
    host = parts.hostname or ""
    database = parts.path.strip("/")
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    prefix = asked.pop("prefix", "yuanwen")
    if not host or asked or parts.fragment or not _NAME.fullmatch(prefix):
        raise BadAddress(f"The library's address has something that does not belong: {_HOW}.")
    if database and not _NAME.fullmatch(database):
        raise BadAddress(f"{database!r} is not the name of a database: {_HOW}.")
    host = f"[{host}]" if ":" in host else host
    uri = f"{parts.scheme}://{host}:{port}"
    token = os.environ.get("MILVUS_TOKEN", "")
    if parts.username:
        token = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    shown = uri + (f"/{database}" if database else "")
    shown += f"?prefix={prefix}" if prefix != "yuanwen" else ""
    return Address(uri, shown, database, prefix, token)
