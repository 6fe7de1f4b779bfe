"""Channels: who may embed the chat, how it looks there, and which documents it shows.

A channel is a public door to its documents: who knows its address can read them. The allowed
origins keep other pages from framing it, and nothing else.
"""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ui.text import Language

DEMO_PORT = 7861
# What the frame may do: its own scripts and storage, forms, the reader in a new tab, exports.
SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-downloads"

# Lower case, as browsers write origins; the grammar of a CSP host-source knows no IPv6 address.
_ORIGIN = re.compile(r"(https?)://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::([0-9]{1,5}))?")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def check_origin(text: str) -> str:
    """The origin as browsers write it.

    Raises:
        ValueError: it is none.
    """
    found = _ORIGIN.fullmatch(text)
    port = int(found[3]) if found and found[3] else None
    if not found or (port is not None and not 0 < port <= 65535):
        raise ValueError("write an origin as https://portal.example or http://127.0.0.1:8080")
    # Browsers leave out a port that the scheme implies.
    implied = port in (None, _DEFAULT_PORTS[found[1]])
    return f"{found[1]}://{found[2]}" + ("" if implied else f":{port}")


def _check_name(text: str) -> str:
    if len(text) > 32 or not _NAME.fullmatch(text):
        raise ValueError("name a channel with a-z, 0-9 and -, 32 characters at most")
    return text


def _check_colour(text: str) -> str:
    if not _COLOUR.fullmatch(text):
        raise ValueError("write a colour as #1b5e55")
    return text.lower() if len(text) == 7 else "#" + "".join(c * 2 for c in text[1:].lower())


def _check_title(text: str) -> str:
    if not 0 < len(text) <= 60 or not text.isprintable() or not text.strip():
        raise ValueError("write a title of 1 to 60 characters on one line")
    return text


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


ChannelName = Annotated[str, AfterValidator(_check_name)]
Origin = Annotated[str, AfterValidator(check_origin)]
Colour = Annotated[str, AfterValidator(_check_colour)]
Title = Annotated[str, AfterValidator(_check_title)]


class Channel(BaseModel):
    """One `[channels.NAME]` table.

    `origins` may frame the chat, none by default. `title` stands at its head and `colour` behind
    it. `language` goes before the reader's. `documents` are ids or titles; none means all.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    origins: Annotated[tuple[Origin, ...], AfterValidator(_distinct), Field(strict=False)] = ()
    title: Title | None = None
    colour: Colour | None = None
    language: Language | None = None
    documents: Annotated[tuple[str, ...], AfterValidator(_distinct), Field(strict=False)] = ()

    @property
    def frame_ancestors(self) -> str:
        """The sources of a CSP `frame-ancestors`."""
        return " ".join(self.origins) or "'none'"

    @property
    def on_colour(self) -> str | None:
        """Black or white, whichever reads better on `colour`; its contrast is 4.5 at least."""
        if self.colour is None:
            return None
        light = luminance(self.colour)
        return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


# What `yuanwen portal` embeds.
DEMO = Channel(origins=(f"http://127.0.0.1:{DEMO_PORT}", f"http://localhost:{DEMO_PORT}"))
