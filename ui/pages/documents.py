"""The list of documents, with a box that looks in their titles."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import HTMLResponse

from index.lexical import fold
from index.library import Library
from ui.pages.frame import Frame

_ROWS = 100
# Each by its own name, which its readers know; of an unsure one nothing is said.
_LANGUAGES = {
    "ar": "العربية",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fr": "Français",
    "he": "עברית",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "pt": "Português",
    "ru": "Русский",
    "th": "ไทย",
    "uk": "Українська",
    "und": "",
    "zh": "中文",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
}


def documents_router(library: Library) -> APIRouter:
    """`/docs`."""
    router = APIRouter()

    @router.get("/docs")
    def documents(
        frame: Annotated[Frame, Depends()],
        title: str = Query(default="", max_length=200),
        skip: int = Query(default=0, ge=0, le=100_000_000),
    ) -> HTMLResponse:
        held = library.documents()
        words = fold(title).split()
        found = [info for info in held if all(word in fold(info.title) for word in words)]
        return frame.page(
            "documents.html",
            title=title.strip(),
            held=len(held),
            rows=found[skip : skip + _ROWS],
            languages=_LANGUAGES,
            skip=skip,
            step=_ROWS,
            total=len(found),
        )

    return router
