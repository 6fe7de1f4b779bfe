"""Where to look, as people write it, to the filters of the library."""

import datetime
from collections.abc import Mapping

from index import Filters
from ui.errors import BadInput

_LISTS = ("documents", "sections", "speakers")
_NAMES = frozenset((*_LISTS, "since", "until", "metadata"))


def read_filters(fields: Mapping[str, object], where: str = "") -> Filters:
    """The filters of an object as on the wire: lists of strings, two days, and pairs of metadata.

    `where` goes before errors.

    Raises:
        BadInput: a name is unknown or a value is of another kind; the message names it.
    """
    if unknown := sorted(fields.keys() - _NAMES):
        raise BadInput(
            f'{where}"filters" has {unknown[0]!r}: it may have "documents", "sections", '
            '"speakers", "since", "until" and "metadata".'
        )
    return Filters(
        **{name: frozenset(_strings(name, fields.get(name), where)) for name in _LISTS},
        since=_day("since", fields.get("since"), where),
        until=_day("until", fields.get("until"), where),
        metadata=_pairs(fields.get("metadata"), where),
    )


def pairs(given: list[str]) -> dict[str, list[str]]:
    """`KEY=VALUE`, as options write them, to the metadata of the wire.

    Raises:
        BadInput: one has no `=`.
    """
    wanted: dict[str, list[str]] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise BadInput(f"--where {pair!r}: write KEY=VALUE, such as author=张三.")
        wanted.setdefault(key.strip().lower(), []).append(value.strip())
    return wanted


def _strings(name: str, value: object, where: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise BadInput(f'{where}"{name}" must be a list of strings.')
    return value


def _day(name: str, value: object, where: str) -> str:
    if value is None or value == "":
        return ""
    try:
        return datetime.date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError:
        raise BadInput(f'{where}"{name}" must be a day such as 2025-01-31.') from None


def _pairs(value: object, where: str) -> frozenset[tuple[str, str]]:
    if value is None:
        return frozenset()
    if not isinstance(value, dict):
        raise BadInput(f'{where}"metadata" must be an object such as {{"author": ["张三"]}}.')
    return frozenset(
        (str(key).lower(), part) for key in value for part in _strings(str(key), value[key], where)
    )
