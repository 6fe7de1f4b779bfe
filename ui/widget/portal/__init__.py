"""A demo portal: pages of another origin, strict rules, awkward styles, and the chat inside.

They show a portal's maker what to copy, and a tester what the widget holds out against.
"""

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import uvicorn
from jinja2 import Environment
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from ui.listen import listen
from ui.text import choose
from ui.widget.channels import DEMO_PORT, SANDBOX, Channel

_HERE = Path(str(resources.files("ui"))) / "widget" / "portal"
_TEMPLATE = Environment(autoescape=True).from_string(
    (_HERE / "page.html").read_text(encoding="utf-8")
)
_TEXTS = json.loads((_HERE / "texts.json").read_text(encoding="utf-8"))
_CHANNEL = "demo"


def create_portal(server: str) -> Starlette:
    """The portal; `server` is where Yuanwen answers, `http://127.0.0.1:7860`."""
    # Scripts and styles of its own, and from Yuanwen one script and one frame: nothing inline.
    policy = (
        f"default-src 'none'; script-src 'self' {server}; frame-src {server}; style-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    script_tag = f'<script src="{server}/widget.js" data-channel="{_CHANNEL}" async></script>'
    frame_tag = (
        f'<iframe src="{server}/embed/{_CHANNEL}" title="…" allow="clipboard-write"\n'
        f'  sandbox="{SANDBOX}"></iframe>'
    )

    def page(request: Request) -> Response:
        language = choose(
            request.query_params.get("lang"), request.headers.get("accept-language", "")
        )
        html = _TEMPLATE.render(
            page="frame" if request.url.path.endswith("/frame") else "script",
            server=server,
            channel=_CHANNEL,
            language=language,
            texts=_TEXTS[language],
            script_tag=script_tag,
            frame_tag=frame_tag,
            policy=policy.replace("; ", ";\n"),
            sandbox=SANDBOX,
        )
        return HTMLResponse(html, headers={"content-security-policy": policy})

    def file(request: Request) -> Response:
        return FileResponse(_HERE / request.url.path.rsplit("/", 1)[-1])

    return Starlette(
        routes=[
            Route("/", page),
            Route("/frame", page),
            Route("/portal.css", file),
            Route("/portal.js", file),
        ]
    )


def serve_portal(port: int | None, server: str, channels: Mapping[str, Channel]) -> None:
    """Serves the portal on this machine until it is ended; port 0 takes a free one.

    Raises:
        BadSetting: nothing can listen there.
    """
    listener = listen("127.0.0.1", DEMO_PORT if port is None else port)
    origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
    print(f"Portal: {origin}  (Ctrl+C ends it), with the chat of {server}", flush=True)
    if _CHANNEL not in channels or origin not in channels[_CHANNEL].origins:
        print(
            f"The chat does not show here yet: it needs a settings file for `yuanwen serve` with\n"
            f'[channels.{_CHANNEL}]\norigins = ["{origin}"]',
            flush=True,
        )
    config = uvicorn.Config(create_portal(server), log_level="warning", server_header=False)
    with listener:
        uvicorn.Server(config).run(sockets=[listener])
