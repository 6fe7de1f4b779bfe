"""What every page has: its texts, its head with the ways to the other pages, and its policy."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Header, Query, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from ui.pages.text import TEXTS
from ui.respond import FRESH
from ui.text import Language, choose

# Nothing inline and nothing from elsewhere: what a document says cannot run, whatever it says.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

_LATER = {503: {"retry-after": "2"}}

_templates = Environment(
    loader=FileSystemLoader(Path(str(resources.files("ui"))) / "pages" / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Frame:
    """One request for a page, in the reader's language; a dependency of the routes."""

    def __init__(
        self,
        request: Request,
        lang: str | None = Query(default=None, max_length=35),
        accept_language: str = Header(default=""),
    ) -> None:
        self.language: Language = choose(lang, accept_language)
        self.texts: Mapping[str, str] = TEXTS[self.language]
        self.site = str(request.base_url)
        self._root = str(request.scope.get("root_path", "")).rstrip("/")
        self._kept = {"lang": self.language} if lang else {}

    def path(self, path: str, fragment: str = "", **query: str | int | None) -> str:
        """The address of a page of ours; a language that was asked for is kept."""
        wanted = {name: value for name, value in query.items() if value not in (None, "")}
        asked = urlencode({**wanted, **self._kept}, errors="replace")
        address = f"{self._root}{path}" + (f"?{asked}" if asked else "")
        return f"{address}#{fragment}" if fragment else address

    def static(self, name: str) -> str:
        """The address of a script or a style."""
        return f"{self._root}/page/{name}"

    def hidden(self) -> Markup:
        """What a form sends along, so that the language that was asked for is kept."""
        fields = (
            Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
            for name, value in self._kept.items()
        )
        return Markup("").join(fields)

    def text(self, key: str, **values: object) -> str:
        """A text of the page with its values filled in."""
        return self.texts[key].format(**values)

    def page(self, template: str, *, status: int = 200, **facts: object) -> HTMLResponse:
        """The page. Half of a surrogate pair, which no page can hold, becomes a question mark."""
        html = _templates.get_template(template).render(
            frame=self, path=self.path, t=self.text, **facts
        )
        return HTMLResponse(
            html.encode("utf-8", "replace"),
            status_code=status,
            headers={**FRESH, "content-security-policy": POLICY, **_LATER.get(status, {})},
        )

    def missing(self) -> HTMLResponse:
        """A document that is not, or no longer, in the library."""
        return self.page("missing.html", status=404)
