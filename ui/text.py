"""What the page says, in each of its languages, and which of them a reader gets.

This module knows words only: no page, no library. They stand in `texts/`, under the same keys in
every language; what stands in braces is filled in by the page.
"""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Literal, get_args

Language = Literal["zh-CN", "zh-TW", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_TRADITIONAL = {"tw", "hk", "mo", "hant"}


def load(package: str) -> Mapping[Language, Mapping[str, str]]:
    """The texts that stand in the folder `texts` of a package."""
    files = resources.files(package) / "texts"
    return {
        language: json.loads((files / f"{language}.json").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }


TEXTS = load("ui")


def choose(wanted: str | None, accepted: str) -> Language:
    """The language for a reader.

    Args:
        wanted: the page's `?lang=`, which wins where we speak it.
        accepted: the browser's Accept-Language header; English where it names nothing we speak.
    """
    tags = [wanted] if wanted else []
    tags += [tag for _, tag in sorted(_weighed(accepted), key=lambda pair: -pair[0])]
    return next((known for known in map(_known, tags) if known), "en")


def _known(tag: str) -> Language | None:
    primary, *rest = tag.strip().lower().replace("_", "-").split("-")
    if primary == "en":
        return "en"
    if primary == "zh":
        return "zh-TW" if _TRADITIONAL & set(rest) and "hans" not in rest else "zh-CN"
    return None


def _weighed(header: str) -> list[tuple[float, str]]:
    """The tags of an Accept-Language header with their weights; a bad weight counts as none."""
    weighed = []
    for part in header[:1000].split(","):
        tag, _, parameter = part.partition(";")
        name, _, weight = parameter.strip().partition("=")
        try:
            weighed.append((float(weight) if name == "q" else 1.0, tag))
        except ValueError:
            continue
    return weighed
