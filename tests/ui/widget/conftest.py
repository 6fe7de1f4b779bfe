"""Yuanwen and portals as real servers of different origins, and a browser that reads the portals."""

import shutil
import threading
from dataclasses import dataclass

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from index import Library
from ui.app import create_app
from ui.listen import listen
from ui.settings import Settings
from ui.widget.channels import Channel
from ui.widget.portal import create_portal

HARBOUR = """# 港口说明

## 开放时间

港务局

港口每天上午六点开放，晚上十点关闭。节假日照常开放。
"""
PLAIN = """<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>Plain</title>
<script src="{server}/widget.js" {attributes} async></script></head><body><h1>Plain</h1></body></html>"""


@dataclass(frozen=True)
class World:
    """Yuanwen at `server`; `portal` may embed its channels, `stranger` may not."""

    server: str
    portal: str
    stranger: str
    hidden: str  # the id of a document that the channel `harbour` does not show


class _Running:
    def __init__(self, listener, app):
        config = uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._listener = listener
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()

    def end(self):
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._listener.close()


@pytest.fixture(scope="session")
def world(shipped_data, packaged_embedder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("widget")
    shutil.copytree(shipped_data / "yuanwen" / "library", folder / "library")
    harbour = folder / "harbour.md"
    harbour.write_text(HARBOUR, encoding="utf-8")
    listeners = [listen("127.0.0.1", 0) for _ in range(3)]
    server, portal, stranger = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in listeners)
    settings = Settings(
        channels={
            "demo": Channel(origins=(portal,)),
            "shut": Channel(),
            "harbour": Channel(
                origins=(portal,),
                title="港口<问答>",
                colour="#ffd700",
                language="zh-TW",
                documents=("港口说明",),
            ),
            "gone": Channel(origins=(portal,), documents=("no such document",)),
        }
    )
    with Library.open(folder / "library", packaged_embedder) as library:
        library.add(harbour)
        (hidden,) = [each.id for each in library.documents() if each.title != "港口说明"]
        apps = [create_app(library, settings), _portal(server), _portal(server)]
        running = [_Running(*pair) for pair in zip(listeners, apps, strict=True)]
        yield World(server, portal, stranger, hidden)
        for each in running:
            each.end()


def _portal(server):
    """The demo portal, and `/plain`, a page without a style, with the attributes of its query.

    `/strict` is the same with a policy that leaves room for our script and our frame alone.
    """
    policy = f"default-src 'none'; script-src {server}; frame-src {server}"

    def plain(request):
        attributes = " ".join(f'data-{k}="{v}"' for k, v in request.query_params.items())
        headers = {"content-security-policy": policy} if request.url.path == "/strict" else None
        return HTMLResponse(PLAIN.format(server=server, attributes=attributes), headers=headers)

    def no_icon(request):
        return Response(status_code=204)

    app = create_portal(server)
    own = [Route("/plain", plain), Route("/strict", plain), Route("/favicon.ico", no_icon)]
    return Starlette(routes=[*own, *app.routes])


class Visitor:
    """A page of a portal, with what it asked of the network and what went wrong in any frame."""

    def __init__(self, context, world):
        self.page = context.new_page()
        self.requests = []
        self.complaints = []
        self._world = world
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, said):
        # Chromium warns of the pair that the frame needs, whatever the origins.
        if said.type in ("error", "warning") and "allow-same-origin" not in said.text:
            self.complaints.append(said.text)

    @property
    def widget(self):
        return self.page.locator("yuanwen-widget")

    @property
    def launcher(self):
        return self.widget.locator(".launcher")

    @property
    def panel(self):
        return self.widget.locator(".panel")

    @property
    def frame(self):
        return self.page.frame_locator("yuanwen-widget iframe")

    @property
    def box(self):
        return self.frame.locator(".yw-form textarea")

    def goto(self, path="/", origin=None):
        self.page.goto((origin or self._world.portal) + path)
        return self

    def open(self):
        self.launcher.click()
        self.box.wait_for()
        return self

    def ask(self, question):
        """Asks in the frame and gives the newest turn once it is answered."""
        before = self.frame.locator(".yw-turn").count()
        self.box.fill(question)
        self.box.press("Enter")
        turn = self.frame.locator(".yw-turn").nth(before)
        turn.locator(".yw-reply:not(:has(.yw-finding))").wait_for()
        return turn

    def focused(self):
        """The class of what holds the focus in the widget; None where the portal holds it."""
        return self.widget.evaluate("host => host.shadowRoot.activeElement?.className ?? null")

    def to_server(self):
        return [url for url in self.requests if url.startswith(self._world.server)]


@pytest.fixture
def visit(chromium, world):
    """`visit(width=…, language=…)` gives a visitor; afterwards his page must have been quiet."""
    contexts, visitors = [], []

    def make(width=1280, height=800, language="zh-CN", scheme="light", quiet=True, script=None):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale=language,
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        if script:
            context.add_init_script(script)
        contexts.append(context)
        visitor = Visitor(context, world)
        if quiet:
            visitors.append(visitor)
        return visitor

    yield make
    for context in contexts:
        context.close()
    for visitor in visitors:
        ours = (world.server, world.portal, world.stranger, "data:")
        assert [url for url in visitor.requests if not url.startswith(ours)] == []
        assert visitor.complaints == []
