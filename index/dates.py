"""The day a document bears, out of what its file says of itself."""

import datetime
import re
from collections.abc import Mapping

_KEYS = ("date", "published", "created", "日期", "发布日期", "发布时间", "时间", "成文日期")
_day = re.compile(
    r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)"
    r"|(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)"
)


def iso_date(metadata: Mapping[str, str]) -> str | None:
    """The day as `2026-11-24` (ISO 8601); None where no key names one, or not a whole one."""
    found = (day_of(metadata[key]) for key in _KEYS if key in metadata)
    return next((day for day in found if day), None)


def day_of(words: str) -> str | None:
    """The first day of the calendar, year first, that stands in the words."""
    for match in _day.finditer(words):
        year, month, day = (int(part) for part in match.groups() if part)
        try:
            return datetime.date(year, month, day).isoformat()
        except ValueError:
            continue
    return None
