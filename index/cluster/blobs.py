"""Everything long, under names: an edition, what it is, and which."""

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.document import Passage
from index import records
from index.cluster.tables import Row, Tables
from index.errors import LibraryDamaged

What = Literal["d", "t", "p", "v"]
"""The text of a document, its terms with the passages of each, a passage, its other vectors."""

_CHUNK = 60_000  # characters of a row
_TEXTS = "dp"  # of these, which are worth squeezing


def name(edition: int, what: What, n: int = 0) -> str:
    """Of a blob; `n` counts passages."""
    return f"{edition:016x}{what}{n:06x}"


def rows(edition: int, what: What, data: bytes, n: int = 0) -> Iterator[Row]:
    """The first says how many follow."""
    text = base64.b64encode(zlib.compress(data, 1) if what in _TEXTS else data).decode("ascii")
    chunks = [text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK)] or [""]
    for number, chunk in enumerate(chunks):
        head = f"{len(chunks)} " if number == 0 else ""
        yield {
            "key": f"{name(edition, what, n)}.{number:x}",
            "edition": edition,
            "data": head + chunk,
        }


def read(tables: Tables, names: Sequence[str], shown: str) -> dict[str, bytes]:
    """The blobs of these names.

    Raises:
        LibraryDamaged: one is not there; `shown` names the library.
    """
    firsts = _all(tables, [f"{name}.0" for name in names], shown)
    counts = {key: int(text.partition(" ")[0]) for key, text in firsts.items()}
    more = [f"{key[:-2]}.{n:x}" for key, count in counts.items() for n in range(1, count)]
    rest = _all(tables, more, shown)
    found: dict[str, bytes] = {}
    for key, text in firsts.items():
        chunks = [
            text.partition(" ")[2],
            *(rest[f"{key[:-2]}.{n:x}"] for n in range(1, counts[key])),
        ]
        data = base64.b64decode("".join(chunks))
        found[key[:-2]] = zlib.decompress(data) if key[16] in _TEXTS else data
    return found


def _all(tables: Tables, keys: Sequence[str], shown: str) -> dict[str, str]:
    found = tables.get("blobs", keys, ["data"])
    if missing := [key for key in keys if key not in found]:
        # Another server wrote them a moment ago.
        found |= tables.get("blobs", missing, ["data"], "Strong")
        if missing := [key for key in keys if key not in found]:
            raise LibraryDamaged(
                f"{shown} lacks what stands under {missing[0]}: index the documents again with "
                "`yuanwen index`, after `yuanwen remove` of those that cannot be read."
            )
    return {key: row["data"] for key, row in found.items()}


@dataclass(frozen=True, slots=True)
class Kept:
    """A passage with its packed vector."""

    passage: Passage
    vector: bytes

    def pack(self) -> bytes:
        """As one blob."""
        fields = json.dumps(records.pack_passage(self.passage), ensure_ascii=False)
        packed = fields.encode("utf-8", "surrogatepass")
        return len(self.vector).to_bytes(4) + self.vector + packed

    @classmethod
    def unpack(cls, data: bytes) -> "Kept":
        """What `pack` gave."""
        size = int.from_bytes(data[:4])
        fields = json.loads(data[4 + size :].decode("utf-8", "surrogatepass"))
        return cls(records.unpack_passage(fields), data[4 : 4 + size])


def pack_details(sentences: bytes, tokens: bytes) -> bytes:
    """The vectors of a passage's sentences and tokens."""
    return len(sentences).to_bytes(4) + sentences + tokens


def unpack_details(data: bytes) -> tuple[bytes, bytes]:
    """What `pack_details` gave."""
    size = int.from_bytes(data[:4])
    return data[4 : 4 + size], data[4 + size :]


def keys_of(tables: Tables, editions: Iterable[int]) -> list[str]:
    """Of every row of these editions."""
    condition = f"edition in [{','.join(map(str, editions))}]"
    return [row["key"] for row in tables.scan("blobs", condition, [], "Strong")]
