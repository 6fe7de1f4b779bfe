"""The three collections of a library, and how they are read and written.

`records` say what stands (see `index.cluster.catalogue`), `blobs` hold everything long, `passages`
is searched. Every key is made from what the row is, so that writing it twice changes nothing.
"""

import logging
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from index.cluster.address import Address
from index.cluster.collections import Table, make
from index.errors import ClusterUnavailable

Row = Mapping[str, Any]
Level = Literal["Session", "Strong"]
"""Session: all that this process wrote, of others what has arrived (well under a second), in
milliseconds. Strong: all that anybody wrote, in a fifth of a second."""

_PATIENCE = 30.0  # seconds
_REQUEST = 4_000_000  # bytes, about
_PAGE = 4_000  # rows of one answer; Milvus gives 16,384 at most
_KEYS = 500
_FLUSHED = 1_000  # rows, in Milvus Lite
_lite: Counter[str] = Counter()
_written: Counter[str] = Counter()
_lock = threading.Lock()


class Tables:
    """One connection; any thread may use it."""

    def __init__(self, address: Address) -> None:
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise ClusterUnavailable(
                f"The library at {address.shown} needs pymilvus: pip install 'yuanwen[cluster]'."
            ) from error
        for name in ("pymilvus", "milvus_lite", "grpc"):
            # What they log of an error is raised as well, and told in one line.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self.address = address
        self._unflushed: Counter[Table] = Counter()
        with self._translated():
            self._client: Any = MilvusClient(
                address.uri, token=address.token, db_name=address.database, timeout=_PATIENCE / 3
            )
            version = str(self._client.get_server_version())
        if address.file:
            with _lock:
                _lite[address.uri] += 1
        number = tuple(int(part) for part in version.lstrip("v").split(".")[:2] if part.isdigit())
        tokenizer = "standard" if address.file else "whitespace"
        self._bm25 = tokenizer if address.file or number >= (2, 5) else None

    def close(self) -> None:
        """Lets go; the file of Milvus Lite is free with the last of its users here."""
        file = self.address.file
        if not file:
            with self._translated():
                self._client.close()
            return
        self.flush(1)
        with _lock:
            _lite[self.address.uri] -= 1
            if not _lite[self.address.uri]:
                from milvus_lite.server_manager import server_manager_instance

                self._client.close()
                server_manager_instance.release_server(self.address.uri)

    @property
    def has_bm25(self) -> bool:
        """Whether it ranks by words itself."""
        return self._bm25 is not None

    def exist(self) -> bool:
        """Whether all three stand; they are made in the order of their names here."""
        with self._translated():
            return bool(self._client.has_collection(self._name("records")))

    def load(self) -> None:
        """Makes those ready to be searched that are not; how many replicas stand is left alone."""
        from pymilvus.client.types import LoadState

        with self._translated():
            for table in ("passages", "blobs", "records"):
                state = self._client.get_load_state(self._name(table))
                if state["state"] != LoadState.Loaded:
                    self._client.load_collection(self._name(table))

    def make(self, dimension: int) -> None:
        """Makes those that do not stand; another process may be doing the same."""
        with self._translated():
            for table in ("passages", "blobs", "records"):
                make(self._client, table, self._name(table), dimension, self._bm25)

    # Rows.

    def upsert(self, table: Table, rows: Iterable[Row]) -> None:
        """Writes rows; records of one call appear together."""
        limit = sys.maxsize if table == "records" else _REQUEST
        with self._translated():
            for part in _parts(rows, limit):
                if table != "passages":
                    part = [{**row, "unused": [0.0, 0.0]} for row in part]
                self._client.upsert(self._name(table), part, timeout=_PATIENCE)
                self._unflushed[table] += len(part)
                if table == "records":
                    _written[self.address.shown] += 1
        self.flush(_FLUSHED)

    def flush(self, most: int) -> None:
        """Milvus Lite searches what is not flushed a hundred times more slowly."""
        if self.address.file:
            for table, count in list(self._unflushed.items()):
                if count >= most:
                    with self._translated():
                        self._client.flush(self._name(table))
                    self._unflushed[table] = 0

    def writes(self) -> int:
        """How often this process has written records there."""
        return _written[self.address.shown]

    def delete(self, table: Table, keys: Sequence[str]) -> None:
        """Forgets the rows of these keys."""
        with self._translated():
            for some in _groups(keys):
                condition = f"key in [{_quoted(some)}]"
                self._client.delete(self._name(table), filter=condition, timeout=_PATIENCE)
                self._unflushed[table] += len(some)

    def get(
        self, table: Table, keys: Sequence[str], fields: Sequence[str], level: Level = "Session"
    ) -> dict[str, Row]:
        """Those of the rows that are there, by key."""
        found: dict[str, Row] = {}
        for some in _groups(keys):
            condition = f"key in [{_quoted(some)}]"
            rows = self._query(table, condition, ["key", *fields], level, len(some))
            found |= {row["key"]: row for row in rows}
        return found

    def scan(
        self, table: Table, condition: str, fields: Sequence[str], level: Level = "Session"
    ) -> Iterator[Row]:
        """Every row of which the condition holds, page by page where they are many."""
        fields = ["key", *fields]
        rows = self._query(table, condition, fields, level, _PAGE)
        if len(rows) < _PAGE:
            yield from rows
            return
        last = ""
        while len(rows) == _PAGE:
            beyond = f'key > "{last}"' + (f" and ({condition})" if condition else "")
            # As pymilvus's iterator asks: a page then has the least keys.
            rows = self._query(table, beyond, fields, level, _PAGE, iterator="True")
            yield from rows
            last = max((row["key"] for row in rows), default="")

    def count(self, table: Table, condition: str, level: Level = "Session") -> int:
        """Of how many rows the condition holds."""
        (row,) = self._query(table, condition, ["count(*)"], level, None)
        return int(row["count(*)"])

    def _query(
        self,
        table: Table,
        condition: str,
        fields: Sequence[str],
        level: Level,
        limit: int | None,
        **options: str,
    ) -> list[Row]:
        with self._translated():
            return list(
                self._client.query(
                    self._name(table),
                    filter=condition,
                    output_fields=list(fields),
                    consistency_level=level,
                    timeout=_PATIENCE,
                    **({} if limit is None else {"limit": limit}),
                    **options,
                )
            )

    def search(
        self, field: str, wanted: object, limit: int, condition: str, parameters: Row
    ) -> list[tuple[str, int]]:
        """Keys of the best passages, each with its edition."""
        with self._translated():
            (hits,) = self._client.search(
                self._name("passages"),
                [wanted],
                anns_field=field,
                limit=limit,
                filter=condition,
                output_fields=["key", "edition"],
                search_params=parameters,
                consistency_level="Session",
                timeout=_PATIENCE,
            )
        return [(hit["entity"]["key"], hit["entity"]["edition"]) for hit in hits]

    def _name(self, table: str) -> str:
        return f"{self.address.prefix}_{table}"

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from grpc import RpcError
        from pymilvus import MilvusException

        try:
            yield
        except (MilvusException, RpcError) as error:
            words = str(getattr(error, "message", "") or error).strip() or type(error).__name__
            hint = "see that it runs and can be reached"
            if self.address.file:
                hint = "see that no other process has it open, since Milvus Lite serves one"
            raise ClusterUnavailable(
                f"{self.address.shown} does not do what it is asked for "
                f"({words.splitlines()[0][:300]}): {hint}; the same command goes on from here."
            ) from error


def _quoted(keys: Iterable[str]) -> str:
    """Keys hold neither quotes nor backslashes."""
    return ",".join(f'"{key}"' for key in keys)


def _groups(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + _KEYS] for start in range(0, len(keys), _KEYS))


def _parts(rows: Iterable[Row], limit: int) -> Iterator[list[Row]]:
    part: list[Row] = []
    size = 0
    for row in rows:
        part.append(row)
        for value in row.values():
            size += len(value) if isinstance(value, str) else 8 * np.size(value)
        if size > limit:
            yield part
            part, size = [], 0
    if part:
        yield part
