"""The page where the admin adds and removes documents and reads what readers think.

It holds nothing but its own words: whatever it shows it asks of the API, with the admin's token.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse

from ui.pages.frame import Frame
from ui.text import load

TEXTS = load("ui.pages.admin")


def admin_router() -> APIRouter:
    """`/admin`."""
    router = APIRouter()

    @router.get("/admin")
    def admin(frame: Annotated[Frame, Depends()]) -> HTMLResponse:
        return frame.page("admin.html", words=TEXTS[frame.language])

    return router
