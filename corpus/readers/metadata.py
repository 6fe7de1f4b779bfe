"""What a file says of itself: front matter, document properties, meta tags, as short strings."""

import re
from collections.abc import Iterable

import yaml

_MOST = 40
_LONGEST_KEY = 60  # code points
_LONGEST_VALUE = 300
_LONGEST_FRONT_MATTER = 10_000
_front_matter = re.compile(
    rf"---[ \t]*\n(?P<yaml>.{{0,{_LONGEST_FRONT_MATTER}}}?\n)(?:---|\.{{3}})[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
_hidden = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")


def metadata(pairs: Iterable[tuple[object, object]]) -> dict[str, str]:
    """Keys in lower case with values on one line; the first of a key counts, nothing is long."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if isinstance(value, list):
            value = ", ".join(item for item in value if isinstance(item, str))
        if not isinstance(key, str) or not isinstance(value, str):
            continue
        name, words = _one_line(key).lower(), _one_line(value)
        if 0 < len(name) <= _LONGEST_KEY and words and len(found) < _MOST:
            found.setdefault(name, words[:_LONGEST_VALUE])
    return found


def front_matter(text: str) -> tuple[int, dict[str, str]]:
    """How much of a text is its front matter (YAML between lines of `---`), and what it says.

    Every value stays as it is written; anchors and nested values count for nothing.
    """
    match = _front_matter.match(text)
    if not match:
        return 0, {}
    try:
        fields = yaml.load(match["yaml"], yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return 0, {}
    if not isinstance(fields, dict):
        return 0, {}
    return match.end(), metadata(fields.items())


def _one_line(words: str) -> str:
    return " ".join(_hidden.sub(" ", words).split())
