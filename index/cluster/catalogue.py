"""What stands in a library, as its records say: read once, then followed.

A record has a key made from what it is about, the time of its last change in milliseconds, and a
value, empty once its thing is gone. The time never runs backwards for whoever has read the records
(a hybrid logical clock: Kulkarni et al. 2014), so that others find what is new by it as long as the
clocks of all machines agree within a minute.
"""

import base64
import hashlib
import json
import secrets
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal

from index.cluster.collections import LONGEST
from index.cluster.tables import Level, Row, Tables
from index.errors import LibraryUnwritable
from index.nouns import DocumentInfo, Filters

Kind = Literal["meta", "source", "version", "edition", "feedback"]

_SKEW = 60_000  # milliseconds that clocks may differ, and a request may take
_STALE = 3_600_000  # after which all records are read again
KEPT = 24 * 3_600_000
"""Milliseconds that the record of what is gone stays, for those who follow."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was read from one place.

    `edition` is the number its text is kept under, and `passages` the one its passages are: its
    own, or that of another place where the same words were cut in the same way (`cut`). `count`
    and `length` are of passages, and of their terms together.
    """

    uri: str
    digest: str
    document_id: str
    edition: int
    passages: int
    cut: str
    count: int
    length: int
    title: str
    language: str
    characters: int
    date: str | None
    speakers: tuple[str, ...]
    metadata: Mapping[str, str] = field(hash=False)

    def info(self) -> DocumentInfo:
        """As a list shows it."""
        return DocumentInfo(
            id=self.document_id,
            title=self.title,
            uri=self.uri,
            language=self.language,
            characters=self.characters,
            passages=self.count,
            speakers=self.speakers,
            date=self.date,
            metadata=self.metadata,
        )


@dataclass(frozen=True, slots=True)
class Record:
    """`value` is None once the thing is gone."""

    key: str
    kind: str
    changed: int
    value: Any


class Catalogue:
    """One state of the records; never changed once it is made."""

    def __init__(self, records: Mapping[str, Record], followed: int) -> None:
        self.records = records
        self.followed = followed
        """Milliseconds, by the clock of this machine."""
        self._filtered: dict[Filters, list[int]] = {}

    @classmethod
    def read(cls, tables: Tables, before: "Catalogue | None", level: Level) -> "Catalogue":
        """Today's; `before` itself where nothing is new."""
        now = milliseconds()
        if before is None or now - before.followed > _STALE:
            rows = tables.scan("records", 'kind != "feedback"', _FIELDS, level)
            return cls({row["key"]: unpack(row) for row in rows}, now)
        since = before.followed - _SKEW
        condition = f'changed > {since} and kind != "feedback"'
        listed = list(tables.scan("records", condition, ["changed"], level))
        known = before.records
        new = [
            row["key"]
            for row in listed
            if row["key"] not in known or known[row["key"]].changed != row["changed"]
        ]
        if not new:
            before.followed = now
            return before
        found = tables.get("records", new, _FIELDS)
        return cls({**known, **{key: unpack(row) for key, row in found.items()}}, now)

    def next_time(self) -> int:
        """For a change that is made on this state."""
        return max(milliseconds(), self._newest + 1)

    @cached_property
    def _newest(self) -> int:
        return max((record.changed for record in self.records.values()), default=0)

    def _values(self, kind: Kind) -> list[Record]:
        return [r for r in self.records.values() if r.kind == kind and r.value is not None]

    @cached_property
    def meta(self) -> dict[str, str]:
        """Names of the model and the formats, and the calibration."""
        return {r.key.removeprefix("meta/"): r.value for r in self._values("meta")}

    @cached_property
    def sources(self) -> dict[str, Source]:
        """By uri, in the order of uris."""
        found: list[Source] = [r.value for r in self._values("source")]
        return {source.uri: source for source in sorted(found, key=lambda source: source.uri)}

    @cached_property
    def documents(self) -> dict[str, list[Source]]:
        """By id: every place of the document; the first is the one shown."""
        documents: dict[str, list[Source]] = {}
        for source in self.sources.values():
            documents.setdefault(source.document_id, []).append(source)
        return documents

    @cached_property
    def versions(self) -> dict[tuple[str, str], int]:
        """By id and uri of a version of before: the edition that holds its text."""
        found = sorted((r.value for r in self._values("version")), key=lambda v: v["uri"])
        return {(v["id"], v["uri"]): v["edition"] for v in found}

    @cached_property
    def shown(self) -> dict[int, str]:
        """The editions whose passages may be found, each with its document."""
        return {places[0].passages: i for i, places in self.documents.items()}

    @cached_property
    def doubtful(self) -> dict[int, int]:
        """Editions that began or ended lately, each with the time."""
        return {r.value: r.changed for r in self._values("edition")}

    @cached_property
    def hidden(self) -> list[int]:
        """Editions that are known and not shown."""
        own = {source.passages for source in self.sources.values()}
        return sorted((own | self.doubtful.keys()) - self.shown.keys())

    def within(self, filters: Filters) -> list[int]:
        """The shown editions of documents that the filter lets through."""
        if filters not in self._filtered:
            self._filtered[filters] = sorted(
                edition
                for edition, document_id in self.shown.items()
                if filters.lets_through(self.documents[document_id][0].info())
            )
        return self._filtered[filters]

    @cached_property
    def infos(self) -> list[DocumentInfo]:
        """Every document, in the order of uris."""
        infos = [places[0].info() for places in self.documents.values()]
        return sorted(infos, key=lambda info: info.uri)

    @cached_property
    def totals(self) -> tuple[int, int]:
        """How many passages there are, and how many terms in them."""
        first = [places[0] for places in self.documents.values()]
        return sum(s.count for s in first), sum(s.length for s in first)


_FIELDS = ("kind", "changed", "value")


def milliseconds() -> int:
    """Since 1970, by the clock of this machine."""
    return time.time_ns() // 1_000_000


def new_edition() -> int:
    """A number that nobody has: 63 bits of microseconds and chance."""
    return (time.time_ns() // 1000 << 12 | secrets.randbits(12)) & (1 << 63) - 1


def row(kind: Kind, name: str, changed: int, value: object) -> Row:
    """The record of a thing, or with None as value that it is gone.

    Raises:
        LibraryUnwritable: it is too long.
    """
    key = name if kind == "meta" else hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
    packed = "" if value is None else _packed(value)
    if len(packed) > LONGEST:
        raise LibraryUnwritable(
            f"{name}: what the document says of itself, and its speakers, are too much for a "
            "record of the cluster (about 48 KB, packed): shorten its metadata."
        )
    return {"key": f"{kind}/{key}", "kind": kind, "changed": changed, "value": packed}


def source_row(source: Source, changed: int) -> Row:
    """The record of a place."""
    return row("source", source.uri, changed, asdict(source))


def gone_row(uri: str, changed: int) -> Row:
    """Nothing stands there any more."""
    return row("source", uri, changed, None)


def version_row(identity: str, uri: str, edition: int | None, changed: int) -> Row:
    """A version of before, or with None that it is forgotten."""
    value = None if edition is None else {"id": identity, "uri": uri, "edition": edition}
    return row("version", f"{identity} {uri}", changed, value)


def edition_rows(editions: Iterable[int], changed: int) -> list[Row]:
    """These are to be looked at when ten minutes have gone by."""
    return [row("edition", str(edition), changed, edition) for edition in editions]


def unpack(row: Row) -> Record:
    """The record of a row; the value of one of a place is a Source."""
    value = _unpacked(row["value"])
    if row["kind"] == "source" and value is not None:
        value = Source(**{**value, "speakers": tuple(value["speakers"])})
    return Record(row["key"], row["kind"], row["changed"], value)


def _packed(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"))).decode("ascii")


def _unpacked(packed: str) -> Any:  # noqa: ANN401
    if not packed:
        return None
    return json.loads(zlib.decompress(base64.b64decode(packed)).decode("utf-8", "surrogatepass"))
